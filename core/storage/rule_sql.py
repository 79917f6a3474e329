"""Rules as SQL: a term becomes a condition of three values (NULL = unknown), as `core.rules.evaluate` has."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import reduce
from operator import add
from typing import Any, assert_never

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Integer,
    Numeric,
    Text,
    and_,
    case,
    cast,
    column,
    false,
    func,
    literal_column,
    not_,
    null,
    or_,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from core.rules.clauses import Condition, ConditionKind, Waiver
from core.rules.evaluate import HUNDRED, NEVER, Outcome
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
    Fact,
    Flag,
    Growth,
    Kind,
    Level,
    NoneOf,
    Number,
    NumberFact,
    OneOf,
    Op,
    Share,
    Term,
)
from core.rules.verdict import Eligibility

Answer = ColumnElement[bool]
"""True, false, or NULL for what is not known."""
UNKNOWN: Answer = cast(null(), Boolean)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class FactSource:
    """A JSONB column of facts by name, as `core.domain.profile.to_json` writes them."""

    facts: Any

    def number(self, fact: Fact) -> ColumnElement[Decimal]:
        """The number, which stands as a JSON number or as its digits."""
        return cast(self.text(fact), Numeric)

    def text(self, fact: Fact) -> ColumnElement[str]:
        """The value as text."""
        return self.facts.op("->>", return_type=Text())(fact.name)

    def flag(self, fact: Fact) -> Answer:
        """Whether the statement holds."""
        return self.text(fact) == "true"

    def by(self, fact: Fact, day: date) -> Answer:
        """Whether the date is the day or an earlier one: ISO dates stand in their order as texts."""
        known = self.text(fact)
        return or_(known.collate("C") <= day.isoformat(), known == NEVER)

    def has(self, fact: Fact, value: str) -> Answer:
        """Whether the set has the value."""
        return self._set(fact).has_key(value)

    def size(self, fact: Fact) -> ColumnElement[int]:
        """How many the set has."""
        return func.jsonb_array_length(self._set(fact))

    def _set(self, fact: Fact) -> Any:
        return func.nullif(self._value(fact), literal_column("'null'::jsonb"), type_=JSONB())

    def _value(self, fact: Fact) -> Any:
        return self.facts.op("->", return_type=JSONB())(fact.name)


@dataclass(frozen=True)
class SpreadSource(FactSource):
    """The same facts out of `spread`, joined to the row: where a rule reads many of them."""

    def text(self, fact: Fact) -> ColumnElement[str]:
        """The value as text."""
        return self.facts.c[fact.name]

    def _value(self, fact: Fact) -> Any:
        return self.facts.c[fact.name]


def spread(column_of_facts: ColumnElement[Any], read: Iterable[Fact]) -> Any:
    """A row's facts as columns, to join LATERAL.

    Each reading of a JSONB value unpacks it whole; this does so once a row, which judges four times as fast.
    """
    columns = [column(fact.name, JSONB if fact.kind is Kind.SET else Text) for fact in dict.fromkeys(read)]
    record = func.jsonb_to_record(column_of_facts).table_valued(*columns, name="spread")
    return record.render_derived(with_types=True)


def condition(term: Term, source: FactSource, as_of: date) -> Answer:
    """Whether the term is met on the row's values as of a date."""
    match term:
        case AllOf():
            return and_(true(), *_parts(term, source, as_of))
        case AnyOf():
            return or_(false(), *_parts(term, source, as_of))
        case NoneOf():
            return not_(or_(false(), *_parts(term, source, as_of)))
        case AtLeast():
            return _at_least(term.bound, _parts(term, source, as_of))
        case Number():
            return _compare(term.op, source.number(term.fact), term.bound)
        case Share():
            return _share(term, source)
        case Growth():
            now, before = source.number(term.now), source.number(term.before)
            grown = now * HUNDRED >= before * (HUNDRED + term.bound)
            return case((before == 0, now > 0), else_=grown)
        case Flag():
            return source.flag(term.fact) if term.expected else not_(source.flag(term.fact))
        case Level():
            scale = [key for key, _ in term.fact.choices]
            return source.text(term.fact).in_(scale[term.fact.rank(term.bound) :])
        case OneOf():
            return _among(source.text(term.fact), term.values)
        case Contains():
            return source.has(term.fact, term.value)
        case Count():
            return _compare(term.op, _size(term, source), term.bound)
        case Elapsed():
            return source.by(term.fact, latest_start(as_of, term.bound))
        case Clear():
            return source.by(term.fact, latest_start(as_of - DAY, term.bound))
        case _:
            assert_never(term)


