"""What supervision does with each trigger of an exit rule: when it can fire, what it asks, what comes of it.

Three have a place of their own in the order of a day (`at_year_end`, `findings_to_open`, `in_silence`); what
comes of the others are `proposals`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import assert_never

from core.domain.supervision.periods import (
    absence_anchor,
    silence_day,
    spell_start,
    year_ended,
    year_of,
)
from core.domain.supervision.reports import overdue
from core.domain.supervision.standing import (
    Action,
    Answers,
    Ask,
    EventKind,
    Glimpse,
    Metrics,
    Question,
    Standing,
    SupervisionRules,
    figures,
)
from core.rules.evaluate import Outcome, evaluate
from core.rules.obligations import (
    Absence,
    Accumulation,
    Effect,
    ExitRule,
    OnFinding,
    OnRequest,
    PaidService,
    ReportDuty,
    ReportOverdue,
    Silence,
    Span,
    Trigger,
    YearlyTest,
)
from core.rules.periods import DAY, period_end
from core.rules.phrases import only_verified
from core.rules.sentence import sentence
from core.rules.terms import NoneOf, Term
from core.rules.walk import chosen, needs

COMPLAINTS = "verified_complaints"
LOW = "low_satisfaction_events"


def reads_dates(trigger: Trigger) -> bool:
    """Whether it needs the glimpse of the records, which is not taken for rules that look at none."""
    match trigger:
        case Silence() | Absence():
            return True
        case Accumulation():
            return trigger.low is not None
        case YearlyTest():
            return False  # measured over its year
        case OnFinding() | OnRequest() | ReportOverdue() | PaidService():
            return False
        case _:
            assert_never(trigger)


def due_days(rule: ExitRule, standing: Standing, glimpse: Glimpse, day: date) -> Iterator[date]:
    """Days on which it can fire; of those after `day` the first is among them."""
    match rule.trigger:
        case YearlyTest(year=basis):
            yield year_of(standing, chosen(basis), max(day, standing.started_on))[1] + DAY
        case Silence(months=months):
            yield silence_day(spell_start(standing, glimpse), months, day)[1]
        case Absence(months=months):
            yield silence_day(absence_anchor(standing, glimpse, rule.clause, day), months, day)[1]
        case Accumulation():
            yield from (complaint.on for complaint in standing.complaints)
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


def questions_of(rule: ExitRule, standing: Standing, day: date) -> Iterator[Question]:
    """What it asks of the counted service records on this day."""
    match rule.trigger:
        case YearlyTest() as trigger:
            ended = _judged_year(trigger, standing, day)
            if ended is not None:
                yield Question(Ask(*ended, trigger.only_verified), _yearly_test(trigger), Outcome.NOT_MET)
        case Accumulation() as trigger:
            if trigger.test.fact.name == LOW:
                for _, ask in _spans(rule, trigger, standing, day):
                    yield Question(ask, trigger.test, Outcome.NOT_MET)
        case OnFinding() | OnRequest() | ReportOverdue() | Silence() | Absence() | PaidService():
            pass  # measured over no window
        case _:
            assert_never(rule.trigger)


def proposals(
    rule: ExitRule, rules: SupervisionRules, standing: Standing, glimpse: Glimpse, day: date, answers: Answers
) -> Iterator[Action]:
    """What comes of it on this day, but for the triggers that have a place of their own in the day."""
    match rule.trigger:
        case OnFinding(kinds=kinds):
            for finding in standing.findings:
                if finding.kind in kinds:
                    found: dict[str, object] = {
                        "finding": finding.kind,
                        "established_on": finding.on.isoformat(),
                    }
                    yield from exit_action(standing, rule, finding.period, found, ref=finding.ref)
        case Accumulation() as trigger:
            yield from _accumulated(rule, trigger, standing, day, answers)
        case Absence(months=months):
            anchor = absence_anchor(standing, glimpse, rule.clause, day)
            number, over = silence_day(anchor, months, day - DAY)
            begins = period_end(anchor, months=months * (number - 1))
            if over == day and standing.event_within(begins, day):
                missed = {
                    "since": anchor.isoformat(),
                    "months": months * number,
                    "authority_events_attended": 0,
                }
                yield from exit_action(standing, rule, f"since/{anchor}", dict(missed))
        case ReportOverdue(duty=clause):
            for duty in rules.duties:
                if isinstance(duty, ReportDuty) and duty.clause == clause:
                    for period, shown in overdue(duty, rules, standing, day):
                        yield from _fire(standing, rule, period, shown)
        case YearlyTest() | PaidService() | Silence():
            pass  # `at_year_end`, `findings_to_open`, `in_silence`
        case OnRequest():
            pass  # a person's act
        case _:
            assert_never(rule.trigger)


def left_open(rule: ExitRule, rules: SupervisionRules, standing: Standing, day: date) -> Iterator[Action]:
    """What comes of findings and complaints that were open when the party left: as if the status stood."""
    match rule.trigger:
        case OnFinding():
            pass
        case Accumulation(test=test) if test.fact.name == COMPLAINTS:
            pass
        case Accumulation() | YearlyTest() | ReportOverdue() | Silence() | Absence() | PaidService():
            return  # what is measured or owed ends with the status
        case OnRequest():
            return
        case _:
            assert_never(rule.trigger)
    yield from proposals(rule, rules, standing.as_left(), Glimpse(), day, {})


def at_year_end(
    rule: ExitRule, standing: Standing, day: date, answers: Answers, *, only_record: bool
) -> Iterator[Action]:
    """What comes of a yearly test on the day after its year; once the term has ended it is only recorded."""
    if not isinstance(rule.trigger, YearlyTest):
        return
    ended = _judged_year(rule.trigger, standing, day)
    if ended is None:
        return
    test, ask = _yearly_test(rule.trigger), Ask(*ended, rule.trigger.only_verified)
    metrics = answers.get(ask)
    if metrics is None or evaluate(test, metrics, day).outcome is not Outcome.MET:
        return
    period = f"{ended[0]}/{ended[1]}"
    evidence = measured(test, metrics, ask)
    if only_record:
        yield Action(EventKind.SHORTFALL, rule.clause, period, rule.title, rule, evidence)
    else:
        yield from _fire(standing, rule, period, evidence)


def findings_to_open(rule: ExitRule, standing: Standing) -> Iterator[Action]:
    """The findings to be opened about paid services."""
    if isinstance(rule.trigger, PaidService):
        for paid in standing.paid:
            shown: dict[str, object] = {"record": paid.ref, "service_date": paid.on.isoformat()}
            period = f"record/{paid.ref}"
            yield Action(EventKind.FINDING_OPENED, rule.clause, period, rule.title, rule, shown, paid.ref)


def in_silence(rule: ExitRule, standing: Standing, glimpse: Glimpse, day: date) -> Iterator[Action]:
    """The warning on the day on which a spell of silence is another full period old."""
    if isinstance(rule.trigger, Silence):
        start = spell_start(standing, glimpse)
        number, due = silence_day(start, rule.trigger.months, day - DAY)
        if due == day:
            shown: dict[str, object] = {"since": start.isoformat(), "months": number * rule.trigger.months}
            period = f"silence/{start}/{number}"
            yield Action(EventKind.WARNING, rule.clause, period, rule.title, rule, shown)


def exit_action(
    standing: Standing, rule: ExitRule, period: str, evidence: dict[str, object], *, ref: int = 0
) -> Iterator[Action]:
    """A proposal to revoke under the rule, unless a case under its clause is open."""
    if not any(case.open and case.clause == rule.clause for case in standing.cases):
        period = _after_corrections(standing, rule.clause, period)
        yield Action(EventKind.EXIT_PROPOSED, rule.clause, period, rule.title, rule, evidence, ref)


def _after_corrections(standing: Standing, clause: str, period: str) -> str:
    """The period, numbered where proposals of it have fallen with a correction: its ground may come again."""
    fallen = sum(
        case.fallen and case.clause == clause and f"{case.period}/".startswith(f"{period}/")
        for case in standing.cases
    )
    return f"{period}/{fallen + 1}" if fallen else period


def _fire(standing: Standing, rule: ExitRule, period: str, evidence: dict[str, object]) -> Iterator[Action]:
    match rule.effect:
        case Effect.RECTIFY:
            busy = any(order.clause == rule.clause and order.passed is None for order in standing.orders)
            pending = any(case.open and case.clause == rule.clause for case in standing.cases)
            if not busy and not pending:
                yield Action(EventKind.RECTIFICATION_ORDERED, rule.clause, period, rule.title, rule, evidence)
        case Effect.WARN:
            yield Action(EventKind.WARNING, rule.clause, period, rule.title, rule, evidence)
        case Effect.REVOKE | Effect.OPEN_FINDING | Effect.WITHDRAW:
            yield from exit_action(standing, rule, period, evidence)
        case _:
            assert_never(rule.effect)


def _accumulated(
    rule: ExitRule, trigger: Accumulation, standing: Standing, day: date, answers: Answers
) -> Iterator[Action]:
    for period, ask in _spans(rule, trigger, standing, day):
        name = trigger.test.fact.name
        if name == COMPLAINTS:
            number = sum(ask.first <= complaint.on <= ask.last for complaint in standing.complaints)
            metrics: Metrics | None = {name: number}
        else:
            metrics = answers.get(ask)
        if metrics is not None and evaluate(trigger.test, metrics, day).outcome is Outcome.MET:
            yield from _fire(standing, rule, period, measured(trigger.test, metrics, ask))


def _spans(rule: ExitRule, trigger: Accumulation, standing: Standing, day: date) -> Iterator[tuple[str, Ask]]:
    """The windows an accumulation counts in; a result or a dismissal starts the count anew.

    Last year's window too: its events may have been recorded after its end.
    """
    floors = [standing.started_on if standing.former is None else standing.former.taken_on]
    floors += [
        order.result_on + DAY
        for order in standing.orders
        if order.clause == rule.clause and order.result_on is not None
    ]
    floors += [
        case.dismissed_on + DAY
        for case in standing.cases
        if case.clause == rule.clause and case.dismissed_on is not None
    ]
    span = chosen(trigger.span)
    match span:
        case Span.TERM:
            windows = [(f"term/{standing.valid_from}", standing.valid_from, day)]
        case Span.CALENDAR_YEAR:
            years = (day.year - 1, day.year)
            windows = [(str(year), date(year, 1, 1), min(day, date(year, 12, 31))) for year in years]
        case _:
            assert_never(span)
    for name, first, last in windows:
        start = max([first, *(floor for floor in floors if floor <= day)])
        if start <= last:
            yield f"{name}/{start}", Ask(start, last, trigger.only_verified)


def _judged_year(trigger: YearlyTest, standing: Standing, day: date) -> tuple[date, date] | None:
    """The year that ended the day before, where all of it is known."""
    ended = year_ended(standing, chosen(trigger.year), day)
    return ended if ended is not None and standing.knows_since(ended[0]) else None


def _yearly_test(trigger: YearlyTest) -> Term:
    """The test of a resolved trigger."""
    test: Term = chosen(trigger.test)  # type: ignore[assignment]  # mypy joins the union to object
    return test


def measured(test: Term, metrics: Metrics, ask: Ask) -> dict[str, object]:
    """The snapshot: the days, what the rule reads of what was measured on them, and the rule."""
    asked = sentence(test.terms[0] if isinstance(test, NoneOf) and len(test.terms) == 1 else test)
    read = {fact.name: metrics[fact.name] for fact in needs(test) if fact.name in metrics}
    if ask.only_verified:
        asked = only_verified(asked)
    span = {"first": ask.first.isoformat(), "last": ask.last.isoformat()}
    return {**span, "figures": figures(read), "rule": asked.to_json()}
