"""The divisions that come along are all that there are, and the former ones lead to them."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import stdnum.cn

from core.domain.divisions import former_regions, regions

CURRENT = {str(row["code"]): row for row in regions()}
HISTORY = (Path(stdnum.cn.__file__).parent / "loc.dat").read_text(encoding="utf-8")
# What is no county: a city's districts together, and parts of others by a number of their own.
TOGETHER = ("市辖区", "县")
OF_OTHERS = {"232761", "232762", "232763", "232764", "422921", "232702", "232703", "232704"}
# What was divided so that no other has most of it: which one is meant is for a person to say.
DIVIDED = {
    "130103": "桥东区 of 石家庄: its subdistricts went to 长安区 and 桥西区",
    "130421": "邯郸县: its towns went to 丛台区, 复兴区 and 邯山区",
    "140211": "南郊区 of 大同: its towns went to 平城区, 云冈区 and others",
}
SINCE = 2010


def counties() -> Iterator[tuple[str, str, int]]:
    """What another list has: code, last name, and the year in which it ended, 0 for what has not."""
    province = ""
    for line in HISTORY.splitlines():
        if head := re.match(r"(\d\d) province", line):
            province = head[1]
        elif county := re.match(r'\s+(\d{4}) county="(.*)"', line):
            last = county[2].split(",")[-1]
            ended = re.match(r"\[\d*-(\d{4})\]", last)
            name = re.sub(r"\[.*?\]", "", last)
            yield province + county[1], name, int(ended[1]) if ended else 0


def test_every_county_of_another_list_is_there_or_leads_to_its_successor() -> None:
    others = {code: name for code, name, ended in counties() if not ended}
    assert len(others) > 3000
    missing = {
        code: name
        for code, name in others.items()
        if code not in CURRENT and code not in former_regions() and name not in TOGETHER
        and not code.endswith(("00", "01")) and code[:2] not in ("71", "81", "82") and code not in OF_OTHERS
    }  # fmt: skip
    assert missing == {}


def test_every_one_that_ended_of_late_leads_to_its_successor() -> None:
    ended = {code: name for code, name, year in counties() if year >= SINCE and name not in TOGETHER}
    assert len(ended) > 300
    nowhere = ended.keys() - CURRENT.keys() - former_regions().keys()
    assert nowhere == DIVIDED.keys() | {code for code in OF_OTHERS if code in ended}


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


@pytest.mark.parametrize(
    ("code", "name", "now"),
    [
        ("110228", "密云县", "密云区"), ("120223", "静海县", "静海区"), ("310230", "崇明县", "崇明区"),
        ("500222", "綦江县", "綦江区"), ("500232", "武隆县", "武隆区"), ("340208", "三山区", "弋江区"),
        ("140402", "城区", "潞州区"), ("320811", "清浦区", "清江浦区"), ("469003", "儋州市", "儋州市"),
        ("341422", "无为县", "无为市"), ("371200", "莱芜市", "济南市"), ("522401", "毕节市", "七星关区"),
        ("542232", "错那县", "错那市"), ("632121", "平安县", "平安区"), ("652101", "吐鲁番市", "高昌区"),
    ],
)  # fmt: skip
def test_what_it_was_called_and_is_called_now(code: str, name: str, now: str) -> None:
    former, successor = former_regions()[code]
    assert (former, CURRENT[successor]["name"]) == (name, now)