def condition_for(item: Condition, source: FactSource, as_of: date) -> Answer:
    """Whether the row passes the condition: met, by the easier test too, or not asked of it."""
    holds = condition(item.test, source, as_of)
    if item.relaxed is not None:
        eased = [condition(term, source, as_of) for term in (item.relaxed.ground, item.relaxed.test)]
        holds = or_(holds, and_(*eased))
    return or_(not_(condition(item.only_if, source, as_of)), holds) if item.only_if is not None else holds


def outcome_for(item: Condition, source: FactSource, as_of: date) -> ColumnElement[str]:
    """The outcome of the condition by its name, as `core.rules.verdict` reports it."""
    outcomes: dict[Any, Any] = {True: Outcome.MET.value, False: Outcome.NOT_MET.value}
    outcome = case(outcomes, value=condition_for(item, source, as_of), else_=Outcome.UNKNOWN.value)
    if item.only_if is None:
        return outcome
    return case(
        (condition(item.only_if, source, as_of).is_(False), Outcome.NOT_APPLICABLE.value), else_=outcome
    )


def verdict_for(items: Iterable[Condition], source: FactSource, as_of: date) -> ColumnElement[str]:
    """The overall verdict of resolved conditions by its name, as `core.rules.verdict.judge` gives it."""
    required = [item for item in items if item.kind is ConditionKind.REQUIRED]
    holds = [condition_for(item, source, as_of) for item in required]
    failed = [
        and_(not_(answer), _not_waivable(item, source, as_of))
        for item, answer in zip(required, holds, strict=True)
    ]
    return case(
        (or_(false(), *failed), Eligibility.INELIGIBLE.value),
        (and_(true(), *holds), Eligibility.ELIGIBLE.value),
        else_=Eligibility.UNDETERMINED.value,
    )


def _not_waivable(item: Condition, source: FactSource, as_of: date) -> Answer:
    if not isinstance(item.waiver, Waiver):
        return true()
    return condition(item.waiver.ground, source, as_of).is_(False) if item.waiver.ground else false()


def latest_start(as_of: date, years: int) -> date:
    """The last day on which a period of years can begin to have ended by `as_of`."""
    if years >= as_of.year:
        return date.min
    start = date(as_of.year - years, as_of.month, 1) + timedelta(days=as_of.day - 1)
    while period_end(start, years=years) > as_of:
        start -= DAY
    while period_end(start + DAY, years=years) <= as_of:
        start += DAY
    return start


def _parts(term: AllOf | AnyOf | NoneOf | AtLeast, source: FactSource, as_of: date) -> list[Answer]:
    return [condition(part, source, as_of) for part in term.terms]


def _at_least(bound: int, parts: list[Answer]) -> Answer:
    """Each met part adds `base` and each unknown one 1: one sum tells both numbers.

    The parts then stand in the statement once, however deep they nest.
    """
    if bound <= 0:
        return true()
    if len(parts) < bound:
        return false()
    base = len(parts) + 1
    outcomes: dict[Any, Any] = {
        met * base + unknown: true() if met >= bound else UNKNOWN
        for met in range(base)
        for unknown in range(base - met)
        if met + unknown >= bound
    }
    weights = [func.coalesce(cast(part, Integer) * base, 1, type_=Integer()) for part in parts]
    return case(outcomes, value=reduce(add, weights), else_=false())


def _share(term: Share, source: FactSource) -> Answer:
    whole = source.number(term.whole)
    bar = whole * term.bound
    if isinstance(term.part, NumberFact):
        return case((whole == 0, false()), else_=source.number(term.part) * HUNDRED >= bar)
    least, most = _either(term.part, whole, source)
    return case(
        (whole == 0, false()),
        (least * HUNDRED >= bar, true()),
        (most * HUNDRED < bar, false()),
        else_=UNKNOWN,
    )


def _either(part: Either, whole: ColumnElement[Decimal], source: FactSource) -> tuple[Any, Any]:
    """The least and the greatest size of a group; GREATEST and LEAST pass over what is not known."""
    first, second, both = (source.number(fact) for fact in (part.first, part.second, part.both))
    known = func.greatest(first, second, both)
    least = func.coalesce(first + second - both, known)
    most = func.coalesce(first + second - both, func.least(first + second, whole))
    return least, case((known.is_not(None), most))


def _among(value: ColumnElement[str], values: tuple[str, ...]) -> Answer:
    # An empty IN list is false even for a value that is not known.
    return value.in_(values) if values else case((value.is_not(None), false()))


def _size(term: Count, source: FactSource) -> ColumnElement[int]:
    if not term.within:
        return source.size(term.fact)
    wanted = dict.fromkeys(term.within)
    return reduce(add, (cast(source.has(term.fact, value), Integer) for value in wanted))


def _compare(op: Op, value: ColumnElement[Any], bound: int | Decimal) -> Answer:
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
