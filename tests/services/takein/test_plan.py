"""Rows that are refused, with cell and mend, and the bounds that are taken: with one of them nothing is."""

import io
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Invalid, NotAllowed, Refused
from core.domain.roles import Role
from core.rules.text import T
from core.services.files.sheets import write_sheet
from core.services.takein.plan import Fate, plan
from core.services.takein.reading import Source
from core.storage.engine import session_factory
from core.storage.models import (
    Accreditation,
    Party,
    Rectification,
    RegisterEvent,
)
from tests.services.books import Formula, book
from tests.services.factory import uscc
from tests.services.takein.tables import AT, COLUMNS, HEADERS, ORDER, YEARS, fates, row, said, table, years

UNCOMPUTED = "单元格是公式，但没有计算结果；请用表格软件打开并保存后再上传，或直接填写数值"


def test_with_one_refused_row_nothing_is_taken_in(engine: Engine, take: Any) -> None:
    with pytest.raises(Refused):
        take(table(row(), row(number="甲-2", uscc="123")))
    with session_factory(engine)() as session:
        assert session.scalars(select(Accreditation)).all() == []


def test_a_formula_without_a_value_is_refused_in_each_column_of_both_tables(planned: Any) -> None:
    """All rows in one table: each has its formula elsewhere."""
    rows = [row(number=f"甲-{number}") for number in range(len(COLUMNS))]
    for place, cells in enumerate(rows):
        cells[place] = Formula("=1+1")
    statuses = Source("旧名录.xlsx", io.BytesIO(book(名录=[HEADERS, *rows])))
    told = said(planned(statuses))
    for place, column in enumerate(COLUMNS):
        assert f"第 {place + 2} 行“{column.title.zh}”：{UNCOMPUTED}" in told
    for column in YEARS:
        usual = {"number": "鄂严选〔2023〕17号", "enterprises": 0, "services": 0, "hours": 0}
        cells = [Formula("=1+1") if each is column else usual.get(each.key) for each in YEARS]
        heads = [each.title.zh for each in YEARS]
        beside = Source("历年.xlsx", io.BytesIO(book(历年=[heads, cells])))
        assert f"“{column.title.zh}”：{UNCOMPUTED}" in said(planned(table(row()), beside))


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"started_on": date(2024, 6, 4)}, "晚于 2024-06-03，还没有发生"),
        ({"valid_from": date(2023, 3, 19)}, "早于 2023-03-20"),
        ({"valid_from": date(2024, 6, 4)}, "晚于 2024-06-03，还没有发生"),
        ({"valid_through": date(2023, 3, 19)}, "早于起始日期"),
        ({"valid_through": date(2033, 3, 21)}, "期限超过 10 年"),
        ({"edition": "1999"}, "“文件版本”：可选"),
        ({"region": "370202"}, "不在辖区"),
        ({"last_active_on": date(2024, 6, 3)}, "不早于 2024-06-03"),
        ({"last_attended_on": date(2023, 3, 19)}, "早于 2023-03-20"),
        ({"ordered_on": date(2024, 5, 1)}, "“整改条款”：请填写"),
        ({**ORDER, "order_clause": "18(2)"}, "不是责令整改的条款；可选：18(1)"),
        ({**ORDER, "ordered_on": date(2024, 6, 4)}, "“责令日期”"),
        ({**ORDER, "deadline": date(2024, 5, 31)}, "已过期：整改通过的请删去这三项"),
        ({**ORDER, "started_on": date(2019, 1, 1), "valid_through": date(2021, 12, 31)}, "没有整改可言"),
        ({"warned_on": date(2024, 5, 1)}, "“警告条款”：请填写"),
        ({"warning_clause": "99", "warned_on": date(2024, 5, 1)}, "“警告条款”：可选"),
        ({"warning_clause": "15", "warned_on": date(2023, 3, 19)}, "“警告日期”"),
        ({"name": "某\ue000机构"}, "无法打印"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_cell_and_mend(
    planned: Any, given: dict[str, Any], why: str
) -> None:
    found = planned(table(row(**given)))
    assert fates(found) == [Fate.REFUSED]
    assert why in said(found)
    assert "第 2 行" in said(found)


@pytest.mark.parametrize(
    "given",
    [
        {"valid_from": date(2023, 3, 20)},
        {"started_on": date(2024, 6, 3)},
        {"valid_through": date(2033, 3, 20)},
        {"last_active_on": date(2024, 6, 2), "last_attended_on": date(2023, 3, 20)},
        {**ORDER, "ordered_on": date(2024, 6, 3), "deadline": date(2024, 6, 3)},
    ],
)
def test_the_bounds_themselves_are_taken(planned: Any, given: dict[str, Any]) -> None:
    assert fates(planned(table(row(**given)))) == [Fate.NEW]


def test_a_party_holds_a_track_once_and_a_number_is_one_status(take: Any, planned: Any) -> None:
    take(table(row()))
    found = planned(
        table(row(number="乙-1"), row(number="乙-2", uscc=uscc()), row(number="乙2", uscc=uscc()))
    )
    assert fates(found) == [Fate.REFUSED, Fate.NEW, Fate.REFUSED]
    assert "已有有效认定 鄂严选〔2023〕17号" in said(found)
    assert "与第 3 行重复" in said(found)
    twice = uscc()
    both = planned(table(row(number="丙-1", uscc=twice), row(number="丙-2", uscc=twice)))
    assert fates(both) == [Fate.NEW, Fate.REFUSED]
    former = row(number="丙-0", uscc=twice, started_on=date(2019, 1, 1), valid_through=date(2021, 12, 31))
    assert fates(planned(table(row(number="丙-1", uscc=twice), former))) == [Fate.NEW, Fate.NEW]


MORE = {
    "track": None, "name": None, "uscc": None, "region": None, "started_on": None, "valid_through": None,
}  # fmt: skip
"""A further row: of the status itself only the number."""


def test_each_further_order_or_warning_has_a_row_of_its_own(engine: Engine, take: Any, planned: Any) -> None:
    body, other = uscc(), uscc()
    rows = (
        row(uscc=body, warning_clause="18(2)", warned_on=date(2024, 1, 5), **ORDER),
        row(number="乙-1", uscc=other),
        row(**MORE, warning_clause="15", warned_on=date(2024, 1, 5)),
        row(uscc=body, order_clause="18(4)", ordered_on=date(2024, 5, 27), deadline=date(2024, 7, 1)),
        row(**MORE | {"number": "乙1"}, warning_clause="15", warned_on=date(2024, 2, 5)),
    )
    found = take(table(*rows))
    assert fates(found) == [Fate.NEW, Fate.NEW, *[Fate.FURTHER] * 3]
    with session_factory(engine)() as session:
        numbers = {item.id: item.number for item in session.scalars(select(Accreditation))}
        orders = session.scalars(select(Rectification).order_by(Rectification.id)).all()
        assert [(numbers[item.accreditation_id], item.clause, item.deadline) for item in orders] == [
            ("鄂严选〔2023〕17号", "18(1)", date(2024, 6, 20)),
            ("鄂严选〔2023〕17号", "18(4)", date(2024, 7, 1)),
        ]
        assert orders[1].evidence["taken_in"]["row"] == 5
        warnings = session.scalars(select(RegisterEvent).where(RegisterEvent.kind == "warning")).all()
        told = sorted(
            (numbers[item.accreditation_id], item.clause, item.title_zh[-6:-3]) for item in warnings
        )
        assert told == [
            ("乙-1", "15", "6 行"),
            ("鄂严选〔2023〕17号", "15", "4 行"),
            ("鄂严选〔2023〕17号", "18(2)", "2 行"),
        ]
    again = planned(table(*rows))
    assert fates(again) == [Fate.THERE] * 5
    assert not again.new


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"warning_clause": "99", "warned_on": date(2024, 1, 5)}, "第 3 行“警告条款”：可选"),
        ({"warned_on": date(2024, 1, 5)}, "第 3 行“警告条款”：请填写"),
        ({"warning_clause": "15", "warned_on": date(2023, 3, 19)}, "第 3 行“警告日期”"),
        ({**ORDER, "ordered_on": date(2024, 5, 21)}, "第 3 行“整改条款”：与第 2 行重复"),
        ({"warning_clause": "18(2)", "warned_on": date(2024, 1, 5)}, "第 3 行“警告条款”：与第 2 行重复"),
        ({}, "第 3 行“证书编号”：与第 2 行重复"),
        ({"name": "另一机构", "warning_clause": "15", "warned_on": date(2024, 1, 5)}, "与第 2 行重复"),
    ],
)
def test_a_further_row_that_cannot_be_is_refused(planned: Any, given: dict[str, Any], why: str) -> None:
    first = row(warning_clause="18(2)", warned_on=date(2024, 1, 5), **ORDER)
    found = planned(table(first, row(**MORE | given)))
    assert fates(found) == [Fate.NEW, Fate.REFUSED]
    assert why in said(found)


