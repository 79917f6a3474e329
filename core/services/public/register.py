"""The register as everyone may read it: only columns that are public are selected at all.

Of a person these are name, employer, division and fields; of an organisation the credit code too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Any, assert_never

from sqlalchemy import ColumnElement, Select, func, literal, or_, select, true
from sqlalchemy.orm import Session, aliased

from core.domain.identifiers import compact
from core.domain.roles import DIVISION_CODE, division_prefix
from core.rules.clauses import PartyKind
from core.services.base.naming import accreditation_named, number_is, party_named
from core.services.base.paging import FIRST, NO_PAGE, Page, Wish, page_of_rows
from core.services.base.work import Work
from core.services.keeping.public_names import shown as named_today
from core.services.public.state import PublicState, public_state, standing
from core.storage.arrays import found_first
from core.storage.models import Accreditation, Party
from core.storage.one_party import ids_of, left_id

LOOKED_UP = 12


class Sort(StrEnum):
    """The orders of the list."""

    NEWEST = "newest"
    NAME = "name"
    ENDING = "ending"


@dataclass(frozen=True, slots=True)
class Search:
    """What is looked for; empty is everything. `state` None takes every state."""

    text: str = ""
    region: str = ""
    program: str = ""
    track: str = ""
    function: str = ""
    state: PublicState | None = PublicState.IN_FORCE
    sort: Sort = Sort.NEWEST


@dataclass(frozen=True, slots=True)
class Entry:
    """One accreditation in the public register."""

    id: int
    number: str
    party_id: int
    kind: PartyKind
    name: str
    employer: str
    uscc: str
    program: str
    track: str
    edition: str
    region: str
    functions: tuple[str, ...]
    state: PublicState
    started_on: date
    valid_from: date
    valid_through: date
    ended_on: date | None
    ended_clause: str
    registered_as: str = ""
    """The name that its certificate states, where its holder, registered twice, is shown under another."""


PUBLIC_COLUMNS: tuple[Any, ...] = (
    Accreditation.id,
    Accreditation.number,
    Accreditation.program,
    Accreditation.track,
    Accreditation.edition,
    Accreditation.region,
    Accreditation.functions,
    Accreditation.state,
    Accreditation.started_on,
    Accreditation.valid_from,
    Accreditation.valid_through,
    Accreditation.ended_on,
    Accreditation.ended_clause,
    Accreditation.party_id,
    Party.kind,
    Party.name,
    Party.employer,
    Party.uscc,
    Party.merged_into_id,
)


def entries() -> Select[Any]:
    """The public columns of accreditations with their parties, people who are named no more among them."""
    return select(*PUBLIC_COLUMNS).select_from(Accreditation).join(Party, Party.id == Accreditation.party_id)


@dataclass(frozen=True, slots=True)
class Holder:
    """A party as everyone may know it."""

    id: int
    kind: PartyKind
    name: str
    employer: str
    uscc: str
    region: str


def holders(session: Session, party_ids: Iterable[int]) -> dict[int, Holder]:
    """Some parties by number, as they are registered themselves."""
    query = select(Party.id, Party.kind, Party.name, Party.employer, Party.uscc, Party.region)
    return {row.id: _holder(row) for row in session.execute(query.where(Party.id.in_(set(party_ids))))}


def _holder(row: Any) -> Holder:
    kind: PartyKind = row.kind
    employer = kind.pick(organization="", person=row.employer)
    uscc = kind.pick(organization=row.uscc or "", person="")
    return Holder(row.id, kind, row.name, employer, uscc, row.region)


def told(session: Session, rows: Iterable[Any], today: date) -> list[Entry]:
    """Rows of `entries` as they stand on a day, each under the party that it is shown under."""
    found = list(rows)
    merged = {row.merged_into_id for row in found} - {None}
    shown = holders(session, merged) if merged else {}
    return [_entry(row, shown.get(row.merged_into_id), today) for row in found]


def _entry(row: Any, shown: Holder | None, today: date) -> Entry:
    own = _holder(row)
    holder = shown or replace(own, id=row.party_id)
    return Entry(
        id=row.id,
        number=row.number,
        party_id=holder.id,
        kind=holder.kind,
        name=holder.name,
        employer=holder.employer,
        uscc=holder.uscc,
        registered_as=own.name if own.name != holder.name else "",
        program=row.program,
        track=row.track,
        edition=row.edition,
        region=row.region,
        functions=tuple(row.functions),
        state=public_state(row.state, row.started_on, row.valid_through, today),
        started_on=row.started_on,
        valid_from=row.valid_from,
        valid_through=row.valid_through,
        ended_on=row.ended_on,
        ended_clause=row.ended_clause,
    )


def search(w: Work, wanted: Search, wish: Wish = FIRST) -> Page[Entry]:
    """A page of the accreditations that are looked for."""
    query = entries().where(named_today(w).status(), *_conditions(w, wanted)).order_by(*_order(wanted.sort))
    page = page_of_rows(w, query, wish)
    return page.told(told(w.session, page.rows, w.today))


def in_force_by_program(w: Work) -> dict[str, int]:
    """How many accreditations are in force, by programme."""
    query = (
        select(Accreditation.program, func.count())
        .where(standing(PublicState.IN_FORCE, w.today))
        .group_by(Accreditation.program)
    )
    return {row[0]: row[1] for row in w.session.execute(query)}


@dataclass(frozen=True, slots=True)
class Body:
    """A party that was accredited at some time, as a look-up names it."""

    id: int
    name: str
    region: str


def find_bodies(w: Work, text: str, wish: Wish = FIRST) -> Page[Body]:
    """A page of the parties, accredited now or formerly, whose name has the text or whose code it is."""
    if not compact(text):
        return NO_PAGE
    page = page_of_rows(w, _bodies(w, text), wish)
    return page.told(Body(row.id, row.name, row.region) for row in page.rows)


def look_up_bodies(w: Work, text: str) -> list[Body]:
    """The first of them, for a field that refers to one while it is being typed."""
    if not compact(text):
        return []
    return [
        Body(row.id, row.name, row.region) for row in w.session.execute(_bodies(w, text).limit(LOOKED_UP))
    ]


def _bodies(w: Work, text: str) -> Select[*tuple[Any, ...]]:
    held = found_first(Party.id, select(Accreditation.party_id).where(number_is(text)))
    accredited = (
        select(literal(1)).where(Accreditation.party_id == Party.id, named_today(w).status()).exists()
    )
    # Found by any of its registrations, and told as the one that it is shown under.
    named = ids_of(select(Party.id).where(or_(party_named(text), held)))
    found = select(left_id()).where(found_first(Party.id, named), accredited)
    shown = aliased(Party)
    return (
        select(shown.id, shown.name, shown.region)
        .where(shown.id.in_(found))
        .order_by(shown.sort_name, shown.id)
    )


def _conditions(w: Work, wanted: Search) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [true()]
    if wanted.text.strip():
        found.append(accreditation_named(wanted.text))
    if wanted.state is not None:
        found.append(standing(wanted.state, w.today))
    if wanted.program:
        found.append(Accreditation.program == wanted.program)
    if wanted.track:
        found.append(Accreditation.track == wanted.track)
    if wanted.function:
        found.append(Accreditation.functions.contains([wanted.function]))
    if DIVISION_CODE.fullmatch(wanted.region):
        found.append(Accreditation.region.startswith(division_prefix(wanted.region)))
    return found


def _order(sort: Sort) -> Sequence[Any]:
    match sort:
        case Sort.NAME:
            return Party.sort_name, Accreditation.id.desc()
        case Sort.ENDING:
            return Accreditation.valid_through, Accreditation.id
        case Sort.NEWEST:
            return Accreditation.started_on.desc(), Accreditation.id.desc()
        case _:
            assert_never(sort)
