"""How far an accredited party is with its duties: what is done, what is missing, how long there is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import assert_never

from core.domain.calendar import WorkingCalendar
from core.domain.supervision.periods import absence_anchor, silence_day, year_of
from core.domain.supervision.standing import Ask, Glimpse, Metrics, Standing, SupervisionRules, low_bar
from core.rules.evaluate import Outcome, evaluate
from core.rules.obligations import Absence, ConductDuty, ReportDuty, Reverification, ServiceDuty
from core.rules.periods import DAY, MONTHS, period_end
from core.rules.sentence import plain, sentence
from core.rules.terms import (
    AllOf,
    AnyOf,
    AtLeast,
    Clear,
    Contains,
    Count,
    Elapsed,
    Flag,
    Growth,
    Level,
    NoneOf,
    Number,
    OneOf,
    Op,
    Share,
    Term,
)
from core.rules.text import T
from core.rules.walk import chosen
from core.services.base.work import Work
from core.services.duties.reports import DueReport, due_reports_of
from core.services.supervision.last_days import in_words, last_day
from core.services.supervision.standings import load_subjects
from core.services.supervision.status import Status
from core.storage.metrics import Window, glimpses, measure_windows

DAY_ONE = 1


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number against what is asked; `missing` is 0 where it is reached."""

    name: str
    label: T
    unit: T
    done: Decimal
    wanted: Decimal
    missing: Decimal


@dataclass(frozen=True, slots=True)
class DutyProgress:
    """One duty in its running period; `text` says it in a sentence."""

    clause: str
    title: T
    first: date
    last: date
    days_left: int
    met: bool
    figures: tuple[Figure, ...]
    text: T
    any_one: bool = False
    """Whether one of the figures is enough."""


def progress(status: Status, on: date | None = None) -> list[DutyProgress]:
    """Every measurable duty of an accreditation as it stands on a day, today unless given."""
    return progress_of(status.w, [status], on)[status.id]


def progress_of(w: Work, statuses: Sequence[Status], on: date | None = None) -> dict[int, list[DutyProgress]]:
    """The same of many that the caller has read, by accreditation, in a fixed number of queries."""
    day = on or w.today
    standings = {
        number: item.standing for number, item in load_subjects(w, [item.id for item in statuses]).items()
    }
    services = _services(w, statuses, standings, day)
    came = due_reports_of(w, [status for status in statuses if _reporting(status)], on)
    attended = _attended(w, statuses, standings, day)
    return {
        status.id: [
            *_kept(status.clauses, standings[status.id], services.get(status.id, ()), day),
            *_reports(w.calendar, came.get(status.id, ()), day),
            *_attendance(status.clauses, standings[status.id], attended.get(status.id, Glimpse()), day),
        ]
        for status in statuses
    }


def services_to_do(w: Work, statuses: Sequence[Status]) -> dict[int, list[DutyProgress]]:
    """The service duties of many accreditations not yet met, by accreditation; the caller has read them."""
    subjects = load_subjects(w, [status.id for status in statuses])
    standings = {number: subject.standing for number, subject in subjects.items()}
    found = _services(w, statuses, standings, w.today)
    return {
        number: missing
        for number, done in found.items()
        if (missing := [duty for duty in done if not duty.met])
    }


def _services(
    w: Work, statuses: Sequence[Status], standings: Mapping[int, Standing], day: date
) -> dict[int, list[DutyProgress]]:
    """The service duties of each accreditation, in the order of its rules."""
    wanted: dict[Number | None, list[tuple[Window, ServiceDuty, date]]] = {}
    for status in statuses:
        for duty in status.clauses.duties:
            if isinstance(duty, ServiceDuty):
                window, last = _window(status.id, duty, standings[status.id], day)
                wanted.setdefault(low_bar(status.clauses), []).append((window, duty, last))
    found: dict[int, list[DutyProgress]] = {}
    for bar, rows in wanted.items():
        measured = measure_windows(w.session, [window for window, _, _ in rows], bar)
        for window, duty, last in rows:
            metrics = standings[window[0]].with_former(Ask(*window[1:]), measured[window])
            found.setdefault(window[0], []).append(_measured(duty, window, last, metrics, day))
    return found


