"""The verdict of a track's conditions on a profile: all of them are reported, never only the first."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.rules.clauses import Condition, ConditionKind, Waiver
from core.rules.evaluate import Explanation, Outcome, Values, any_outcome, evaluate
from core.rules.terms import AllOf, Value
from core.rules.text import T
from core.rules.walk import needs


class Eligibility(StrEnum):
    """The overall verdict."""

    ELIGIBLE = "eligible"
    INELIGIBLE = "ineligible"
    UNDETERMINED = "undetermined"

    @property
    def label(self) -> T:
        """The verdict's name for a screen."""
        return _ELIGIBILITY_LABELS[self]


_ELIGIBILITY_LABELS = {
    Eligibility.ELIGIBLE: T("符合条件", "Eligible"),
    Eligibility.INELIGIBLE: T("不符合条件", "Ineligible"),
    Eligibility.UNDETERMINED: T("尚不能确定", "Undetermined"),
}


@dataclass(frozen=True, slots=True)
class Result:
    """One condition's outcome; `waivable`: its failure may be set aside, or the ground for it is unknown."""

    condition: Condition
    outcome: Outcome
    waivable: bool
    explanation: Explanation
    relaxed: Explanation | None
    observed: tuple[tuple[str, Value | None], ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The overall verdict and every condition's result, in the order of the text."""

    outcome: Eligibility
    results: tuple[Result, ...]


def judge(conditions: Iterable[Condition], values: Values, as_of: date) -> Verdict:
    """Hold a profile against resolved conditions as of a date."""
    results = tuple(judge_condition(condition, values, as_of) for condition in conditions)
    return Verdict(overall(results), results)


def judge_condition(condition: Condition, values: Values, as_of: date) -> Result:
    """Hold a profile against one resolved condition."""
    explanation = evaluate(condition.test, values, as_of)
    outcome, relaxed = explanation.outcome, None
    if condition.relaxed is not None:
        relaxed = evaluate(AllOf((condition.relaxed.ground, condition.relaxed.test)), values, as_of)
        outcome = any_outcome((outcome, relaxed.outcome))
    if condition.only_if is not None:
        applies = evaluate(condition.only_if, values, as_of).outcome
        if applies is Outcome.NOT_MET:
            outcome = Outcome.NOT_APPLICABLE
        elif applies is Outcome.UNKNOWN and outcome is not Outcome.MET:
            outcome = Outcome.UNKNOWN
    waivable = outcome is Outcome.NOT_MET and _waivable(condition, values, as_of)
    return Result(condition, outcome, waivable, explanation, relaxed, _observed(condition, values))


def overall(results: Iterable[Result]) -> Eligibility:
    """Eligible when all required are met; undetermined when only unknown or waivable ones are in the way."""
    required = [result for result in results if result.condition.kind is ConditionKind.REQUIRED]
    if any(result.outcome is Outcome.NOT_MET and not result.waivable for result in required):
        return Eligibility.INELIGIBLE
    if any(result.outcome in (Outcome.NOT_MET, Outcome.UNKNOWN) for result in required):
        return Eligibility.UNDETERMINED
    return Eligibility.ELIGIBLE


def _waivable(condition: Condition, values: Values, as_of: date) -> bool:
    waiver = condition.waiver
    if not isinstance(waiver, Waiver):
        return False
    return waiver.ground is None or evaluate(waiver.ground, values, as_of).outcome is not Outcome.NOT_MET


def _observed(condition: Condition, values: Values) -> tuple[tuple[str, Value | None], ...]:
    read = [*needs(condition.test)]
    if condition.relaxed is not None:
        read += needs(condition.relaxed.ground) + needs(condition.relaxed.test)
    if condition.only_if is not None:
        read += needs(condition.only_if)
    return tuple((name, values.get(name)) for name in dict.fromkeys(fact.name for fact in read))
