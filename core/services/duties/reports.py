"""Yearly reports of the accredited: which are due, handing one in, and the authority's acceptance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import assert_never

from sqlalchemy import ColumnElement, exists, select

from core.domain.acts import Act
from core.domain.errors import Conflict, Invalid, Refused
from core.domain.identifiers import shorten
from core.domain.lifecycle.states import AccreditationState
from core.domain.supervision.reports import wanted_on
from core.domain.supervision.standing import Report
from core.rules.obligations import ReportDuty, ReportKind, Year
from core.rules.text import T
from core.services.base.decided import already
from core.services.base.words import unkept, unwritten
from core.services.base.work import Work
from core.services.supervision.living_through import check_now
from core.services.supervision.locking import lock_own, part_for
from core.services.supervision.status import Status
from core.storage.models import AnnualReport

LONGEST_SUMMARY = 20_000
LONGEST_LABEL = 100
MOST_FIGURES = 50
REPORTING = (AccreditationState.ACTIVE, AccreditationState.RECTIFYING, AccreditationState.EXPIRED)


@dataclass(frozen=True, slots=True)
class DueReport:
    """A report that a duty asks for: about which year, by when, and whether it came in time."""

    clause: str
    title: T
    year: int
    due_on: date
    submitted_on: date | None
    overdue: bool
    first: date
    """First day that it is about."""
    last: date
    kind: ReportKind
    needs_case: bool
    returned_on: date | None
    """When the last one that came was returned, where none has come since."""


def due_reports(status: Status, on: date | None = None) -> list[DueReport]:
    """The reports that an accreditation owes in the year of a day, and the one before where it is late.

    One that falls due after the party has left, or after a revocation, is not owed.
    """
    return due_reports_of(status.w, [status], on)[status.id]


def due_reports_of(w: Work, statuses: Sequence[Status], on: date | None = None) -> dict[int, list[DueReport]]:
    """The same for several that the caller has read for the actor, by accreditation, in one query."""
    row = AnnualReport
    query = select(row.accreditation_id, row.submitted_on, row.year, row.kind, row.returned_on)
    query = query.where(AnnualReport.accreditation_id.in_([status.id for status in statuses]))
    came: dict[int, list[Report]] = {}
    for number, day, year, kind, returned in w.session.execute(query.order_by(row.submitted_on, row.id)):
        came.setdefault(number, []).append(Report(day, year, kind, returned))
    return {
        status.id: [
            found
            for duty in _duties(status)
            for found in _due(duty, status, came.get(status.id, ()), on or w.today)
            if _owed(found, status)
        ]
        for status in statuses
    }


def _owed(report: DueReport, status: Status) -> bool:
    """Whether it is still asked for: after a term's end too, and where it was due before any other end."""
    held, calendar = status.accreditation, status.w.calendar
    if held.ended_on is None or held.state is AccreditationState.EXPIRED:
        return True
    return calendar.is_over(report.due_on, held.ended_on) or report.submitted_on is not None


def _duties(status: Status) -> list[ReportDuty]:
    return [duty for duty in status.rules.duties if isinstance(duty, ReportDuty)]


def _due(duty: ReportDuty, status: Status, reports: Sequence[Report], today: date) -> Iterator[DueReport]:
    calendar = status.w.calendar
    for wanted in wanted_on(duty, calendar, replace(status.dates, reports=tuple(reports)), today):
        on = next((report.on for report in wanted.came if report.returned_on is None), None)
        returned = [report.returned_on for report in wanted.came if report.returned_on is not None]
        over = calendar.is_over(wanted.due_on, today)
        match duty.year:
            case Year.ACCREDITATION:
                current, late = today <= wanted.last, False
            case Year.CALENDAR:
                # Of the year before last too, until its report has come: what is late is still owed.
                current, late = today.year == wanted.due_on.year, on is None and over
            case _:
                assert_never(duty.year)
        if current or late or (on is None and not over):
            yield DueReport(
                duty.clause,
                duty.title,
                wanted.year,
                wanted.due_on,
                on,
                overdue=late,
                first=wanted.first,
                last=wanted.last,
                kind=duty.kind,
                needs_case=duty.needs_case,
                returned_on=max(returned, default=None) if on is None else None,
            )


