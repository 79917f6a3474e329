"""On which days anything of an accreditation can fire: the periods of its rules, and the next due day."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache
from typing import assert_never

from core.domain.supervision.standing import Glimpse, Standing, SupervisionRules
from core.rules.obligations import (
    Absence,
    Accumulation,
    ConductDuty,
    OnFinding,
    OnRequest,
    PaidService,
    ReportDuty,
    ReportOverdue,
    Reverification,
    ServiceDuty,
    Silence,
    Year,
    YearlyTest,
)
from core.rules.periods import period_end
from core.rules.walk import chosen

DAY = timedelta(days=1)
MONTHS = 12


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

    Due for a year of which the accreditation covered `covered_months` whole months.
    """
    year = day.year - 1
    first = max(standing.started_on, date(year, 1, 1))
    last = min(standing.valid_through, date(year, 12, 31))
    if first > last or period_end(first, months=duty.covered_months) > last:
        return None
    return year, date(day.year, duty.due_month, monthrange(day.year, duty.due_month)[1])


def absence_anchor(standing: Standing, glimpse: Glimpse, clause: str, day: date) -> date:
    """From when an absence counts: the start, the last event attended, an excuse, or a dismissed case."""
    dates = [standing.started_on, *(on for on in standing.excused if on <= day)]
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
    return max(standing.started_on, glimpse.last_active_on or standing.started_on)


def next_due(rules: SupervisionRules, standing: Standing, glimpse: Glimpse, day: date) -> date | None:
    """A lower bound of the first day after `day` on which anything can fire; None if nothing ever can."""
    days = list(_case_days(standing))
    if standing.active:
        days += _term_days(rules, standing)
        days += _duty_days(rules, standing, day)
        days += _exit_days(rules, standing, glimpse, day)
        days += [order.deadline + DAY for order in standing.orders if order.passed is None]
        days += [order.result_on for order in standing.orders if order.result_on is not None]
    return min((item for item in days if item > day), default=None)


def _case_days(standing: Standing) -> Iterator[date]:
    for case in standing.cases:
        if case.open and case.automatic and not case.stopped and case.until is not None:
            yield case.until + DAY


def _term_days(rules: SupervisionRules, standing: Standing) -> Iterator[date]:
    yield standing.valid_through + DAY
    for days in rules.term.reminders:
        yield standing.valid_through - timedelta(days=days)


def _duty_days(rules: SupervisionRules, standing: Standing, day: date) -> Iterator[date]:
    for duty in rules.duties:
        match duty:
            case ServiceDuty():
                yield from _year_ends(standing, chosen(duty.year), day, duty.duty_reminder)
            case ReportDuty():
                yield from _report_days(duty, standing, day)
            case Reverification():
                count = 1
                while period_end(standing.started_on, years=count * duty.years) + DAY <= day:
                    count += 1
                yield period_end(standing.started_on, years=count * duty.years) + DAY
            case ConductDuty():
                pass  # people watch over it: no day of its own
            case _:
                assert_never(duty)


def _report_days(duty: ReportDuty, standing: Standing, day: date) -> Iterator[date]:
    match duty.year:
        case Year.ACCREDITATION:
            yield from _year_ends(standing, Year.ACCREDITATION, day, duty.report_reminder)
        case Year.CALENDAR:
            # A reminder may come a whole year ahead: that of the year after next within the next one.
            for year in range(day.year, day.year + 3):
                due = date(year, duty.due_month, monthrange(year, duty.due_month)[1])
                yield from _around(due, duty.report_reminder)
        case _:
            assert_never(duty.year)


def _year_ends(standing: Standing, basis: Year, day: date, reminder: int) -> Iterator[date]:
    """What the end of this year and that of the next bring."""
    end = year_of(standing, basis, max(day, standing.started_on))[1]
    yield from _around(end, reminder)
    yield from _around(year_of(standing, basis, end + DAY)[1], reminder)


def _around(end: date, reminder: int) -> tuple[date, date]:
    return end - timedelta(days=reminder), end + DAY


def _exit_days(rules: SupervisionRules, standing: Standing, glimpse: Glimpse, day: date) -> Iterator[date]:
    for rule in rules.exits:
        match rule.trigger:
            case YearlyTest(year=basis):
                yield year_of(standing, chosen(basis), max(day, standing.started_on))[1] + DAY
            case Silence(months=months):
                yield silence_day(spell_start(standing, glimpse), months, day)[1]
            case Absence(months=months):
                yield period_end(absence_anchor(standing, glimpse, rule.clause, day), months=months) + DAY
            case Accumulation():
                yield from standing.complaints
                if glimpse.next_low_on is not None:
                    yield glimpse.next_low_on
            case OnFinding():
                yield from (finding.on for finding in standing.findings)
            case PaidService():
                yield from (paid.on for paid in standing.paid)
            case ReportOverdue():
                pass  # on a day of the report's duty
            case OnRequest():
                pass  # a person's act, on the day it comes
            case _:
                assert_never(rule.trigger)
