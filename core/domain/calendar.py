"""Working days by the State Council's holiday table: holidays, and make-up days (调休) that are worked."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    known_on: Mapping[int, date] = field(default_factory=dict)
    """On which day the table of a year came, of those that came late."""

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

    def last_day(self, named: date) -> date | None:
        """The last day of a period that ends on `named`: where that is off, the next working day (Civil Code
        art. 203). None while a holiday table is missing.
        """
        day = named
        while day.year in self.years and not self.is_working(day):
            day += DAY
        return day if day.year in self.years else None

    def missing(self, named: date) -> int | None:
        """The year whose table `last_day` waits for; None where it is known."""
        if self.last_day(named) is not None:
            return None
        return named.year if named.year not in self.years else named.year + 1

    def follows(self, named: date) -> date | None:
        """The first day on which something comes of a missed last day: none before that day could be told.

        None while a holiday table is missing.
        """
        last = self.last_day(named)
        if last is None:
            return None
        told = [self.known_on[year] for year in range(named.year, last.year + 1) if year in self.known_on]
        return max([last + DAY, *told])

    def is_over(self, named: date, day: date) -> bool:
        """Whether a period that ends on `named` is over on a day; one whose end cannot be told is not."""
        last = self.last_day(named)
        return last is not None and last < day

    def over_before(self, day: date) -> tuple[date, date] | None:
        """The first and the last of the named days whose periods are over on `day`, of `is_over`.

        Both of a stretch of years with tables; None where no period can be over.
        """
        last = day - DAY
        while last.year in self.years and not self.is_working(last):
            last -= DAY
        if last.year not in self.years:
            earlier = max((year for year in self.years if year < last.year), default=None)
            return self.over_before(date(earlier + 1, 1, 1)) if earlier is not None else None
        year = last.year
        while year - 1 in self.years:
            year -= 1
        return date(year, 1, 1), last