def _kept(
    rules: SupervisionRules, standing: Standing, services: Sequence[DutyProgress], day: date
) -> Iterator[DutyProgress]:
    """The duties of which more than the reports and the attendance is asked, in the order of the rules."""
    measured = iter(services)
    for duty in rules.duties:
        match duty:
            case ServiceDuty():
                yield next(measured)
            case Reverification():
                yield _reverification(duty, standing, day)
            case ReportDuty():
                pass  # in `_reports`: what was handed in is read for all of them at once
            case ConductDuty():
                pass  # people watch over it: there is nothing to measure
            case _:
                assert_never(duty)


def _window(number: int, duty: ServiceDuty, standing: Standing, day: date) -> tuple[Window, date]:
    """The days that are measured, and the last day of the duty's period."""
    first, last = year_of(standing, chosen(duty.year), max(day, standing.started_on))
    return (number, max(first, standing.started_on), min(day, last)), last


def _measured(duty: ServiceDuty, window: Window, last: date, metrics: Metrics, day: date) -> DutyProgress:
    met = evaluate(duty.test, metrics, day).outcome is Outcome.MET
    done = said(duty.test, metrics)
    left = (last - day).days
    rest = T("已完成", "done") if met else time_left(day, last)
    return DutyProgress(
        duty.clause,
        duty.title,
        window[1],
        last,
        left,
        met,
        tuple(_figures(duty.test, metrics)),
        T(f"{done.zh}；{rest.zh}", f"{done.en}; {rest.en}"),
        isinstance(duty.test, AnyOf),
    )


def _figures(term: Term, metrics: Metrics) -> list[Figure]:
    match term:
        case AllOf() | AnyOf():
            return [figure for part in term.terms for figure in _figures(part, metrics)]
        case Number():
            if not _rises(term.op):
                return []
            fact, done = term.fact, _number(metrics.get(term.fact.name))
            missing = max(term.bound - done, Decimal(0))
            return [Figure(fact.name, fact.label, fact.unit, done, term.bound, missing)]
        case NoneOf() | AtLeast() | Share() | Growth() | Flag() | Level():
            return []
        case OneOf() | Contains() | Count() | Elapsed() | Clear():
            return []
        case _:
            assert_never(term)


def _rises(op: Op) -> bool:
    """Whether a number is to come up to its bound, so that it can be told how much is missing."""
    match op:
        case Op.AT_LEAST | Op.MORE_THAN:
            return True
        case Op.AT_MOST | Op.LESS_THAN:
            return False
        case _:
            assert_never(op)


def said(term: Term, metrics: Metrics) -> T:
    """The term with what is done: `8 of 12 hours, or 21 of 30 enterprises`."""
    match term:
        case AllOf() | AnyOf():
            parts = [said(part, metrics) for part in term.terms]
            zh, en = ("，或 ", ", or ") if isinstance(term, AnyOf) else ("，且 ", ", and ")
            return T(zh.join(part.zh for part in parts), en.join(part.en for part in parts))
        case Number():
            if not _rises(term.op):
                return sentence(term)
            fact = term.fact
            done, wanted = plain(_number(metrics.get(fact.name))), plain(term.bound)
            return T(
                f"{fact.label.zh} {done} / {wanted} {fact.unit.zh}".rstrip(),
                f"{done} of {wanted} {fact.unit.en or fact.label.en.lower()}".rstrip(),
            )
        case NoneOf() | AtLeast() | Share() | Growth() | Flag() | Level():
            return sentence(term)
        case OneOf() | Contains() | Count() | Elapsed() | Clear():
            return sentence(term)
        case _:
            assert_never(term)


def _number(value: object) -> Decimal:
    return Decimal(value) if isinstance(value, int | Decimal) else Decimal(0)


