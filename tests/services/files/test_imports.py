"""Every table that comes in takes the same liberties: titles, order, marks, csv, a second try."""

import csv
import io
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from core.domain.errors import Invalid
from core.domain.roles import Role
from core.services.diary import sheet as diary
from core.services.files.sheet_errors import HEADER, with_errors
from core.services.files.sheets import read_sheet, write_sheet
from core.services.granting import libraries, tables
from core.services.granting.tables import Upload
from core.services.profile import roster_sheet
from tests.services.books import Formula, book
from tests.services.factory import accredit, id_number, uscc

UNCOMPUTED = "单元格是公式，但没有计算结果；请用表格软件打开并保存后再上传，或直接填写数值"
DAY = date(2024, 6, 28)
NOW = f"{DAY}T10:00:00"
Cells = list[list[object]]


@dataclass
class Incoming:
    """A table that comes in: its headers, a good row, and how its kind is read into what to compare."""

    headers: list[str]
    row: list[object]
    read: Callable[[str, io.BytesIO], object]
    above: Cells = field(default_factory=list)

    def take(self, lines: Cells, filename: str = "表.xlsx") -> object:
        """What is read of these lines, under those that must stand above."""
        content = book(表=[*self.above, *lines])
        if filename.endswith(".csv"):
            text = io.StringIO()
            csv.writer(text).writerows([*self.above, *lines])
            content = text.getvalue().encode("gb18030")
        return self.read(filename, io.BytesIO(content))

    def refused(self, lines: Cells) -> Invalid:
        """The refusal of these lines."""
        with pytest.raises(Invalid) as caught:
            self.take(lines)
        return caught.value


def roster(_town, _engine, _make_actor):
    row = ["张三", id_number(), "本科", "中级", "是", "否", date(2023, 1, 2)]
    headers = [column.title.zh for column in roster_sheet.COLUMNS]
    return Incoming(headers, row, lambda name, file: roster_sheet.read_roster(name, file, DAY))


def services(town, engine, make_actor):
    held = accredit(engine, "jilin/expert", "2023-06-01")
    member = make_actor(Role.APPLICANT, parties=[held.party_id])
    day, hours = date(2024, 5, 6), Decimal("1.5")
    given = {"service_date": day, "title": "宣讲", "hours": hours, "public_benefit": "是", "participants": 30}

    def read(name, file):
        with town.begin(member, NOW) as w:
            return [line.entry for line in diary.read_lines(w, held.party_id, name, file)]

    headers = [column.title.zh for column in diary.COLUMNS]
    return Incoming(headers, [given.get(column.key) for column in diary.COLUMNS], read)


def summary(town, _engine, _make_actor):
    def read(name, file):
        with town.begin(town.officer("miit_volunteer"), NOW) as w:
            table = tables.table_of(w, "miit_volunteer", "A4")
            found, errors = tables.read_table(w, "miit_volunteer", table, Upload(name, file.read()))
        if errors:
            raise Invalid(errors)
        return found.head, [dict(row.values) for row in found.rows]

    head: Cells = [["填写单位：某中心", "联系人：赵某"], ["联系电话", "0531-1"]]
    headers = ["姓名", "所在单位（机构）", "擅长领域", "联系电话", "联系邮箱"]
    return Incoming(headers, ["孙某", "山东大学", "政策、法律", "13800138001", "a@example.cn"], read, head)


def former(town, engine, _make_actor):
    def read(name, file):
        with town.begin(town.officer("jilin"), NOW) as w:
            (row,) = libraries.import_sheet(w, "jilin", name, file)
            return row.party_id, row.number

    headers = [column.title.zh for column in libraries.columns()]
    row = [
        "中小企业服务商",
        "北方咨询",
        uscc(),
        None,
        "220202",
        "某路 1 号",
        "王芳",
        "13800138000",
        "0432-62412345",
        None,
        None,
    ]
    return Incoming(headers, row, read)


KINDS = [roster, services, summary, former]


@pytest.fixture(params=KINDS, ids=lambda made: made.__name__)
def incoming(request, town, engine, make_actor):
    """Each kind of table in turn."""
    return request.param(town, engine, make_actor)


