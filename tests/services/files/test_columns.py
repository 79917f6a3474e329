"""Tables that come in: headers found and matched, each kind of cell read, every error told at once."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from core.domain import identifiers
from core.domain.errors import Invalid, MalformedError
from core.domain.folding import repaired_lines
from core.domain.quantities import written
from core.rules.text import T
from core.services.exports.streaming import csv_lines
from core.services.files import csv_rows, sheet_limits
from core.services.files.columns import Column, Table, Tell, WrongTable, empty_table, read_table, unsaid
from core.services.files.kinds import (
    BY_LINE,
    BY_WORD,
    Amount,
    Choice,
    Code,
    Day,
    Kind,
    Percent,
    Several,
    Text,
    Whole,
    YesNo,
)
from core.services.files.sheet_errors import with_errors
from core.services.files.sheets import read_sheet, write_sheet
from tests.services.books import book

MODES = (("online", T("线上", "online")), ("both", T("线上线下结合（混合）", "both (mixed)")))
COLUMNS = (
    Column("name", T("单位名称", "Name"), Text(20), also=("机构名称",)),
    Column("day", T("服务日期", "Service date"), Day()),
    Column("hours", T("服务时长（小时）", "Hours (h)"), Amount(0, 24)),
    Column("code", T("统一社会信用代码", "USCC"), Code(), required=False),
)
GOOD = ["甲公司", date(2024, 5, 6), Decimal("1.5"), "91350100M000100Y43"]
HEADERS = [column.title.zh for column in COLUMNS]


def read(
    rows: Sequence[Sequence[object]],
    columns: Sequence[Column] = COLUMNS,
    filename: str = "表.xlsx",
    tell: Tell = unsaid,
) -> Table:
    """A table of these lines, as it is read."""
    content = write_sheet("表", [], [], above=rows)
    if filename.casefold().endswith(".csv"):
        text = io.StringIO()
        csv.writer(text).writerows(rows)
        content = text.getvalue().encode()
    return read_table(filename, io.BytesIO(content), columns, field="file", most_rows=100, tell=tell)


def values(table: Table) -> list[dict[str, Any]]:
    assert table.errors("file") == {}
    return [dict(row.values) for row in table.rows]


EXPECTED = {
    "name": "甲公司",
    "day": date(2024, 5, 6),
    "hours": Decimal("1.5"),
    "code": "91350100M000100Y43",
}


@pytest.mark.parametrize("filename", ["表.xlsx", "表.CSV"])
@pytest.mark.parametrize(
    "headers",
    [
        HEADERS,
        ["Name", "Service date", "Hours (h)", "USCC"],
        [" NAME ", "service  DATE", "hours(H)", "uscc"],
        ["机构名称", "服务日期", "服务时长(小时)", "统一社会信用代码"],
        ["*单位名称", "服务日期＊", "服务时长\n（小时）※", "统一社会 信用代码（选填）"],
        ["单位名称（必填）", "服务日期【必填】", "服务时长（小时）(required)", "\ufeff统一社会信用代码"],
    ],
)
def test_headers_are_matched_however_they_are_written(headers: list[str], filename: str) -> None:
    assert values(read([headers, GOOD], filename=filename)) == [EXPECTED]


@pytest.mark.parametrize("filename", ["表.xlsx", "表.csv"])
def test_the_headers_stand_under_titles_in_any_order_with_numbers_and_empty_rows(filename: str) -> None:
    order = (3, 1, 0, 2)
    lines: list[list[object]] = [
        ["服务台账（单位名称见下）"],
        [],
        ["填报人：", "某"],
        ["序号", *(HEADERS[place] for place in order), None],
        [],
        [1, *(GOOD[place] for place in order)],
        [2],
        [3, *(GOOD[place] for place in order)],
    ]
    table = read(lines, filename=filename)
    assert values(table) == [EXPECTED] * 2
    assert (table.header_row, [row.number for row in table.rows]) == (4, [6, 8])
    assert [number for number, _ in table.above] == [1, 3]


@pytest.mark.parametrize(
    ("head", "cell", "value"),
    [
        ("收费（元）", "200万", 2_000_000),
        ("收费（万元）", 200, 2_000_000),
        ("收费 (万元)", "200万元", 2_000_000),
        ("收费（千元）", "1.5", 1500),
        ("收费（亿元）", Decimal("0.02"), 2_000_000),
        ("收费（单位：万元）", 200, 2_000_000),
        ("收费，单位：万元", 200, 2_000_000),
        ("收费 万元", 200, 2_000_000),
        ("收费\n万元", 200, 2_000_000),
        ("收费（单位：元）", 200, 200),
        ("Fee (CNY)", 200, 200),
    ],
)
def test_money_is_counted_in_what_the_head_says(head: str, cell: object, value: int) -> None:
    fee = Column("fee", T("收费（元）", "Fee (CNY)"), Amount(unit="元"))
    assert values(read([[head], [cell]], (fee,))) == [{"fee": value}]


def test_ten_thousands_under_such_a_head_are_asked_about() -> None:
    fee = Column("fee", T("收费（元）", "Fee (CNY)"), Amount(unit="元"))
    (why,) = read([["收费（万元）"], ["200万"]], (fee,)).errors("file").values()
    assert "2,000,000 元 还是 20,000,000,000 元" in why.zh


@pytest.mark.parametrize(
    ("head", "named"),
    [("收费（万元）", "收费（万元）"), ("收费 万元", "收费 万元"), ("Fee (CNY)", "收费（元）")],
)
def test_an_error_names_the_head_in_whose_unit_the_cell_is_read(head: str, named: str) -> None:
    fee = Column("fee", T("收费（元）", "Fee (CNY)"), Amount(unit="元"))
    (why,) = read([[head], ["约200"]], (fee,)).errors("file").values()
    assert why.zh.startswith(f"第 2 行“{named}”：")


def test_a_cell_in_which_nothing_is_to_be_seen_is_empty() -> None:
    columns = (
        Column("name", T("名称", "Name"), Text()),
        Column("n", T("数", "Number"), Whole(), required=False),
    )
    assert values(read([["名称", "数"], ["甲", "\u200b"], ["\ufeff", "\u200b"]], columns)) == [{"name": "甲"}]


def test_columns_that_may_be_left_out_are() -> None:
    assert values(read([HEADERS[:3], GOOD[:3]])) == [
        {name: EXPECTED[name] for name in ("name", "day", "hours")}
    ]


def test_strange_missing_and_doubled_columns_are_named() -> None:
    said: list[T] = []
    strange = read([[*HEADERS, "备注"], [*GOOD, "x"], [None, "x", 25, None]], tell=said.append)
    assert said == [
        T(
            "下列各列不是模板的列，未读入：备注",
            "these are no columns of the template and were left out: 备注",
        )
    ]
    assert strange.errors("sheet") == {
        "3.name": T("第 3 行“单位名称”：请填写", "row 3, Name: please fill this in"),
        "3.day": T(
            "第 3 行“服务日期”：日期应写作 2024-02-29，不能是“x”",
            "row 3, Service date: write the date as 2024-02-29, not 'x'",
        ),
        "3.hours": T(
            "第 3 行“服务时长（小时）”：25 过大；不能超过 24",
            "row 3, Hours (h): 25 is too large; give at most 24",
        ),
    }
    missing = read([HEADERS[:1], GOOD[:1]])
    assert (set(missing.heading), list(missing.rows)) == ({"day", "hours"}, [])
    assert missing.errors("sheet")["sheet"].zh == "缺少列“服务日期”；缺少列“服务时长（小时）”"
    doubled = read([[*HEADERS, "单位 名称*"], [*GOOD, "乙公司"]])
    assert (list(doubled.heading), list(doubled.rows)) == (["name"], [])
    assert doubled.errors("sheet")["sheet"] == T(
        "表头“单位 名称*”重复：请只保留一列", "the column '单位 名称*' stands twice: keep one of them"
    )
    passed = io.BytesIO(write_sheet("表", [*HEADERS, "备注"], [[*GOOD, "x"]]))
    assert values(
        read_table("表.xlsx", passed, COLUMNS, field="file", most_rows=9, passed_over=("备注",))
    ) == [EXPECTED]


def test_tables_that_are_none_of_this_kind() -> None:
    kinds: tuple[tuple[list[list[object]], str], ...] = (
        ([], "没有数据行"),
        ([["甲", "乙"], ["丙"]], "表头与模板不符"),
    )
    for lines, said in kinds:
        with pytest.raises(Invalid) as caught:
            read(lines)
        assert said in caught.value.errors["file"].zh
    assert read([HEADERS]).errors("file")["file"].zh == "表中没有数据行"
    for name, content in (("表.pdf", b"%PDF-1.7"), ("表.xlsx", b"hello"), ("表.txt", b"hello")):
        with pytest.raises(Invalid) as caught:
            read_table(name, io.BytesIO(content), COLUMNS, field="sheet", most_rows=9)
        assert caught.value.errors["sheet"].zh == "不是 xlsx 或 ods 表格；请另存为 .xlsx"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_table_that_came_back_is_taken_again(language: str) -> None:
    lines: list[list[object]] = [["标题"], [*HEADERS], ["甲公司", "昨天", 1.5, None]]
    table = read(lines)
    wrong = WrongTable(table.errors("file"), table.header_row)
    back = with_errors(
        "表.xlsx",
        io.BytesIO(write_sheet("表", [], [], above=lines)),
        wrong.errors,
        language=language,
        header_row=wrong.header_row,
    )
    cells = [
        list(row)
        for row in CalamineWorkbook.from_filelike(io.BytesIO(back)).get_sheet_by_index(0).to_python()
    ]
    assert "昨天" in str(cells[2][-1])
    assert cells[1][-1]
    cells[2][1] = "2024.5.6"
    assert values(read(cells))[0]["day"] == date(2024, 5, 6)


def test_a_template_leaves_identifiers_their_digits() -> None:
    content = empty_table("模板", COLUMNS, "en")
    assert read_sheet("a.xlsx", io.BytesIO(content)) == [(1, [column.title.en for column in COLUMNS])]
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml").decode()
        styles = packed.read("xl/styles.xml").decode()
    style = sheet.partition('<col min="4" max="4"')[2].partition('style="')[2].partition('"')[0]
    formats = styles.partition("<cellXfs")[2].split("<xf ")[1:]
    number = formats[int(style)].partition('numFmtId="')[2].partition('"')[0]
    assert f'<numFmt numFmtId="{number}" formatCode="@"/>' in styles


def percent_book(form: str) -> io.BytesIO:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet, shown = book.add_worksheet(), book.add_format({"num_format": form})
        for place, value in enumerate((0.955, 1, 0, 0.07, "90%", True, 0.5)):
            sheet.write(0, place, value, shown if place < 6 else None)
    buffer.seek(0)
    return buffer


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("0%", ["96%", "100%", "0%", "7%"]),
        ("0.00%", ["95.50%", "100.00%", "0.00%", "7.00%"]),
        ("0.0#%", ["95.5%", "100.0%", "0.0%", "7.0%"]),
        ("[Red]0.0 %;0", ["95.5 %", "100.0 %", "0.0 %", "7.0 %"]),
    ],
)
def test_cells_in_percent_are_read_as_they_are_shown(form: str, shown: list[str]) -> None:
    ((_, cells),) = read_sheet("a.xlsx", percent_book(form))
    assert cells == [*shown, "90%", True, Decimal("0.5")]
    first = 96 if form == "0%" else Decimal("95.5")
    assert [Percent().read(cell) for cell in cells[:5]] == [first, 100, 0, 7, 90]
    with pytest.raises(MalformedError, match="give a number"):
        Amount().read(cells[0])


def test_numbers_are_read_as_a_spreadsheet_shows_them() -> None:
    content = write_sheet("表", [], [], above=[[0.1 + 0.2, 2.9999999999999996, 1.1010519491231e17]])
    (row,) = read_sheet("a.xlsx", io.BytesIO(content))
    assert row[1][:2] == [Decimal("0.3"), 3]
    with pytest.raises(MalformedError, match="format the column as text"):
        Code().read(row[1][2])


def test_columns_with_contents_and_no_head_are_said() -> None:
    for filename in ("表.xlsx", "表.csv"):
        said: list[T] = []
        lines = [[*HEADERS, None, None], [*GOOD, None, None, "x"], [*GOOD, "y"], [*GOOD]]
        assert values(read(lines, filename=filename, tell=said.append)) == [EXPECTED] * 3
        assert [remark.zh for remark in said] == ["下列各列没有表头，未读入：E、G"]


LONG: list[list[object]] = [["x"]] * 12
"""A sheet of two rows more than are taken."""


def test_only_the_sheet_that_is_read_is_bound() -> None:
    full, over = ([HEADERS, *[GOOD] * rows] for rows in (9, 10))

    def taken(content: bytes, **more: Any) -> int:
        return len(
            read_table("表.xlsx", io.BytesIO(content), COLUMNS, field="file", most_rows=10, **more).rows
        )

    assert taken(book(台账=full, 基础数据=LONG, hidden=["基础数据"])) == 9
    assert taken(book(台账=full, 基础数据=LONG)) == 9
    assert taken(book(台账=full, 往年=over), sheet="台账") == 9
    for content, more in ((book(台账=over), {}), (book(台账=full, 往年=over), {"sheet": "往年"})):
        with pytest.raises(Invalid, match="more than 10 rows"):
            taken(content, **more)
    assert len(read_sheet("表.xlsx", io.BytesIO(book(台账=full, 往年=over)), most_rows=10)) == 10
    with pytest.raises(MalformedError, match="more than 10 rows"):
        read_sheet("表.xlsx", io.BytesIO(book(台账=over)), most_rows=10)


CHOICE = Choice.among(MODES, {"网络": "online"})
BOUNDS: tuple[tuple[Kind, list[object], list[object]], ...] = (
    (Text(3), ["一二三", "12"], ["一二三四", "a\x00"]),
    (Whole(1, 3), [1, 3, "２", "3.0"], [0, 4, 1.5, "一"]),
    (Amount(Decimal("0.5"), 3), [Decimal("0.5"), "3.00", "1,000"[:1]], ["0.49", "3.01", "", "3%"]),
    (Percent(), [0, 100, "99.9%"], [-1, "100.1%", "x"]),
    (
        Day(date(2024, 1, 1), date(2024, 12, 31)),
        ["2024-1-1", "2024.12.31", 45292, date(2024, 6, 1)],
        ["2023-12-31", "2025-01-01", "x"],
    ),
    (YesNo(), ["是", "×", 1, True], ["x", 2, ""]),
    (CHOICE, ["online", "线上", "ONLINE", "both (mixed)", "both", "线上线下结合", "网络"], ["线下", ""]),
    (Code(identifiers.mobile), [13800138000, "138 0013 8000"], [1380013800, "1.38E+10"]),
    (Several(CHOICE, BY_WORD), ["线上、网络", "线上 both", ""], ["线上、远程"]),
)


@pytest.mark.parametrize(("kind", "good", "bad"), BOUNDS, ids=lambda given: type(given).__name__)
def test_each_kind_takes_what_is_within_its_bounds(kind: Kind, good: list[object], bad: list[object]) -> None:
    for cell in good:
        kind.read(cell)
    for cell in bad:
        with pytest.raises(MalformedError):
            kind.read(cell)


def test_of_several_all_that_are_wrong_are_named() -> None:
    assert Several(CHOICE, BY_WORD).read("网络／线上；both") == ("online", "both")
    with pytest.raises(MalformedError) as caught:
        Several(CHOICE, BY_WORD).read("远程,线上,电话")
    assert caught.value.text.zh == (
        "“远程”不在可选项中；“电话”不在可选项中；可选：线上、线上线下结合（混合）"
    )


words = (
    st.text(
        st.characters(categories=("L", "N", "P", "S", "Zs"), include_characters="\n"), min_size=1, max_size=40
    )
    .map(repaired_lines)
    .filter(lambda text: text and not text.startswith("'"))
)
names = words.filter(lambda text: not re.search("[；;\n]", text) and not text.startswith(("'", '"')))
CELLS: tuple[tuple[str, Kind, st.SearchStrategy[Any]], ...] = (
    ("text", Text(), words),
    ("whole", Whole(), st.integers(-(10**15) + 1, 10**15)),
    ("amount", Amount(), st.decimals(-(10**12), 10**12, places=2)),
    ("percent", Percent(), st.decimals(0, 100, places=2)),
    ("day", Day(), st.dates(date(1900, 3, 1), date(2199, 12, 31))),
    ("yes", YesNo(), st.booleans()),
    ("choice", CHOICE, st.sampled_from([key for key, _ in MODES])),
    ("code", Code(), st.from_regex(r"[0-9]{6,18}|[1-9][0-9]{16}X", fullmatch=True)),
    ("several", Several(Text(), BY_LINE), st.lists(names, min_size=1, max_size=4, unique=True).map(tuple)),
)
EACH = tuple(Column(key, T(key, key), kind, required=False) for key, kind, _ in CELLS)
ROWS = st.lists(st.fixed_dictionaries({key: strategy for key, _, strategy in CELLS}), min_size=1, max_size=4)


def as_cells(row: dict[str, Any]) -> Iterator[object]:
    labels = {key: label.zh for key, label in MODES}
    for key, kind, _ in CELLS:
        value = row[key]
        yield (
            "；".join(value)
            if isinstance(kind, Several)
            else written(value)
            if kind == Percent()
            else labels.get(value, value)
            if kind is CHOICE
            else value
        )


@settings(max_examples=25, deadline=None)
@given(ROWS)
@pytest.mark.parametrize("filename", ["表.xlsx", "表.csv"])
def test_what_is_written_is_read_again_as_it_was(filename: str, rows: list[dict[str, Any]]) -> None:
    titles, cells = [column.key for column in EACH], [list(as_cells(row)) for row in rows]
    content = (
        write_sheet("表", titles, cells)
        if filename == "表.xlsx"
        else "".join(csv_lines(titles, cells)).encode()  # type: ignore[arg-type]  # all are cells
    )
    assert values(read_table(filename, io.BytesIO(content), EACH, field="file", most_rows=9)) == rows


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_a_csv_comes_in_the_encodings_of_spreadsheets(encoding: str) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([HEADERS, ["甲公司", "2024年5月6日", "1.5", "'91350100M000100Y43"], [], [" "]])
    content = io.BytesIO(text.getvalue().encode(encoding))
    assert values(read_table("表.csv", content, COLUMNS, field="file", most_rows=9)) == [EXPECTED]


@pytest.mark.parametrize("content", [b"\x00\x01", b"\xff\xfe\x00", b'"a', b'"a"b', "表".encode("utf-16")])
def test_what_is_no_csv_is_refused(content: bytes) -> None:
    with pytest.raises(MalformedError, match="csv"):
        read_sheet("表.csv", io.BytesIO(content))


def test_the_bounds_of_a_csv(monkeypatch: pytest.MonkeyPatch) -> None:
    def sized(rows: int, columns: int) -> io.BytesIO:
        return io.BytesIO((",".join("x" * columns) + "\n").encode() * rows)

    assert len(read_sheet("表.csv", sized(10, sheet_limits.MOST_COLUMNS), most_rows=10)) == 10
    for beyond in (sized(11, 1), sized(1, sheet_limits.MOST_COLUMNS + 1)):
        with pytest.raises(MalformedError, match="more than 10 rows"):
            read_sheet("表.csv", beyond, most_rows=10)
    monkeypatch.setattr(csv_rows, "MOST_BYTES", 10)
    assert read_sheet("表.csv", io.BytesIO(b"x" * 10)) == [(1, ["x" * 10])]
    with pytest.raises(MalformedError, match="too large"):
        read_sheet("表.csv", io.BytesIO(b"x" * 11))
