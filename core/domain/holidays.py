"""The holiday table of `chinesecalendar`, as the rows that fill the editable one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from chinese_calendar import constants

from core.domain.calendar import CalendarUnknownError, WorkingCalendar
from core.rules.text import T

_NAMES = {member.value: T(f"{member.chinese}", f"{member.value}") for member in constants.Holiday}


@dataclass(frozen=True, slots=True)
class HolidayRow:
    """A day that differs from its weekday: a holiday, or a make-up day (`is_working`)."""

    day: date
    is_working: bool
    name: T


def known_years() -> frozenset[int]:
    """The years for which `chinesecalendar` has the State Council's table."""
    return frozenset(day.year for day in constants.holidays)


def from_chinesecalendar(years: Iterable[int]) -> tuple[HolidayRow, ...]:
    """The rows of these years, by date; CalendarUnknownError for a year that is not there."""
    wanted = frozenset(years)
    for year in sorted(wanted - known_years()):
        raise CalendarUnknownError(year)
    rows = [
        HolidayRow(day, is_working=False, name=_NAMES[name])
        for day, name in constants.holidays.items()
        if day.year in wanted
    ]
    for day, name in constants.workdays.items():
        if day.year in wanted:
            label = T(f"{_NAMES[name].zh}调休上班", f"make-up day for {_NAMES[name].en}")
            rows.append(HolidayRow(day, is_working=True, name=label))
    return tuple(sorted(rows, key=lambda row: row.day))


def calendar_of(years: Iterable[int]) -> WorkingCalendar:
    """A calendar of these years straight from `chinesecalendar`, for tests and throw-away work."""
    known = frozenset(years)
    return WorkingCalendar({row.day: row.is_working for row in from_chinesecalendar(known)}, known)
