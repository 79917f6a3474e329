"""Number formats of xlsx workbooks: what a spreadsheet shows of the number that a cell keeps."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from core.domain.reading import EPOCH, LAST_DAY, Clock
from core.services.files.books.cells import day_or_all, numeric, partly_shown

GENERAL = "General"
TEXT = "@"
BUILT_IN: Mapping[int, str] = {
    1: "0", 2: "0.00", 3: "#,##0", 4: "#,##0.00", 9: "0%", 10: "0.00%", 11: "0.00E+00", 12: "# ?/?",
    13: "# ??/??", 14: "yyyy/m/d", 15: "d-mmm-yy", 16: "d-mmm", 17: "mmm-yy", 18: "h:mm AM/PM",
    19: "h:mm:ss AM/PM", 20: "h:mm", 21: "h:mm:ss", 22: "yyyy/m/d h:mm", 37: "#,##0;-#,##0",
    38: "#,##0;-#,##0", 39: "#,##0.00;-#,##0.00", 40: "#,##0.00;-#,##0.00", 41: '#,##0;-#,##0;"-"',
    42: '"¥"#,##0;"¥"-#,##0;"-"', 43: '#,##0.00;-#,##0.00;"-"', 44: '"¥"#,##0.00;"¥"-#,##0.00;"-"',
    45: "mm:ss", 46: "[h]:mm:ss", 47: "mm:ss.0", 48: "##0.0E+0", 49: TEXT,
    27: "yyyy年m月", 28: "m月d日", 29: "m月d日", 30: "m-d-yy", 31: "yyyy年m月d日", 32: "h时mm分",
    33: "h时mm分ss秒", 34: "h:mm AM/PM", 35: "h:mm AM/PM", 36: "yyyy年m月", 50: "yyyy年m月", 51: "m月d日",
    52: "yyyy年m月", 53: "m月d日", 54: "m月d日", 55: "h:mm AM/PM", 56: "h:mm AM/PM", 57: "yyyy年m月",
    58: "m月d日",
}  # fmt: skip
"""Formats by number, those of Chinese programs included; the signs of money stand for any."""

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|[\\!](?P<escaped>.)|\[\$(?P<money>[^\]\-]*)(?:-[^\]]*)?\]|\[(?P<elapsed>h+|m+|s+)\]'
    r"|\[(?P<test>[<>=]+)(?P<bound>-?[\d.]+)\]|\[(?P<other>[^\]]*)\]|_.|\*."
    r"|(?P<half>AM/PM|A/P|上午/下午)|(?P<exponent>[eE][+-])|(?P<plain>.)",
    re.IGNORECASE | re.DOTALL,
)
_TESTS = {"<", ">", "<=", ">=", "=", "<>"}
_DAY_LETTERS, _TIME_LETTERS, _DIGITS = "yembdag", "hs", "0#?"
_NO_ZERO = 3
_FIRST_SERIAL = 61
"""Before it spreadsheets differ: some have a 29 February 1900."""
SECONDS, MINUTES = 86_400, 60

Token = tuple[str, str]
"""Its kind (literal, place, half, elapsed) and its text."""


class _UnknownError(Exception):
    """A format that says more than is understood here."""


def displayed(number: Decimal, code: str, *, since: date = EPOCH) -> object:
    """What a cell holds that keeps a number under a format: a number, a date, a text as it is shown."""
    if code.casefold() in (GENERAL.casefold(), "", TEXT):
        return numeric(number, None)
    try:
        tokens, absolute = _section(number, code)
        letters = {text.casefold() for kind, text in tokens if kind == "place"}
        if any(kind in ("elapsed", "half") for kind, _ in tokens) or letters & set("ymdhs"):
            return _moment(number, tokens, since)
        shown = _number(abs(number) if absolute else number, tokens)
    except _UnknownError:
        return partly_shown(code, number, code)
    if number and not any(sign.isdigit() for sign in shown):
        return partly_shown(shown, number, code)
    return numeric(number, shown)


def _section(number: Decimal, code: str) -> tuple[list[Token], bool]:
    """The part of a format that is for this number, and whether its sign is left to the format."""
    sections: list[list[Token]] = [[]]
    tests: list[tuple[str, Decimal] | None] = [None]
    for found in _TOKEN.finditer(code):
        if found["plain"] == ";":
            sections.append([])
            tests.append(None)
        elif found["test"]:
            if found["test"] not in _TESTS:
                raise _UnknownError
            tests[-1] = found["test"], Decimal(found["bound"])
        elif (token := _token(found)) is not None:
            sections[-1].append(token)
    if any(tests):
        for section, test in zip(sections, tests, strict=True):
            if test is None or _holds(number, *test):
                return section, False
        raise _UnknownError
    if number < 0 and len(sections) > 1:
        return sections[1], True
    if number == 0 and len(sections) >= _NO_ZERO:
        return sections[2], False
    return sections[0], False


def _token(found: re.Match[str]) -> Token | None:
    for name in ("quoted", "escaped", "money"):
        if found[name] is not None:
            return "literal", found[name]
    if found["elapsed"]:
        return "elapsed", found["elapsed"][0].casefold()
    if found["half"]:
        return "half", ""
    if found["exponent"]:
        raise _UnknownError
    if found["other"] is not None:
        if found["other"].casefold().startswith("dbnum"):
            raise _UnknownError
        return None  # a colour
    plain = found["plain"]
    if plain is None:
        return None  # a space or a filling
    letters = _DIGITS + ".,%" + _DAY_LETTERS + _TIME_LETTERS
    return ("place" if plain.casefold() in letters else "literal"), plain


def _holds(number: Decimal, test: str, bound: Decimal) -> bool:
    return (
        ("<" in test and number < bound)
        or (">" in test and number > bound)
        or ("=" in test and number == bound)
    )


def _number(number: Decimal, tokens: list[Token]) -> str:
    if any(text.casefold() in _DAY_LETTERS for kind, text in tokens if kind == "place") or any(
        (kind, text) in (("literal", "/"), ("literal", "@")) for kind, text in tokens
    ):
        raise _UnknownError
    places = [place for place, (kind, text) in enumerate(tokens) if kind == "place" and text in _DIGITS]
    if not places:
        return "".join(text for _, text in tokens if text not in ".,").strip()
    last = places[-1]
    point = next((n for n, token in enumerate(tokens) if token == ("place", ".")), None)
    whole = [n for n in places if point is None or n < point]
    behind = [n for n in places if point is not None and n > point]
    end = whole[-1] if whole else -1
    scaled = 0
    for n in range(end + 1, len(tokens)):
        if tokens[n] != ("place", ","):
            break
        scaled += 3
    for n in range(last + 1, len(tokens) if behind else 0):
        if tokens[n] != ("place", ","):
            break
        scaled += 3
    grouped = any(tokens[n] == ("place", ",") for n in range(whole[0], end)) if whole else False
    percents = sum(token == ("place", "%") for token in tokens)
    value = number.scaleb(2 * percents - scaled)
    value = value.quantize(Decimal(1).scaleb(-len(behind)), rounding=ROUND_HALF_UP)
    sign = "-" if value < 0 else ""
    digits, _, decimals = f"{abs(value):f}".partition(".")
    if digits == "0" and not any(tokens[n][1] == "0" for n in whole):
        digits = ""
    shown: dict[int, str] = {}
    for n in reversed(whole):
        taken, digits = digits[-1:], digits[:-1]
        shown[n] = taken or ("0" if tokens[n][1] == "0" else "")
    if whole:
        shown[whole[0]] = digits + shown[whole[0]]
    for n, digit in zip(behind, decimals, strict=True):
        shown[n] = digit
    for n in reversed(behind):
        if shown[n] != "0" or tokens[n][1] == "0":
            break
        shown[n] = ""
    if grouped:
        _group(shown, whole, tokens)
    left: list[str] = []
    for n, (kind, text) in enumerate(tokens):
        if kind == "place" and text == ",":
            continue
        if n == point and not any(shown[m] for m in behind) and not any(tokens[m][1] == "0" for m in behind):
            left.append(".")
            continue
        left.append(shown.get(n, text))
    return sign + "".join(left).strip()


def _group(shown: dict[int, str], whole: list[int], tokens: list[Token]) -> None:
    """Thousands parted by commas; a format with other signs between the digits parts them itself."""
    if any(kind == "literal" and text for kind, text in tokens[whole[0] : whole[-1] + 1]):
        raise _UnknownError
    digits = "".join(shown[n] for n in whole)
    for n in whole:
        shown[n] = ""
    padded = digits.zfill(len(digits) + -len(digits) % 3)
    parted = ",".join(padded[n : n + 3] for n in range(0, len(padded), 3))
    shown[whole[0]] = parted[len(padded) - len(digits) :]


def _moment(number: Decimal, tokens: list[Token], since: date) -> object:
    """A date, or a time of hours and minutes as it is shown."""
    order = "".join(
        "H" if kind == "elapsed" else "~" if kind == "half" else text.casefold()
        for kind, text in tokens
        if kind in ("elapsed", "half") or (kind == "place" and text.casefold() not in ".,a")
    )
    if any(sign in order for sign in "0#?%gb") or (("elapsed", "m") in tokens or ("elapsed", "s") in tokens):
        raise _UnknownError
    dates = re.sub(r"(?<=h)m+|(?<=H)m+|m+(?=s)", "", order)
    has = {sign for sign in dates if sign in "yemd"}
    if has:
        serial = int(number)
        if not _FIRST_SERIAL <= serial + (since - EPOCH).days <= (LAST_DAY - EPOCH).days:
            return partly_shown("", number)
        day = since + timedelta(days=serial)
        whole = bool(has & {"y", "e"}) and {"m", "d"} <= has
        return day if whole else day_or_all(day, _without_year(day, has))
    if number < 0 or "~" in order or not re.fullmatch(r"(?:h{1,2}|H)m{1,2}(?:s{1,2})?", order):
        raise _UnknownError
    seconds = int((number * SECONDS).to_integral_value(ROUND_HALF_UP))
    hours, minutes = seconds // MINUTES // MINUTES, seconds // MINUTES % MINUTES
    behind = f":{seconds % MINUTES:02}" if "s" in order else ""
    return Clock(f"{hours if 'H' in order else hours % 24}:{minutes:02}{behind}")


def _without_year(day: date, has: set[str]) -> str:
    parts = [f"{day.month}月" if "m" in has else "", f"{day.day}日" if "d" in has else ""]
    return "".join(([f"{day.year}年"] if has & {"y", "e"} else []) + parts)
