"""Terms as sentences in Chinese and English."""

from __future__ import annotations

from decimal import Decimal
from typing import assert_never

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
    OneOf,
    Op,
    Share,
    Term,
)
from core.rules.text import T

TEN_THOUSAND = 10_000
ONE_OF = {"people": "person"}
"""English units whose singular is not the plural without its s."""
OPERATORS = {
    Op.AT_LEAST: T("不少于", "at least"),
    Op.MORE_THAN: T("超过", "more than"),
    Op.AT_MOST: T("不超过", "at most"),
    Op.LESS_THAN: T("低于", "less than"),
}


def sentence(term: Term) -> T:
    """What the term asks, in one sentence without a full stop."""
    match term:
        case Number():
            op = OPERATORS[term.op]
            amount = quantity(term.fact, term.bound)
            return T(f"{term.fact.label.zh}{op.zh} {amount.zh}", f"{term.fact.label.en}: {op.en} {amount.en}")
        case Share():
            return _share(term)
        case Growth():
            percent = plain(term.bound)
            return T(
                f"{term.now.label.zh}比{term.before.label.zh}增长不少于 {percent}%",
                f"{term.now.label.en}: grown by at least {percent}% over {term.before.label.en}",
            )
        case Flag():
            judged = T("（由人判定）", " (judged by a person)") if term.fact.judged else T("", "")
            if term.expected:
                return T(f"{term.fact.label.zh}{judged.zh}", f"{term.fact.label.en}{judged.en}")
            return T(
                f"不存在：{term.fact.label.zh}{judged.zh}", f"not the case: {term.fact.label.en}{judged.en}"
            )
        case Level():
            level = term.fact.choice_label(term.bound)
            return T(f"{term.fact.label.zh}为{level.zh}及以上", f"{term.fact.label.en}: {level.en} or above")
        case OneOf():
            labels = [term.fact.choice_label(value) for value in term.values]
            return T(
                f"{term.fact.label.zh}为{_list_zh(labels, '或')}",
                f"{term.fact.label.en}: {_list_en(labels, 'or')}",
            )
        case Contains():
            choice = term.fact.choice_label(term.value)
            return T(f"{term.fact.label.zh}包括{choice.zh}", f"{term.fact.label.en} include {choice.en}")
        case Count():
            return _count(term)
        case Elapsed():
            return T(
                f"自{term.fact.label.zh}起满 {term.bound} 年",
                f"at least {term.bound} {_years(term.bound)} since: {term.fact.label.en}",
            )
        case Clear():
            return T(
                f"近 {term.bound} 年内无此记录：{term.fact.label.zh}",
                f"none within the last {term.bound} {_years(term.bound)}: {term.fact.label.en}",
            )
        case AllOf():
            return _group(term)
        case AnyOf():
            parts = [sentence(part) for part in term.terms]
            wrapped = [_wrap(part, sub) for part, sub in zip(parts, term.terms, strict=True)]
            return T("，或".join(w.zh for w in wrapped), ", or ".join(w.en for w in wrapped))
        case NoneOf():
            parts = [sentence(part) for part in term.terms]
            return T(
                "均不成立：" + "；".join(p.zh for p in parts), "none of: " + "; ".join(p.en for p in parts)
            )
        case AtLeast():
            parts = [sentence(part) for part in term.terms]
            return T(
                f"下列 {len(parts)} 项中至少满足 {term.bound} 项：" + "；".join(p.zh for p in parts),
                f"at least {term.bound} of these {len(parts)}: " + "; ".join(p.en for p in parts),
            )
        case _:
            assert_never(term)


def plain(number: Decimal | int, thousands: str = "") -> str:
    """A number without exponent and trailing zeros; `thousands` (`,`) parts its groups."""
    text = format(Decimal(number), f"{thousands}f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def quantity(fact: Fact, number: Decimal | int) -> T:
    """A number with the fact's unit; round sums of money in 万元."""
    if fact.kind is Kind.MONEY:
        if number >= TEN_THOUSAND and number % TEN_THOUSAND == 0:
            return T(f"{plain(Decimal(number) / TEN_THOUSAND)} 万元", f"CNY {plain(number, ',')}")
        return T(f"{plain(number, ',' if number >= TEN_THOUSAND else '')} 元", f"CNY {plain(number, ',')}")
    if fact.kind is Kind.PERCENT:
        return T(f"{plain(number)}%", f"{plain(number)}%")
    unit = fact.unit
    one = ONE_OF.get(unit.en, unit.en.removesuffix("s")) if number == 1 else unit.en
    return T(f"{plain(number)} {unit.zh}".rstrip(), f"{plain(number)} {one}".rstrip())


def _share(term: Share) -> T:
    percent = plain(term.bound)
    if isinstance(term.part, Either):
        first, second = term.part.first.label, term.part.second.label
        part = T(f"{first.zh}或{second.zh}（每人只计一次）", f"{first.en} or {second.en}, each once,")
    else:
        part = term.part.label
    return T(
        f"{part.zh}占{term.whole.label.zh}不低于 {percent}%",
        f"{part.en} of {term.whole.label.en}: at least {percent}%",
    )


def _count(term: Count) -> T:
    op = OPERATORS[term.op]
    within = T("", "")
    if term.within:
        labels = [term.fact.choice_label(value) for value in term.within]
        within = T(f"（限于{_list_zh(labels, '、')}）", f" (among {_list_en(labels, 'and')})")
    return T(
        f"{term.fact.label.zh}{op.zh} {term.bound} 项{within.zh}",
        f"{term.fact.label.en}: {op.en} {term.bound}{within.en}",
    )


def _group(term: AllOf) -> T:
    parts = [sentence(part) for part in term.terms]
    text = T("；".join(p.zh for p in parts), "; ".join(p.en for p in parts))
    if not term.title.zh:
        return text
    return T(f"{term.title.zh}（{text.zh}）", f"{term.title.en} ({text.en})")


def _wrap(text: T, term: Term) -> T:
    """In brackets where the term lists several things."""
    listed = isinstance(term, NoneOf | AtLeast) or (isinstance(term, AllOf) and not term.title.zh)
    return T(f"（{text.zh}）", f"({text.en})") if listed else text


def _list_zh(labels: list[T], last: str) -> str:
    if len(labels) == 1:
        return labels[0].zh
    return last.join(["、".join(label.zh for label in labels[:-1]), labels[-1].zh])


def _list_en(labels: list[T], last: str) -> str:
    if len(labels) == 1:
        return labels[0].en
    return f"{', '.join(label.en for label in labels[:-1])} {last} {labels[-1].en}"


def _years(number: int) -> str:
    return "year" if number == 1 else "years"
