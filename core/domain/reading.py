"""What people write in forms and tables, read into typed values: one reader for each kind.

Each takes what a spreadsheet makes of it too, and raises MalformedError with the value and the mend. Facts as
JSON are read more strictly (`core.domain.profile`); what both have in common stands here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from core.domain.clock import SHANGHAI
from core.domain.errors import MalformedError
from core.domain.folding import as_seen, folded, repaired_lines
from core.domain.identifiers import HYPHENS, mask_id_number, shorten
from core.domain.quantities import SHARE, bare, share, signed
from core.rules.phrases import NOT_PRINTABLE, at_most_characters, choose_from
from core.rules.text import T

LARGEST_NUMBER = 10**15
"""Beyond it a spreadsheet, which keeps fifteen digits, has changed the last ones."""
MOST_DIGITS = 20
"""Of a decimal: what rules multiply it with then still fits the 28 digits that Decimal computes exactly."""
FIRST_YEAR, LAST_YEAR = 1800, 2199
"""Dates beyond are slips, and periods counted from them would leave the calendar."""
FIRST_DAY, LAST_DAY = date(FIRST_YEAR, 1, 1), date(LAST_YEAR, 12, 31)
LONGEST_TEXT = 500
EPOCH = date(1899, 12, 30)
"""From which spreadsheets count days."""
FIRST_SERIAL = 10_000
"""A smaller number in a column of dates is a year or a slip, not a day of 1927 or before."""
YES_NO: Mapping[str, bool] = {
    **dict.fromkeys(("是", "有", "yes", "y", "true", "1", "√", "✓", "✔", "☑"), True),
    **dict.fromkeys(("否", "无", "没有", "no", "n", "false", "0", "×", "✗", "✘"), False),
}
"""How people write yes and no, folded. The letter x is neither: it ticks a box in one place and crosses out
in another."""
ASKED = T("请填 是 或 否", "write yes or no")

_NUMBER = re.compile(r"[+-]?\d+(?:\.\d+)?", re.ASCII)
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?e\+?\d{2}", re.ASCII | re.IGNORECASE)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_DAY = re.compile(
    r"(?P<y>\d{4})(?P<sep>[-/.])(?P<m>\d{1,2})(?P=sep)(?P<d>\d{1,2})"
    r"|(?P<y2>\d{4})年(?P<m2>\d{1,2})月(?P<d2>\d{1,2})[日号]?"
    r"|(?P<y3>\d{4})(?P<m3>\d{2})(?P<d3>\d{2})",
    re.ASCII,
)
_UNORDERED = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{1,4}", re.ASCII)
_SERIAL = re.compile(r"\d{5,6}", re.ASCII)
_TIME = re.compile(r"(.*?\S)(?:[T\s]+|(?<=[日号]))(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?", re.ASCII)
# A spreadsheet's sign that what follows is text; exports put it before what could be taken for a formula.
_APOSTROPHE = re.compile(r"\A'(?=\s*[\d=+\-@＝＋－＠])")
# PostgreSQL stores no NUL and UTF-8 no lone surrogate; line breaks and tabs are text.
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Clock(str):
    """A time as a spreadsheet shows it: hours where these are asked for, and none of the texts."""

    __slots__ = ()


def plain(given: object) -> str:
    """A value as text, the way it was meant.

    MalformedError for a number whose last digits are lost, and for the dates, times and truth values that a
    spreadsheet makes of 3-5, of 1:2 and of TRUE.
    """
    match given:
        case Clock():
            raise not_a_text(given, T("时刻", "a time of day"))
        case str():
            return _APOSTROPHE.sub("", given.strip())
        case bool():
            raise not_a_text("TRUE" if given else "FALSE", T("真假值", "a truth value"))
        case date():
            raise not_a_text(f"{given:%Y-%m-%d}", T("日期", "a date"))
        case int() if abs(given) >= LARGEST_NUMBER:
            raise _digits_lost(str(given))
        case Decimal():
            return f"{given:f}"
        case _:
            return str(given)


def text(given: object, longest: int = LONGEST_TEXT) -> str:
    """A text of at most so many characters, without any that cannot be kept."""
    found = repaired_lines(plain(given))
    if len(found) > longest:
        raise MalformedError(at_most_characters(longest))
    if UNPRINTABLE.search(found):
        raise MalformedError(NOT_PRINTABLE, mend=T("请重新输入", "type it anew"))
    return found


def code(given: object) -> str:
    """An identifier as text; MalformedError where a spreadsheet took it for a number and rounded it."""
    found = plain(given)
    if _SCIENTIFIC.fullmatch(found):
        raise _digits_lost(found)
    return found


def exact(given: object) -> Decimal | None:
    """A number of JSON, or a decimal string, as it was written; None for anything else.

    Whole numbers beyond all bounds come as infinity: turning an endless one into digits is slow.
    """
    if isinstance(given, bool):
        return None
    if isinstance(given, int):
        if abs(given) <= LARGEST_NUMBER:
            return Decimal(given)
        return Decimal("-inf" if given < 0 else "inf")
    if isinstance(given, float):
        return None if math.isnan(given) else Decimal(repr(given))
    if isinstance(given, Decimal):
        return None if given.is_nan() else given
    if isinstance(given, str) and len(given) <= LONGEST_TEXT and _NUMBER.fullmatch(given.strip()):
        return Decimal(given.strip())
    return None


def too_many_digits(number: Decimal) -> bool:
    """Whether a number, not infinite, has more digits, or more of them behind the point, than are exact."""
    _sign, digits, exponent = number.as_tuple()
    return len(digits) > MOST_DIGITS or (isinstance(exponent, int) and exponent < -MOST_DIGITS)


def number(
    given: object,
    *,
    least: Decimal | int | None = None,
    most: Decimal | int = LARGEST_NUMBER,
    unit: str = "",
    scale: int = 1,
) -> Decimal:
    """A number within bounds, however it was written: full-width, with thousands parted, 万 and its unit.

    `unit` is its Chinese word; `scale` what a head asks for, as 10,000 under 万元 (`core.domain.quantities`).
    """
    found = exact(bare(plain(str(given)), unit, scale) if isinstance(given, str) else given)
    if found is not None and not isinstance(given, str):
        found *= scale
    if found is None:
        shown = shorten(str(given).strip())
        raise MalformedError(T(f"请填写数字，不能是“{shown}”", f"give a number, not {shown!r}"))
    lowest = -LARGEST_NUMBER if least is None else least
    if found < lowest:
        raise MalformedError(
            T(f"{_brief(found)} 过小", f"{_brief(found)} is too small"),
            mend=T(f"应不小于 {lowest}", f"give at least {lowest}"),
        )
    if found > most:
        raise MalformedError(
            T(f"{_brief(found)} 过大", f"{_brief(found)} is too large"),
            mend=T(f"不能超过 {most}", f"give at most {most}"),
        )
    if too_many_digits(found):
        raise MalformedError(
            T(f"{_brief(found)} 的位数过多", f"{_brief(found)} has too many digits"),
            mend=T(f"至多 {MOST_DIGITS} 位", f"give at most {MOST_DIGITS} digits"),
        )
    return found


def whole(
    given: object, *, least: int | None = None, most: int = LARGEST_NUMBER, unit: str = "", scale: int = 1
) -> int:
    """A whole number within bounds; 3.0 is one."""
    found = number(given, least=least, most=most, unit=unit, scale=scale)
    if found != found.to_integral_value():
        raise MalformedError(
            T(f"请填写整数，不能是“{_brief(found)}”", f"give a whole number, not '{_brief(found)}'")
        )
    return int(found)


def percent(given: object) -> Decimal:
    """A share from 0 to 100: 95.5 for 95.5% and 95.5; above 0 and up to 1 it needs its sign."""
    found = number(given, least=0, most=100, unit=SHARE)
    return found if signed(given) else share(found, given)


def yes_no(given: object, asked: T = ASKED) -> bool:
    """Yes or no in any of the usual words and marks; `asked` says what to write."""
    if isinstance(given, bool):
        return given
    word = YES_NO.get(folded(str(given)))
    if word is None:
        shown = shorten(str(given).strip())
        raise MalformedError(T(f"{asked.zh}，不能是“{shown}”", f"{asked.en}, not {shown!r}"))
    return word


def one_of(given: object, words: Mapping[str, str], listed: T) -> str:
    """What a word stands for among folded ones; `listed` are those that the error offers."""
    word = plain(given)
    key = words.get(folded(word))
    if key is None:
        shown = shorten(word)
        raise MalformedError(
            T(f"“{shown}”不在可选项中", f"{shown!r} is not one of the choices"),
            mend=choose_from(listed.zh, listed.en),
        )
    return key


def pieces(given: object, parted: re.Pattern[str]) -> tuple[str, ...]:
    """The parts of a text that lists several, each once."""
    found = (part.strip() for part in parted.split(plain(given)))
    return tuple(dict.fromkeys(part for part in found if part))


def iso_day(given: object) -> date:
    """A day written as ISO 8601 has it (2024-02-29), and no other way."""
    if not isinstance(given, str) or not _ISO_DAY.fullmatch(given):
        raise MalformedError(T("不是日期", "is not a date"))
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise MalformedError(T("这一天不存在", "is a day that does not exist")) from None


def day(given: object, *, first: date = FIRST_DAY, last: date = LAST_DAY) -> date:
    """A day within bounds: a date, a spreadsheet's count of days, or written in one of the usual ways.

    2024-5-6, 2024–5–6, 2024/05/06, 2024.5.6, 2024年5月6日 (or 号) and 20240506 are the same; a time behind it
    is passed over.
    """
    found = _day(given)
    if found < first:
        raise MalformedError(
            T(f"日期过早：{found}", f"{found} is too early"), mend=T(f"不早于 {first}", f"not before {first}")
        )
    if found > last:
        raise MalformedError(
            T(f"日期过晚：{found}", f"{found} is too late"), mend=T(f"不晚于 {last}", f"not after {last}")
        )
    return found


def _day(given: object) -> date:
    if isinstance(given, date):
        return given.date() if isinstance(given, datetime) else given
    shown = shorten(str(given).strip())
    asked = T("日期应写作 2024-02-29", "write the date as 2024-02-29")
    written = as_seen(plain(str(given) if isinstance(given, str) else given))
    timed = _TIME.fullmatch(written)
    bare = HYPHENS.sub("-", "".join((timed[1] if timed is not None else written).split()))
    # A count of days with a time is a fraction.
    counted = bare.partition(".")[0] if isinstance(given, Decimal) else bare
    if _SERIAL.fullmatch(counted) and FIRST_SERIAL <= int(counted) <= (LAST_DAY - EPOCH).days:
        return EPOCH + timedelta(days=int(counted))
    match = _DAY.fullmatch(bare)
    if match is None and _UNORDERED.fullmatch(bare):
        raise MalformedError(
            T(
                f"“{shown}”中哪个是年、月、日不明确",
                f"it is not clear which part of {shown!r} is the year, the month and the day",
            ),
            mend=asked,
        )
    if match is None:
        raise MalformedError(T(f"{asked.zh}，不能是“{shown}”", f"{asked.en}, not {shown!r}"))
    year, month, number = (int(part) for name, part in match.groupdict().items() if part and name != "sep")
    try:
        return date(year, month, number)
    except ValueError:
        raise MalformedError(
            T(f"{asked.zh}；没有“{shown}”这一天", f"{asked.en}; there is no day {shown!r}")
        ) from None


def moment(given: str) -> datetime:
    """A day with its time, in Asia/Shanghai."""
    timed = _TIME.fullmatch(as_seen(given))
    try:
        if timed is not None:
            at = time(int(timed[2]), int(timed[3]), int(timed[4] or 0), tzinfo=SHANGHAI)
            return datetime.combine(day(timed[1]), at)
    except (ValueError, MalformedError):
        pass
    shown = shorten(given.strip())
    raise MalformedError(
        T(
            f"时间应写作 2024-02-29 17:00，不能是“{shown}”",
            f"write the time as 2024-02-29 17:00, not {shown!r}",
        )
    )


def _brief(number: Decimal) -> str:
    return shorten(f"{number:f}")


def not_a_text(shown: str, kind: T) -> MalformedError:
    """The refusal of what a spreadsheet made of a text that was typed; `kind` is what it made of it."""
    return MalformedError(
        T(
            f"表格软件把这里当成了{kind.zh}（{shown}）",
            f"a spreadsheet has made {kind.en} of what was typed ({shown})",
        ),
        mend=T("请把该列设为文本格式，再重新输入", "format the column as text and type it again"),
    )


def _digits_lost(shown: str) -> MalformedError:
    hidden = mask_id_number(shorten(shown))
    return MalformedError(
        T(f"{hidden} 的末尾几位已被表格软件改动", f"a spreadsheet has changed the last digits of {hidden}"),
        mend=T(
            "请把该列设为文本格式，再重新输入完整号码",
            "format the column as text and enter the whole number again",
        ),
    )


def why_not_past(day: date, today: date, since: date | None = None) -> T | None:
    """Why nothing can have happened on a day: it is yet to come, or before `since`; None where it can."""
    if day > today:
        return T(
            f"{day} 晚于 {today}，还没有发生；请核对日期",
            f"{day} is after {today}, and yet to come; look at the date again",
        )
    if since is not None and day < since:
        return T(f"{day} 早于 {since}；请核对日期", f"{day} is before {since}; look at the date again")
    return None


def why_not_between(day: date, since: date, before: date) -> T | None:
    """The same of something that was over before a day: the last possible one is the day before."""
    if day >= before:
        return T(
            f"{day} 不早于 {before}；请核对日期", f"{day} is not before {before}; look at the date again"
        )
    return why_not_past(day, before, since)
