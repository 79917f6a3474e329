"""A party that was registered twice is one: which rows stand for it, as conditions on queries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session, aliased

from core.storage.arrays import found_first
from core.storage.models import Party

GIVEN, MEMBER = aliased(Party), aliased(Party)
"""Made once: every page asks, and an alias of its own for each query takes longer than the query."""


def left_id(party: Any = Party) -> ColumnElement[int]:
    """The number of the party that a party is shown under; its own where it was never merged."""
    return func.coalesce(party.merged_into_id, party.id)


def ids_of(party_ids: Any) -> Select[int]:
    """The numbers of all rows that stand for a party, or for one of those that a subquery gives."""
    named = GIVEN.id.in_(party_ids) if isinstance(party_ids, Select) else GIVEN.id == party_ids
    # Neither takes its rows from a query around it, which may be one of these itself.
    left = select(left_id(GIVEN).label("id")).where(named).correlate(None).cte()
    # Found once and first: under a plain IN the server goes through all parties.
    found = select(left.c.id)
    shown = or_(found_first(MEMBER.id, found), found_first(MEMBER.merged_into_id, found))
    return select(MEMBER.id).where(shown).correlate(None)


def left_of(session: Session, party_ids: Iterable[int]) -> dict[int, int]:
    """Under which party each is shown, of those that are shown under another."""
    merged = Party.id.in_(set(party_ids)), Party.merged_into_id.is_not(None)
    rows = session.execute(select(Party.id, left_id()).where(*merged))
    return {row[0]: row[1] for row in rows}


def same_as(session: Session, party_ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """All rows that stand for each of some parties, itself among them."""
    given = frozenset(party_ids)
    rows = session.execute(
        select(Party.id, left_id()).where(Party.id.in_(ids_of(select(Party.id).where(Party.id.in_(given)))))
    ).all()
    left: dict[int, int] = {row[0]: row[1] for row in rows}
    return {
        number: frozenset(one for one, shown in left.items() if shown == left[number]) for number in given
    }
