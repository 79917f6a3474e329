"""Three-valued evaluation (Kleene) of a term on a profile, with the observed values and the bounds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from core.rules.periods import period_end
from core.rules.terms import (
    AllOf,
    AnyOf,
    AtLeast,
    Clear,
    Contains,
    Count,
    Either,
    Elapsed,
    Flag,
    Group,
    Growth,
    Leaf,
    Level,
    NoneOf,
    Number,
    NumberFact,
    OneOf,
    Op,
    Share,
    Term,
    Value,
)
from core.rules.text import T

NEVER = "never"
HUNDRED = 100


class Outcome(StrEnum):
    """What a rule comes to; unknown is neither yes nor no."""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"

    @property
    def label(self) -> T:
        """The outcome's name for a screen."""
        return _OUTCOME_LABELS[self]


_OUTCOME_LABELS = {
    Outcome.MET: T("满足", "Met"),
    Outcome.NOT_MET: T("不满足", "Not met"),
    Outcome.UNKNOWN: T("未知", "Unknown"),
    Outcome.NOT_APPLICABLE: T("不适用", "Not applicable"),
}


@dataclass(frozen=True, slots=True)
class Explanation:
    """The outcome of a term, with the outcomes of its parts."""

    term: Term
    outcome: Outcome
    parts: tuple[Explanation, ...] = ()


Values = Mapping[str, Value]


def evaluate(term: Term, values: Values, as_of: date) -> Explanation:
    """Hold `term` against `values` (absent = unknown) as of a date."""
    match term:
        case AllOf() | AnyOf() | NoneOf() | AtLeast():
            parts = tuple(evaluate(part, values, as_of) for part in term.terms)
            return Explanation(term, _combine(term, [part.outcome for part in parts]), parts)
        case (
            Number()
            | Share()
            | Growth()
            | Flag()
            | Level()
            | OneOf()
            | Contains()
            | Count()
            | Elapsed()
            | Clear()
        ):
            return Explanation(term, _leaf(term, values, as_of))
        case _:
            assert_never(term)


def all_outcomes(outcomes: Iterable[Outcome]) -> Outcome:
    """Kleene's conjunction."""
    found = set(outcomes)
    if Outcome.NOT_MET in found:
        return Outcome.NOT_MET
    return Outcome.UNKNOWN if Outcome.UNKNOWN in found else Outcome.MET


def any_outcome(outcomes: Iterable[Outcome]) -> Outcome:
    """Kleene's disjunction."""
    found = set(outcomes)
    if Outcome.MET in found:
        return Outcome.MET
    return Outcome.UNKNOWN if Outcome.UNKNOWN in found else Outcome.NOT_MET


def negate(outcome: Outcome) -> Outcome:
    """Kleene's negation."""
    match outcome:
        case Outcome.MET:
            return Outcome.NOT_MET
        case Outcome.NOT_MET:
            return Outcome.MET
        case Outcome.UNKNOWN | Outcome.NOT_APPLICABLE:
            return outcome
        case _:
            assert_never(outcome)


def _combine(term: Group, outcomes: list[Outcome]) -> Outcome:
    match term:
        case AllOf():
            return all_outcomes(outcomes)
        case AnyOf():
            return any_outcome(outcomes)
        case NoneOf():
            return negate(any_outcome(outcomes))
        case AtLeast():
            met = outcomes.count(Outcome.MET)
            if met >= term.bound:
                return Outcome.MET
            return Outcome.UNKNOWN if met + outcomes.count(Outcome.UNKNOWN) >= term.bound else Outcome.NOT_MET
        case _:
            assert_never(term)


def _leaf(term: Leaf, values: Values, as_of: date) -> Outcome:
    match term:
        case Share():
            return _share(term, values)
        case Growth():
            now, before = _number(values, term.now), _number(values, term.before)
            if now is None or before is None:
                return Outcome.UNKNOWN
            if before == 0:
                return _decided(now > 0)
            return _decided(now * HUNDRED >= before * (HUNDRED + term.bound))
        case Number() | Flag() | Level() | OneOf() | Contains() | Count() | Elapsed() | Clear():
            value = values.get(term.fact.name)
            return Outcome.UNKNOWN if value is None else _decided(_holds(term, value, as_of))
        case _:
            assert_never(term)


def _holds(
    term: Number | Flag | Level | OneOf | Contains | Count | Elapsed | Clear, value: Value, as_of: date
) -> bool:
    match term:
        case Number() if isinstance(value, int | Decimal):
            return compare(term.op, value, term.bound)
        case Flag() if isinstance(value, bool):
            return value is term.expected
        case Level() if isinstance(value, str):
            return term.fact.rank(value) >= term.fact.rank(term.bound)
        case OneOf() if isinstance(value, str):
            return value in term.values
        case Contains() if isinstance(value, frozenset):
            return term.value in value
        case Count() if isinstance(value, frozenset):
            counted = value & frozenset(term.within) if term.within else value
            return compare(term.op, len(counted), term.bound)
        case Elapsed() if isinstance(value, date):
            return period_end(value, years=term.bound) <= as_of
        case Clear() if isinstance(value, date):
            return period_end(value, years=term.bound) < as_of
        case Clear() if isinstance(value, str):
            return value == NEVER
        case Number() | Flag() | Level() | OneOf() | Contains() | Count() | Elapsed() | Clear():
            raise TypeError(
                f"{term.fact.name}: {value!r} is not a {term.fact.kind} value; parse the profile first"
            )
        case _:
            assert_never(term)


def compare(op: Op, value: int | Decimal, bound: int | Decimal) -> bool:
    """Hold a number against a bound."""
    match op:
        case Op.AT_LEAST:
            return value >= bound
        case Op.MORE_THAN:
            return value > bound
        case Op.AT_MOST:
            return value <= bound
        case Op.LESS_THAN:
            return value < bound
        case _:
            assert_never(op)


def _share(term: Share, values: Values) -> Outcome:
    whole = _number(values, term.whole)
    if whole is None:
        return Outcome.UNKNOWN
    if whole == 0:
        return Outcome.NOT_MET
    least, most = part_size(term.part, values, whole)
    if least is not None and least * HUNDRED >= whole * term.bound:
        return Outcome.MET
    if most is not None and most * HUNDRED < whole * term.bound:
        return Outcome.NOT_MET
    return Outcome.UNKNOWN


def part_size(
    part: NumberFact | Either, values: Values, whole: int | Decimal
) -> tuple[int | Decimal | None, int | Decimal | None]:
    """The least and the greatest size that the part can have."""
    if not isinstance(part, Either):
        number = _number(values, part)
        return number, number
    first, second, both = (_number(values, fact) for fact in (part.first, part.second, part.both))
    if first is None or second is None:
        known = [number for number in (first, second, both) if number is not None]
        return (max(known), whole) if known else (None, None)
    if both is not None:
        size = first + second - both
        return size, size
    return max(first, second), min(first + second, whole)


def _number(values: Values, fact: NumberFact) -> int | Decimal | None:
    value = values.get(fact.name)
    if value is None or (isinstance(value, int | Decimal) and not isinstance(value, bool)):
        return value
    raise TypeError(f"{fact.name}: {value!r} is not a {fact.kind} value; parse the profile first")


def _decided(holds: bool) -> Outcome:
    return Outcome.MET if holds else Outcome.NOT_MET
