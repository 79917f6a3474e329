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

    @property
    def there(self) -> bool:
        """Whether one has come and was not returned."""
        return any(report.returned_on is None for report in self.came)

    def missing_from(self, calendar: WorkingCalendar) -> date | None:
        """From when it is missing: its last day is over, and none came in time or each was returned.

        None where it is not, or while the holiday table is missing.
        """
        follows = calendar.follows(self.due_on)
        if follows is None:
            return None
        if all(calendar.is_over(self.due_on, report.on) for report in self.came):
            return follows
        returned = [report.returned_on for report in self.came if report.returned_on is not None]
        return None if self.there else max(follows, *returned)


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
            came = tuple(
                report for report in standing.reports if report.year == year and report.kind is duty.kind
            )
            first = max(standing.started_on, date(year, 1, 1))
            last = min(standing.valid_through, date(year, 12, 31))
            yield Wanted(f"{duty.kind}/{year}", year, first, last, named, came)


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
        if wanted.missing_from(rules.calendar) != day or not _known(wanted, duty.year, standing):
            continue
        returned = [report.returned_on for report in wanted.came if report.returned_on == day]
        about = {"year": wanted.year} if duty.year is Year.CALENDAR else {"first": wanted.first.isoformat()}
        said = {**about, "due_on": wanted.due_on.isoformat(), **moved(rules.calendar, wanted.due_on)}
        if returned and day != rules.calendar.follows(wanted.due_on):
            yield f"{wanted.period}/{day}", {**said, "returned_on": day.isoformat()}
        else:
            yield wanted.period, said


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


def after_the_end(rules: SupervisionRules, standing: Standing, day: date) -> Iterator[Action]:
    """A report on a year that the term covered is asked for after its end too; nothing more comes of it."""
    for duty in rules.duties:
        if isinstance(duty, ReportDuty):
            if duty.overdue is Overdue.REMINDER:
                yield from overdue_note(duty, rules, standing, day)
            yield from report_reminder(duty, rules, standing, day)


def report_reminder(
    duty: ReportDuty, rules: SupervisionRules, standing: Standing, day: date
) -> Iterator[Action]:
    """A report that has not come is pointed out some days before the day named for it."""
    # Asked of the day that is reminded of: it may lie in the year after.
    ahead = day + timedelta(days=duty.report_reminder)
    for wanted in wanted_on(duty, rules.calendar, standing, ahead):
        if reminds(duty.report_reminder, wanted.due_on, day) and not wanted.there:
            title = T(f"报告即将到期：{duty.title.zh}", f"Report due soon: {duty.title.en}")
            last = rules.calendar.last_day(wanted.due_on) or wanted.due_on
            yield Action(
                EventKind.REMINDER,
                duty.clause,
                f"{duty.kind}/{wanted.due_on}",
                title,
                evidence={"due_on": wanted.due_on.isoformat(), **moved(rules.calendar, wanted.due_on)},
                stale_from=last + DAY,
            )
