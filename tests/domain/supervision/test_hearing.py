"""The last day to object, where the holiday table came late."""

from datetime import date

import pytest

from core.domain.calendar import CalendarUnknownError
from core.domain.holidays import calendar_of
from core.domain.supervision.hearing import last_day_known_late

TOLD = date(2024, 5, 6)
LAST = date(2024, 5, 11)
"""A Saturday that is worked."""


@pytest.mark.parametrize(
    ("today", "last"),
    [
        (date(2024, 5, 6), LAST),
        (date(2024, 5, 10), LAST),
        (date(2024, 5, 11), LAST),
        (date(2024, 5, 12), date(2024, 5, 17)),
    ],
)
def test_a_day_that_is_over_is_counted_anew(today: date, last: date) -> None:
    assert last_day_known_late(calendar_of([2024]), TOLD, 5, today) == last


@pytest.mark.parametrize(
    ("told", "today"), [(date(2024, 12, 30), date(2024, 12, 31)), (TOLD, date(2025, 1, 2))]
)
def test_what_reaches_into_an_unknown_year_stays_unknown(told: date, today: date) -> None:
    with pytest.raises(CalendarUnknownError, match="2025"):
        last_day_known_late(calendar_of([2024]), told, 5, today)
