"""Telephone numbers under which somebody is called: landlines with what stands around them, and several."""

from __future__ import annotations

import re
import unicodedata

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat

from core.domain.errors import MalformedError
from core.domain.folding import repaired
from core.domain.identifiers import HYPHENS, MOBILE, mask_mobile
from core.rules.phrases import at_most_characters
from core.rules.text import T

BETWEEN = "、"
"""What parts several numbers as they are kept."""
LONGEST = 200

_PARTS = re.compile(r"[、,;/|]|或")
_SPACES = re.compile(r"\s+")
_EXTENSION = re.compile(
    r"(?P<number>.*\d.*?)\s*\(?\s*(?:转|分机|ext(?:ension)?[.:]?|#|x)\s*:?(?P<ext>\d{1,6})\s*\)?",
    re.ASCII | re.IGNORECASE,
)
_THIRD_PART = re.compile(r"(?P<number>.*\d{7,8})-(?P<ext>\d{1,6})", re.ASCII)
_NO_DIGITS = re.compile(r"\D", re.ASCII)
_SIGNS = re.compile(r"[\d()\-.\s]+|\+[\d()\-.\s]+", re.ASCII)
_LOCAL = re.compile(r"[1-9]\d{6,7}", re.ASCII)
_LANDLINE = re.compile(r"0(?P<area>10|2\d|(?!400|800)[3-9]\d\d)(?P<local>[1-9]\d{6,7})", re.ASCII)
_SERVICE = re.compile(r"([48]00)(\d{3})(\d{4})", re.ASCII)
_MAINLAND = 86


def telephones(text: str) -> str:
    """The numbers in one form, parted by 、: `0531-82412345转801、13800138000`.

    Taken are mobile numbers, landlines with area code and extension, service numbers (400), and numbers from
    abroad with their country's code. A landline behind another may leave the area code out. MalformedError
    for anything else; messages show numbers masked.
    """
    if len(text) > LONGEST:
        raise MalformedError(at_most_characters(LONGEST))
    seen = BETWEEN.join(map(repaired, text.splitlines()))
    written = HYPHENS.sub("-", unicodedata.normalize("NFKC", seen))
    found: list[str] = []
    area = ""
    for part in filter(None, map(str.strip, _PARTS.split(written))):
        read, area = _read(part, area)
        found += read
    kept = BETWEEN.join(dict.fromkeys(found))
    if not kept:
        raise _no_number(written)
    if len(kept) > LONGEST:
        raise MalformedError(at_most_characters(LONGEST))
    return kept


def numbers(kept: str) -> tuple[str, ...]:
    """The numbers of a text that `telephones` made; none for ""."""
    return tuple(kept.split(BETWEEN)) if kept else ()


def first_mobile(kept: str) -> str:
    """The first mobile number of them; "" where there is none."""
    return next((number for number in numbers(kept) if MOBILE.fullmatch(number)), "")


def mask_telephones(kept: str) -> str:
    """The numbers, each with its first 3 and last 4 characters only."""
    return BETWEEN.join(map(mask_mobile, numbers(kept)))


def all_numbers(*kept: str) -> str:
    """Several such texts as one, each number once."""
    return BETWEEN.join(dict.fromkeys(number for text in kept for number in numbers(text)))


def _read(part: str, area: str) -> tuple[list[str], str]:
    """The number of a part, or those that only spaces part, and the area code for what follows."""
    try:
        number, area = _one(part, area)
    except MalformedError as error:
        pieces = _SPACES.split(part)
        if len(pieces) == 1:
            raise
        numbers = []
        for piece in pieces:
            try:
                number, area = _one(piece, area)
            except MalformedError:
                raise error from None
            numbers.append(number)
        return numbers, area
    return [number], area


def _one(part: str, area: str) -> tuple[str, str]:
    """A number, and the area code that it has or that stands before it."""
    bare = _SPACES.sub("", part)
    mobile = MOBILE.fullmatch(bare.replace("-", ""))
    if mobile is not None:
        return mobile[1], area
    split = _EXTENSION.fullmatch(part) or _THIRD_PART.fullmatch(bare)
    written, extension = (split["number"], split["ext"]) if split is not None else (part, "")
    if not _SIGNS.fullmatch(written):
        raise _no_number(part)
    digits = _NO_DIGITS.sub("", written)
    if _LOCAL.fullmatch(digits):
        if not area:
            raise MalformedError(
                T(f"{mask_mobile(digits)} 没有区号", f"{mask_mobile(digits)} has no area code"),
                mend=T("请写明区号，如 0531-82412345", "give it with its area code, such as 0531-82412345"),
            )
        written = area + digits
    number = _parsed(written)
    if number is None:
        raise _no_number(part)
    behind = f"转{extension}" if extension else ""
    if number.country_code != _MAINLAND:
        whole = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
        return _SPACES.sub("-", whole) + behind, area
    significant = phonenumbers.national_significant_number(number)
    landline, service = _LANDLINE.fullmatch(f"0{significant}"), _SERVICE.fullmatch(significant)
    if landline is not None:
        return f"0{landline['area']}-{landline['local']}{behind}", f"0{landline['area']}"
    if service is None:
        raise _no_number(part)
    return "-".join(service.groups()) + behind, area


def _parsed(written: str) -> PhoneNumber | None:
    landline = _LANDLINE.fullmatch(_NO_DIGITS.sub("", written))
    try:
        number = phonenumbers.parse(written, "CN")
        # Cities open new first digits before the list has them: area code and length are what is held.
        likely = (
            phonenumbers.parse(f"0{landline['area']}8{landline['local'][1:]}", "CN") if landline else number
        )
    except NumberParseException:
        return None
    return number if phonenumbers.is_valid_number(number) or phonenumbers.is_valid_number(likely) else None


def _no_number(written: str) -> MalformedError:
    shown = mask_mobile(_SPACES.sub("", written).replace("-", ""))
    return MalformedError(
        T(f"{shown} 不是电话号码", f"{shown} is not a telephone number"),
        mend=T(
            "请填写手机号码或带区号的固定电话，如 0531-82412345转801；几个号码用顿号分隔",
            "give a mobile number, or a landline with its area code, such as 0531-82412345 ext. 801; "
            "part several by commas",
        ),
    )