def submit_report(
    w: Work,
    accreditation_id: int,
    year: int,
    summary: str,
    success_cases: str = "",
    figures: Mapping[str, object] | None = None,
    kind: ReportKind = ReportKind.REPORT,
) -> int:
    """The party hands in its report about a year, or its plan of it; returns the report's id.

    `year` is a calendar year, or for a programme of accreditation years that of the year's first day.
    """
    status = lock_own(w, accreditation_id)
    accreditation = status.accreditation
    duty = next((duty for duty in _duties(status) if duty.kind is kind), None)
    if duty is None:
        raise Refused(T("本项目不要求年度报告", "This programme asks for no report"))
    if accreditation.state not in REPORTING:
        raise Refused(T("认定已终止，不再受理报告", "The status has ended: no report is taken any more"))
    errors = unwritten(summary, "summary", longest=LONGEST_SUMMARY)
    errors |= unkept(success_cases, "success_cases", longest=LONGEST_SUMMARY)
    if duty.needs_case and not success_cases.strip():
        errors["success_cases"] = T(
            f"请至少填写一个成功案例或服务经验（{duty.clause}）",
            f"give at least one success case or experience ({duty.clause})",
        )
    kept = _figures(figures or {}, errors)
    last = min(w.today, accreditation.valid_through)
    if not accreditation.started_on.year <= year <= last.year:
        errors["year"] = T(
            f"应在 {accreditation.started_on.year} 至 {last.year} 年之间",
            f"give a year from {accreditation.started_on.year} to {last.year}",
        )
    if errors:
        raise Invalid(errors)
    _not_twice(w, accreditation.id, year, kind)
    report = AnnualReport(
        accreditation_id=accreditation.id,
        year=year,
        kind=kind,
        submitted_on=w.today,
        summary=summary.strip(),
        success_cases=success_cases.strip(),
        figures=kept,
        submitted_by_id=w.actor.user_id,
    )
    w.session.add(report)
    w.session.flush()
    check_now(w, accreditation.id)
    return report.id


def _figures(given: Mapping[str, object], errors: dict[str, T]) -> dict[str, str | int]:
    """The figures as JSON holds them, whole numbers as such; what cannot be read goes to `errors`."""
    kept: dict[str, str | int] = {}
    if len(given) > MOST_FIGURES:
        errors["figures"] = T(f"至多 {MOST_FIGURES} 项", f"at most {MOST_FIGURES} figures")
    for name, value in given.items():
        number = value if isinstance(value, int | Decimal) and not isinstance(value, bool) else None
        if not 0 < len(name) <= LONGEST_LABEL:
            errors[f"figures.{name[:LONGEST_LABEL]}"] = T(
                f"名称应为 1 至 {LONGEST_LABEL} 个字", f"give it a name of 1 to {LONGEST_LABEL} characters"
            )
        elif number is None or not Decimal(number).is_finite():
            shown = shorten(str(value))
            errors[f"figures.{name}"] = T(
                f"“{shown}”不是数字；请填写数字，如 12 或 3.5",
                f"{shown!r} is not a number; give one such as 12 or 3.5",
            )
        else:
            whole = Decimal(number) == Decimal(number).to_integral_value()
            kept[name] = int(number) if whole else format(Decimal(number), "f")
    return kept


def standing(accreditation_id: int, year: int, kind: ReportKind) -> tuple[ColumnElement[bool], ...]:
    """The reports about a year that count: those that were not returned."""
    row = AnnualReport
    about = row.accreditation_id == accreditation_id, row.year == year, row.kind == kind
    return (*about, row.returned_on.is_(None))


def _not_twice(w: Work, accreditation_id: int, year: int, kind: ReportKind) -> None:
    same = standing(accreditation_id, year, kind)
    accepted = select(exists().where(*same, AnnualReport.accepted_at.is_not(None)))
    if w.session.scalar(accepted):
        raise Refused(T(f"{year} 年的报告已被接收", f"The report about {year} has been accepted already"))
    if w.session.scalar(select(exists().where(*same, AnnualReport.submitted_on == w.today))):
        raise Conflict(
            T(f"今天已提交 {year} 年的报告", f"A report about {year} was handed in today already"),
            mend=T("如需更正，请明天再提交", "hand in a correction tomorrow"),
        )


def accept_report(w: Work, report_id: int) -> None:
    """The recommender or the authority accepts a report."""
    report, _ = part_for(w, AnnualReport, report_id, Act.REPORT_JUDGE)
    if report.accepted_at is not None:
        raise already(w, report, T("该报告已被接收", "The report has been accepted already"), "accepted_at")
    if report.returned_on is not None:
        raise already(w, report, T("该报告已被退回", "The report has been returned already"), "returned_on")
    report.accepted_at = w.now
