"""Pages of lists that are not the administration's: the rows asked for, and addresses that keep filters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

R = TypeVar("R")
SIZES = (20, 50, 100)
MOST_PAGES = 100_000
LONGEST_SEARCH = 100


@dataclass(frozen=True, slots=True)
class Paged(Generic[R]):
    """One page of rows."""

    rows: Sequence[R]
    number: int
    size: int
    more: bool
    total: int


def paged(session: Session, query: Select[Any], size: int = SIZES[0]) -> Paged[Any]:
    """The page that the request asks for, and how many rows there are in all."""
    wish = request.args.get("page_size", size, type=int)
    size = wish if wish in SIZES else size
    number = min(max(request.args.get("page", 0, type=int), 0), MOST_PAGES)
    total = session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0
    rows = session.execute(query.limit(size + 1).offset(number * size)).all()
    found = [row[0] if len(row) == 1 else row for row in rows]
    return Paged(found[:size], number, size, len(found) > size, total)


def link(**changes: Any) -> str:
    """This page with some arguments changed; None takes one away, and the language stays out."""
    kept = {name: value for name, value in {**request.args.to_dict(), **changes}.items() if name != "lang"}
    given = {name: value for name, value in kept.items() if value not in (None, "")}
    return f"{request.path}?{urlencode(given)}" if given else request.path


def typed(name: str) -> str:
    """What was typed into a search: what cannot be printed is left out, PostgreSQL takes no NUL."""
    text = request.args.get(name, "")[:LONGEST_SEARCH]
    return "".join(character for character in text if character.isprintable()).strip()


def filtered() -> bool:
    """Whether the request narrows the list."""
    return any(value for name, value in request.args.items() if name not in ("lang", "page", "page_size"))
