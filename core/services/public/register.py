"""The register as everyone may read it: only columns that are public are selected at all.

Of a person these are name, employer, division and fields; of an organisation the credit code too.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, assert_never

from sqlalchemy import ColumnElement, Select, Text, func, literal, literal_column, or_, select, true

from core.domain.roles import DIVISION_CODE, division_prefix
from core.rules.clauses import PartyKind
from core.services.base.paging import FIRST, NO_PAGE, Page, Wish, page_of_rows
from core.services.base.work import Work
from core.services.public.state import PublicState, public_state, standing
from core.storage.arrays import found_first
from core.storage.models import Accreditation, Party
from core.storage.search import name_matches

LOOKED_UP = 12
HYPHENS = dict.fromkeys(map(ord, "-‐‑‒–—―−－_"))


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
)


def entries() -> Select[Any]:
    """The public columns of accreditations with their parties."""
    return select(*PUBLIC_COLUMNS).select_from(Accreditation).join(Party, Party.id == Accreditation.party_id)


def entry(row: Any, today: date) -> Entry:
    """A row of `entries` as it stands on a day."""
    kind: PartyKind = row.kind
    return Entry(
        id=row.id,
        number=row.number,
        party_id=row.party_id,
        kind=kind,
        name=row.name,
        employer=kind.pick(organization="", person=row.employer),
        uscc=kind.pick(organization=row.uscc or "", person=""),
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
    query = entries().where(*_conditions(w, wanted)).order_by(*_order(wanted.sort))
    page = page_of_rows(w, query, wish)
    return page.told(entry(row, w.today) for row in page.rows)


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
    page = page_of_rows(w, _bodies(text), wish)
    return page.told(Body(row.id, row.name, row.region) for row in page.rows)


def look_up_bodies(w: Work, text: str) -> list[Body]:
    """The first of them, for a field that refers to one while it is being typed."""
    if not compact(text):
        return []
    return [Body(row.id, row.name, row.region) for row in w.session.execute(_bodies(text).limit(LOOKED_UP))]


def _bodies(text: str) -> Select[*tuple[Any, ...]]:
    held = found_first(Party.id, select(Accreditation.party_id).where(number_is(text)))
    accredited = select(literal(1)).where(Accreditation.party_id == Party.id).exists()
    return (
        select(Party.id, Party.name, Party.region)
        .where(accredited, or_(party_named(text), held))
        .order_by(Party.sort_name, Party.id)
    )


def compact(text: str) -> str:
    """What was typed, in half-width capitals, without spaces, hyphens and what cannot be printed."""
    folded = unicodedata.normalize("NFKC", text).upper()
    return "".join(c for c in folded.translate(HYPHENS) if c.isprintable() and not c.isspace())


def number_is(text: str) -> ColumnElement[bool]:
    """Accreditations with the number, however it was typed."""
    # Written as the index has it.
    key = literal_column("upper(replace(accreditation.number, '-', ''))", Text())
    return key == compact(text)


def party_named(text: str) -> ColumnElement[bool]:
    """Parties by a part of the name, or by credit code."""
    return or_(name_matches(text), Party.uscc == compact(text))


def _conditions(w: Work, wanted: Search) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [true()]
    if wanted.text.strip():
        named = found_first(Accreditation.party_id, select(Party.id).where(party_named(wanted.text)))
        found.append(or_(named, number_is(wanted.text)))
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
