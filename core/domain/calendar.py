"""Working days by the State Council's holiday table: holidays, and make-up days (调休) that are worked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from core.domain.errors import DomainError
from core.rules.periods import DAY
from core.rules.text import T

_SATURDAY = 5


class CalendarUnknownError(DomainError):
    """No holiday table is loaded for `year`: nothing that depends on its working days can be told."""

    def __init__(self, year: int) -> None:
        self.year = year
        super().__init__(
            T(f"尚无 {year} 年的放假安排", f"The holiday table of {year} is missing"),
            field="year",
            mend=T("请载入国务院办公厅的放假安排", "load the State Council's holiday table"),
        )


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """`days` differ from their weekday (True: worked); `years` are those that the table is known for."""

    days: Mapping[date, bool]
    years: frozenset[int]

    def is_working(self, day: date) -> bool:
        """Whether the day is worked; CalendarUnknownError for a year without a table."""
        if day.year not in self.years:
            raise CalendarUnknownError(day.year)
        return self.days.get(day, day.weekday() < _SATURDAY)

    def add_working_days(self, start: date, number: int) -> date:
        """The last day of a period of `number` (1 or more) working days; `start` itself does not count."""
        if number < 1:
            raise ValueError(f"a period has at least 1 working day, not {number}")
        day = start
        while number:
            day += DAY
            number -= self.is_working(day)
        return day
