"""Enterprises as people write them: one with and without its code, several never as one, out and in again."""

from __future__ import annotations

from typing import Any

import pytest

from core.domain.supervision.enterprises import number_served
from core.services.diary.fields import parse_entry
from core.services.diary.served import as_written, each_served, read_served

CODE = "91350100M000100Y43"
ENTRY = {"service_date": "2024-05-06", "title": "宣讲", "hours": "2"}


def read(*given: object) -> Any:
    return parse_entry({**ENTRY, "enterprises": list(given)})


@pytest.mark.parametrize(
    "written",
    [
        f"甲公司\t{CODE}",
        f"甲公司\u3000{CODE}",
        "甲公司 9135\u20110100\u2011M000100Y43",
        "甲公司 9135 0100 M000 100Y 43",
        "甲公司９１３５０１００Ｍ０００１００Ｙ４３",
        f"甲公司|{CODE}",
        f"甲公司｜{CODE.lower()}",
        f"甲公司({CODE})",
        f"甲公司【信用代码:{CODE}】",
        f"{CODE}：甲公司",
        {"name": f"甲公司 {CODE}"},
        {"name": f"甲公司（{CODE}）", "uscc": CODE.lower()},
        {"name": "甲公司", "uscc": CODE},
    ],
)
def test_an_enterprise_is_one_with_its_code_and_without(written: object) -> None:
    reading = read(written, "甲公司")
    assert reading.errors == {}
    assert number_served(reading.values["enterprise_keys"]) == 1
    assert reading.values["enterprises"][0] == {"name": "甲公司", "uscc": CODE}


@pytest.mark.parametrize(
    "written",
    [
        "乙公司；丙公司",
        "乙公司､丙公司",
        "“丁公司”、“戊公司”",
        '"丁公司""戊公司"',
        "乙公司|丙公司",
        f"乙公司 {CODE} 丙公司",
        f"乙公司（聊城，{CODE}）",
        f"{CODE}、丙公司",
        f"（{CODE}丙公司",
        {"name": "乙公司;丙公司", "uscc": CODE},
        {"name": "乙公司 91350100M000100Y44", "uscc": CODE},
        {"name": "乙公司|丙公司", "uscc": CODE},
    ],
)
def test_what_may_be_several_or_no_code_is_never_one(written: object) -> None:
    reading = read("甲公司", written)
    assert set(reading.errors) == {"enterprises.2"}


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("“小巨人”企业服务中心", "“小巨人”企业服务中心"),
        ("＂甲、乙中心＂", "甲、乙中心"),
        ("“甲；乙中心”", "甲；乙中心"),
        ("“甲|乙”", "甲|乙"),
        (f"“甲、乙中心” {CODE}", "甲、乙中心"),
        (f"“甲、乙中心”|{CODE}", "甲、乙中心"),
        ("Foo Trading Co., Ltd.", "Foo Trading Co., Ltd."),
        ("Second International Company 2024", "Second International Company 2024"),
        ("长沙 110105 服务站", "长沙 110105 服务站"),
    ],
)
def test_a_name_stays_and_what_goes_out_comes_in_the_same(written: str, name: str) -> None:
    (kept,) = read(written).values["enterprises"]
    assert kept["name"] == name
    assert read(as_written(kept)).values["enterprises"] == (kept,)


@pytest.mark.parametrize(("code", "meant"), [("1" * 14, False), ("1" * 15, True), ("1" * 20, True)])
def test_from_which_length_on_a_number_is_meant_as_a_code(code: str, meant: bool) -> None:
    assert read_served(f"甲公司 {code}") == (("甲公司", code) if meant else (f"甲公司 {code}", ""))


OTHER = "91350200M000100Y48"


@pytest.mark.parametrize(
    "cell",
    [
        f"甲公司\n{CODE}",
        f"甲公司\r\n统一社会信用代码：{CODE}\r\n",
        f"甲公司\n\n（{CODE}）",
        f"甲公司\u2028税号 {CODE.lower()}",
        f"{CODE}\n甲公司",
        f"甲公司\n{CODE}\n甲公司\n{CODE}",
    ],
)
def test_a_name_with_its_code_on_the_next_line_is_one(cell: str) -> None:
    found = read(*each_served(cell))
    assert found.errors == {}
    assert found.values["enterprises"] == ({"name": "甲公司", "uscc": CODE},)


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("甲公司\n乙公司", ["甲公司", "乙公司"]),
        (f"甲公司\n{CODE}\n乙公司\n{OTHER}", ["甲公司", "乙公司"]),
        (f"{CODE}\n甲公司\n{OTHER}\n乙公司", ["甲公司", "乙公司"]),
        (f"甲公司\n乙公司\n{CODE}", ["甲公司", "乙公司"]),
        (f"甲公司 {CODE}\n乙公司 {OTHER}", ["甲公司", "乙公司"]),
        (f"甲公司 {CODE}\n{OTHER}", ["甲公司", ""]),
        (f"{CODE}\n{OTHER}", ["", ""]),
        (f"甲公司\n{CODE}；乙公司", ["甲公司", "乙公司"]),
    ],
)
def test_what_stands_on_lines_of_its_own_stays_several(cell: str, names: list[str]) -> None:
    found = read(*each_served(cell))
    assert [item["name"] for item in found.values["enterprises"]] == names


@pytest.mark.parametrize(("digits", "one"), [(14, False), (15, True), (18, True)])
def test_a_registration_number_on_the_next_line_is_no_enterprise(digits: int, one: bool) -> None:
    assert len(each_served(f"甲公司\n注册号：{'1' * digits}")) == (1 if one else 2)


def test_a_cell_without_anything_names_nobody() -> None:
    assert each_served(" \n；\n") == ()


def test_a_very_long_text_is_read_at_once() -> None:
    assert read_served("甲" + " ,(" * 60_000 + CODE)[1] == ""
