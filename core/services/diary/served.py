"""Enterprises served as people write them: name and code taken apart, what may be several asked about."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping

from core.domain import reading
from core.domain.identifiers import compact, shorten
from core.rules.text import T

BAR = "|"
"""Stands between name and code where an enterprise is written by this product."""
_QUOTED = re.compile('["“”＂]([^"“”＂]+)["“”＂]')
_CUT = re.compile("[;|]")
_SEMICOLON = re.compile("[;；]")
_PARTED = re.compile('[、,]|["”]\\s*["“]')
_LEGAL_FORM = re.compile(r",\s*(?:co|ltd|inc|llc|corp|limited|gmbh|s\.?a|plc)\b", re.IGNORECASE)

# All below read a text sign by sign, as `_signs` makes it: spaces and hyphens of every kind are one space.
# What has the length of a code is meant as one, or as what it is easily mistyped for, once it has its digits.
_LIKE_A_CODE = re.compile(r"(?<![0-9A-Z])(?:[0-9A-Z](?: *[0-9A-Z]){17}|[0-9A-Z]{15,20})(?![0-9A-Z])")
_FEWEST_DIGITS = 6
_LABEL = re.compile(
    r"(?:(?:(?:统一)?社会)?信用代码|(?:工商|营业执照)?(?:注册|登记)号|(?:纳税人识别|税)号|USCC)\Z"
)
_JOINTS = " ,、:/"
_OPENING, _CLOSING = "([【〔", ")]】〕"


def each_served(given: object) -> tuple[str, ...]:
    """The enterprises that a cell names, each once: parted by semicolons, or a line each.

    A code that has a line of its own belongs to the name on the line above; to the one below where the lines
    begin with a code.
    """
    parts = _SEMICOLON.split(reading.plain(given))
    return tuple(dict.fromkeys(item for part in parts for item in _with_codes(part)))


def read_served(given: object) -> tuple[str, str]:
    """Name and code of an enterprise: given as {"name", "uscc"}, or written as one in any of the usual ways.

    `名称|代码`, `名称 代码`, `名称（代码）` and `代码 名称` are the same. The code is as it was written; what
    stands in quotes is a name, and what is no single code stays in it, for `several` to ask about.
    """
    if not isinstance(given, Mapping):
        return _apart(str(given or "").strip())
    name, code = (str(given.get(key) or "").strip() for key in ("name", "uscc"))
    plain, found = _apart(name)
    return (plain, code or found) if not code or compact(found) == compact(code) else (name, code)


def several(name: str, code: str = "") -> T | None:
    """What is asked about a name that could be those of several enterprises; None for one that cannot.

    Quotes around it say that it is one. So does a code, or a legal form behind the comma (Co., Ltd.), unless
    a semicolon, a bar or another code stands in it.
    """
    plain = unicodedata.normalize("NFKC", name)
    if _QUOTED.fullmatch(plain):
        return None
    parted = _CUT.search(plain) or _codes(_signs(plain))
    if not parted and (code or not _PARTED.search(_LEGAL_FORM.sub("", plain))):
        return None
    shown = shorten(name)
    return T(
        f"“{shown}”是一家还是几家企业？几家的请用分号隔开（表单中分行填写）；一家的请加引号，或在名称之后填写统一社会信用代码",
        f"is {shown!r} one enterprise or several? Part several by semicolons (in the form: a line each); "
        "put one in quotes, or give its USCC behind the name",
    )


def unquoted(name: str) -> str:
    """The name without the quotes that stand around the whole of it."""
    found = _QUOTED.fullmatch(name)
    return found[1].strip() if found else name


def as_written(item: Mapping[str, str]) -> str:
    """An enterprise in a table, the way `read_served` takes it for the same again."""
    name, code = item["name"], item.get("uscc", "")
    kept = f"“{name}”" if several(name, code) is not None else name
    return BAR.join(filter(None, (kept, code)))


def _with_codes(text: str) -> Iterator[str]:
    """The lines of a text, a name and its code on two of them as one."""
    lines = [bare for line in text.splitlines() if (bare := line.strip())]
    told = [_apart(line) for line in lines]
    names, codes = [not code for _, code in told], [not name for name, _ in told]
    above, below = (codes, names) if codes[:1] == [True] and names[1:2] == [True] else (names, codes)
    at = 0
    while at < len(lines):
        wide = 2 if above[at] and any(below[at + 1 : at + 2]) else 1
        yield " ".join(lines[at : at + wide])
        at += wide


def _apart(text: str) -> tuple[str, str]:
    signs = _signs(text)
    if _QUOTED.fullmatch(signs):
        return text, ""
    if BAR in signs:
        at = signs.index(BAR)
        return text[:at].strip(), text[at + 1 :].strip()
    codes = _codes(signs)
    if len(codes) != 1:
        return text, ""
    (start, end) = codes[0]
    head, opened = _before(signs[:start])
    tail = signs[end:].strip(" .。")
    if tail in ("", *_CLOSING) and opened == bool(tail):
        return text[:head].strip(), text[start:end]
    if not head and not opened and signs[end] in " :":
        return text[end:].lstrip(" \t\u3000:：").strip(), text[start:end]
    return text, ""


def _before(signs: str) -> tuple[int, bool]:
    """How much of what stands before a code is the name, and whether a bracket opens behind it."""
    label = _LABEL.sub("", signs.rstrip(_JOINTS)).rstrip(_JOINTS)
    name = label.rstrip(_OPENING)
    return len(name.rstrip(_JOINTS)), name != label


def _signs(text: str) -> str:
    """The text with each character as codes are compared, so that places in both are the same."""
    return "".join(sign if len(sign) == 1 else " " * (not sign) or "?" for sign in map(compact, text))


def _codes(signs: str) -> list[tuple[int, int]]:
    """From where to where something stands that is meant as a code."""
    if sum(map(str.isdecimal, signs)) < _FEWEST_DIGITS:
        return []
    found = (item for item in _LIKE_A_CODE.finditer(signs))
    return [item.span() for item in found if sum(map(str.isdecimal, item[0])) >= _FEWEST_DIGITS]
