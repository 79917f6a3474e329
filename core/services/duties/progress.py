"""How far an accredited party is with its duties: what is done, what is missing, how long there is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import assert_never

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
from core.services.duties.reports import due_reports
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
    w, rules = status.w, status.clauses
    day = on or w.today
    standing = load_subjects(w, [status.id])[status.id].standing
    found: list[DutyProgress] = []
    for duty in rules.duties:
        match duty:
            case ServiceDuty():
                found.append(_service(w, status.id, rules, duty, standing, day))
            case Reverification():
                found.append(_reverification(duty, standing, day))
            case ReportDuty():
                pass  # in `_reports`: what was handed in is read for all of them at once
            case ConductDuty():
                pass  # people watch over it: there is nothing to measure
            case _:
                assert_never(duty)
    found += _reports(status, day)
    found += _attendance(w, status.id, rules, standing, day)
    return found


def services_to_do(w: Work, statuses: Sequence[Status]) -> dict[int, list[DutyProgress]]:
    """The service duties of many accreditations not yet met, by accreditation; the caller has read them."""
    standings = load_subjects(w, [status.id for status in statuses])
    wanted: dict[Number | None, list[tuple[Window, ServiceDuty, date]]] = {}
    for status in statuses:
        rules = status.clauses
        for duty in rules.duties:
            if isinstance(duty, ServiceDuty):
                window, last = _window(status.id, duty, standings[status.id].standing, w.today)
                wanted.setdefault(low_bar(rules), []).append((window, duty, last))
    found: dict[int, list[DutyProgress]] = {}
    for bar, rows in wanted.items():
        measured = measure_windows(w.session, [window for window, _, _ in rows], bar)
        for window, duty, last in rows:
            metrics = standings[window[0]].standing.with_former(Ask(*window[1:]), measured[window])
            done = _measured(duty, window, last, metrics, w.today)
            if not done.met:
                found.setdefault(window[0], []).append(done)
    return found


def _service(
    w: Work, number: int, rules: SupervisionRules, duty: ServiceDuty, standing: Standing, day: date
) -> DutyProgress:
    window, last = _window(number, duty, standing, day)
    counted = measure_windows(w.session, [window], low_bar(rules))[window]
    metrics = standing.with_former(Ask(*window[1:]), counted)
    return _measured(duty, window, last, metrics, day)


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


def _reports(status: Status, day: date) -> list[DutyProgress]:
    if not any(isinstance(duty, ReportDuty) for duty in status.clauses.duties):
        return []
    found = []
    for report in due_reports(status, day):
        last = last_day(status.w.calendar, report.due_on)
        if report.submitted_on is not None:
            on = report.submitted_on.isoformat()
            text = T(f"{report.year} 年报告已于 {on} 提交", f"the report about {report.year} came on {on}")
        else:
            rest = time_left(day, last)
            by = in_words(status.w.calendar, report.due_on, lambda on, _: on.isoformat())
            text = T(
                f"{report.year} 年报告未提交，截止 {by.zh}；{rest.zh}",
                f"the report about {report.year} is due by {by.en}; {rest.en}",
            )
        first = date(report.year, 1, DAY_ONE)
        left = (last - day).days
        met = report.submitted_on is not None
        found.append(DutyProgress(report.clause, report.title, first, report.due_on, left, met, (), text))
    return found


def _attendance(
    w: Work, number: int, rules: SupervisionRules, standing: Standing, day: date
) -> list[DutyProgress]:
    """By when an event of the authority is to be attended, where absence ends the status."""
    found = []
    for rule in rules.exits:
        if not isinstance(rule.trigger, Absence):
            continue
        item = (number, standing.started_on, day)
        glimpse = glimpses(w.session, [item], low_bar(rules)).get(number, Glimpse())
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
        found.append(DutyProgress(rule.clause, title, since, last, (last - day).days, day <= last, (), text))
    return found


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
