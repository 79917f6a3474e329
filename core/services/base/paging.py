"""Pages of lists: what can be long is read a page at a time, and says how many rows there are in all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Row, Select, func, select

from core.services.base.work import Work

R = TypeVar("R")
S = TypeVar("S")
AnyRow = Row[*tuple[Any, ...]]

SIZE = 20
MOST_COUNTED = 10_000
"""Rows that are counted and paged through, a million never: who looks further narrows the list."""


@dataclass(frozen=True, slots=True)
class Wish:
    """The page that is wished for, from 0, and its length; one beyond the end stands for the last."""

    number: int = 0
    size: int = SIZE


FIRST = Wish()


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """One page of a list."""

    rows: tuple[R, ...]
    number: int
    size: int
    total: int | None
    """Rows of the whole list; None where there are more than are counted."""

    @property
    def more(self) -> bool:
        """Whether a page follows."""
        counted = MOST_COUNTED if self.total is None else self.total
        return (self.number + 1) * self.size < counted

    def told(self, rows: Iterable[S]) -> Page[S]:
        """The same page with what the caller made of its rows in their place."""
        return Page(tuple(rows), self.number, self.size, self.total)


NO_PAGE: Page[Any] = Page((), 0, SIZE, 0)
"""Of a list that has nothing."""


def page_of(w: Work, query: Select[R], wish: Wish = FIRST) -> Page[R]:
    """The page of a query that finds one thing a row."""
    total = _counted(w, query)
    place = _placed(wish, total)
    part = query.limit(wish.size).offset(place * wish.size)
    return Page(tuple(w.session.scalars(part)) if total else (), place, wish.size, _known(total))


def page_of_rows(w: Work, query: Select[*tuple[Any, ...]], wish: Wish = FIRST) -> Page[AnyRow]:
    """The page of a query that finds several columns a row."""
    total = _counted(w, query)
    place = _placed(wish, total)
    part = query.limit(wish.size).offset(place * wish.size)
    return Page(tuple(w.session.execute(part)) if total else (), place, wish.size, _known(total))


def page_in(rows: Sequence[R], wish: Wish = FIRST) -> Page[R]:
    """The page of rows that had to be read whole: for a sum, or an order that only the rules know."""
    place = _placed(wish, len(rows))
    return Page(tuple(rows[place * wish.size : (place + 1) * wish.size]), place, wish.size, len(rows))


def _counted(w: Work, query: Select[*tuple[Any, ...]]) -> int:
    """The rows of a query, up to one more than are counted."""
    bounded = query.order_by(None).limit(MOST_COUNTED + 1).subquery()
    return w.session.scalar(select(func.count()).select_from(bounded)) or 0


def _known(total: int) -> int | None:
    return total if total <= MOST_COUNTED else None


def _placed(wish: Wish, total: int) -> int:
    last = (max(min(total, MOST_COUNTED), 1) - 1) // wish.size
    return min(max(wish.number, 0), last)
