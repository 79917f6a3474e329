"""Numbers with what people write around them: 200万元, 80家, 92%, 1:30 hours; each unit in its usual words.

What can be meant in two ways is asked about, never taken: the error says which, and how to write either.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import ROUND_HALF_UP, Decimal

from core.domain.errors import MalformedError
from core.domain.folding import as_seen
from core.domain.identifiers import shorten
from core.rules.numbers import HUNDRED
from core.rules.text import T

SHARE, HOURS, MONEY, POINTS = "%", "小时", "元", "分"
"""Units that are read in ways of their own: percent, hours, yuan; and that of scores."""
DAYS, WORKING_DAYS, MONTHS, YEARS, MINUTES = "天", "工作日", "个月", "年", "分钟"
"""Those of time. Days are no working days, nor the other way round."""
MONTH, YEAR = "月份", "年度"
"""One of the calendar: 5月 and 2024年, no five months and no 2024 years."""
PLACES, ITEMS, CASES, MESSAGES = "个", "项", "件", "条"
"""Of what is only counted: places to give, what a clause lists, cases and messages."""
WORDS: Mapping[str, tuple[str, ...]] = {
    SHARE: ("%", "percent"),
    MONEY: ("元", "圆", "元整", "人民币", "人民币元", "rmb", "cny", "yuan"),
    HOURS: ("小时", "个小时", "时", "h", "hour", "hours"),
    "家": ("家", "户", "个", "家企业", "户企业", "smes", "enterprises", "organisations"),
    "人": ("人", "名", "位", "个", "people"),
    "人次": ("人次", "人", "attendances"),
    "次": ("次", "场", "场次", "回", "times"),
    "平方米": ("平方米", "平米", "平", "m2", "m^2", "sqm"),
    YEARS: ("年", "周年", "年整", "year", "years"),
    POINTS: ("分", "points"),
    DAYS: ("天", "日", "自然日", "个自然日", "day", "days"),
    WORKING_DAYS: ("工作日", "个工作日", "working day", "working days"),
    MONTHS: ("个月", "月", "month", "months"),
    MINUTES: ("分钟", "分", "min", "minute", "minutes"),
    MONTH: ("月份", "月"),
    YEAR: ("年度", "年", "年份"),
    PLACES: ("个", "个名额", "名额", "家", "户", "名", "人", "位", "件", "places"),
    ITEMS: ("项", "个", "条", "类", "种", "items"),
    CASES: ("件", "个", "项", "家", "cases"),
    MESSAGES: ("条", "封", "个", "messages"),
}
"""How each unit is written, after NFKC and in small letters."""
TIMES: Mapping[str, int] = {
    "": 1, "百": 10**2, "千": 10**3, "万": 10**4, "十万": 10**5, "百万": 10**6, "千万": 10**7, "亿": 10**8,
}  # fmt: skip

_BEFORE = re.compile(r"(?:¥|rmb|cny|人民币) *")
_AMOUNT = re.compile(r"([+-]?\d+(?:\.\d+)?) *(十万|百万|千万|百|千|万|亿)?(.*)", re.ASCII | re.DOTALL)
_THOUSANDS = re.compile(r"([+-]?\d{1,3}(?:([, ])\d{3})(?:\2\d{3})*)(?!\d)", re.ASCII)
_CLOCK = re.compile(r"(\d{1,4}):([0-5]\d)(?::00)?", re.ASCII)
_HOURS_MINUTES = re.compile(r"(?:(\d{1,4})(?:小时|个小时|时|h))?(\d{1,4})(?:分钟|分|min|minutes)", re.ASCII)
_MINUTES = 60
_HUNDREDTH = Decimal("0.01")


def bare(given: str, unit: str = "", scale: int = 1) -> str | Decimal:
    """What was written as a number: a decimal where a unit or a multiplier stood there, else the bare digits.

    `unit` is that of the value, by its Chinese word. `scale` is what a head asks for: 10,000 under 万元.
    MalformedError for another unit, and for what can be meant in two ways.
    """
    text = as_seen(given).lower()
    if unit == HOURS and (hours := _hours(text)) is not None:
        return hours
    if unit == MONEY:
        text = _BEFORE.sub("", text, count=1)
    parted = _THOUSANDS.match(text)
    if parted is not None:
        text = re.sub("[, ]", "", parted[1]) + text[parted.end() :]
    found = _AMOUNT.fullmatch(text)
    if found is None:
        return text
    digits, times, rest = found[1], found[2] or "", "".join(found[3].split())
    if not (times or rest):
        return digits if scale == 1 else Decimal(digits) * scale
    if rest and rest not in ("".join(word.split()) for word in WORDS.get(unit, (unit,))):
        raise _another_unit(given, rest, digits + times, unit)
    if times and scale != 1 and not rest:
        raise _which_scale(given, Decimal(digits) * TIMES[times], scale, unit)
    if not times and rest and scale != 1:
        return Decimal(digits)
    return Decimal(digits) * TIMES[times]


def share(number: Decimal, given: object) -> Decimal:
    """The percentage; MalformedError for one above 0 and up to 1 whose sign is not written."""
    if not 0 < number <= 1:
        return number
    shown = shorten(str(given).strip())
    fraction, percent = f"{(number * HUNDRED).normalize():f}%", f"{number.normalize():f}%"
    raise MalformedError(
        T(f"“{shown}”是 {fraction} 还是 {percent}？", f"does {shown!r} mean {fraction} or {percent}?"),
        mend=T(f"请写作 {fraction} 或 {percent}", f"write {fraction} or {percent}"),
    )


def doubt(percentage: Decimal) -> T | None:
    """What a program is warned of that gives a percentage above 0 and up to 1: it is taken as it stands."""
    if not 0 < percentage <= 1:
        return None
    taken, meant = f"{percentage.normalize():f}", f"{(percentage * HUNDRED).normalize():f}"
    return T(f"按 {taken}% 计；若为 {meant}%，请写 {meant}", f"taken as {taken}%; for {meant}% write {meant}")


def written(percentage: int | Decimal) -> str:
    """The percentage as it is read again: up to 1 with its sign."""
    return f"{percentage}%" if 0 < percentage <= 1 else str(percentage)


def said(number: int | Decimal, unit: str) -> T:
    """A number as it was understood, with its thousands parted and its unit."""
    digits = f"{number:,f}"
    digits = digits.rstrip("0").rstrip(".") if "." in digits else digits
    if unit == SHARE:
        return T(f"{digits}%", f"{digits}%")
    if unit in (YEAR, MONTH):
        return T(f"{number} {unit[0]}", str(number))
    return T(f"{digits} {unit}".strip(), f"{digits} {WORDS.get(unit, (unit,))[-1]}".strip())


def signed(given: object) -> bool:
    """Whether a percentage was written with its sign."""
    return isinstance(given, str) and as_seen(given).endswith("%")


def _hours(text: str) -> Decimal | None:
    """Hours and minutes as hours, to the hundredths that are kept."""
    clock = _CLOCK.fullmatch(text) or _HOURS_MINUTES.fullmatch("".join(text.split()))
    if clock is None:
        return None
    hours = Decimal(clock[1] or 0) + Decimal(clock[2]) / _MINUTES
    return hours.quantize(_HUNDREDTH, ROUND_HALF_UP)


def _another_unit(given: str, rest: str, number: str, unit: str) -> MalformedError:
    shown, word = shorten(given.strip()), shorten(rest)
    if not unit:
        return MalformedError(T(f"请填写数字，不能是“{shown}”", f"give a number, not {shown!r}"))
    return MalformedError(
        T(f"“{shown}”中的“{word}”不是此项的单位", f"{word!r} in {shown!r} is not the unit asked for"),
        mend=T(f"请以“{unit}”为单位，如 {number}{unit}", f"give it in {unit}, such as {number}{unit}"),
    )


def _which_scale(given: str, as_written: Decimal, scale: int, unit: str) -> MalformedError:
    shown = shorten(given.strip())
    one, other = f"{as_written:,f}", f"{as_written * scale:,f}"
    return MalformedError(
        T(
            f"“{shown}”是 {one} {unit} 还是 {other} {unit}？",
            f"does {shown!r} mean {one} or {other} {unit}?",
        ),
        mend=T(
            f"请写明单位，如 {shown}{unit}，或按表头的单位只写数字",
            f"write the unit, such as {shown}{unit}, or the number alone in the unit of the head",
        ),
    )
