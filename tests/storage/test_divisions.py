"""The divisions that come along are all that there are, and the former ones lead to them."""

import re
from pathlib import Path

import pytest
import stdnum.cn

from core.domain.divisions import former_regions, regions

CURRENT = {str(row["code"]): row for row in regions()}
HISTORY = (Path(stdnum.cn.__file__).parent / "loc.dat").read_text(encoding="utf-8")
# What is no county: a city's districts together, and parts of others by a number of their own.
TOGETHER = ("市辖区", "县")
OF_OTHERS = {"232761", "232762", "232763", "232764", "422921"}


def standing() -> dict[str, str]:
    """The counties that another list has, and does not say to have ended."""
    found, province = {}, ""
    for line in HISTORY.splitlines():
        if head := re.match(r"(\d\d) province", line):
            province = head[1]
        elif county := re.match(r'\s+(\d{4}) county="(.*)"', line):
            last = county[2].split(",")[-1]
            if not re.match(r"\[\d*-\d{4}\]", last):
                found[province + county[1]] = re.sub(r"\[.*?\]", "", last)
    return found


def test_every_county_of_another_list_is_there_or_leads_to_its_successor() -> None:
    others = standing()
    assert len(others) > 3000
    missing = {
        code: name
        for code, name in others.items()
        if code not in CURRENT and code not in former_regions() and name not in TOGETHER
        and not code.endswith(("00", "01")) and code[:2] not in ("71", "81", "82") and code not in OF_OTHERS
    }  # fmt: skip
    assert missing == {}


@pytest.mark.parametrize(
    ("code", "name"), [("330113", "临平区"), ("330114", "钱塘区"), ("330110", "余杭区"), ("371503", "茌平区")]
)
def test_what_was_set_up_lately_is_there(code: str, name: str) -> None:
    assert CURRENT[code]["name"] == name


def test_every_division_lies_in_one_that_is_there() -> None:
    assert len(CURRENT) == len({str(row["code"]) for row in regions()}) == 3212
    assert [row for row in CURRENT.values() if row["parent_code"] and row["parent_code"] not in CURRENT] == []


def test_former_ones_are_none_and_lead_to_one_that_is() -> None:
    former = former_regions()
    assert len(former) > 200
    assert former.keys() & CURRENT.keys() == set()
    assert {successor for _, successor in former.values()} <= CURRENT.keys()
    assert [former[code] for code in ("330103", "371523", "350681")] == [
        ("下城区", "330105"),
        ("茌平县", "371503"),
        ("龙海市", "350604"),
    ]
