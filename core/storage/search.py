"""Substring search of Chinese names by bigrams under GIN indexes (pg_trgm needs three characters)."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Text, and_, bindparam, event, false, func, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from core.domain.folding import SQL_NAME, folded
from core.domain.names.order import sort_key
from core.storage.arrays import found_first
from core.storage.models.changes import FormerValue, Vouched
from core.storage.models.people import Party, User

START = "^"
"""Stands before the first character, so that a query of one character finds the names that begin with it."""


def bigrams(text: str) -> list[str]:
    """Every two neighbouring characters of the folded text, each once."""
    plain = folded(text)
    return list(dict.fromkeys(plain[i : i + 2] for i in range(len(plain) - 1)))


def name_grams(name: str) -> list[str]:
    """What a name is found by: its first character behind the mark of the beginning, and its bigrams."""
    plain = folded(name)
    return [START + plain[0], *bigrams(plain)] if plain else []


def name_matches(query: str) -> ColumnElement[bool]:
    """Parties whose name, or a former one, contains the query; of one character, begins with it."""
    plain = folded(query)
    if not plain:
        return false()
    former = select(FormerValue.party_id).where(_holds(FormerValue.grams, FormerValue.folded, plain))
    return or_(_holds(Party.name_grams, Party.folded_name, plain), found_first(Party.id, former))


def _holds(grams: Any, known: Any, plain: str) -> ColumnElement[bool]:
    """Whether a folded name holds the query.

    The grams are written into the statement: a plan prepared without them does not use the index.
    """
    wanted = bigrams(plain) or [START + plain]
    given = bindparam(None, wanted, type_=ARRAY(Text), unique=True, literal_execute=True)
    held = (known.contains if len(plain) > 1 else known.startswith)(plain, autoescape=True)
    return and_(grams.op("@>")(given), held)


def holds(column: Any, query: str) -> ColumnElement[bool]:
    """Whether a column of texts as they were written has the query in it, both folded; no index helps."""
    found: ColumnElement[bool] = getattr(func, SQL_NAME)(column).contains(folded(query), autoescape=True)
    return found


def derived(name: str) -> dict[str, Any]:
    """What follows from a party's name: how it is compared, found and sorted."""
    return {"folded_name": folded(name), "name_grams": name_grams(name), "sort_name": sort_key(name)}


@event.listens_for(Party.name, "set")
def _derive(party: Party, name: object, _old: object, _initiator: object) -> None:
    for column, value in derived(name if isinstance(name, str) else "").items():
        setattr(party, column, value)


def derived_user(name: str) -> dict[str, Any]:
    """What follows from a user's name: how it is sorted."""
    return {"sort_name": sort_key(name)}


@event.listens_for(User.name, "set")
def _derive_user(user: User, name: object, _old: object, _initiator: object) -> None:
    for column, value in derived_user(name if isinstance(name, str) else "").items():
        setattr(user, column, value)


def derived_former(name: str) -> dict[str, Any]:
    """What follows from a former name: how it is compared and found."""
    return {"folded": folded(name), "grams": name_grams(name)}


@event.listens_for(FormerValue, "before_insert")
def _derive_former(_mapper: object, _connection: object, former: FormerValue) -> None:
    given = former.value if former.field is Vouched.NAME else ""
    for column, value in derived_former(given).items():
        setattr(former, column, value)
