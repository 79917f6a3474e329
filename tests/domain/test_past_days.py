"""A past event is dated by no day that is yet to come, nor by one before it could be."""

from datetime import date, timedelta

import pytest

from core.domain.errors import MalformedError
from core.domain.facts import ALL
from core.domain.profile import parse_facts, read
from core.domain.reading import why_not_between, why_not_past
from core.rules.evaluate import NEVER
from core.rules.terms import DateFact

TODAY = date(2024, 2, 29)
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (TODAY - DAY, None),
        (TODAY, None),
        (TODAY + DAY, "2024-03-01 晚于 2024-02-29，还没有发生"),
        (date(2020, 1, 1), None),
        (date(2019, 12, 31), "早于 2020-01-01"),
    ],
)
def test_a_day_from_the_first_through_today(day: date, why: str | None) -> None:
    found = why_not_past(day, TODAY, date(2020, 1, 1))
    assert (found is None) if why is None else (found is not None and why in found.zh)
    assert why_not_past(date(1990, 1, 1), TODAY) is None, "without a first day none is too early"


@pytest.mark.parametrize(
    ("day", "good"),
    [
        (TODAY - DAY, True),
        (TODAY, False),
        (TODAY + DAY, False),
        (date(2020, 1, 1), True),
        (date(2019, 1, 1), False),
    ],
)
def test_what_was_over_before_a_day(day: date, good: bool) -> None:  # a column of the table
    assert (why_not_between(day, date(2020, 1, 1), TODAY) is None) is good


@pytest.mark.parametrize(
    "fact", [fact for fact in ALL.values() if isinstance(fact, DateFact)], ids=lambda f: f.name
)
def test_every_fact_that_is_a_date_is_one_of_the_past(fact: DateFact) -> None:
    assert read(fact, "2024-02-29", TODAY) == TODAY
    with pytest.raises(MalformedError, match="yet to come"):
        read(fact, "2024-03-01", TODAY)
    given = parse_facts({fact.name: "2024-03-01"}, today=TODAY)
    assert (given.values, list(given.errors)) == ({}, [fact.name])
    assert read(fact, "2024-03-01") == date(2024, 3, 1), "what is kept is read whatever the day"


def test_what_never_was_has_no_day() -> None:
    assert read(ALL["last_penalty_on"], NEVER, TODAY) == NEVER
