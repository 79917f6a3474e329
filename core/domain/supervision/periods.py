"""The periods that rules count in: years, the reports of years, spells of silence and of absence."""

from __future__ import annotations

from calendar import monthrange
from datetime import date
from functools import lru_cache
from typing import assert_never

from core.domain.calendar import WorkingCalendar
from core.domain.supervision.standing import Glimpse, Standing
from core.rules.obligations import ReportDuty, ReportKind, Year
from core.rules.periods import DAY, MONTHS, period_end


def year_of(standing: Standing, basis: Year, day: date) -> tuple[date, date]:
    """First and last day of the accreditation or calendar year that `day` lies in."""
    match basis:
        case Year.CALENDAR:
            return date(day.year, 1, 1), date(day.year, 12, 31)
        case Year.ACCREDITATION:
            return _accreditation_year(standing.started_on, day)
        case _:
            assert_never(basis)


@lru_cache(maxsize=4096)
def _accreditation_year(start: date, day: date) -> tuple[date, date]:
    """Years count from the original start and are chained: each ends on its own corresponding day."""
    number = max(1, day.year - start.year)
    last = period_end(start, years=number)
    while last < day:
        number += 1
        last = period_end(start, years=number)
    first = start if number == 1 else period_end(start, years=number - 1) + DAY
    return first, last


def year_ended(standing: Standing, basis: Year, day: date) -> tuple[date, date] | None:
    """The whole year that ended on the day before `day`, if one did (a calendar year: held throughout)."""
    eve = day - DAY
    if eve < standing.started_on:
        return None
    first, last = year_of(standing, basis, eve)
    return (first, last) if last == eve and first >= standing.started_on else None


def reminds(days: int, last: date, day: date) -> bool:
    """Whether `day` is the one to remind of `last` on, so many days before it; with 0 none is."""
    return days > 0 and (last - day).days == days


def report_due(duty: ReportDuty, standing: Standing, day: date) -> tuple[int, date] | None:
    """The calendar year whose report is due within the year of `day`, and its last day; None if none is.

    Due for a year of which the accreditation covered `covered_months` whole months; the plan of the year in
    which a status begins stands in its application.
    """
    year = day.year if duty.kind is ReportKind.PLAN else day.year - 1
    # The day on which a period begins does not count: of a status held before, that is the eve of the year.
    eve = date(year - 1, 12, 31)
    first, last = max(standing.started_on, eve), min(standing.valid_through, date(year, 12, 31))
    if first > last or period_end(first, months=duty.covered_months) > last:
        return None
    if duty.kind is ReportKind.PLAN and first > eve:
        return None
    return year, report_day(duty, day.year)


def report_day(duty: ReportDuty, year: int) -> date:
    """The day that is named within a year for its report."""
    return date(year, duty.due_month, monthrange(year, duty.due_month)[1])


def moved(calendar: WorkingCalendar, named: date) -> dict[str, object]:
    """What evidence says of a last day beside the day named: where it is off, the one that it moves to."""
    last = calendar.last_day(named)
    return {} if last is None or last == named else {"moved_to": last.isoformat()}


def absence_anchor(standing: Standing, glimpse: Glimpse, clause: str, day: date) -> date:
    """From when an absence counts: the start, the last event attended, an excuse, or a dismissed case."""
    told = standing.former.last_attended_on if standing.former is not None else None
    dates = [standing.told_by(told), *(on for on in standing.excused if on <= day)]
    dates += [
        case.dismissed_on
        for case in standing.cases
        if case.clause == clause and case.dismissed_on is not None
    ]
    if glimpse.last_attended_on is not None:
        dates.append(glimpse.last_attended_on)
    return max(dates)


def silence_day(anchor: date, months: int, after: date) -> tuple[int, date]:
    """The next day after `after` on which a spell of silence is another full period old, and its number."""
    number = max(1, ((after.year - anchor.year) * MONTHS + after.month - anchor.month) // months)
    while period_end(anchor, months=months * number) + DAY <= after:
        number += 1
    return number, period_end(anchor, months=months * number) + DAY


def spell_start(standing: Standing, glimpse: Glimpse) -> date:
    """Since when nothing was reported."""
    start = standing.told_by(standing.former.last_active_on if standing.former is not None else None)
    return max(start, glimpse.last_active_on or start)
