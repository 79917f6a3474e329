"""How a party or an accreditation is named in a search, as conditions on queries."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select

from core.storage.arrays import found_first
from core.storage.models import Accreditation, Party
from core.storage.search import name_matches


def party_named(text: str) -> ColumnElement[bool]:
    """Parties by a part of the name, or by USCC."""
    plain = text.upper().replace(" ", "")
    return or_(name_matches(text), Party.uscc == plain)


def accreditation_named(text: str) -> ColumnElement[bool]:
    """Accreditations by number, or by the party's name or USCC."""
    parties = select(Party.id).where(party_named(text))
    return or_(Accreditation.number == text.strip(), found_first(Accreditation.party_id, parties))
