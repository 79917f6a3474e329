"""What a term that is not met still lacks, as a sentence, and the least change that would meet it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import assert_never, cast

from core.rules.evaluate import HUNDRED, NEVER, Explanation, Outcome, Values, evaluate, part_size
from core.rules.periods import period_end
from core.rules.sentence import plain, quantity, sentence
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
from core.rules.walk import needs

DAY = timedelta(days=1)
FEW = 2  # lacks of one way among several that are told in full
CENT = Decimal("0.01")
"""The least by which a number that is no count goes beyond a bound."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """What a term lacks: a sentence; the values that would just meet it; the day on which time alone does."""

    said: T
    change: Mapping[str, Value] = field(default_factory=dict)
    """Of a single statement; nothing where several could be changed, or the value is not known."""
    on: date | None = None


def shortfall(term: Term, values: Values, as_of: date) -> Shortfall | None:
    """What the term lacks on a profile; None where it is met."""
    return _lack(evaluate(term, values, as_of), values, as_of)


def shortfalls(explanation: Explanation, values: Values, as_of: date) -> tuple[T, ...]:
    """What an evaluated term lacks, a sentence for each thing; what is not known, in the last."""
    texts: list[T] = []
    unknown: dict[str, Fact] = {}
    for part in _beside(explanation):
        if part.outcome is Outcome.UNKNOWN and not part.parts:
            unknown |= {fact.name: fact for fact in needs(part.term) if fact.name not in values}
            continue
        lack = _lack(part, values, as_of)
        texts += [lack.said] if lack is not None else []
    return (*texts, _not_known(unknown.values())) if unknown else tuple(texts)


def _beside(explanation: Explanation) -> Iterator[Explanation]:
    """The parts that are all asked: those of nested groups one by one."""
    if isinstance(explanation.term, AllOf):
        for part in explanation.parts:
            yield from _beside(part)
    else:
        yield explanation


def _lack(explanation: Explanation, values: Values, as_of: date) -> Shortfall | None:
    term = explanation.term
    if explanation.outcome is Outcome.MET:
        return None
    match term:
        case AllOf():
            return Shortfall(_listed(shortfalls(explanation, values, as_of)))
        case AnyOf():
            if all(part.outcome is Outcome.UNKNOWN and not part.parts for part in explanation.parts):
                return _open(term, values)
            return Shortfall(_one_of(_instead(explanation.parts, values, as_of)))
        case NoneOf():
            against = [part for part in explanation.parts if part.outcome is not Outcome.NOT_MET]
            return Shortfall(_listed(_negated(part) for part in against))
        case AtLeast():
            more = term.bound - [part.outcome for part in explanation.parts].count(Outcome.MET)
            missing = _listed(_instead(explanation.parts, values, as_of))
            return Shortfall(
                T(f"下列各项中还须满足 {more} 项：{missing.zh}", f"{more} more of these: {missing.en}")
            )
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
            if explanation.outcome is Outcome.UNKNOWN:
                return _open(term, values)
            return _leaf(term, values, as_of)
        case _:
            assert_never(term)


def _open(term: Term, values: Values) -> Shortfall:
    """What must still be known of a term of which nothing is decided."""
    return Shortfall(_not_known(fact for fact in needs(term) if fact.name not in values))


def _instead(parts: Iterable[Explanation], values: Values, as_of: date) -> list[T]:
    """What each of several ways lacks; a long one by its name and how much of it is missing."""
    texts = []
    for part in parts:
        lack = _lack(part, values, as_of)
        if lack is None:
            continue
        if isinstance(part.term, AllOf) and part.term.title.zh:
            missing = sum(item.outcome is not Outcome.MET for item in part.parts)
            title, said = part.term.title, lack.said
            if missing > FEW:
                said = T(f"还缺 {missing} 项", f"{missing} missing")
            texts.append(T(f"{title.zh}（{said.zh}）", f"{title.en} ({said.en})"))
        else:
            texts.append(lack.said)
    return texts


def _leaf(term: Leaf, values: Values, as_of: date) -> Shortfall:
    """What a statement lacks that is not met, though all it reads is known."""
    match term:
        case Number():
            return _number(term, values[term.fact.name])
        case Share():
            return _share(term, values)
        case Growth():
            return _growth(term, values)
        case Flag():
            return _flag(term)
        case Level():
            now, asked = _choice(term.fact, values), term.fact.choice_label(term.bound)
            return Shortfall(
                T(
                    f"{term.fact.label.zh}为{now.zh}，须达到{asked.zh}及以上",
                    f"{term.fact.label.en}: {now.en}; {asked.en} or above is needed",
                ),
                {term.fact.name: term.bound},
            )
        case OneOf():
            now, wanted = _choice(term.fact, values), sentence(term)
            return Shortfall(
                T(f"须{wanted.zh}，现为{now.zh}", f"{wanted.en} is needed; it is {now.en}"),
                {term.fact.name: term.values[0]},
            )
        case Contains():
            label, choice = term.fact.label, term.fact.choice_label(term.value)
            return Shortfall(
                T(f"{label.zh}中没有{choice.zh}", f"{label.en}: {choice.en} is missing"),
                {term.fact.name: _set(values, term.fact) | {term.value}},
            )
        case Count():
            return _count(term, values)
        case Elapsed():
            since = cast(date, values[term.fact.name])
            return _waiting(term.fact, period_end(since, years=term.bound), as_of, term.bound)
        case Clear():
            last = cast(date, values[term.fact.name])  # `never` meets the term
            return _clearing(term.fact, period_end(last, years=term.bound) + DAY, as_of)
        case _:
            assert_never(term)


def _number(term: Number, value: Value) -> Shortfall:
    amount = _decimal(value)
    wanted = _nearest(term.fact, term.op, term.bound)
    label, by = term.fact.label, _amount(term.fact, abs(wanted - amount))
    match term.op:
        case Op.AT_LEAST | Op.MORE_THAN:
            said = T(f"{label.zh}还差 {by.zh}", f"{label.en}: {by.en} short")
        case Op.AT_MOST | Op.LESS_THAN:
            said = T(f"{label.zh}超出 {by.zh}", f"{label.en}: {by.en} over")
        case _:
            assert_never(term.op)
    return Shortfall(said, {term.fact.name: _typed(term.fact, wanted)})


def _share(term: Share, values: Values) -> Shortfall:
    whole = _decimal(values[term.whole.name])
    first = term.part.first if isinstance(term.part, Either) else term.part
    if whole == 0:
        label = term.whole.label
        said = T(f"{label.zh}为 0，无从计算占比", f"{label.en} is 0, so there is no share")
        both = {term.part.both.name: 0, term.part.second.name: 0} if isinstance(term.part, Either) else {}
        return Shortfall(said, {term.whole.name: 1, first.name: 1, **both})
    _, most = part_size(term.part, values, _typed(term.whole, whole))
    assert most is not None  # noqa: S101  # of a group of which nothing is known no share is decided
    size = _decimal(most)
    needed = _up(first, whole * term.bound / HUNDRED)
    by, asked = _amount(first, needed - size), sentence(term)
    grown = _decimal(values.get(first.name, 0)) + needed - size
    return Shortfall(
        T(
            f"{asked.zh}：按现有 {_amount(term.whole, whole).zh}计还差 {by.zh}",
            f"{asked.en}: {by.en} short of {_amount(term.whole, whole).en}",
        ),
        {first.name: _typed(first, grown)},
    )


def _growth(term: Growth, values: Values) -> Shortfall:
    now, before = _decimal(values[term.now.name]), _decimal(values[term.before.name])
    needed = _up(term.now, before * (HUNDRED + term.bound) / HUNDRED) if before else _least(term.now)
    by, asked = _amount(term.now, needed - now), sentence(term)
    return Shortfall(
        T(f"{asked.zh}：还差 {by.zh}", f"{asked.en}: {by.en} short"),
        {term.now.name: _typed(term.now, needed)},
    )


def _flag(term: Flag) -> Shortfall:
    label, change = term.fact.label, {term.fact.name: term.expected}
    if term.expected:
        return Shortfall(T(f"尚不具备：{label.zh}", f"not the case yet: {label.en}"), change)
    return Shortfall(T(f"不应存在：{label.zh}", f"stands against it: {label.en}"), change)


def _count(term: Count, values: Values) -> Shortfall:
    chosen = _set(values, term.fact)
    counted = chosen & frozenset(term.within) if term.within else chosen
    offered = term.within or tuple(key for key, _ in term.fact.choices)
    wanted = _bound(term.op, term.bound)
    by, asked = abs(wanted - len(counted)), sentence(term)
    if len(counted) < wanted:
        more = frozenset([key for key in offered if key not in chosen][:by])
        return Shortfall(
            T(f"{asked.zh}：还差 {by} 项", f"{asked.en}: {by} short"), {term.fact.name: chosen | more}
        )
    less = frozenset(sorted(counted)[:by])
    return Shortfall(
        T(f"{asked.zh}：超出 {by} 项", f"{asked.en}: {by} too many"), {term.fact.name: chosen - less}
    )


def _waiting(fact: Fact, when: date, as_of: date, years: int) -> Shortfall:
    days = (when - as_of).days
    return Shortfall(
        T(
            f"{fact.label.zh}还差 {days} 天满 {years} 年（{when.isoformat()} 期满）",
            f"{fact.label.en}: {days} days short of {years} {_years(years)} (on {when.isoformat()})",
        ),
        on=when,
    )


def _clearing(fact: Fact, when: date, as_of: date) -> Shortfall:
    days = (when - as_of).days
    return Shortfall(
        T(
            f"{fact.label.zh}：{when.isoformat()} 起不再计入，还差 {days} 天",
            f"{fact.label.en}: no longer counts from {when.isoformat()}, {days} days short",
        ),
        {fact.name: NEVER},
        when,
    )


def _negated(part: Explanation) -> T:
    text = sentence(part.term)
    if part.outcome is Outcome.UNKNOWN:
        return _not_known(needs(part.term))
    return T(f"不应有：{text.zh}", f"must not be so: {text.en}")


def _not_known(facts: Iterable[Fact]) -> T:
    listed = list(facts)
    judged, asked = [f for f in listed if f.judged], [f for f in listed if not f.judged]
    texts = []
    if asked:
        zh, en = "、".join(f.label.zh for f in asked), ", ".join(f.label.en for f in asked)
        texts.append(T(f"尚未填报：{zh}", f"not given yet: {en}"))
    if judged:
        zh, en = "、".join(f.label.zh for f in judged), ", ".join(f.label.en for f in judged)
        texts.append(T(f"由认定机关判断：{zh}", f"judged by the authority: {en}"))
    return _listed(texts)


def _listed(texts: Iterable[T]) -> T:
    there = list(texts)
    return T("；".join(text.zh for text in there), "; ".join(text.en for text in there))


def _one_of(texts: list[T]) -> T:
    if len(texts) == 1:
        return texts[0]
    return T(
        "下列任一项：" + "；或".join(text.zh for text in texts),
        "one of these: " + "; or ".join(text.en for text in texts),
    )


def _choice(fact: Fact, values: Values) -> T:
    return fact.choice_label(str(values[fact.name]))


def _set(values: Values, fact: Fact) -> frozenset[str]:
    return cast(frozenset[str], values[fact.name])


def _decimal(value: Value | int | Decimal) -> Decimal:
    return Decimal(str(value))


def _typed(fact: NumberFact, number: Decimal) -> int | Decimal:
    return int(number) if fact.kind is Kind.INTEGER else number


def _least(fact: NumberFact) -> Decimal:
    """The least step of a number."""
    return Decimal(1) if fact.kind is Kind.INTEGER else CENT


def _up(fact: NumberFact, number: Decimal) -> Decimal:
    """The number, for a count the next whole one."""
    return number.to_integral_value(ROUND_CEILING) if fact.kind is Kind.INTEGER else number


def _nearest(fact: NumberFact, op: Op, bound: Decimal) -> Decimal:
    """The number nearest to the bound that keeps to it."""
    match op:
        case Op.AT_LEAST:
            return _up(fact, bound)
        case Op.MORE_THAN:
            return -_up(fact, -bound) + _least(fact)
        case Op.AT_MOST:
            return -_up(fact, -bound)
        case Op.LESS_THAN:
            return _up(fact, bound) - _least(fact)
        case _:
            assert_never(op)


def _bound(op: Op, bound: int) -> int:
    """The size of a set nearest to the bound that keeps to it."""
    match op:
        case Op.AT_LEAST | Op.AT_MOST:
            return bound
        case Op.MORE_THAN:
            return bound + 1
        case Op.LESS_THAN:
            return bound - 1
        case _:
            assert_never(op)


def _amount(fact: NumberFact, number: Decimal) -> T:
    """How much, with the fact's unit; of percentages, in points."""
    if fact.kind is Kind.PERCENT:
        return T(f"{plain(number)} 个百分点", f"{plain(number)} percentage points")
    return quantity(fact, number)


def _years(number: int) -> str:
    return "year" if number == 1 else "years"
