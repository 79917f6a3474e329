"""The administrative divisions (GB/T 2260) that come with the product, and those that are no more."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from core.domain import identifiers
from core.domain.errors import MalformedError
from core.rules.text import T

REGIONS = Path(__file__).parent / "data" / "regions.csv"
"""The divisions of the mainland down to the county, and the provinces."""
FORMER_REGIONS = REGIONS.with_name("former_regions.csv")
"""Divisions that were renamed, raised or joined since 2010, each with the one that has most of it now."""
REVIEWED_ON = date(2026, 11, 30)
"""When the lists were last held against what is published of the divisions."""
_PROVINCE, _CITY = "0000", "00"


def regions() -> Iterator[dict[str, str | None]]:
    """The rows of the list, each with the code of the division above it."""
    with REGIONS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    codes = {row["code"] for row in rows}
    for row in rows:
        yield {**row, "parent_code": parent(row["code"], codes)}


@cache
def supplied() -> Mapping[str, str]:
    """The names of the divisions of the list, by code."""
    return {str(row["code"]): str(row["name"]) for row in regions()}


@cache
def former_regions() -> Mapping[str, tuple[str, str]]:
    """The name and the successor of each code that is no longer one."""
    with FORMER_REGIONS.open(encoding="utf-8", newline="") as file:
        return {row["code"]: (row["name"], row["successor"]) for row in csv.DictReader(file)}


def parent(code: str, codes: set[str]) -> str | None:
    """The division right above; a county that no city administers belongs to its province."""
    if code.endswith(_PROVINCE):
        return None
    city = code[:4] + _CITY
    return city if code != city and city in codes else code[:2] + _PROVINCE


def division(text: str, mend: T | None = None) -> str:
    """The code of a division of the list; MalformedError names the successor of one that is no more.

    `mend` is what to do about a code that nobody knows.
    """
    code = identifiers.region(text)
    if code in supplied():
        return code
    if (ended := no_more(code)) is not None:
        raise ended
    raise MalformedError(
        T(f"行政区划代码 {code} 不存在", f"there is no division {code}"),
        mend=mend or T("请核对代码（GB/T 2260）", "check the code (GB/T 2260)"),
    )


def no_more(code: str) -> MalformedError | None:
    """What is said of a division that was, with its successor; None for any other code."""
    if code not in former_regions():
        return None
    name, successor = former_regions()[code]
    now = f"{supplied().get(successor, '')} {successor}".strip()
    return MalformedError(
        T(f"{code} 是已撤销的“{name}”", f"{code} was {name}, which is no more"),
        mend=T(f"现为 {now}", f"it is {now} now"),
    )
