"""Identifiers of parties: read, normalised, keyed for comparison, and masked for display."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date

from email_validator import EmailNotValidError, validate_email
from stdnum.cn import ric
from stdnum.cn import uscc as stdnum_uscc

from core.domain.errors import MalformedError
from core.domain.folding import as_seen, folded, unseen
from core.domain.roles import DIVISION_CODE
from core.rules.text import T, mask

# stdnum refuses the registering authorities that GB 32100 names by a letter (A, N, Y): the form is ours.
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}", re.ASCII)
# Begins with a province's code, 71 Taiwan, 81 to 83 for residence permits of Hong Kong, Macao and Taiwan
# residents, or 9 before a province's for permanent residents from abroad. Counties come and go, so no list of
# them is held against a number (stdnum's lags behind).
_PROVINCE = "(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5])"
_ID_NUMBER = re.compile(rf"(?:{_PROVINCE}\d|71\d|8[1-3]\d|9{_PROVINCE})\d{{14}}[\dX]", re.ASCII)
_OLD_ID_NUMBER = re.compile(r"\d{15}", re.ASCII)
# A mobile number gets a text message: a mainland number is what is asked, and `phonenumbers` would take
# a hundred times as long over it.
MOBILE = re.compile(r"(?:\+86|0086|86)?(1[3-9]\d{9})", re.ASCII)
_MOBILE_LENGTH = 11
_WITHIN = re.compile(r"(?<![0-9A-Za-z])(?:1[3-9]\d{9}|\d{17}[\dXx])(?![0-9A-Za-z])", re.ASCII)
_LANDLINE = re.compile(r"(?:\+86|0086|86)?0?[2-9]\d{8,}|[2-8]\d{6,7}|010\d{8,}", re.ASCII)
_NAMED_ADDRESS = re.compile(r".*<\s*([^<>\s]+@[^<>\s]+)\s*>\s*")
# Hyphens of every kind, as they come out of text processors, once NFKC has been over them.
HYPHENS = re.compile("[-\u2010-\u2015\u2043\u2212\u2500\u2e3a]")
_EARLIEST_BIRTH_YEAR = 1900

_MAX_QUOTED = 40


class UnfitCheckDigit(MalformedError):  # noqa: N818  # named as what is said of the code
    """A USCC of the right form whose last character does not fit; some licences bear such a one."""


ACCEPTED = "accepted_uscc"
"""The field of a request, of a profile or a life, that names the USCCs an authority accepted."""
Accepted = Callable[[str], bool]
"""Whether a USCC whose check digit does not fit was accepted, because the licence bears it."""


def NOT_ACCEPTED(_code: str) -> bool:  # noqa: N802  # stands for a value, as a default
    """None is."""
    return False


def AS_KEPT(_code: str) -> bool:  # noqa: N802  # stands for a value
    """All are: what was taken once is read as it was kept."""
    return True


def accepted_among(given: object) -> Accepted:
    """Those that a request names as accepted by an authority; MalformedError unless it is a list of codes."""
    if given is None:
        return NOT_ACCEPTED
    if not isinstance(given, list) or not all(isinstance(code, str) for code in given):
        raise MalformedError(
            T("应为统一社会信用代码的列表", "must be a list of unified social credit codes"),
            mend=T('如 ["91350100M000100Y44"]', 'such as ["91350100M000100Y44"]'),
        )
    codes = frozenset(map(compact, given))
    return lambda code: code in codes


def uscc(text: str, accepted: Accepted = NOT_ACCEPTED) -> str:
    """The unified social credit code (GB 32100) in upper case; MalformedError for a wrong one.

    UnfitCheckDigit for one whose check digit does not fit, unless it is `accepted`.
    """
    code = compact(text)
    if not _USCC.fullmatch(code):
        raise MalformedError(
            T(
                f"“{shorten(text)}”不是统一社会信用代码",
                f"{shorten(text)!r} is not a unified social credit code",
            ),
            mend=T(
                "应为 18 位数字或大写字母（不含 I、O、S、V、Z）",
                "give 18 digits or letters (without I, O, S, V, Z)",
            ),
        )
    if not fits(code) and not accepted(code):
        raise UnfitCheckDigit(
            T(
                f"统一社会信用代码“{shorten(text)}”的校验码不符",
                f"the check digit of the USCC {shorten(text)!r} does not fit",
            ),
            mend=T(
                "请对照登记证书逐位核对；证书上确为此号码的，凭证书请认定机关核准",
                "compare it with the certificate, character by character; where the certificate bears it so, "
                "ask the authority to accept it, with the certificate as proof",
            ),
        )
    return code


def fits(code: str) -> bool:
    """Whether the last character of a USCC of the right form follows from the others."""
    return code[-1] == str(stdnum_uscc.calc_check_digit(code))


def id_number(text: str, today: date | None = None) -> str:
    """The number of a resident, a residence permit or a permanent resident's card; messages show it masked.

    In upper case, as GB 11643 forms it.

    MalformedError for a wrong form, province, birth date (later than `today`, if given) or check digit.
    """
    number = compact(text)
    shown = mask_id_number(number)
    if _OLD_ID_NUMBER.fullmatch(number):
        raise MalformedError(
            T(f"{shown} 是 15 位旧号码", f"{shown} is an old number of 15 digits"),
            mend=T("请填写现行的 18 位号码", "give the present one of 18"),
        )
    if not _ID_NUMBER.fullmatch(number):
        raise MalformedError(
            T(
                f"{shown} 不是居民身份证、居住证或永久居留身份证号码",
                f"{shown} is not the number of a resident, a residence permit or a permanent resident's card",
            ),
            mend=T(
                "应为 17 位数字加 1 位数字或 X，以省级代码或 9 开头",
                "give 17 digits and a digit or X, beginning with a province's code or with 9",
            ),
        )
    _check_birth(number, shown, today)
    if number[-1] != ric.calc_check_digit(number):
        raise MalformedError(
            T(f"{shown} 的校验码不符", f"the check digit of {shown} does not fit"),
            mend=T("请对照证件核对各位数字", "compare it with the card, digit by digit"),
        )
    return number


def _check_birth(number: str, shown: str, today: date | None) -> None:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        born = None
    if born is None or born.year < _EARLIEST_BIRTH_YEAR or (today is not None and born > today):
        raise MalformedError(
            T(f"{shown} 中的出生日期不可能", f"the birth date in {shown} is impossible"),
            mend=T("请核对第 7 至 14 位", "check digits 7 to 14"),
        )


def region(text: str) -> str:
    """The division code (GB/T 2260); MalformedError unless it has 6 digits."""
    code = compact(text)
    if not DIVISION_CODE.fullmatch(code):
        raise MalformedError(
            T(f"“{shorten(text)}”不是行政区划代码", f"{shorten(text)!r} is not a division code"),
            mend=T("应为 6 位数字，如 371500", "give 6 digits (GB/T 2260), such as 371500"),
        )
    return code


def mobile(text: str) -> str:
    """The mainland mobile number as 11 digits; MalformedError otherwise. Messages show it masked."""
    number = compact(text)
    match = MOBILE.fullmatch(number)
    if match is None:
        shown = mask_mobile(number)
        if _LANDLINE.fullmatch(number):
            raise MalformedError(
                T(
                    f"{shown} 是固定电话，收不到短信",
                    f"{shown} is a landline, which receives no text messages",
                ),
                mend=T("此项须为 11 位手机号码，如 13800138000", "give a mobile number of 11 digits here"),
            )
        raise MalformedError(
            T(f"{shown} 不是中国内地手机号码", f"{shown} is not a mainland mobile number"),
            mend=T("应为 11 位数字，如 13800138000", "give 11 digits, such as 13800138000"),
        )
    return match[1]


def email(text: str) -> str:
    """The e-mail address as mail servers take it, its domain in ASCII; MalformedError otherwise."""
    address = as_seen(text)
    named = _NAMED_ADDRESS.fullmatch(address)
    if named is not None:
        raise MalformedError(
            T(f"“{shorten(text)}”带有显示名称", f"{shorten(text)!r} has a display name"),
            mend=T(f"请只填地址，如 {named[1]}", f"give the address alone, such as {named[1]}"),
        )
    try:
        # A mail server of one's own network is as good as any other: nothing is looked up.
        found = validate_email(
            address,
            check_deliverability=False,
            allow_smtputf8=False,
            globally_deliverable=False,
            strict=True,
        )
    except EmailNotValidError:
        found = None
    if found is None or not found.ascii_email or "." not in found.ascii_domain:
        raise MalformedError(
            T(f"“{shorten(text)}”不是电子邮箱地址", f"{shorten(text)!r} is not an e-mail address"),
            mend=T("应形如 name@example.cn", "give one such as name@example.cn"),
        )
    return found.ascii_email


def enterprise_key(name: str, code: str = "", accepted: Accepted = NOT_ACCEPTED) -> str:
    """What makes two records of a served enterprise the same: its USCC if given, else its name.

    Names are compared folded. MalformedError for a wrong USCC, or with neither.
    """
    if code:
        return f"uscc:{uscc(code, accepted)}"
    kept = folded(name)
    if not kept:
        raise MalformedError(
            T("服务企业没有名称", "a served enterprise has no name"),
            mend=T("请填写名称或统一社会信用代码", "give its name or its USCC"),
        )
    return f"name:{kept}"


def shorten(text: str) -> str:
    """The text, cut after 40 characters, for a message."""
    return text if len(text) <= _MAX_QUOTED else f"{text[:_MAX_QUOTED]}…"


def mask_id_number(number: str) -> str:
    """The number with its first 3 and last 4 characters only; a short text is hidden whole."""
    return mask(number)


def mask_mobile(number: str) -> str:
    """The number with its first 3 and last 4 characters only; a short text is hidden whole."""
    return mask(number)


def masked_within(text: str) -> str:
    """Words in which the mobile and identity numbers are masked; codes of bodies stay."""
    return _WITHIN.sub(lambda found: mask(found[0]) if _is_persons(found[0]) else found[0], text)


def _is_persons(number: str) -> bool:
    if len(number) == _MOBILE_LENGTH:
        return True
    try:
        id_number(number)
    except MalformedError:
        return False
    return True


def compact(text: str) -> str:
    """A number as it is compared: without width variants, hyphens and what is not seen, in upper case."""
    return HYPHENS.sub("", unseen("", unicodedata.normalize("NFKC", text))).upper()