def test_a_further_row_of_a_refused_status_is_refused_with_it(planned: Any) -> None:
    found = planned(table(row(region="370202"), row(**MORE, warning_clause="15", warned_on=date(2024, 1, 5))))
    assert fates(found) == [Fate.REFUSED, Fate.REFUSED]
    assert "见第 2 行" in said(found)


def test_who_may_and_whom(begin: Any, make_actor: Any, take: Any, engine: Engine) -> None:
    for role in (Role.RECOMMENDER, Role.AUDITOR, Role.REVIEWER):
        with pytest.raises(NotAllowed), begin(make_actor(role, "hubei"), AT) as w:
            plan(w, "hubei", table(row()))
    take(table(row()))
    with session_factory(engine)() as session:
        party = session.scalars(select(Party.id)).one()
    own = make_actor(Role.OFFICER, "hubei", parties=[party])
    with begin(own, AT) as w:
        found = plan(w, "hubei", table(row(number="己-1", track="comprehensive")))
        assert fates(found) == [Fate.REFUSED]


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"number": "没有"}, "名录中没有这个编号"),
        ({"first": date(2023, 3, 19)}, "应在首次认定日期之后"),
        ({"last": date(2024, 6, 3)}, "今天之前"),
        ({"hours": -1}, "历年服务"),
        ({"report_on": date(2023, 3, 19)}, "早于 2023-03-20"),
    ],
)
def test_what_is_wrong_in_the_second_table_refuses_too(planned: Any, given: dict[str, Any], why: str) -> None:
    found = planned(table(row()), years({"first": date(2023, 3, 20), "last": date(2024, 3, 19), **given}))
    assert found.refused
    assert why in said(found)


