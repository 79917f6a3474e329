"""Which counted service records supervision looks at on a day, and the tests held against them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import assert_never

from core.domain.supervision.periods import reminds, year_of
from core.domain.supervision.standing import Ask, Question, Standing, SupervisionRules, seen_on
from core.domain.supervision.triggers import questions_of
from core.rules.evaluate import Outcome
from core.rules.obligations import ConductDuty, ReportDuty, Reverification, ServiceDuty
from core.rules.walk import chosen


def questions(rules: SupervisionRules, standing: Standing, day: date) -> tuple[Question, ...]:
    """What supervision asks of the counted service records on this day."""
    return tuple(_questions(rules, seen_on(standing, day), day)) if standing.active else ()


def asks(rules: SupervisionRules, standing: Standing, day: date) -> tuple[Ask, ...]:
    """The windows of counted service records whose metrics `step` reads on this day."""
    return tuple(dict.fromkeys(question.ask for question in questions(rules, standing, day)))


def _questions(rules: SupervisionRules, standing: Standing, day: date) -> Iterator[Question]:
    for rule in rules.exits:
        yield from questions_of(rule, standing, day)
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