def order(cells: Sequence[object]) -> list[object]:
    """The cells in another order."""
    return [*reversed(cells)]


def test_the_headers_may_stand_anywhere_in_any_order_and_be_marked(incoming):
    plain = incoming.take([incoming.headers, incoming.row])
    headers, row = incoming.headers, incoming.row
    marked = [f"＊ {title[:2]}\n{title[2:]} （必填）".replace("（", "(") for title in headers]
    variants = [
        [["汇总表（2024年）"], [], headers, [], row, []],
        [order(headers), order(row)],
        [marked, row],
        [["序号", *headers], [1, *row], [2]],
        [[None, *headers], [None, *row]],
    ]
    # A register that is entered twice stays as it was; all others are only read.
    assert [incoming.take(lines) for lines in variants] == [plain] * len(variants)
    assert incoming.take([headers, row], "表.csv") == plain


def test_missing_headers_are_named_and_doubled_ones_and_others_are_left_out(incoming):
    plain = incoming.take([incoming.headers, incoming.row])
    assert incoming.take([[*incoming.headers, "身高"], [*incoming.row, 180]]) == plain
    missing = incoming.refused([incoming.headers[2:], incoming.row[2:]])
    assert f"缺少列“{incoming.headers[1]}”" in missing.text.zh
    twice = incoming.refused([[*incoming.headers, incoming.headers[1]], [*incoming.row, "x"]])
    assert f"“{incoming.headers[1]}”" in twice.text.zh
    # A line above the table may be called as a column is.
    incoming.above = []
    assert "表头与模板不符" in incoming.refused([["甲", "乙"], [1, 2]]).text.zh


def test_a_table_that_came_back_with_errors_comes_in_mended(incoming):
    lines = [["标题"], incoming.headers, [None, *incoming.row[1:]]]
    if incoming.row[0] is None:
        lines[2] = [*incoming.row[:2], None, *incoming.row[3:]]
    wrong = incoming.refused(lines)
    above = [*incoming.above, *lines]
    sent = io.BytesIO(write_sheet("表", [], [], above=above))
    back = with_errors("表.xlsx", sent, wrong.errors, header_row=getattr(wrong, "header_row", len(above) - 1))
    rows = [cells for _, cells in read_sheet("表.xlsx", io.BytesIO(back))]
    assert rows[-2][-1] == HEADER.zh
    assert "请填写" in str(rows[-1][-1])
    rows[-1][: len(incoming.row)] = incoming.row
    incoming.above = []
    assert incoming.take(rows)


def back(incoming: Incoming, lines: Cells, wrong: Invalid) -> io.BytesIO:
    """The table with its errors, as the page of a refusal offers it."""
    above = [*incoming.above, *lines]
    header_row = getattr(wrong, "header_row", len(above) - 1)
    return io.BytesIO(with_errors("表.xlsx", io.BytesIO(book(表=above)), wrong.errors, header_row=header_row))


def test_a_formula_without_a_value_is_refused_wherever_it_stands_and_again_once_it_came_back(incoming):
    number = len(incoming.above) + 2
    for place, header in enumerate(incoming.headers):
        row = [*incoming.row]
        row[place] = Formula("=1+1")
        wrong = incoming.refused([incoming.headers, row])
        assert f"第 {number} 行“{header}”：{UNCOMPUTED}" in [why.zh for why in wrong.errors.values()]
        with pytest.raises(Invalid) as again:
            incoming.read("表.xlsx", back(incoming, [incoming.headers, row], wrong))
        assert f"第 {number} 行“{header}”：单元格显示 #N/A" in str(
            [why.zh for why in again.value.errors.values()]
        )
    whole = incoming.refused([incoming.headers, incoming.row, [Formula("=1+1")] * len(incoming.headers)])
    assert f"第 {number + 1} 行“{incoming.headers[0]}”：{UNCOMPUTED}" in str(whole.errors.values())


