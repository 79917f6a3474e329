"""Facts as they come in (JSON, forms, tables) read into typed values, and written back as JSON."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import assert_never

from core.domain import facts, identifiers
from core.domain.errors import Invalid, MalformedError
from core.domain.folding import repaired_lines
from core.domain.quantities import doubt
from core.domain.reading import (
    FIRST_YEAR,
    LARGEST_NUMBER,
    LAST_YEAR,
    LONGEST_TEXT,
    MOST_DIGITS,
    exact,
    iso_day,
    too_many_digits,
    why_not_past,
)
from core.rules.clauses import PartyKind
from core.rules.evaluate import NEVER
from core.rules.numbers import HUNDRED
from core.rules.phrases import GIVE_A_NUMBER, NOT_A_CHOICE, NOT_PRINTABLE, at_most_characters, choose_from
from core.rules.report import Json, json_value
from core.rules.terms import Fact, Kind, Value
from core.rules.text import T

MOST_SUGGESTIONS = 20

# PostgreSQL stores no NUL and UTF-8 no lone surrogate; the other control characters only garble lists.
_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_PARTIES = {PartyKind.ORGANIZATION: T("机构", "organisation"), PartyKind.PERSON: T("个人", "person")}
_AS_COUNT = T("请填写不小于 0 的整数", "give a whole number of 0 or more")
_AS_TEXT = T("请填写文字（JSON 中加引号）", "give a text, in quotes in JSON")


@dataclass(frozen=True, slots=True)
class ProfileReading:
    """What could be read, by fact, and what could not, with the reason; an absent fact is in neither."""

    values: dict[str, Value]
    errors: dict[str, T]

    def require(self) -> dict[str, Value]:
        """The values; Invalid with every error if there is one."""
        if self.errors:
            raise Invalid(self.errors)
        return self.values


@dataclass(frozen=True, slots=True)
class Known:
    """What the register says of codes that are read: which divisions there are, which USCCs are accepted."""

    division: Callable[[str], str] = identifiers.region
    """The code of a division, as `identifiers.region` reads it; MalformedError for one that is none."""
    accepted: identifiers.Accepted = identifiers.NOT_ACCEPTED


NOTHING_KNOWN = Known()
"""Codes are held against their form alone."""
AS_KEPT = Known(accepted=identifiers.AS_KEPT)
"""What was taken once is read as it was kept."""


class Unread(str):
    """What somebody typed for a fact, and why its reader did not take it."""

    error: MalformedError

    def __new__(cls, typed: str, error: MalformedError) -> Unread:
        found = super().__new__(cls, typed)
        found.error = error
        return found


def parse_facts(
    raw: Mapping[str, object],
    party: PartyKind | None = None,
    extra: Iterable[Fact] = (),
    *,
    today: date | None = None,
    known: Known = NOTHING_KNOWN,
) -> ProfileReading:
    """Read a profile: every good fact is kept and every bad one named; null is absent.

    Numbers come as JSON numbers or as decimal strings ("3.50"), and 3.0 is the whole number 3; dates as
    ISO 8601; sets as lists of choices. `party` leaves only the facts of that kind of party, `extra` adds a
    programme's own, `today` refuses what happened after it: births, foundings, penalties; `known` is what the
    register says of codes.
    """
    named = vocabulary(party, extra)
    values: dict[str, Value] = {}
    errors: dict[str, T] = {}
    strangers = 0
    for name, given in raw.items():
        fact = named.get(name)
        if fact is None:
            strangers += 1
            errors[name] = _stranger(name, named, party, suggest=strangers <= MOST_SUGGESTIONS)
        elif given is not None:
            try:
                values[name] = read(fact, given, today, known)
            except MalformedError as error:
                why = error.text
                errors[name] = T(f"{fact.label.zh}（{name}）：{why.zh}", f"{name}: {why.en}")
    return ProfileReading(values, errors)


def doubts(values: Mapping[str, Value], extra: Iterable[Fact] = ()) -> dict[str, T]:
    """What of a profile is taken as it stands and may be meant otherwise: fractions given for percentages."""
    known = vocabulary(extra=extra)
    shares = ((name, value) for name, value in values.items() if known[name].kind is Kind.PERCENT)
    told = ((name, doubt(Decimal(str(value)))) for name, value in shares)
    return {name: why for name, why in told if why is not None}


def vocabulary(party: PartyKind | None = None, extra: Iterable[Fact] = ()) -> dict[str, Fact]:
    """The facts of a kind of party (of both for None) and the extra ones, by name."""
    known = facts.ALL if party is None else facts.OF_PARTY[party]
    own = {fact.name: fact for fact in extra}
    return known | own if own else known


def read(fact: Fact, given: object, today: date | None = None, known: Known = NOTHING_KNOWN) -> Value:
    """One value of the fact; MalformedError says what is wrong with it and how to mend it."""
    if isinstance(given, Unread):
        raise given.error
    if fact.kind is Kind.USCC:
        return identifiers.uscc(_text(fact, given, today), known.accepted)
    if fact.kind is Kind.REGION:
        return known.division(_text(fact, given, today))
    return _READERS[fact.kind](fact, given, today)


def stored(fact: Fact, given: object) -> Value | None:
    """A value as it was kept; None for none, and for one that the fact no longer takes."""
    try:
        return None if given is None else read(fact, given, known=AS_KEPT)
    except MalformedError:
        return None


def to_json(values: Mapping[str, Value]) -> dict[str, Json]:
    """The values as JSON that `parse_facts` reads back to the same values."""
    return {name: json_value(value) for name, value in values.items()}


def _stranger(name: str, known: Mapping[str, Fact], party: PartyKind | None, *, suggest: bool) -> T:
    shown = _quoted(name)
    if party is not None and name in facts.ALL:
        kind = _PARTIES[party]
        return T(
            f"{shown} 不是{kind.zh}的事实项；请删去",
            f"{shown} is not a fact of a party of kind {kind.en}; leave it out",
        )
    near = difflib.get_close_matches(str(name)[:60], known, n=1) if suggest else []
    if near:
        return T(
            f"没有名为 {shown} 的事实项；是否为 {near[0]}？",
            f"no fact is called {shown}; did you mean {near[0]}?",
        )
    return T(f"没有名为 {shown} 的事实项；请删去", f"no fact is called {shown}; leave it out")


def _flag(fact: Fact, given: object, _today: date | None) -> bool:
    if isinstance(given, bool):
        return given
    raise _wrong(
        fact, given, T("不是“是/否”", "is not yes or no"), T("请填写 true 或 false", "give true or false")
    )


def _integer(fact: Fact, given: object, _today: date | None) -> int:
    # The common case first: most facts of a profile are small whole numbers.
    if type(given) is int and 0 <= given <= LARGEST_NUMBER:
        return given
    number = _number(fact, given, _AS_COUNT)
    if number != number.to_integral_value():
        raise _wrong(fact, given, T("不是整数", "is not a whole number"), _AS_COUNT)
    return int(number)


def _decimal(fact: Fact, given: object, _today: date | None) -> Decimal:
    return _number(fact, given, GIVE_A_NUMBER)


def _percent(fact: Fact, given: object, _today: date | None) -> Decimal:
    mend = T("请填写 0 至 100 的数字", "give a number from 0 to 100")
    number = _number(fact, given, mend)
    if number > HUNDRED:
        raise _wrong(fact, given, T("超过 100%", "is above 100 percent"), mend)
    return number


def _number(fact: Fact, given: object, mend: T) -> Decimal:
    number = exact(given)
    if number is None:
        raise _wrong(fact, given, T("不是数字", "is not a number"), mend)
    if number < 0:
        raise _wrong(fact, given, T("是负数", "is negative"), mend)
    if number > LARGEST_NUMBER:
        raise _wrong(fact, given, T("过大", "is too large"), T("请核对单位", "check the unit"))
    if too_many_digits(number):
        raise _wrong(
            fact,
            given,
            T("的位数过多", "has too many digits"),
            T(f"至多 {MOST_DIGITS} 位", f"give at most {MOST_DIGITS} digits"),
        )
    return number


def _date(fact: Fact, given: object, today: date | None) -> date:
    mend = T("请填写日期，如 2024-02-29", "give a date such as 2024-02-29")
    if not isinstance(given, date) or isinstance(given, datetime):
        try:
            given = iso_day(given)
        except MalformedError as error:
            raise _wrong(fact, given, error.message, mend) from None
    if not FIRST_YEAR <= given.year <= LAST_YEAR:
        between = T(
            f"不在 {FIRST_YEAR} 至 {LAST_YEAR} 年之间", f"is not between {FIRST_YEAR} and {LAST_YEAR}"
        )
        raise _wrong(fact, given.isoformat(), between, mend)
    why = why_not_past(given, today) if today is not None else None
    if why is not None:
        raise MalformedError(why, mend=mend)
    return given


def _date_or_never(fact: Fact, given: object, today: date | None) -> date | str:
    if given == NEVER:
        return NEVER
    try:
        return _date(fact, given, today)
    except MalformedError as error:
        raise MalformedError(
            error.message,
            mend=T(
                f"{error.mend.zh}；从未有过则填 {NEVER}", f'{error.mend.en}, or "{NEVER}" if there was none'
            ),
        ) from None


def _choice(fact: Fact, given: object, _today: date | None) -> str:
    keys = [key for key, _ in fact.choices]
    if isinstance(given, str) and given in keys:
        return given
    raise _wrong(fact, given, NOT_A_CHOICE, _one_of(given, keys))


def _set(fact: Fact, given: object, today: date | None) -> frozenset[str]:
    if not isinstance(given, list | tuple | set | frozenset):
        raise _wrong(
            fact, given, T("不是列表", "is not a list"), T("请填写可选项的列表", "give a list of its choices")
        )
    return frozenset(_choice(fact, item, today) for item in given)


def _text(fact: Fact, given: object, _today: date | None) -> str:
    if not isinstance(given, str):
        raise _wrong(fact, given, T("不是文字", "is not a text"), _AS_TEXT)
    if _UNPRINTABLE.search(given):
        mend = T("请重新输入", "type it anew")
        raise _wrong(fact, given, NOT_PRINTABLE, mend)
    text = repaired_lines(given)
    if not text:
        mend = T("请填写，或不提交此项", "give it, or leave it out")
        raise _wrong(fact, given, T("是空白", "is blank"), mend)
    if len(text) > LONGEST_TEXT:
        mend = at_most_characters(LONGEST_TEXT)
        raise _wrong(fact, given, T("过长", "is too long"), mend)
    return text


def _id_number(fact: Fact, given: object, today: date | None) -> str:
    return identifiers.id_number(_text(fact, given, today), today)


def _identifier(reader: Callable[[str], str]) -> Callable[[Fact, object, date | None], str]:
    return lambda fact, given, today: reader(_text(fact, given, today))


_READERS: Mapping[Kind, Callable[[Fact, object, date | None], Value]] = {
    Kind.FLAG: _flag,
    Kind.INTEGER: _integer,
    Kind.DECIMAL: _decimal,
    Kind.MONEY: _decimal,
    Kind.PERCENT: _percent,
    Kind.DATE: _date,
    Kind.DATE_OR_NEVER: _date_or_never,
    Kind.ENUM: _choice,
    Kind.LEVEL: _choice,
    Kind.SET: _set,
    Kind.TEXT: _text,
    Kind.ID_NUMBER: _id_number,
    Kind.MOBILE: _identifier(identifiers.mobile),
    Kind.EMAIL: _identifier(identifiers.email),
}


def _wrong(fact: Fact, given: object, what: T, mend: T) -> MalformedError:
    shown = _masked(fact.kind, _quoted(given))
    return MalformedError(T(f"{shown} {what.zh}", f"{shown} {what.en}"), mend=mend)


def _masked(kind: Kind, shown: str) -> str:
    """The value for an error text, which may end in a log: what identifies a person is masked."""
    match kind:
        case Kind.ID_NUMBER:
            return identifiers.mask_id_number(shown.strip('"'))
        case Kind.MOBILE:
            return identifiers.mask_mobile(shown.strip('"'))
        case Kind.FLAG | Kind.INTEGER | Kind.DECIMAL | Kind.MONEY | Kind.PERCENT:
            return shown
        case Kind.DATE | Kind.DATE_OR_NEVER | Kind.ENUM | Kind.LEVEL | Kind.SET | Kind.REGION:
            return shown
        case Kind.TEXT | Kind.USCC | Kind.EMAIL:
            return shown
        case _:
            assert_never(kind)


def _one_of(given: object, keys: list[str]) -> T:
    near = difflib.get_close_matches(given[:60], keys, n=1) if isinstance(given, str) else []
    listed = ", ".join(keys)
    if near:
        return T(f"是否为 {near[0]}？可选：{listed}", f"did you mean {near[0]}? choose from {listed}")
    return choose_from(listed, listed)


def _quoted(given: object) -> str:
    """The value as JSON writes it, cut short and safe to print."""
    try:
        text = json.dumps(given, ensure_ascii=False, default=str)
    except (TypeError, ValueError, RecursionError):
        text = type(given).__name__
    return identifiers.shorten(text).encode("utf-8", "replace").decode()
