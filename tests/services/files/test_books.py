"""Workbooks cell by cell: what a spreadsheet shows of them, or why a cell cannot be read."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter

from core.domain.errors import MalformedError
from core.rules.text import T
from core.services.files.books.cells import Unreadable, place
from core.services.files.books.number_formats import displayed
from core.services.files.books.ods import _NAMES
from core.services.files.columns import Column, empty_table
from core.services.files.kinds import Amount, Choice, Code, Day, Percent, Text, Whole, YesNo
from core.services.files.sheets import read_book, read_sheet, write_sheet

FAILED = "! 单元格显示 {}，没有可读取的值；请更正公式，或直接填写数值"
UNCOMPUTED = "! 单元格是公式，但没有计算结果；请用表格软件打开并保存后再上传，或直接填写数值"
MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'


def book(sheet: str, computing: str = "", name: str = "表") -> io.BytesIO:
    """A workbook whose one sheet has these rows; `computing` is what it says of its formulas."""
    empty = io.BytesIO()
    with xlsxwriter.Workbook(empty) as made:
        made.add_worksheet(name)
    made_of = io.BytesIO()
    with zipfile.ZipFile(empty) as old, zipfile.ZipFile(made_of, "w") as new:
        for part in old.namelist():
            text = old.read(part).decode()
            if part == "xl/worksheets/sheet1.xml":
                text = f"<worksheet {MAIN}><sheetData>{sheet}</sheetData></worksheet>"
            elif part == "xl/workbook.xml":
                text = text.replace(' fullCalcOnLoad="1"', computing)
            new.writestr(part, text)
    made_of.seek(0)
    return made_of


def cells(sheet: str, computing: str = "") -> list[object]:
    ((_, found),) = read_sheet("a.xlsx", book(f"<row>{sheet}</row>", computing))
    return [f"! {cell.error.text.zh}" if isinstance(cell, Unreadable) else cell for cell in found]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("<c><v>1.50</v></c>", Decimal("1.5")),
        ("<c><v>3E2</v></c>", 300),
        ('<c t="b"><v>1</v></c>', True),
        ('<c t="d"><v>2024-05-06T00:00:00</v></c>', date(2024, 5, 6)),
        ('<c t="str"><f>A1</f><v>甲_x000D_</v></c>', "甲"),
        ('<c t="inlineStr"><is><r><t>甲</t></r><r><t>乙</t></r><rPh><t>jia</t></rPh></is></c>', "甲乙"),
        (
            '<c t="inlineStr"><is><t>#N/A</t></is></c>',
            FAILED.format("#N/A"),
        ),
        ('<c t="e"><v>#REF!</v></c>', FAILED.format("#REF!")),
        ("<c><f>1+1</f><v>2</v></c>", 2),
        (
            "<c><f>1+1</f></c>",
            UNCOMPUTED,
        ),
        ('<c t="str"><f>A1</f></c>', UNCOMPUTED),
        ('<c t="b"><f>A1</f></c>', UNCOMPUTED),
        ('<c t="inlineStr"><f>A1</f></c>', UNCOMPUTED),
        ('<c t="inlineStr"><f>A1</f><is><t>甲</t></is></c>', "甲"),
        ('<c><f t="shared" si="0"/></c>', UNCOMPUTED),
        ("<c><v>110105194912310020</v></c>", 110105194912310000),
        ("<c><v>nan</v></c>", FAILED.format("nan")),
    ],
)
def test_each_kind_of_cell(cell: str, value: object) -> None:
    assert cells(f"{cell}<c><v>1</v></c>")[0] == value


def test_an_empty_text_of_a_formula_is_empty_and_cells_may_leave_out_where_they_stand() -> None:
    given = '<c t="str"><f>A1</f><v></v></c><c/><c r="D1"><v>4</v></c><c><v>5</v></c>'
    assert cells(given) == [None, None, None, 4, 5]


CELL = '<table:table-cell table:formula="of:=1+1" {}/>'
TEXT = '<table:table-cell table:formula="of:=1+1" {}><text:p>{}</text:p></table:table-cell>'


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (CELL.format(""), UNCOMPUTED),
        (CELL.format('office:value-type="float"'), UNCOMPUTED),
        (CELL.format('office:value-type="percentage"'), UNCOMPUTED),
        (CELL.format('office:value-type="date"'), UNCOMPUTED),
        (CELL.format('office:value-type="time"'), UNCOMPUTED),
        (CELL.format('office:value-type="boolean"'), UNCOMPUTED),
        (CELL.format('office:value-type="string"'), UNCOMPUTED),
        (CELL.format('office:value-type="string" office:string-value=""'), None),
        (TEXT.format('office:value-type="string"', ""), None),
        (TEXT.format('office:value-type="string"', "甲"), "甲"),
        (TEXT.format('office:value-type="float" office:value="2"', "2"), 2),
        (CELL.format('office:value-type="boolean" office:boolean-value="false"'), False),
        (CELL.format('office:value-type="date" office:date-value="2024-05-06"'), date(2024, 5, 6)),
    ],
)
def test_a_formula_of_an_ods_without_a_value_is_no_empty_cell(cell: str, value: object) -> None:
    names = "".join(f' xmlns:{prefix}="{name}"' for prefix, name in _NAMES.items())
    row = f"<table:table-row>{cell}<table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>"
    body = f"<office:spreadsheet><table:table>{row}</table:table></office:spreadsheet>"
    content = f"<office:document-content{names}><office:body>{body}</office:body></office:document-content>"
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        packed.writestr("content.xml", content)
    file.seek(0)
    ((_, (found, _)),) = read_sheet("a.ods", file)
    assert (f"! {found.error.text.zh}" if isinstance(found, Unreadable) else found) == value


def test_formulas_that_are_computed_only_when_it_is_opened_have_no_value_yet() -> None:
    (found, _) = cells("<c><f>1+1</f><v>0</v></c><c><v>1</v></c>", ' fullCalcOnLoad="1"')
    assert str(found).startswith("! 单元格是公式")


@pytest.mark.parametrize(
    ("kept", "form", "shown"),
    [
        ("1234.5", "#,##0.00", "1,234.50"), ("999.999", "#,##0.00", "1,000.00"), ("-5", "0;(0)", "(5)"),
        ("-5", "0.0", "-5.0"), ("0.5", "#.#", ".5"), ("0", "0;-0;无", "无"), ("0", '#,##0;-#,##0;"-"', 0),
        ("0", '#,##0;-#,##0;"¥"-', 0), ("0", '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ ', 0),
        ("0", '0;-0;"US$ -"', 0), ("0", '0;-0;"√"', "√"), ("0.2", '#,##0;-#,##0;"¥"-', "0"),
        ("12000", "[>=10000]0!.0,;0", "1.2"), ("80", "[>=10000]0!.0,;0", 80), ("5", "[<1]0", "!"),
        ("2000000", '0.00,,"百万"', "2.00百万"), ("12345678", "000-0000-0", "123-4567-8"),
        ("0.5", "[h]:mm", "12:00"), ("1.0625", "[h]:mm", "25:30"), ("1.0625", "h:mm:ss", "1:30:00"),
        ("0.0625", "h:mm AM/PM", "!"), ("0.0625", "mm:ss", "!"),
        ("45418.5", "yyyy/m/d h:mm", date(2024, 5, 6)),
        ("45418", "d-mmm-yy", date(2024, 5, 6)), ("45418", "m-d", "!"), ("1", "yyyy-mm-dd", "!"),
        ("5", "[DBNum1]0", "!"),
        ("95", '0"%"', "95%"), ("5", "0.00E+00", "!"), ("5", "@", 5), ("5", "", 5), ("5", '"无"', "!"),
        ("5", "[~5]0", 5), ("45418", "gge", "!"), ("1000", '#,##0"万"0', "!"),
    ],
)  # fmt: skip
def test_what_a_format_shows_of_a_number(kept: str, form: str, shown: object) -> None:
    found = displayed(Decimal(kept), form)
    assert ("!" if isinstance(found, Unreadable) else found) == shown


def test_days_are_counted_from_1904_where_the_workbook_says_so() -> None:
    assert displayed(Decimal(45418 - 1462), "yyyy-mm-dd", since=date(1904, 1, 1)) == date(2024, 5, 6)


@pytest.mark.parametrize(("column", "letters"), [(1, "A"), (26, "Z"), (27, "AA"), (100, "CV")])
def test_where_a_cell_stands(column: int, letters: str) -> None:
    assert place(3, column) == f"{letters}3"


def test_what_is_no_workbook_and_one_that_shows_nothing() -> None:
    with pytest.raises(MalformedError, match="cannot be read"):
        read_book("a.xlsx", book('<row><c t="s"><v>9</v></c></row>'))
    hidden = io.BytesIO()
    with zipfile.ZipFile(book("")) as old, zipfile.ZipFile(hidden, "w") as new:
        for part in old.namelist():
            new.writestr(part, old.read(part).replace(b"<sheet ", b'<sheet state="hidden" '))
    hidden.seek(0)
    with pytest.raises(MalformedError, match="every sheet"):
        read_book("a.xlsx", hidden)


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LOCKED = OLE + "EncryptedPackage".encode("utf-16-le")
REFUSED = (
    (
        "a.xlsx",
        OLE + "EncryptedPackage".encode("utf-16-le"),
        "设有打开密码，无法读取；请去掉密码后另存为 .xlsx",
    ),
    ("a.xls", OLE, "不读取旧版 .xls 和 WPS .et 表格；请另存为 .xlsx"),
    ("a.et", OLE, "不读取旧版 .xls 和 WPS .et 表格；请另存为 .xlsx"),
    ("a.ods", b"PK\x03\x04", "不是 xlsx 或 ods 表格；请另存为 .xlsx"),
)


@pytest.mark.parametrize(("name", "data", "why"), REFUSED)
def test_what_cannot_be_read_is_told_with_the_way_out(name: str, data: bytes, why: str) -> None:
    with pytest.raises(MalformedError) as caught:
        read_book(name, io.BytesIO(data))
    assert why in caught.value.text.zh


def ods(content: str, *, locked: bool = False) -> io.BytesIO:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as new:
        new.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        new.writestr("META-INF/manifest.xml", "<m><encryption-data/></m>" if locked else "<m/>")
        names = " ".join(
            f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{prefix}:1.0"'
            for prefix in ("office", "table", "text", "style")
        )
        body = f"<office:body><office:spreadsheet>{content}</office:spreadsheet></office:body>"
        new.writestr("content.xml", f"<office:document-content {names}>{body}</office:document-content>")
    made.seek(0)
    return made


def in_rows(*rows: str) -> str:
    return f'<table:table table:name="表">{"".join(rows)}</table:table>'


def test_rows_and_cells_of_ods_are_repeated_within_bounds() -> None:
    shown = '<text:p>甲<text:s text:c="2"/>乙</text:p>'
    cell = '<table:table-cell {}office:value-type="string">' + shown + "</table:table-cell>"
    far = '<table:table-row table:number-rows-repeated="1048570"><table:table-cell/></table:table-row>'
    many = cell.format('table:number-columns-repeated="2" ')
    row = f'<table:table-row table:number-rows-repeated="2">{many}</table:table-row>'
    assert read_sheet("a.ods", ods(in_rows(row, far))) == [(1, ["甲  乙"] * 2), (2, ["甲  乙"] * 2)]
    wide = cell.format('table:number-columns-repeated="101" ')
    for beyond in (far + row, f"<table:table-row>{wide}</table:table-row>"):
        with pytest.raises(MalformedError, match="rows or"):
            read_sheet("a.ods", ods(in_rows(beyond)))
    with pytest.raises(MalformedError, match="password"):
        read_sheet("a.ods", ods(in_rows(row), locked=True))


def test_what_goes_on_beyond_the_limits_is_marked_and_other_sheets_are_read() -> None:
    cell = '<table:table-cell office:value-type="string"><text:p>甲</text:p></table:table-cell>'
    rows = [f'<table:table-row table:number-rows-repeated="{n}">{cell}</table:table-row>' for n in (11, 10)]
    found = read_book("a.ods", ods("".join(in_rows(row) for row in rows)), most_rows=10)
    assert [(sheet.beyond, len(sheet.lines)) for sheet in found] == [(True, 0), (False, 10)]


def column(kind: Any) -> Column:
    return Column("k", T("列", "Column"), kind)


def prepared(kind: Any) -> tuple[str, str]:
    """The number format of a template's column, and what it allows."""
    content = empty_table("模板", [column(kind)])
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheet, styles = (packed.read(f"xl/{part}.xml").decode() for part in ("worksheets/sheet1", "styles"))
    style = sheet.partition("<col ")[2].partition('style="')[2].partition('"')[0]
    formats = styles.partition("<cellXfs")[2].split("<xf ")[1:]
    number = formats[int(style or 0)].partition('numFmtId="')[2].partition('"')[0]
    form = styles.partition(f'numFmtId="{number}" formatCode="')[2].partition('"')[0] or number
    return form, sheet.partition("<dataValidation ")[2].partition("</dataValidation>")[0]