def _reverification(duty: Reverification, standing: Standing, day: date) -> DutyProgress:
    number = 1
    while period_end(standing.started_on, years=number * duty.years) < day:
        number += 1
    last = period_end(standing.started_on, years=number * duty.years)
    rest, after = time_left(day, last), last.isoformat()
    text = T(f"下次复核：{after} 之后；{rest.zh}", f"verified again after {after}; {rest.en}")
    left = (last - day).days
    return DutyProgress(duty.clause, duty.title, standing.started_on, last, left, True, (), text)


def _reporting(status: Status) -> bool:
    return any(isinstance(duty, ReportDuty) for duty in status.clauses.duties)


def _reports(calendar: WorkingCalendar, due: Sequence[DueReport], day: date) -> Iterator[DutyProgress]:
    for report in due:
        last = last_day(calendar, report.due_on)
        if report.submitted_on is not None:
            on = report.submitted_on.isoformat()
            text = T(f"{report.year} 年报告已于 {on} 提交", f"the report about {report.year} came on {on}")
        else:
            rest = time_left(day, last)
            by = in_words(calendar, report.due_on, lambda on, _: on.isoformat())
            text = T(
                f"{report.year} 年报告未提交，截止 {by.zh}；{rest.zh}",
                f"the report about {report.year} is due by {by.en}; {rest.en}",
            )
        first = date(report.year, 1, DAY_ONE)
        left = (last - day).days
        met = report.submitted_on is not None
        yield DutyProgress(report.clause, report.title, first, report.due_on, left, met, (), text)


def _attended(
    w: Work, statuses: Sequence[Status], standings: Mapping[int, Standing], day: date
) -> dict[int, Glimpse]:
    """The dates of the records where absence ends the status."""
    wanted: dict[Number | None, list[Window]] = {}
    for status in statuses:
        if any(isinstance(rule.trigger, Absence) for rule in status.clauses.exits):
            item = (status.id, standings[status.id].started_on, day)
            wanted.setdefault(low_bar(status.clauses), []).append(item)
    found: dict[int, Glimpse] = {}
    for bar, items in wanted.items():
        found |= glimpses(w.session, items, bar)
    return found


def _attendance(
    rules: SupervisionRules, standing: Standing, glimpse: Glimpse, day: date
) -> Iterator[DutyProgress]:
    """By when an event of the authority is to be attended, where absence ends the status."""
    for rule in rules.exits:
        if not isinstance(rule.trigger, Absence):
            continue
        since = absence_anchor(standing, glimpse, rule.clause, day)
        months = rule.trigger.months
        number, over = silence_day(since, months, day - DAY)
        last = over - DAY
        rest, start, end = time_left(day, last), since.isoformat(), last.isoformat()
        text = T(
            f"自 {start} 起计；最迟 {end}（含当日）参加一次主管部门活动；{rest.zh}",
            f"counted from {start}; attend an event of the department by {end}; {rest.en}",
        )
        if not standing.event_within(period_end(since, months=months * (number - 1)), over):
            text = T(
                f"自 {start} 起计，至 {end}（含当日）尚无面向您的主管部门活动；没有活动的，不计缺席",
                f"counted from {start}; no event of the department is open to you by {end}: without one, "
                "nothing is missed",
            )
        title = T("参加主管部门组织的活动", "Attendance at the department's events")
        yield DutyProgress(rule.clause, title, since, last, (last - day).days, day <= last, (), text)


def term_left(day: date, last: date) -> T:
    """How long a term of validity still lasts, or how long ago it ended."""
    days = (day - last).days
    if days > 0:
        return T(f"已过期 {days} 天", f"ended {days} day{'s' if days != 1 else ''} ago")
    return time_left(day, last)


def time_left(day: date, last: date) -> T:
    """How long there is until a last day, in whole months where it is one or more."""
    days = (last - day).days
    if days < 0:
        return T(f"已逾期 {-days} 天", f"{-days} day{'s' if days != -1 else ''} late")
    months = (last.year - day.year) * MONTHS + last.month - day.month
    if months > 0 and period_end(day, months=months) > last:
        months -= 1
    if months > 0:
        return T(f"还有 {months} 个月", f"{months} month{'s' if months > 1 else ''} left")
    return T(f"还有 {days} 天", f"{days} day{'s' if days != 1 else ''} left")
