"""How a party or an accreditation is named in a search, as conditions on queries."""

from __future__ import annotations

from sqlalchemy import ColumnElement, Text, literal_column, or_, select

from core.domain.identifiers import compact
from core.storage.arrays import found_first
from core.storage.models import Accreditation, Party
from core.storage.search import name_matches


def party_named(text: str) -> ColumnElement[bool]:
    """Parties by a part of the name, or by USCC."""
    return or_(name_matches(text), Party.uscc == compact(text))


def number_is(text: str) -> ColumnElement[bool]:
    """Accreditations with the number, however it was typed."""
    # Written as the index has it.
    key = literal_column("upper(replace(accreditation.number, '-', ''))", Text())
    return key == compact(text)


def accreditation_named(text: str) -> ColumnElement[bool]:
    """Accreditations by number, or by the party's name or USCC."""
    parties = select(Party.id).where(party_named(text))
    return or_(number_is(text), found_first(Accreditation.party_id, parties))
