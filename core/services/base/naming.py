"""How a party or an accreditation is named in a search, as conditions on queries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import ColumnElement, Text, literal_column, or_, select

from core.domain.folding import number_key, number_key_sql, repaired
from core.domain.identifiers import compact
from core.services.base.work import Work
from core.storage.arrays import found_first
from core.storage.models import Accreditation, Party
from core.storage.one_party import ids_of
from core.storage.search import name_matches

_ALIKE = 5
"""Numbers that read alike but for their hyphens: more are not looked at."""
NUMBER_KEY = literal_column(number_key_sql("accreditation.number"), Text())
"""What the number of an accreditation is compared by, written as the index has it."""


def party_named(text: str) -> ColumnElement[bool]:
    """Parties by a part of the name, or by USCC."""
    return or_(name_matches(text), Party.uscc == compact(text))


def is_of_party(column: Any, text: str) -> ColumnElement[bool]:
    """Whether the column leads to a party so named, whichever of its registrations has the name or USCC."""
    return found_first(column, ids_of(select(Party.id).where(party_named(text))))


def number_among(numbers: Iterable[str]) -> ColumnElement[bool]:
    """Accreditations with one of the numbers, however they were typed."""
    return NUMBER_KEY.in_([number_key(number) for number in numbers])


def number_is(text: str) -> ColumnElement[bool]:
    """Accreditations with the number, however it was typed."""
    return number_among([text])


def by_number(w: Work, text: str) -> int | None:
    """The accreditation with the number; of those that differ by their hyphens alone, the one typed so."""
    query = select(Accreditation.id, Accreditation.number).where(number_is(text)).limit(_ALIKE)
    alike = w.session.execute(query).all()
    exact = [item for item in alike if repaired(item.number) == repaired(text)]
    return (exact or alike)[0].id if len(exact or alike) == 1 else None


def accreditation_named(text: str) -> ColumnElement[bool]:
    """Accreditations by number, or by the party's name or USCC."""
    return or_(number_is(text), is_of_party(Accreditation.party_id, text))
