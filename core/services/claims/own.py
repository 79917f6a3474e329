"""A claim in its claimant's hands: handed in, followed, taken back; and a contact's word against it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import IO

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from core.domain.errors import Conflict, Invalid, NotFound, Refused
from core.domain.messages import MessageEvent
from core.rules.phrases import FILL_IN, RELOAD_TO_ACT
from core.rules.text import T
from core.services.attachments import party_files
from core.services.base.access import require_member
from core.services.base.decided import already
from core.services.base.paging import FIRST, Page, Wish, page_of
from core.services.base.words import NOTHING_THERE, unkept, written
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.services.people.parties import lock_party
from core.storage.files import FileStore
from core.storage.models import Membership, Party, PartyClaim, User
from core.storage.models.changes import ClaimState
from core.storage.models.holdings import AttachmentPurpose
from core.storage.one_party import ids_of
from core.storage.trail.privacy import mask_contact

OBJECTION_DAYS = 7
"""For so many days after they were told contacts can object before a claim is accepted."""
OBJECTION = timedelta(days=OBJECTION_DAYS)
ANSWERED = T("该认领已办结", "The claim was settled before")


@dataclass(frozen=True, slots=True)
class Proof:
    """The file that shows that the claimant acts for the party."""

    filename: str
    data: bytes | IO[bytes]


def of_user(w: Work, wish: Wish = FIRST) -> Page[PartyClaim]:
    """A page of the actor's own claims, the latest first."""
    query = select(PartyClaim).where(PartyClaim.user_id == w.actor.user_id)
    return page_of(w, query.order_by(PartyClaim.id.desc()), wish)


def find(w: Work, claim_id: int) -> PartyClaim:
    """A claim, for whoever made it; NotFound for all others."""
    found = w.session.get(PartyClaim, claim_id)
    if found is None or found.user_id != w.actor.user_id:
        raise NotFound(NOTHING_THERE)
    return found


def hand_in(w: Work, claim_id: int, proof: Proof | None, store: FileStore, statement: str = "") -> None:
    """Put the claim before the authority, with its proof; the party's contacts are told."""
    claim = _locked(w, find(w, claim_id))
    if claim.state is not ClaimState.WANTED:
        raise already(w, claim, T("该认领已提交", "The claim was handed in before"), "state")
    errors = unkept(statement, "statement")
    if proof is None:
        errors["file"] = FILL_IN
    if errors or proof is None:
        raise Invalid(errors)
    purpose = AttachmentPurpose.CLAIM
    party_files.keep(w, purpose, claim.id, claim.party_id, proof.filename, proof.data, store)
    claim.state, claim.handed_in_at, claim.statement = ClaimState.OPEN, w.now, statement.strip()
    tell_contacts(w, claim)


def withdraw(w: Work, claim_id: int) -> None:
    """Take a claim back that has no answer yet."""
    claim = _locked(w, find(w, claim_id))
    if not claim.state.going:
        raise already(w, claim, ANSWERED, "state")
    told = claim.told_on is not None
    claim.state, claim.closed_at = ClaimState.WITHDRAWN, w.now
    if told:
        tell_closed(w, claim)


def against_party(w: Work, party_id: int) -> Sequence[PartyClaim]:
    """The claims of a party that wait for the authority's answer, for its members."""
    require_member(w, party_id)
    query = select(PartyClaim).where(
        PartyClaim.party_id.in_(ids_of(party_id)), PartyClaim.state == ClaimState.OPEN
    )
    return w.session.scalars(query.options(joinedload(PartyClaim.user)).order_by(PartyClaim.id)).all()


def against(w: Work, claim_id: int) -> PartyClaim:
    """A claim that was handed in, for members of the claimed party; NotFound for all others."""
    found = w.session.get(PartyClaim, claim_id)
    if found is None or found.handed_in_at is None:
        raise NotFound(NOTHING_THERE)
    require_member(w, found.party_id)
    return found


def object_to(w: Work, claim_id: int, objection: str) -> None:
    """Say as a member of the claimed party what stands against the claim; once, before its answer."""
    found = against(w, claim_id)
    said = written(objection, "objection")
    claim = _locked(w, found)
    if claim.state is not ClaimState.OPEN:
        raise already(w, claim, ANSWERED, "state")
    if claim.user_id == w.actor.user_id:
        raise Refused(T("不能对自己的认领提出异议", "nobody objects to a claim of their own"))
    if claim.objected_at is not None:
        raise Conflict(T("已提出过异议", "an objection was made already"), mend=RELOAD_TO_ACT)
    claim.objection, claim.objected_at, claim.objected_by_id = said, w.now, w.actor.user_id


def last_day(claim: PartyClaim) -> date | None:
    """Through which day contacts can object; None where nobody was told."""
    return claim.told_on + OBJECTION if claim.told_on is not None else None


def contacts(w: Work, party_id: int, *, but: int | None = None) -> bool:
    """Whether somebody acts for the party, with an account in use, `but` one left out."""
    acting = exists().where(
        Membership.party_id.in_(ids_of(party_id)),
        Membership.user_id.is_distinct_from(but),
        User.id == Membership.user_id,
        User.active,
    )
    return bool(w.session.scalar(select(acting)))


def tell_contacts(w: Work, claim: PartyClaim) -> None:
    """Tell who acts for the party of an open claim, and whoever reads the party's own address."""
    party = w.session.get_one(Party, claim.party_id)
    if not (contacts(w, party.id) or party.email or party.mobile):
        return
    claim.told_on = w.today
    user = claim.user
    notify(
        w,
        MessageEvent.CLAIM_MADE,
        key=f"claim/{claim.id}/made/{w.now.isoformat()}",
        party_id=party.id,
        values={
            "organisation": party.name,
            "claimant": str(user),
            "login": mask_contact(user.email or user.mobile),
            "day": w.today + OBJECTION,
        },
    )


def tell_closed(w: Work, claim: PartyClaim) -> None:
    """Tell the party, which was told of the claim, what became of it."""
    party = w.session.get_one(Party, claim.party_id)
    notify(
        w,
        MessageEvent.CLAIM_CLOSED,
        key=f"claim/{claim.id}/closed",
        party_id=party.id,
        values={"organisation": party.name, "claimant": str(claim.user), "outcome": claim.state.label},
    )


def _locked(w: Work, claim: PartyClaim) -> PartyClaim:
    """The claim as it now stands, locked after its party, as everywhere."""
    lock_party(w, claim.party_id)
    w.session.refresh(claim, with_for_update=True)
    return claim
