"""Substring search of Chinese names by bigrams under a GIN index (pg_trgm needs three characters)."""

from __future__ import annotations

import unicodedata
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, bindparam, event, false, func
from sqlalchemy.dialects.postgresql import ARRAY

from core.storage.models.people import Party

START = "^"
"""Stands before the first character, so that a query of one character finds the names that begin with it."""


def normalise(text: str) -> str:
    """The text after NFKC, case-folded, without spaces and invisible characters."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return "".join(c for c in folded if not c.isspace() and unicodedata.category(c) not in ("Cc", "Cf"))


def bigrams(text: str) -> list[str]:
    """Every two neighbouring characters of the normalised text, each once."""
    plain = normalise(text)
    return list(dict.fromkeys(plain[i : i + 2] for i in range(len(plain) - 1)))


def name_grams(name: str) -> list[str]:
    """What a name is found by: its bigrams, and its first character behind the mark of the beginning."""
    plain = normalise(name)
    return [START + plain[0], *bigrams(plain)] if plain else []


def name_matches(column: Any, query: str, grams: Any = Party.name_grams) -> ColumnElement[bool]:
    """Names that contain the query; of one character, those that begin with it. `grams` indexes `column`.

    The grams are written into the statement: a plan prepared without them does not use the index.
    """
    plain = normalise(query)
    if not plain:
        return false()
    wanted = bigrams(plain) or [START + plain]
    pattern = plain.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    known = func.regexp_replace(func.pg_catalog.normalize(column, "NFKC"), r"\s", "", "g")
    return and_(
        grams.op("@>")(bindparam(None, wanted, type_=ARRAY(Text), unique=True, literal_execute=True)),
        known.ilike(f"%{pattern}%" if len(plain) > 1 else f"{pattern}%"),
    )


@event.listens_for(Party.name, "set")
def _set_grams(party: Party, name: object, _old: object, _initiator: object) -> None:
    party.name_grams = name_grams(name) if isinstance(name, str) else []
