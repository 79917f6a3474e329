"""A page of a list: empty, one row, a whole page and one more, beyond the end, and more than are counted."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import pytest
from sqlalchemy import Select, func, select

from core.services.base.paging import MOST_COUNTED, NO_PAGE, SIZE, Page, Wish, page_in, page_of, page_of_rows
from core.services.base.work import ANONYMOUS, Actor, Work

Begin = Callable[[Actor, str], AbstractContextManager[Work]]


def numbers(upto: int) -> Select[Any]:
    """The whole numbers from 1."""
    series = func.generate_series(1, upto).table_valued("n").render_derived()
    return select(series.c.n).order_by(series.c.n)


@pytest.fixture
def w(begin: Begin) -> Iterator[Work]:
    with begin(ANONYMOUS, "2024-06-03T10:00") as unit:
        yield unit


@pytest.mark.parametrize(
    ("rows", "wish", "number", "first", "length", "more"),
    [
        (0, Wish(), 0, None, 0, False),
        (0, Wish(7), 0, None, 0, False),
        (1, Wish(), 0, 1, 1, False),
        (1, Wish(-1), 0, 1, 1, False),
        (19, Wish(), 0, 1, 19, False),
        (20, Wish(), 0, 1, 20, False),
        (21, Wish(), 0, 1, 20, True),
        (21, Wish(1), 1, 21, 1, False),
        (21, Wish(2), 1, 21, 1, False),
        (40, Wish(10**30), 1, 21, 20, False),
        (41, Wish(1), 1, 21, 20, True),
        (5, Wish(1, 2), 1, 3, 2, True),
        (5, Wish(2, 2), 2, 5, 1, False),
    ],
)
def test_a_page_is_the_one_wished_for_or_the_last(
    w: Work, rows: int, wish: Wish, number: int, first: int | None, length: int, *, more: bool
) -> None:
    for page in (page_of(w, numbers(rows), wish), page_in(range(1, rows + 1), wish)):
        assert (page.number, page.size, page.total, page.more) == (number, wish.size, rows, more)
        assert (page.rows[0] if page.rows else None, len(page.rows)) == (first, length)


def test_rows_of_several_columns_stay_whole(w: Work) -> None:
    series = func.generate_series(1, 3).table_valued("n").render_derived()
    query = select(series.c.n, (series.c.n * 2).label("twice")).order_by(series.c.n)
    page = page_of_rows(w, query, Wish(1, 2))
    assert [(row.n, row.twice) for row in page.rows] == [(3, 6)]
    assert page_of_rows(w, query.where(series.c.n > 3)).rows == ()


@pytest.mark.parametrize(
    ("rows", "total"),
    [(MOST_COUNTED - 1, MOST_COUNTED - 1), (MOST_COUNTED, MOST_COUNTED), (MOST_COUNTED + 1, None)],
)
def test_rows_are_counted_and_paged_through_up_to_a_bound(w: Work, rows: int, total: int | None) -> None:
    last = page_of(w, numbers(rows), Wish(10**9))
    assert last.total == total
    assert (last.number, last.more) == (MOST_COUNTED // SIZE - 1, False)
    assert max(last.rows) == min(rows, MOST_COUNTED)
    assert page_of(w, numbers(rows), Wish(last.number - 1)).more


def test_a_page_tells_its_rows_otherwise() -> None:
    page = Page(("甲", "乙"), 2, 20, 42)
    assert page.told(word * 2 for word in page.rows) == Page(("甲甲", "乙乙"), 2, 20, 42)
    assert (NO_PAGE.rows, NO_PAGE.total, NO_PAGE.more) == ((), 0, False)
