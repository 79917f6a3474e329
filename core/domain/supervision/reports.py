"""Yearly reports on a day: which is overdue, what that leads to by itself, and which is due soon."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import assert_never

from core.domain.supervision.periods import reminds, report_due, year_ended, year_of
from core.domain.supervision.standing import Action, EventKind, Standing
from core.rules.obligations import Overdue, ReportDuty, Year
from core.rules.periods import DAY
from core.rules.text import T


def overdue(duty: ReportDuty, standing: Standing, day: date) -> Iterator[tuple[str, dict[str, object]]]:
    """The period and the evidence of a report that had not come by its last day, the day before."""
    match duty.year:
        case Year.ACCREDITATION:
            ended = year_ended(standing, Year.ACCREDITATION, day)
            if ended is not None and not _before(standing, ended[0]) and not _came_within(standing, *ended):
                first, last = ended
                yield f"{first}/{last}", {"first": first.isoformat(), "due_on": last.isoformat()}
        case Year.CALENDAR:
            due = report_due(duty, standing, day)
            if due is None or _before(standing, date(due[0], 12, 31)):
                return
            if due[1] + DAY == day and not _reported(standing, *due):
                year, last = due
                yield f"report/{year}", {"year": year, "due_on": last.isoformat()}
        case _:
            assert_never(duty.year)


def _before(standing: Standing, day: date) -> bool:
    """Whether a report could have come before the take-in, which this register cannot know."""
    return standing.former is not None and day < standing.former.taken_on


def _came_within(standing: Standing, first: date, last: date) -> bool:
    return any(first <= report.on <= last for report in standing.reports)


def _reported(standing: Standing, year: int, by: date) -> bool:
    return any(report.year == year and report.on <= by for report in standing.reports)


def overdue_note(duty: ReportDuty, standing: Standing, day: date) -> Iterator[Action]:
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
    for period, evidence in overdue(duty, standing, day):
        yield Action(kind, duty.clause, period, title, evidence=evidence)


def report_reminder(duty: ReportDuty, standing: Standing, day: date) -> Iterator[Action]:
    """A report that has not come is pointed out some days before its last day."""
    match duty.year:
        case Year.ACCREDITATION:
            first, last = year_of(standing, Year.ACCREDITATION, day)
            missing = not _came_within(standing, first, day)
        case Year.CALENDAR:
            # Asked of the day that is reminded of: it may lie in the year after.
            due = report_due(duty, standing, day + timedelta(days=duty.report_reminder))
            if due is None:
                return
            last = due[1]
            missing = not _reported(standing, due[0], day)
        case _:
            assert_never(duty.year)
    if missing and reminds(duty.report_reminder, last, day):
        title = T(f"报告即将到期：{duty.title.zh}", f"Report due soon: {duty.title.en}")
        shown: dict[str, object] = {"due_on": last.isoformat()}
        yield Action(
            EventKind.REMINDER, duty.clause, f"report/{last}", title, evidence=shown, stale_from=last + DAY
        )
