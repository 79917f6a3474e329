"""The answer to a claim, by an officer within reach of the party, never by who is one of the sides."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, exists, select

from core.domain.acts import Act
from core.domain.errors import Invalid, NotFound, Refused
from core.domain.identifiers import fits
from core.domain.lifecycle.guards import Guard
from core.domain.messages import MessageEvent
from core.rules.clauses import PartyKind
from core.rules.text import T
from core.services.base.access import is_same
from core.services.base.decided import already
from core.services.base.words import NOTHING_THERE, unkept, unwritten
from core.services.base.work import Actor, Work
from core.services.claims.own import ANSWERED, contacts, last_day, tell_closed, tell_contacts
from core.services.messaging.writing import notify
from core.services.people import invitations
from core.services.people.parties import (
    KEYS,
    holder,
    is_own,
    lock_party,
    reach,
    registrations,
    require_party,
)
from core.services.people.rights import sessions
from core.storage.models import Attachment, Membership, Party, PartyClaim
from core.storage.models.changes import ClaimState
from core.storage.models.holdings import AttachmentPurpose
from core.storage.one_party import ids_of


def find(w: Work, claim_id: int) -> PartyClaim:
    """A claim that was handed in, for staff who look into claims of the party; NotFound for all others."""
    claim = w.session.get(PartyClaim, claim_id)
    if claim is None or claim.handed_in_at is None or is_own(w, claim.party_id):
        raise NotFound(NOTHING_THERE)
    require_party(w, Act.CLAIM_VIEW, claim.party)
    return claim


def queue(actor: Actor) -> ColumnElement[bool]:
    """The claims that wait for the actor's answer: neither its own nor of its own party."""
    own = actor.parties | actor.recommender_parties
    reached = select(Party.id).where(reach(actor, Act.CLAIM_DECIDE), Party.id.not_in(own))
    return (
        (PartyClaim.state == ClaimState.OPEN)
        & PartyClaim.party_id.in_(reached)
        & PartyClaim.user_id.is_distinct_from(actor.user_id)
    )


def decide(w: Work, claim_id: int, *, accepted: bool, answer: str = "", end_others: bool = False) -> None:
    """Accept or refuse a claim that was handed in.

    Accepted, the claimant is the main contact from now on, and the party counts as verified; those who acted
    for it go on or, with `end_others`, do so no more, nor does an invitation of theirs. A contact in office
    who was told and has not objected has its days first.
    """
    found = find(w, claim_id)
    require_party(w, Act.CLAIM_DECIDE, found.party)
    errors = unkept(answer, "answer") if accepted else unwritten(answer, "answer")
    if errors:
        raise Invalid(errors)
    party = lock_party(w, found.party_id)
    w.session.refresh(found, with_for_update=True)
    if found.state is not ClaimState.OPEN:
        raise already(w, found, ANSWERED, "state")
    if is_same(w, found.user_id) or is_own(w, party.id):
        raise Refused(Guard.NOT_OWN.reason)
    if accepted:
        _require_acceptable(w, found)
        _take_over(w, found, party, end_others=end_others)
    found.state = ClaimState.ACCEPTED if accepted else ClaimState.REFUSED
    found.closed_at, found.decided_by_id, found.answer = w.now, w.actor.user_id, answer.strip()
    notify(
        w,
        MessageEvent.CLAIM_ACCEPTED if accepted else MessageEvent.CLAIM_REFUSED,
        key=f"claim/{found.id}/answered",
        user_id=found.user_id,
        values={"organisation": found.name, "reason": found.answer},
    )
    if found.told_on is not None:
        tell_closed(w, found)
    if accepted:
        for other in _others(w, found):
            tell_contacts(w, other)


def waits_until(w: Work, claim: PartyClaim) -> T | None:
    """Why the claim cannot be accepted yet, since a contact may still object; None where it can."""
    last = last_day(claim)
    if last is None or w.today > last or claim.objected_at is not None:
        return None
    if not contacts(w, claim.party_id, but=claim.user_id):
        return None
    return T(
        f"现有成员可在 {last} 前（含当日）提出异议",
        f"those who act for the party can object through {last}",
    )


def may_decide(w: Work, claim: PartyClaim) -> bool:
    """Whether the actor may answer the claim."""
    query = select(exists().where(PartyClaim.id == claim.id, queue(w.actor)))
    return bool(w.session.scalar(query))


def _require_acceptable(w: Work, claim: PartyClaim) -> None:
    proof = exists().where(
        Attachment.claim_id == claim.id,
        Attachment.purpose == AttachmentPurpose.CLAIM,
        Attachment.removed_at.is_(None),
    )
    if not w.session.scalar(select(proof)):
        raise Refused(
            T("没有证明材料，不能同意认领", "without proof no claim is accepted"),
            mend=T("请申请人补充，或不予同意", "have the proof handed in, or refuse the claim"),
        )
    if not claim.user.active:
        raise Refused(T("申请人的账号已停用", "the claimant's account is closed"))
    waits = waits_until(w, claim)
    if waits is not None:
        raise Refused(waits, mend=T("请在此后决定，或不予同意", "decide after that day, or refuse"))


def _take_over(w: Work, claim: PartyClaim, party: Party, *, end_others: bool) -> None:
    query = select(Membership).where(Membership.party_id.in_(ids_of(party.id)))
    before = list(w.session.scalars(query.with_for_update()))
    own = [item for item in before if item.user_id == claim.user_id]
    ended = {}
    for item in before:
        item.main = item in own
        if end_others and item not in own:
            ended[item.user_id] = item.user
            w.session.delete(item)
    if not own:
        w.session.add(Membership(party_id=party.id, user_id=claim.user_id, main=True, since=w.now))
    if end_others:
        invitations.cancel_open(w, party.id)
    claim.others_ended = end_others
    key = KEYS[party.kind]
    number = getattr(claim, key)
    good = number is not None and (party.kind is PartyKind.PERSON or fits(number))
    if good and getattr(party, key) is None and holder(w, key, number) is None:
        # It came by a table that names none; the officer has it before them, with its proof.
        setattr(party, key, number)
    for one in registrations(w, party.id):
        one.verified_at, one.verification_requested_at, one.verification_remark = w.now, None, ""
    w.session.flush()
    for user in ended.values():
        sessions.end_all(user)
        notify(
            w,
            MessageEvent.MEMBER_REMOVED,
            key=f"claim/{claim.id}/ended/{user.id}",
            user_id=user.id,
            values={"organisation": party.name},
        )


def _others(w: Work, claim: PartyClaim) -> Sequence[PartyClaim]:
    """Claims of the same party that still wait: its new contact is heard on them."""
    query = select(PartyClaim).where(
        PartyClaim.party_id.in_(ids_of(claim.party_id)),
        PartyClaim.state == ClaimState.OPEN,
        PartyClaim.id != claim.id,
        PartyClaim.objected_at.is_(None),
    )
    return w.session.scalars(query.order_by(PartyClaim.id).with_for_update()).all()
