"""Verification of a party: asked for with its licence, granted or turned down by an officer."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import aliased

from core.domain.acts import Act
from core.domain.errors import Refused
from core.domain.lifecycle.finding import features
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.moves import Feature
from core.domain.messages import MessageEvent
from core.domain.roles import division_prefix
from core.rules.text import T
from core.services.base.access import require_member
from core.services.base.words import written
from core.services.base.work import Actor, Work
from core.services.messaging.writing import notify
from core.services.people.parties import (
    is_own,
    is_verified,
    lock_party,
    reach,
    registrations,
    require_party,
)
from core.storage.models import Attachment, Party
from core.storage.models.holdings import AttachmentPurpose
from core.storage.one_party import ids_of, left_id

LONGEST_REMARK = 500
_ONE = aliased(Party)
WAITS_SINCE: ColumnElement[datetime | None] = (
    select(func.min(_ONE.verification_requested_at))
    .where(or_(_ONE.id == Party.id, _ONE.merged_into_id == Party.id))
    .correlate(Party)
    .scalar_subquery()
)
"""Of a party, as `Party.waits_since`."""


def programs_that_ask(w: Work, party: Party) -> list[str]:
    """The programmes in whose territory the party lies and that want it verified before it applies."""
    found: dict[str, None] = {}
    for loaded, track in w.catalogue.tracks():
        own = loaded.program.region
        if track.party is not party.kind or (own and not party.region.startswith(division_prefix(own))):
            continue
        if Feature.VERIFICATION in features(w.rules(loaded.program.id, track.id, w.today).procedure):
            found[loaded.program.id] = None
    return list(found)


def ask(w: Work, party_id: int) -> None:
    """Ask an officer to verify that the account acts for the party: with its licence, once at a time."""
    require_member(w, party_id)
    party = lock_party(w, party_id)
    if is_verified(w, party_id):
        raise Refused(T("该主体已核验", "this party has been verified already"))
    if any(one.verification_requested_at is not None for one in registrations(w, party_id)):
        raise Refused(T("已提交核验申请，请等待", "verification was asked for already; please wait"))
    if not programs_that_ask(w, party):
        raise Refused(
            T("该主体所在地区没有项目要求核验", "no programme of the party's region wants it verified")
        )
    licence = exists().where(
        Attachment.party_id.in_(ids_of(party_id)),
        Attachment.purpose == AttachmentPurpose.LICENCE,
        Attachment.removed_at.is_(None),
    )
    if not w.session.scalar(select(licence)):
        raise Refused(
            T("尚未上传证照", "the licence has not been uploaded"),
            mend=T(
                "请先上传营业执照、登记证书或身份证件", "upload the licence, certificate or identity card"
            ),
        )
    party.verification_requested_at = w.now
    party.verification_remark = ""


def turn_down(w: Work, party_id: int, remark: str) -> None:
    """Say why the party cannot be verified; it may mend that and ask again."""
    party = lock_party(w, party_id)
    require_party(w, Act.PARTY_VERIFY, party)
    if is_own(w, party_id):
        raise Refused(Guard.NOT_OWN.reason)
    asking = [one for one in registrations(w, party_id) if one.verification_requested_at is not None]
    if not asking:
        raise Refused(T("没有待办的核验申请", "no verification waits for an answer"))
    said = written(remark, "remark", longest=LONGEST_REMARK)
    for one in (party, *asking):
        one.verification_requested_at, one.verification_remark = None, said
    notify(
        w,
        MessageEvent.ACCOUNT_NOT_VERIFIED,
        key=f"account.not_verified/{party_id}/{w.now.isoformat()}",
        party_id=party_id,
        values={"reason": said},
    )


def queue(actor: Actor) -> ColumnElement[bool]:
    """The parties that wait for the actor to verify them, each once; nobody verifies its own.

    What was merged stands under the registration that is left, whichever of them had asked.
    """
    own = actor.parties | actor.recommender_parties
    one = aliased(Party)
    asking = select(left_id(one)).where(one.verification_requested_at.is_not(None))
    verified = select(left_id(one)).where(one.verified_at.is_not(None), left_id(one) == Party.id)
    mine = Party.id.not_in(own) & reach(actor, Act.PARTY_VERIFY)
    return Party.merged_into_id.is_(None) & Party.id.in_(asking) & ~verified.exists() & mine
