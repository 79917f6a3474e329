"""What a term asks in a few words, for a table whose row already names the fact."""

from __future__ import annotations

from dataclasses import dataclass
from typing import assert_never

from core.rules.phrases import NO, YES
from core.rules.sentence import OPERATORS, plain, quantity, sentence
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
    Level,
    NoneOf,
    Number,
    OneOf,
    Share,
    Term,
)
from core.rules.text import EMPTY, T
from core.rules.walk import needs

JUDGED = T("（由人判定）", " (judged by a person)")


@dataclass(frozen=True, slots=True)
class Topic:
    """What a term is about, so that terms of several texts can stand in one row."""

    key: str
    label: T
    fact: Fact


def topic(term: Term) -> Topic:
    """The row of a term: its fact; a share by its whole, so that shares of other parts stand beside it."""
    match term:
        case Share():
            label = term.whole.label
            return Topic(
                f"share/{term.whole.name}", T(f"占{label.zh}的比例", f"Share of: {label.en}"), term.whole
            )
        case Growth():
            label = term.now.label
            return Topic(f"growth/{term.now.name}", T(f"{label.zh}的增长", f"Growth: {label.en}"), term.now)
        case AllOf() | AnyOf() | NoneOf() | AtLeast():
            fact = needs(term)[0]
            return Topic(fact.name, fact.label, fact)
        case Number() | Flag() | Level() | OneOf() | Contains() | Count() | Elapsed() | Clear():
            return Topic(term.fact.name, term.fact.label, term.fact)
        case _:
            assert_never(term)


def brief(term: Term) -> T:
    """The bound alone where the term has one fact, else its sentence."""
    match term:
        case Number():
            op, amount = OPERATORS[term.op], quantity(term.fact, term.bound)
            return T(f"{op.zh} {amount.zh}", f"{op.en} {amount.en}")
        case Share():
            percent = plain(term.bound)
            if isinstance(term.part, Either):
                first, second = term.part.first.label, term.part.second.label
                part = T(f"{first.zh}或{second.zh}", f"{first.en} or {second.en}")
            else:
                part = term.part.label
            return T(f"不低于 {percent}%：{part.zh}", f"at least {percent}%: {part.en}")
        case Growth():
            percent = plain(term.bound)
            return T(f"不少于 {percent}%", f"at least {percent}%")
        case Flag():
            said = YES if term.expected else NO
            judged = JUDGED if term.fact.judged else EMPTY
            return T(f"{said.zh}{judged.zh}", f"{said.en}{judged.en}")
        case Level():
            level = term.fact.choice_label(term.bound)
            return T(f"{level.zh}及以上", f"{level.en} or above")
        case OneOf():
            labels = [term.fact.choice_label(value) for value in term.values]
            return T("或".join(x.zh for x in labels), " or ".join(x.en for x in labels))
        case Contains():
            choice = term.fact.choice_label(term.value)
            return T(f"包括{choice.zh}", f"includes {choice.en}")
        case Count():
            op = OPERATORS[term.op]
            return T(f"{op.zh} {term.bound} 项", f"{op.en} {term.bound}")
        case Elapsed():
            years = "year" if term.bound == 1 else "years"
            return T(f"已满 {term.bound} 年", f"at least {term.bound} {years} ago")
        case Clear():
            years = "year" if term.bound == 1 else "years"
            return T(f"近 {term.bound} 年内没有", f"none within the last {term.bound} {years}")
        case AtLeast():
            named = [part.title for part in term.terms if isinstance(part, AllOf) and part.title.zh]
            if len(named) < len(term.terms):
                return sentence(term)
            return T(
                f"下列 {len(named)} 类中至少 {term.bound} 类达到要求：" + "、".join(x.zh for x in named),
                f"at least {term.bound} of these {len(named)}: " + ", ".join(x.en for x in named),
            )
        case AllOf() | AnyOf() | NoneOf():
            return sentence(term)
        case _:
            assert_never(term)