CHOICE = Choice.among([("a", T("甲", "one")), ("b", T("乙", "two"))])
PREPARED: Sequence[tuple[Any, str, Sequence[str]]] = (
    (Text(), "@", ()),
    (Code(), "@", ()),
    (Whole(0, 30), "0", ('type="whole"', "<formula1>0</formula1>", "<formula2>30</formula2>")),
    (Amount(0, unit="元"), "#,##0.00", ('type="decimal"',)),
    (Percent(), "0.00%", ('type="decimal"', "<formula2>1</formula2>")),
    (Day(date(2024, 1, 1), date(2024, 12, 31)), "yyyy-mm-dd", ('type="date"', "<formula1>45292</formula1>")),
    (YesNo(), "@", ('type="list"', "是,否")),
    (CHOICE, "@", ('type="list"', "甲,乙")),
)


@pytest.mark.parametrize(("kind", "form", "allowed"), PREPARED, ids=lambda given: type(given).__name__)
def test_a_template_is_made_ready_for_what_is_typed(kind: Any, form: str, allowed: Sequence[str]) -> None:
    found, validation = prepared(kind)
    assert found == form or (form, found) == ("0", "1")
    assert [part for part in allowed if part not in validation] == []
    assert 'sqref="A2:A10001"' in validation or not allowed


def test_a_choice_of_too_many_words_for_a_list_is_text() -> None:
    many = [(str(number), T("很长的名称" * 10, "name")) for number in range(9)]
    assert prepared(Choice.among(many)) == ("@", "")


def test_texts_of_a_refused_table_stay_texts() -> None:
    content = write_sheet("表", ["号码"], [["11010519491231002X"]])
    assert read_sheet("a.xlsx", io.BytesIO(content))[1] == (2, ["11010519491231002X"])
