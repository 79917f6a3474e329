"""What keeps a party, or one case of it, from being destroyed: placed by one, lifted by another."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.domain.acts import Act
from core.domain.errors import Invalid, NotFound, Refused
from core.rules.text import T
from core.services.base.access import require_fresh, require_second
from core.services.base.decided import already
from core.services.base.words import NOTHING_THERE, written
from core.services.base.work import Work
from core.services.people.parties import lock_party, require_party
from core.storage.models import Application, LegalHold, Party
from core.storage.one_party import ids_of

NO_CASE = T("该主体没有此编号的申请", "the party has no application of that number")


def party(w: Work, party_id: int) -> Party:
    """The party, for whoever may place a hold on it."""
    found = w.session.get(Party, party_id)
    if found is None:
        raise NotFound(NOTHING_THERE)
    require_party(w, Act.KEEPING_VIEW, found)
    return found


def of_party(w: Work, party_id: int) -> Sequence[LegalHold]:
    """The holds on a party, under whichever registration, the latest first."""
    party(w, party_id)
    query = select(LegalHold).where(LegalHold.party_id.in_(ids_of(party_id)))
    people = joinedload(LegalHold.placed_by), joinedload(LegalHold.lifted_by)
    return w.session.scalars(query.options(*people).order_by(LegalHold.id.desc())).all()


def place(w: Work, party_id: int, reason: str, application_id: int | None = None) -> int:
    """Keep all of a party, or one case of it, from being destroyed; returns the hold's id."""
    found = lock_party(w, party_id)
    require_party(w, Act.HOLD_PLACE, found)
    text = written(reason)
    if application_id is not None:
        case = w.session.get(Application, application_id)
        own = set(w.session.scalars(ids_of(party_id)))
        if case is None or case.party_id not in own:
            raise Invalid({"application_id": NO_CASE})
    same = select(LegalHold).where(
        LegalHold.party_id.in_(ids_of(party_id)),
        LegalHold.application_id.is_(None)
        if application_id is None
        else LegalHold.application_id == application_id,
        LegalHold.lifted_at.is_(None),
    )
    if w.session.scalar(select(same.exists())):
        raise Refused(T("已限制处置，尚未解除", "it is held already, and was not lifted"))
    hold = LegalHold(
        party_id=party_id,
        application_id=application_id,
        reason=text,
        placed_by_id=w.actor.user_id,
        placed_at=w.now,
    )
    w.session.add(hold)
    w.session.flush()
    return hold.id


def lift(w: Work, hold_id: int, reason: str) -> int:
    """Let it be destroyed again once its time is over; returns the party's id."""
    hold = w.session.get(LegalHold, hold_id, with_for_update=True)
    if hold is None:
        raise NotFound(NOTHING_THERE)
    require_party(w, Act.HOLD_LIFT, w.session.get_one(Party, hold.party_id))
    require_fresh(w, Act.HOLD_LIFT)
    text = written(reason)
    if hold.lifted_at is not None:
        raise already(w, hold)
    require_second(w, T("限制处置须由另一人解除", "a hold is lifted by a second person"), hold.placed_by_id)
    hold.lifted_by_id, hold.lifted_at, hold.lifted_reason = w.actor.user_id, w.now, text
    return hold.party_id
