"""On which days anything of an accreditation can fire: its cases and orders, its term, duties and exits."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import assert_never

from core.domain.calendar import WorkingCalendar
from core.domain.supervision.periods import report_due, year_of
from core.domain.supervision.standing import Glimpse, Standing, SupervisionRules
from core.domain.supervision.triggers import due_days
from core.rules.obligations import ConductDuty, ReportDuty, Reverification, ServiceDuty, Year
from core.rules.periods import DAY, period_end
from core.rules.walk import chosen


def next_due(rules: SupervisionRules, standing: Standing, glimpse: Glimpse, day: date) -> date | None:
    """A lower bound of the first day after `day` on which anything can fire; None if nothing ever can."""
    days = list(_case_days(standing))
    if standing.active:
        days += _term_days(rules, standing)
        days += _duty_days(rules, standing, day)
        days += [on for rule in rules.exits for on in due_days(rule, standing, glimpse, day)]
        days += _order_days(rules, standing)
        days += [order.result_on for order in standing.orders if order.result_on is not None]
    elif standing.expired:
        for duty in rules.duties:
            if isinstance(duty, ReportDuty) and duty.year is Year.CALENDAR:
                days += _report_days(duty, rules.calendar, standing, day)
    return min((item for item in days if item > day), default=None)


def _case_days(standing: Standing) -> Iterator[date]:
    for case in standing.cases:
        if case.open and case.automatic and not case.stopped and case.until is not None:
            yield case.until + DAY


def _order_days(rules: SupervisionRules, standing: Standing) -> Iterator[date]:
    for order in standing.orders:
        follows = rules.calendar.follows(order.deadline)
        if order.passed is None and follows is not None:
            yield follows


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
                yield from _report_days(duty, rules.calendar, standing, day)
            case Reverification():
                count = 1
                while period_end(standing.started_on, years=count * duty.years) + DAY <= day:
                    count += 1
                yield period_end(standing.started_on, years=count * duty.years) + DAY
            case ConductDuty():
                pass  # people watch over it: no day of its own
            case _:
                assert_never(duty)


def _report_days(
    duty: ReportDuty, calendar: WorkingCalendar, standing: Standing, day: date
) -> Iterator[date]:
    match duty.year:
        case Year.ACCREDITATION:
            # The end of the year before too: what follows comes after it, later where it is a day off.
            first, end = year_of(standing, Year.ACCREDITATION, max(day, standing.started_on))
            dues = [first - DAY, end, year_of(standing, Year.ACCREDITATION, end + DAY)[1]]
        case Year.CALENDAR:
            # What follows may come in the year after; a reminder a whole year ahead: within the next year.
            years = (date(year, 1, 1) for year in range(day.year - 1, day.year + 3))
            asked = (report_due(duty, standing, year) for year in years)
            dues = [found[1] for found in asked if found is not None]
        case _:
            assert_never(duty.year)
    for due in dues:
        yield due - timedelta(days=duty.report_reminder)
        follows = calendar.follows(due)
        if follows is not None:
            yield follows


def _year_ends(standing: Standing, basis: Year, day: date, reminder: int) -> Iterator[date]:
    """What the end of this year and that of the next bring."""
    end = year_of(standing, basis, max(day, standing.started_on))[1]
    yield from _around(end, reminder)
    yield from _around(year_of(standing, basis, end + DAY)[1], reminder)


def _around(end: date, reminder: int) -> tuple[date, date]:
    return end - timedelta(days=reminder), end + DAY
