"""Verdicts as plain JSON and as words, for the command line, the API, the case page and the records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, TypeAlias, assert_never

from core.rules.clauses import Condition, clause_name
from core.rules.evaluate import NEVER, Explanation, Outcome, Values, evaluate
from core.rules.phrases import NEVER_SO_FAR, NO, YES
from core.rules.sentence import quantity, sentence
from core.rules.shortfall import shortfalls
from core.rules.terms import Fact, Kind, Value
from core.rules.text import T, mask
from core.rules.verdict import Eligibility, Result, Verdict

Json: TypeAlias = bool | int | float | str | list[str]

UNKNOWN = T("未知", "unknown")

OUTCOMES: Mapping[Outcome, T] = {
    Outcome.MET: T("满足", "met"),
    Outcome.NOT_MET: T("不满足", "not met"),
    Outcome.UNKNOWN: T("未知", "unknown"),
    Outcome.NOT_APPLICABLE: T("不适用", "not applicable"),
}
VERDICTS: Mapping[Eligibility, T] = {
    Eligibility.ELIGIBLE: T("符合条件", "eligible"),
    Eligibility.INELIGIBLE: T("不符合条件", "ineligible"),
    Eligibility.UNDETERMINED: T("尚不能确定", "undetermined"),
}


@dataclass(slots=True)
class TrackReport:
    """Writes the verdicts of one track; the texts of its resolved conditions are made once."""

    program: str
    track: str
    edition: str
    conditions: Iterable[Condition]
    language: str = "zh"
    _texts: list[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self._texts = [
            {
                "title": condition.title.get(self.language),
                "sentence": condition_sentence(condition).get(self.language),
            }
            for condition in self.conditions
        ]

    def json(self, as_of: date, verdict: Verdict) -> dict[str, Any]:
        """The verdict as `accredit evaluate` prints it."""
        return {
            "program": self.program,
            "track": self.track,
            "edition": self.edition,
            "as_of": as_of.isoformat(),
            "outcome": verdict.outcome.value,
            "results": [
                result_json(result, texts) for result, texts in zip(verdict.results, self._texts, strict=True)
            ],
        }


def result_json(result: Result, texts: Mapping[str, Any]) -> dict[str, Any]:
    """What a condition came to, with its texts; `observed` lists the facts read, null for an unknown one."""
    return {
        "clause": result.condition.clause,
        "kind": result.condition.kind.value,
        "outcome": result.outcome.value,
        "waivable": result.waivable,
        **texts,
        "observed": [{name: None if value is None else json_value(value)} for name, value in result.observed],
    }


def condition_sentence(condition: Condition) -> T:
    """What a condition asks, with when it applies and the easier test that its ground opens."""
    text = sentence(condition.test)
    if condition.only_if is not None:
        when = sentence(condition.only_if)
        text = T(f"如{when.zh}：{text.zh}", f"if {when.en}: {text.en}")
    if condition.relaxed is not None:
        ground, easier = sentence(condition.relaxed.ground), sentence(condition.relaxed.test)
        clause = clause_name(condition.relaxed.clause)
        text = T(
            f"{text.zh}；或（{clause.zh}）{ground.zh}的，{easier.zh}",
            f"{text.en}; or ({clause.en}), given {ground.en}: {easier.en}",
        )
    return text


def condition_lacks(result: Result, values: Values, as_of: date) -> tuple[T, ...]:
    """What a condition still lacks, a sentence for each thing; nothing where it is met or does not apply."""
    if result.outcome in (Outcome.MET, Outcome.NOT_APPLICABLE):
        return ()
    condition, lacks = result.condition, list(shortfalls(result.explanation, values, as_of))
    if result.relaxed is not None and condition.relaxed is not None:
        easier = shortfalls(result.relaxed, values, as_of)
        zh, en = "；".join(text.zh for text in easier), "; ".join(text.en for text in easier)
        clause = clause_name(condition.relaxed.clause)
        lacks.append(T(f"或按放宽标准（{clause.zh}）：{zh}", f"or, relaxed under {clause.en}: {en}"))
    if condition.only_if is not None:
        lacks += shortfalls(evaluate(condition.only_if, values, as_of), values, as_of)
    return tuple(dict.fromkeys(lacks))


def condition_keys(conditions: Iterable[Condition]) -> list[str]:
    """A name for each condition of a track: its clause, with `#2` and so on where a clause comes again."""
    seen: dict[str, int] = {}
    keys = []
    for condition in conditions:
        number = seen[condition.clause] = seen.get(condition.clause, 0) + 1
        keys.append(condition.clause if number == 1 else f"{condition.clause}#{number}")
    return keys


def leaves(explanation: Explanation) -> Iterator[Explanation]:
    """The parts of an explanation that are held against a fact, in reading order."""
    if not explanation.parts:
        yield explanation
    for part in explanation.parts:
        yield from leaves(part)


def json_value(value: Value) -> Json:
    """A fact's value as JSON that reads back to the same value.

    A decimal becomes an int where it is whole, else a float where that writes the same digits, else a string.
    """
    match value:
        case bool() | int() | str():
            return value
        case Decimal():
            if value == value.to_integral_value():
                return int(value)
            near = float(value)
            return near if Decimal(repr(near)) == value else format(value, "f")
        case date():
            return value.isoformat()
        case frozenset():
            return sorted(value)
        case _:
            assert_never(value)


def shown(fact: Fact, value: Value | None) -> T:
    """A fact's value in words: labels of choices, units, yes and no; what tells who somebody is, masked."""
    match value:
        case None:
            return UNKNOWN
        case bool():
            return YES if value else NO
        case int() | Decimal():
            return quantity(fact, value)
        case date():
            return T(value.isoformat(), value.isoformat())
        case frozenset():
            labels = [label for key, label in fact.choices if key in value]
            none = T("无", "none")
            return T("、".join(x.zh for x in labels), ", ".join(x.en for x in labels)) if labels else none
        case str():
            if fact.kind is Kind.DATE_OR_NEVER and value == NEVER:
                return NEVER_SO_FAR
            if fact.kind in (Kind.ID_NUMBER, Kind.MOBILE):
                return T(mask(value), mask(value))
            return dict(fact.choices).get(value, T(value, value))
        case _:
            assert_never(value)
