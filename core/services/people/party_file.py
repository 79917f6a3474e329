"""A party as staff has it before them: found by its number or within reach, with its latest cases."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from core.domain import identifiers
from core.domain.acts import Act
from core.domain.errors import NotFound
from core.rules.text import T
from core.services.base.access import scope
from core.services.base.naming import party_named
from core.services.base.paging import FIRST, NO_PAGE, Page, Wish, page_of
from core.services.base.work import Work
from core.services.entry.record import looked
from core.services.people.parties import reach, require_party
from core.storage.models import Accreditation, Application, Party
from core.storage.models.accounts import Look
from core.storage.one_party import ids_of
from core.storage.trail.recording import record

MOST_CASES = 50
LOOKED = "numbers.look"


def name(w: Work, party_id: int) -> str:
    """What the party is called."""
    return w.session.get_one(Party, party_id).name


def find(w: Work, party_id: int) -> Party:
    """The party, for staff that reaches it; NotFound for all others."""
    query = select(Party).where(Party.id == party_id, reach(w.actor, Act.PARTY_VIEW))
    found = w.session.scalar(query.options(selectinload(Party.merged)))
    if found is None:
        raise NotFound(T("没有这个主体，或您无权查看", "There is no such party, or you may not see it"))
    looked(w, Look.PARTY, found.id, party_id=found.id, region=found.region)
    return found


def look_at_numbers(w: Work, party_id: int) -> Party:
    """The party, for whom its authority asked to see the numbers whole; the trail tells who looked."""
    party = find(w, party_id)
    require_party(w, Act.PARTY_VERIFY, party)
    noted(w, Party.__tablename__, party_id)
    return party


def noted(w: Work, kind: str, number: int) -> None:
    """Keep that the actor saw what is masked to others."""
    record(w.session, kind, number, {"whole": [None, True]}, LOOKED)


def others(w: Work, party_id: int, text: str, wish: Wish = FIRST) -> Page[Party]:
    """A page of the other parties that the actor may merge with one, by name or number."""
    if not text:
        return NO_PAGE
    named = or_(party_named(text), Party.id_number == identifiers.compact(text))
    mine = Party.id != party_id, Party.merged_into_id.is_(None), reach(w.actor, Act.PARTY_MERGE)
    return page_of(w, select(Party).where(named, *mine).order_by(Party.sort_name, Party.id), wish)


def may(w: Work, act: Act, party_id: int) -> bool:
    """Whether the actor reaches the party for an act."""
    query = select(Party.id).where(Party.id == party_id, reach(w.actor, act))
    return w.session.scalar(query) is not None


def applications(w: Work, party_id: int) -> Sequence[Application]:
    """Its latest applications within the actor's scope."""
    mine = scope(w.actor, Act.APPLICATION_VIEW, Application.program, Application.region)
    query = select(Application).where(Application.party_id.in_(ids_of(party_id)), mine)
    return w.session.scalars(query.order_by(Application.id.desc()).limit(MOST_CASES)).all()


def accreditations(w: Work, party_id: int) -> Sequence[Accreditation]:
    """Its latest accreditations within the actor's scope."""
    mine = scope(w.actor, Act.ACCREDITATION_VIEW, Accreditation.program, Accreditation.region)
    query = select(Accreditation).where(Accreditation.party_id.in_(ids_of(party_id)), mine)
    return w.session.scalars(query.order_by(Accreditation.id.desc()).limit(MOST_CASES)).all()
