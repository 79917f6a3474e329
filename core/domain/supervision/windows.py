"""Which counted service records supervision looks at on a day: windows, and the tests held against them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from core.domain.supervision.schedule import DAY, reminds, year_ended, year_of
from core.domain.supervision.standing import Ask, Metrics, Standing, SupervisionRules, seen_on
from core.rules.evaluate import Outcome, evaluate
from core.rules.obligations import (
    Absence,
    Accumulation,
    ConductDuty,
    ExitRule,
    OnFinding,
    OnRequest,
    PaidService,
    ReportDuty,
    ReportOverdue,
    Reverification,
    ServiceDuty,
    Silence,
    Span,
    YearlyTest,
)
from core.rules.terms import Term
from core.rules.walk import chosen

LOW = "low_satisfaction_events"


@dataclass(frozen=True, slots=True)
class Question:
    """A test over the metrics of a window, and the outcome under which nothing comes of it."""

    ask: Ask
    test: Term
    calm: Outcome

    def may_fire(self, metrics: Metrics, day: date) -> bool:
        """Whether something can come of it, on metrics of which some need not be known yet."""
        return evaluate(self.test, metrics, day).outcome is not self.calm


def questions(rules: SupervisionRules, standing: Standing, day: date) -> tuple[Question, ...]:
    """What supervision asks of the counted service records on this day."""
    return tuple(_questions(rules, seen_on(standing, day), day)) if standing.active else ()


def asks(rules: SupervisionRules, standing: Standing, day: date) -> tuple[Ask, ...]:
    """The windows of counted service records whose metrics `step` reads on this day."""
    return tuple(dict.fromkeys(question.ask for question in questions(rules, standing, day)))


def _questions(rules: SupervisionRules, standing: Standing, day: date) -> Iterator[Question]:
    for rule in rules.exits:
        match rule.trigger:
            case YearlyTest():
                ended = year_ended(standing, chosen(rule.trigger.year), day)
                if ended is not None:
                    yield Question(Ask(*ended), yearly_test(rule.trigger), Outcome.NOT_MET)
            case Accumulation():
                if rule.trigger.test.fact.name == LOW:
                    for _, ask in spans(rule, rule.trigger, standing, day):
                        yield Question(ask, rule.trigger.test, Outcome.NOT_MET)
            case OnFinding() | OnRequest() | ReportOverdue() | Silence() | Absence() | PaidService():
                pass  # measured over no window
            case _:
                assert_never(rule.trigger)
    for duty in rules.duties:
        match duty:
            case ServiceDuty():
                first, last = year_of(standing, chosen(duty.year), day)
                if reminds(duty.duty_reminder, last, day) and first >= standing.started_on:
                    yield Question(Ask(first, day), duty.test, Outcome.MET)
            case ConductDuty() | ReportDuty() | Reverification():
                pass  # measured over no window
            case _:
                assert_never(duty)


def yearly_test(trigger: YearlyTest) -> Term:
    """The test of a resolved trigger."""
    test: Term = chosen(trigger.test)  # type: ignore[assignment]  # mypy joins the union to object
    return test


def spans(rule: ExitRule, trigger: Accumulation, standing: Standing, day: date) -> Iterator[tuple[str, Ask]]:
    """The windows an accumulation counts in; a result or a dismissal starts the count anew.

    Last year's window too: its events may have been recorded after its end.
    """
    floors = [standing.started_on]
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
            yield f"{name}/{start}", Ask(start, last)
