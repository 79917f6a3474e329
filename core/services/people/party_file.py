"""A party as staff has it before them: found by its number or within reach, with its latest cases."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import selectinload

from core.domain import identifiers
from core.domain.acts import Act
from core.domain.errors import NotFound
from core.domain.identifiers.telephones import mask_telephones
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
"""In the trail and in the record of access: that somebody saw whole what is masked to others."""


def name(w: Work, party_id: int) -> str:
    """What the party is called."""
    return w.session.get_one(Party, party_id).name


def find(w: Work, party_id: int) -> Party:
    """The party, for staff that reaches it; NotFound for all others."""
    found = _reached(w, party_id)
    looked(w, Look.PARTY, found.id, party_id=found.id, region=found.region)
    return found


def _reached(w: Work, party_id: int) -> Party:
    query = select(Party).where(Party.id == party_id, reach(w.actor, Act.PARTY_VIEW))
    found = w.session.scalar(query.options(selectinload(Party.merged)))
    if found is None:
        raise NotFound(T("没有这个主体，或您无权查看", "There is no such party, or you may not see it"))
    return found


def look_at_numbers(w: Work, party_id: int) -> Party:
    """The party, for an authority that asked to see its numbers whole; trail and record tell who did."""
    party = _reached(w, party_id)
    require_party(w, Act.PARTY_VERIFY, party)
    record(w.session, Party.__tablename__, party_id, {"whole": [None, True]}, LOOKED)
    looked(w, Look.PARTY, party.id, party_id=party.id, region=party.region, detail=LOOKED)
    return party


def numbers_for(w: Work, party: Party, kept: str, *, obliged: bool = False) -> str:
    """Telephone numbers of a party as papers and tables have them: masked, but for whoever acts for it.

    Masked for the authority too: papers are passed on, and who asks for a number is on record. `obliged` is
    who must give them by a text.
    """
    return kept if obliged or party.id in w.actor.parties else mask_telephones(kept)


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
