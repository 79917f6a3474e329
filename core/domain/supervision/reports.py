"""Yearly reports on a day: which is overdue, what that leads to by itself, and which is due soon."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import assert_never

from core.domain.calendar import WorkingCalendar
from core.domain.supervision.periods import moved, reminds, report_due, year_of
from core.domain.supervision.standing import Action, EventKind, Report, Standing, SupervisionRules
from core.rules.obligations import Overdue, ReportDuty, Year
from core.rules.periods import DAY
from core.rules.text import T


@dataclass(frozen=True, slots=True)
class Wanted:
    """A report that is asked for: what it is about, the day named for it, and those that came for it."""

    period: str
    year: int
    first: date
    last: date
    """Of the days that it is about."""
    due_on: date
    came: tuple[Report, ...] = ()

    def in_time(self, calendar: WorkingCalendar) -> bool:
        """Whether one came before its last day was over."""
        return any(not calendar.is_over(self.due_on, report.on) for report in self.came)


def wanted_on(
    duty: ReportDuty, calendar: WorkingCalendar, standing: Standing, day: date
) -> tuple[Wanted, ...]:
    """The reports due within the year of a day and within the one before it, the earlier first."""
    match duty.year:
        case Year.ACCREDITATION:
            return tuple(_of_accreditation_years(calendar, standing, day))
        case Year.CALENDAR:
            return tuple(_of_calendar_years(duty, standing, day))
        case _:
            assert_never(duty.year)


def _of_calendar_years(duty: ReportDuty, standing: Standing, day: date) -> Iterator[Wanted]:
    for within in (day.year - 1, day.year):
        due = report_due(duty, standing, date(within, 1, 1))
        if due is not None:
            year, named = due
            came = tuple(report for report in standing.reports if report.year == year)
            first = max(standing.started_on, date(year, 1, 1))
            last = min(standing.valid_through, date(year, 12, 31))
            yield Wanted(f"report/{year}", year, first, last, named, came)


def _of_accreditation_years(calendar: WorkingCalendar, standing: Standing, day: date) -> Iterator[Wanted]:
    """Any report within the year is about it; while its last day moves, one that says so."""
    first, last = year_of(standing, Year.ACCREDITATION, max(day, standing.started_on))
    years = [(first, last)]
    if first > standing.started_on:
        years.insert(0, year_of(standing, Year.ACCREDITATION, first - DAY))
    for first, last in years:
        if last <= standing.valid_through:
            came = tuple(report for report in standing.reports if _is_about(report, first, last, calendar))
            yield Wanted(f"{first}/{last}", first.year, first, last, last, came)


def _is_about(report: Report, first: date, last: date, calendar: WorkingCalendar) -> bool:
    if report.on > last:
        return report.year == first.year
    late_for_the_year_before = report.year < first.year and not calendar.is_over(first - DAY, report.on)
    return report.on >= first and not late_for_the_year_before


def overdue(
    duty: ReportDuty, rules: SupervisionRules, standing: Standing, day: date
) -> Iterator[tuple[str, dict[str, object]]]:
    """The period and the evidence of a report that is missing from this day on."""
    for wanted in wanted_on(duty, rules.calendar, standing, day):
        if _missing_from(wanted, rules.calendar) != day or not _known(wanted, duty.year, standing):
            continue
        about = {"year": wanted.year} if duty.year is Year.CALENDAR else {"first": wanted.first.isoformat()}
        yield (
            wanted.period,
            {**about, "due_on": wanted.due_on.isoformat(), **moved(rules.calendar, wanted.due_on)},
        )


def _missing_from(wanted: Wanted, calendar: WorkingCalendar) -> date | None:
    """From when a report is missing: its last day is over and it has not come."""
    follows = calendar.follows(wanted.due_on)
    return None if follows is None or wanted.in_time(calendar) else follows


def _known(wanted: Wanted, basis: Year, standing: Standing) -> bool:
    """Whether this register knows if it came: before a take-in it could not."""
    first = wanted.first if basis is Year.ACCREDITATION else date(wanted.year, 12, 31)
    return standing.former is None or first >= standing.former.taken_on


def overdue_note(
    duty: ReportDuty, rules: SupervisionRules, standing: Standing, day: date
) -> Iterator[Action]:
    """What an overdue report leads to by itself."""
    match duty.overdue:
        case Overdue.WARNING:
            kind = EventKind.WARNING
        case Overdue.REMINDER:
            kind = EventKind.REMINDER
        case Overdue.NOTHING:
            return
        case _:
            assert_never(duty.overdue)
    title = T(f"逾期未提交：{duty.title.zh}", f"Overdue: {duty.title.en}")
    for period, evidence in overdue(duty, rules, standing, day):
        yield Action(kind, duty.clause, period, title, evidence=evidence)


def report_reminder(
    duty: ReportDuty, rules: SupervisionRules, standing: Standing, day: date
) -> Iterator[Action]:
    """A report that has not come is pointed out some days before the day named for it."""
    # Asked of the day that is reminded of: it may lie in the year after.
    ahead = day + timedelta(days=duty.report_reminder)
    for wanted in wanted_on(duty, rules.calendar, standing, ahead):
        if reminds(duty.report_reminder, wanted.due_on, day) and not wanted.came:
            title = T(f"报告即将到期：{duty.title.zh}", f"Report due soon: {duty.title.en}")
            last = rules.calendar.last_day(wanted.due_on) or wanted.due_on
            yield Action(
                EventKind.REMINDER,
                duty.clause,
                f"report/{wanted.due_on}",
                title,
                evidence={"due_on": wanted.due_on.isoformat(), **moved(rules.calendar, wanted.due_on)},
                stale_from=last + DAY,
            )
