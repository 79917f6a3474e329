"""Profiles that meet a track's conditions, or miss one: worked out from the rules of any programme."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import TypeAlias, assert_never, cast

from core.demo.chance import chance
from core.domain.facts import functions
from core.hooks.loaded import TrackRules
from core.rules.clauses import Condition, ConditionKind, Waiver
from core.rules.evaluate import NEVER, Outcome, evaluate
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
    Value,
)
from core.rules.verdict import Eligibility, judge

Values: TypeAlias = dict[str, Value]

ROUNDS = 12
HUNDRED = 100
DAYS_OF_YEAR = 366


class UnfittedError(RuntimeError):
    """No profile was found that meets the conditions."""


def fitting(rules: TrackRules, rng: Random, as_of: date, known: Values | None = None) -> Values:
    """A profile that is eligible as of a day; `known` values stay unless a condition needs another."""
    values: Values = dict(known or {})
    for _ in range(ROUNDS):
        for condition in rules.conditions:
            wanted = condition.kind is ConditionKind.REQUIRED or rng.random() < 1 / 2
            if wanted and evaluate(condition.test, values, as_of).outcome is not Outcome.MET:
                _Fitter(values, rng, as_of, rules.procedure.functions).meet(condition.test)
        if judge(rules.conditions, values, as_of).outcome is Eligibility.ELIGIBLE:
            return values
    raise UnfittedError(f"{rules.program}/{rules.track}: no eligible profile after {ROUNDS} rounds")


def failing(rules: TrackRules, values: Values, as_of: date) -> tuple[Values, Condition]:
    """The profile with one thing missing, so that it is not eligible; and the condition that it misses."""
    for condition in rules.conditions:
        if condition.kind is not ConditionKind.REQUIRED:
            continue
        for missing in _misses(condition.test):
            short: Values = {**values, **missing}
            if isinstance(condition.waiver, Waiver) and condition.waiver.ground is not None:
                _Fitter(short, chance("waiver"), as_of, ()).miss(condition.waiver.ground)
            if judge(rules.conditions, short, as_of).outcome is Eligibility.INELIGIBLE:
                return short, condition
    raise UnfittedError(f"{rules.program}/{rules.track}: no condition could be missed")


def waivable(rules: TrackRules, values: Values, as_of: date) -> Values | None:
    """The profile missing one condition that may be set aside, with the ground for it; None without one."""
    for condition in rules.conditions:
        if not isinstance(condition.waiver, Waiver):
            continue
        for leaf in _numbers(condition.test):
            short: Values = {**values, leaf.fact.name: _whole(leaf.fact, leaf.bound * 9 / 10)}
            if condition.waiver.ground is not None:
                _Fitter(short, chance("waiver"), as_of, ()).meet(condition.waiver.ground)
            results = judge(rules.conditions, short, as_of).results
            missed = [result for result in results if result.outcome is Outcome.NOT_MET]
            if len(missed) == 1 and missed[0].waivable:
                return short
    return None


def requires(rules: TrackRules, fact: Fact) -> bool:
    """Whether a required condition asks that a flag holds."""
    required = (item for item in rules.conditions if item.kind is ConditionKind.REQUIRED)
    return any(flag.fact == fact and flag.expected for item in required for flag in _flags(item.test))


class _Fitter:
    """Changes values so that terms come out met, each with some margin."""

    def __init__(self, values: Values, rng: Random, as_of: date, offered: tuple[str, ...]) -> None:
        self.values = values
        self.rng = rng
        self.as_of = as_of
        self.offered = offered

    def meet(self, term: Term) -> None:
        """Let the term be met."""
        if evaluate(term, self.values, self.as_of).outcome is Outcome.MET:
            return
        match term:
            case AllOf():
                for part in term.terms:
                    self.meet(part)
            case AnyOf():
                self.meet(term.terms[0])
            case NoneOf():
                for part in term.terms:
                    self.miss(part)
            case AtLeast():
                for part in self.rng.sample(term.terms, min(len(term.terms), term.bound)):
                    self.meet(part)
            case Number():
                self.values[term.fact.name] = self._number(term)
            case Share():
                self._share(term)
            case Growth():
                now = self.values.get(term.now.name) or self.rng.randint(100, 300)
                grown = Decimal(HUNDRED + term.bound + self.rng.randint(2, 20)) / HUNDRED
                self.values[term.now.name] = now
                self.values[term.before.name] = int(Decimal(cast(int, now)) / grown)
            case Flag():
                self.values[term.fact.name] = term.expected
            case Level():
                ranks = [key for key, _ in term.fact.choices]
                self.values[term.fact.name] = self.rng.choice(ranks[ranks.index(term.bound) :])
            case OneOf():
                self.values[term.fact.name] = term.values[0]
            case Contains():
                self._choose(term.fact, {*self._chosen(term.fact), term.value})
            case Count():
                self._count(term)
            case Elapsed():
                days = DAYS_OF_YEAR * (term.bound + 1) + self.rng.randint(0, 4000)
                self.values[term.fact.name] = self.as_of - timedelta(days=days)
            case Clear():
                self.values[term.fact.name] = NEVER
            case _:
                assert_never(term)

    def miss(self, term: Term) -> None:
        """Let the term not be met: what a text closes or forbids."""
        match term:
            case Contains():
                self._choose(term.fact, self._chosen(term.fact) - {term.value})
            case Flag():
                self.values[term.fact.name] = not term.expected
            case Level():
                self.values[term.fact.name] = term.fact.choices[0][0]
            case AnyOf():
                for part in term.terms:
                    self.miss(part)
            case AllOf():
                self.miss(term.terms[0])
            case NoneOf() | AtLeast() | Number() | Share() | Growth():
                raise UnfittedError(f"a term that must not be met is not understood: {term}")
            case OneOf() | Count() | Elapsed() | Clear():
                raise UnfittedError(f"a term that must not be met is not understood: {term}")
            case _:
                assert_never(term)

    def _number(self, term: Number) -> Value:
        bound = term.bound
        if term.op in (Op.AT_MOST, Op.LESS_THAN):
            return _whole(term.fact, bound / 2)
        margin = Decimal(self.rng.randint(105, 180)) / HUNDRED
        if term.fact.kind is Kind.PERCENT:
            return _whole(
                term.fact, min(bound + (HUNDRED - bound) * Decimal(self.rng.random()) / 2, Decimal(99))
            )
        return _whole(term.fact, bound * margin + 1)

    def _share(self, term: Share) -> None:
        whole = int(cast(int, self.values.get(term.whole.name) or self.rng.randint(18, 40)))
        part = -(-whole * (int(term.bound) + self.rng.randint(2, 8)) // HUNDRED)
        part = min(part, whole)
        self.values[term.whole.name] = whole
        if not isinstance(term.part, Either):
            self.values[term.part.name] = part
            return
        second = max(1, part // 3)
        self.values[term.part.first.name] = part
        self.values[term.part.second.name] = second
        self.values[term.part.both.name] = second

    def _count(self, term: Count) -> None:
        chosen = self._chosen(term.fact)
        possible = [key for key, _ in term.fact.choices if not term.within or key in term.within]
        possible = [key for key in possible if not self.offered or key in self.offered]
        if term.op in (Op.AT_MOST, Op.LESS_THAN):
            most = term.bound if term.op is Op.AT_MOST else term.bound - 1
            self._choose(term.fact, set(sorted(chosen)[:most]))
            return
        least = term.bound if term.op is Op.AT_LEAST else term.bound + 1
        missing = [key for key in possible if key not in chosen]
        self.rng.shuffle(missing)
        self._choose(term.fact, {*chosen, *missing[: max(0, least - len(chosen & set(possible)))]})

    def _chosen(self, fact: Fact) -> set[str]:
        return set(cast(frozenset[str], self.values.get(fact.name, frozenset())))

    def _choose(self, fact: Fact, chosen: set[str]) -> None:
        self.values[fact.name] = frozenset(chosen)
        # What is asked of a function that is not claimed any more says nothing.
        if fact.name == "service_functions":
            for function, asked in functions.BY_FUNCTION.items():
                if function not in chosen:
                    for item in asked:
                        self.values.pop(item.name, None)


def _misses(term: Term) -> Iterator[Values]:
    """Changes that leave a term unmet."""
    for leaf in _numbers(term):
        yield {leaf.fact.name: _whole(leaf.fact, leaf.bound / 2)}
    for flag in _flags(term):
        yield {flag.fact.name: not flag.expected}


def _numbers(term: Term) -> Iterator[Number]:
    """Numbers that are asked for as they stand, and can fall short."""
    for part in _each(term):
        if isinstance(part, Number) and part.op in (Op.AT_LEAST, Op.MORE_THAN):
            yield part


def _flags(term: Term) -> Iterator[Flag]:
    for part in _each(term):
        if isinstance(part, Flag) and not part.fact.judged:
            yield part


def _each(term: Term) -> Iterator[Term]:
    """The terms that are all asked."""
    for part in term.terms if isinstance(term, AllOf) else ():
        yield from _each(part)
    yield term


def _whole(fact: NumberFact, number: Decimal) -> Value:
    """The number as the fact holds it: money in round sums, the rest in whole numbers."""
    if fact.kind is Kind.MONEY:
        return number.quantize(Decimal(1)) // 1000 * 1000
    return int(number) if fact.kind is Kind.INTEGER else Decimal(int(number))