def test_a_head_that_is_a_formula_without_a_value_is_no_column_that_was_left_out(incoming):
    for place in range(len(incoming.headers)):
        headers: list[object] = [*incoming.headers]
        headers[place] = Formula('="表头"')
        at = f"{chr(ord('A') + place)}{len(incoming.above) + 1}"
        wrong = incoming.refused([headers, incoming.row])
        assert f"表头 {at}：{UNCOMPUTED}" in str([why.zh for why in wrong.errors.values()])


def test_a_line_above_a_summary_table_that_is_a_formula_without_a_value_is_named(town, engine, make_actor):
    given = summary(town, engine, make_actor)
    for above, at in (
        ([["填写单位", Formula("=A9"), "联系人：赵某"], given.above[1]], "B1"),
        ([[Formula('="填写单位："&A9'), "联系人：赵某"], given.above[1]], "A1"),
    ):
        given.above = above
        wrong = given.refused([given.headers, given.row])
        assert [why.zh for why in wrong.errors.values()] == [f"表头“填写单位”：{at}：{UNCOMPUTED}"]
        with pytest.raises(Invalid) as again:
            given.read("表.xlsx", back(given, [given.headers, given.row], wrong))
        assert f"{at}：单元格显示 #N/A" in str([why.zh for why in again.value.errors.values()])
    given.above = [["某表", Formula("=A9")], *summary(town, engine, make_actor).above]
    assert given.take([given.headers, given.row]), "a title is read by nobody"


READERS = {
    "core/services/diary/sheet.py",
    "core/services/granting/libraries.py",
    "core/services/granting/tables.py",
    "core/services/profile/roster_sheet.py",
    "core/services/recommenders/list_sheet.py",
    "core/services/settings/holidays.py",
    "core/services/takein/reading.py",
}
"""What takes a table in, by the one reader of `core.services.files.columns`."""


def test_every_table_that_comes_in_is_read_by_the_one_reader():
    """A new one goes to READERS, and to KINDS or tests of its own."""
    calls = re.compile(r"\b(?:read_book|read_sheet|read_xlsx|read_ods|csv_rows|openpyxl|calamine)\b")
    tables = re.compile(r"files\.columns import (?:\([^)]*|[^(\n]*)\bread_table\b")
    modules = {
        path.as_posix(): path.read_text(encoding="utf-8")
        for path in (*Path("core").rglob("*.py"), *Path("plugins").rglob("*.py"))
        if not path.is_relative_to("core/services/files")
    }
    assert {name for name, text in modules.items() if calls.search(text)} == set()
    assert {name for name, text in modules.items() if tables.search(text)} == READERS


def test_a_number_that_a_spreadsheet_rounded_is_refused_with_the_mend(incoming):
    place = 2 if incoming.headers[2] == "统一社会信用代码" else 1
    row = [*incoming.row]
    row[place] = 110105194912310020
    (why,) = incoming.refused([incoming.headers, row]).errors.values()
    assert why.zh.endswith(("请把该列设为文本格式，再重新输入完整号码", "不能是“110105194912310020”"))


def test_days_and_yes_or_no_are_read_alike(town, engine, make_actor):
    made = [kind(town, engine, make_actor) for kind in (roster, services)]
    for incoming, (day, *said) in zip(made, (("到岗日期", "专职"), ("服务日期", "公益性服务")), strict=True):
        place = incoming.headers.index(day)
        was = incoming.row[place]
        plain = incoming.take([incoming.headers, incoming.row])
        for written in (
            f"{was:%Y/%m/%d}",
            f"{was:%Y年%m月%d日}",
            f"{was:%Y%m%d}",
            (was - date(1899, 12, 30)).days,
        ):
            incoming.row[place] = written
            assert incoming.take([incoming.headers, incoming.row]) == plain
        yes = incoming.headers.index(said[0])
        words = ("有", "√", "Y", "TRUE", True) if incoming.row[yes] == "是" else ("无", "×", "N", False)
        for word in words:
            incoming.row[yes] = word
            assert incoming.take([incoming.headers, incoming.row]) == plain
        incoming.row[yes] = "x"
        assert "不能是“x”" in incoming.refused([incoming.headers, incoming.row]).text.zh
