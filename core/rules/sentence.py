"""Terms as sentences in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
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
OPPOSITES = {
    Op.AT_LEAST: Op.LESS_THAN,
    Op.MORE_THAN: Op.AT_MOST,
    Op.AT_MOST: Op.MORE_THAN,
    Op.LESS_THAN: Op.AT_LEAST,
}


def sentence(term: Term) -> T:
    """What the term asks, in one sentence without a full stop."""
    match term:
        case Number():
            op = OPERATORS[term.op]
            amount = quantity(term.fact, term.bound)
            return T(f"{term.fact.label.zh}{op.zh} {amount.zh}", f"{term.fact.label.en}: {op.en} {amount.en}")
        case Share():
            return _share(term, T("不低于", "at least"))
        case Growth():
            return _growth(term, T("不少于", "at least"))
        case Flag():
            judged = T("（由人判定）", " (judged by a person)") if term.fact.judged else T("", "")
            said = term.fact.label if term.expected else _denied(term.fact)
            return T(f"{said.zh}{judged.zh}", f"{said.en}{judged.en}")
        case Level():
            level = term.fact.choice_label(term.bound)
            return T(f"{term.fact.label.zh}为{level.zh}及以上", f"{term.fact.label.en}: {level.en} or above")
        case OneOf():
            among = _among(term)
            return T(f"{term.fact.label.zh}为{among.zh}", f"{term.fact.label.en}: {among.en}")
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
            return _clear(term)
        case AllOf():
            return _group(term)
        case AnyOf():
            wrapped = [_wrap(sentence(part), part) for part in term.terms]
            return T("，或".join(w.zh for w in wrapped), ", or ".join(w.en for w in wrapped))
        case NoneOf():
            return _listed(denial(part) for part in term.terms)
        case AtLeast():
            number, parts = len(term.terms), _listed(sentence(part) for part in term.terms)
            return T(
                f"下列 {number} 项中至少满足 {term.bound} 项：{parts.zh}",
                f"at least {term.bound} of these {number}: {parts.en}",
            )
        case _:
            assert_never(term)


def denial(term: Term) -> T:
    """That the term is not met, as a person says it."""
    match term:
        case Number() | Count():
            return sentence(replace(term, op=OPPOSITES[term.op]))
        case Share():
            return _share(term, T("低于", "less than"))
        case Growth():
            return _growth(term, T("低于", "less than"))
        case Flag():
            return sentence(replace(term, expected=not term.expected))
        case Level():
            level = term.fact.choice_label(term.bound)
            return T(f"{term.fact.label.zh}低于{level.zh}", f"{term.fact.label.en}: below {level.en}")
        case OneOf():
            among = _among(term)
            return T(f"{term.fact.label.zh}不是{among.zh}", f"{term.fact.label.en}: not {among.en}")
        case Contains():
            choice = term.fact.choice_label(term.value)
            return T(
                f"{term.fact.label.zh}不包括{choice.zh}", f"{term.fact.label.en} do not include {choice.en}"
            )
        case Elapsed():
            return T(
                f"自{term.fact.label.zh}起不满 {term.bound} 年",
                f"less than {term.bound} {_years(term.bound)} since: {term.fact.label.en}",
            )
        case Clear():
            return T(
                f"近 {term.bound} 年内有此记录：{term.fact.label.zh}",
                f"one within the last {term.bound} {_years(term.bound)}: {term.fact.label.en}",
            )
        case AllOf():
            parts = _listed(sentence(part) for part in term.terms)
            if term.title.zh:
                return T(f"未达到{term.title.zh}（{parts.zh}）", f"{term.title.en} not met ({parts.en})")
            return T(f"未同时满足：{parts.zh}", f"not all of these: {parts.en}")
        case AnyOf():
            return _listed(denial(part) for part in term.terms)
        case NoneOf():
            return sentence(AnyOf(term.terms))
        case AtLeast():
            number, parts = len(term.terms), _listed(sentence(part) for part in term.terms)
            return T(
                f"下列 {number} 项中满足的不足 {term.bound} 项：{parts.zh}",
                f"fewer than {term.bound} of these {number}: {parts.en}",
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
    return counted(plain(number), fact.unit)


def counted(number: str, unit: T) -> T:
    """A written number with its unit, in English one or several of it."""
    one = ONE_OF.get(unit.en, unit.en.removesuffix("s")) if number == "1" else unit.en
    return T(f"{number} {unit.zh}".rstrip(), f"{number} {one}".rstrip())


def _share(term: Share, held: T) -> T:
    percent = plain(term.bound)
    if isinstance(term.part, Either):
        first, second = term.part.first.label, term.part.second.label
        part = T(f"{first.zh}或{second.zh}（每人只计一次）", f"{first.en} or {second.en}, each once")
    else:
        part = term.part.label
    return T(
        f"{part.zh}占{term.whole.label.zh}{held.zh} {percent}%",
        f"{part.en}: {held.en} {percent}% of {term.whole.label.en}",
    )


def _growth(term: Growth, held: T) -> T:
    percent = plain(term.bound)
    return T(
        f"{term.now.label.zh}比{term.before.label.zh}增长{held.zh} {percent}%",
        f"{term.now.label.en}: grown by {held.en} {percent}% over {term.before.label.en}",
    )


def _clear(term: Clear) -> T:
    fact, years = term.fact, f"{term.bound} {_years(term.bound)}"
    if fact.denied.zh:
        return T(f"近 {term.bound} 年内{fact.denied.zh}", f"{fact.denied.en} within the last {years}")
    return T(
        f"近 {term.bound} 年内无此记录：{fact.label.zh}", f"none within the last {years}: {fact.label.en}"
    )


def _denied(fact: Fact) -> T:
    """That a statement does not hold: in the fact's own words, else put together from its label."""
    if fact.denied.zh:
        return fact.denied
    zh = f"没{fact.label.zh}" if fact.label.zh.startswith("有") else f"不符合：{fact.label.zh}"
    return T(zh, f"not the case: {fact.label.en}")


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
    text = _listed(sentence(part) for part in term.terms)
    if not term.title.zh:
        return text
    return T(f"{term.title.zh}（{text.zh}）", f"{term.title.en} ({text.en})")


def _wrap(text: T, term: Term) -> T:
    """In brackets where the term lists several things."""
    return T(f"（{text.zh}）", f"({text.en})") if _is_list(term) else text


def _is_list(term: Term) -> bool:
    match term:
        case AllOf():
            return not term.title.zh
        case NoneOf():
            return len(term.terms) > 1 or isinstance(term.terms[0], AnyOf) or _is_list(term.terms[0])
        case AtLeast():
            return True
        case (
            AnyOf()
            | Number()
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
            return False
        case _:
            assert_never(term)


def _listed(parts: Iterable[T]) -> T:
    texts = list(parts)
    return T("；".join(text.zh for text in texts), "; ".join(text.en for text in texts))


def _among(term: OneOf) -> T:
    labels = [term.fact.choice_label(value) for value in term.values]
    return T(_list_zh(labels, "或"), _list_en(labels, "or"))


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