def test_spans_do_not_overlap(planned: Any) -> None:
    first = {"first": date(2023, 3, 20), "last": date(2023, 12, 31)}
    assert planned(
        table(row()), years(first, {"first": date(2023, 12, 31), "last": date(2024, 1, 1)})
    ).refused
    assert not planned(
        table(row()), years(first, {"first": date(2024, 1, 1), "last": date(2024, 1, 1)})
    ).refused


def test_what_is_no_table_of_the_kind_is_told(planned: Any) -> None:
    with pytest.raises(Invalid) as caught:
        planned(Source("x.xlsx", io.BytesIO(write_sheet("x", ["甲"], [["乙"]]))))
    assert set(caught.value.errors) == {"statuses"}
    with pytest.raises(Invalid) as caught:
        planned(table(row()), Source("x.xlsx", io.BytesIO(write_sheet("x", ["甲"], [["乙"]]))))
    assert set(caught.value.errors) == {"years"}


def test_of_two_sheets_that_fit_one_is_named(planned: Any) -> None:
    two = book(旧=[HEADERS, row(number="甲-1")], 新=[HEADERS, row(number="甲-2")])
    with pytest.raises(Invalid, match="several sheets"):
        planned(Source("x.xlsx", io.BytesIO(two)))
    found = planned(Source("x.xlsx", io.BytesIO(two), sheet=" 新 "))
    assert [item.number for item in found.rows] == ["甲-2"]
    assert T("读取的是工作表“新”", "the sheet that was read is '新'") in found.remarks
    heads = [column.title.zh for column in YEARS]
    span = {"first": date(2024, 1, 1), "last": date(2024, 3, 1), "number": "鄂严选〔2023〕17号"}
    told = [{**dict.fromkeys(("enterprises", "services", "hours"), 0), **span}.get(c.key) for c in YEARS]
    beside = book(一=[heads, told], 二=[heads, told, told])
    with pytest.raises(Invalid) as caught:
        planned(table(row()), Source("y.xlsx", io.BytesIO(beside)))
    assert set(caught.value.errors) == {"years"}
    assert not planned(table(row()), Source("y.xlsx", io.BytesIO(beside), sheet="一")).refused
    assert planned(table(row()), Source("y.xlsx", io.BytesIO(beside), sheet="二")).refused, "it says it twice"
