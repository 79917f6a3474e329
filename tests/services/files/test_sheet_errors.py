"""A refused table given back with its errors."""

import io
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import xlsxwriter
from python_calamine import CalamineWorkbook

from core.domain.errors import MalformedError
from core.domain.reading import Clock
from core.rules.text import T
from core.services.files.books.cells import Unreadable
from core.services.files.books.number_formats import displayed
from core.services.files.sheet_errors import HEADER, _as_kept, errors_listed, says_errors, with_errors
from core.services.files.sheets import read_sheet, write_sheet


def back(errors: dict[str, T], language: str = "zh") -> list[list[Any]]:
    rows: list[list[object]] = [["=1+1", 2, date(2024, 5, 6)], [None, "x", True]]
    table = io.BytesIO(write_sheet("表", ["甲", "乙", "丙"], rows))
    content = with_errors("表.xlsx", table, errors, language=language)
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_each_row_keeps_its_cells_and_gets_its_errors() -> None:
    errors = {"3.a": T("错一", "first"), "3.b": T("错二", "second"), "file": T("总错", "in all")}
    header, good, bad = back(errors)
    assert header == ["甲", "乙", "丙", f"{HEADER.zh}：总错"]
    assert good == ["=1+1", 2, date(2024, 5, 6), ""]
    assert bad == ["", "x", "是", "错一；错二"]
    assert back(errors, "en")[2][3] == "first; second"


def test_an_error_of_a_row_that_is_not_there_stands_above() -> None:
    assert back({"9.a": T("无此行", "no such row")})[0][3].endswith("：无此行")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_table_that_came_back_has_one_column_of_errors(language: str) -> None:
    first = with_errors(
        "表.xlsx", io.BytesIO(write_sheet("表", ["甲"], [["x"], ["y"]])), {"2.a": T("错", "wrong")}
    )
    second = with_errors("表.xlsx", io.BytesIO(first), {"3.a": T("又错", "again")}, language=language)
    rows = CalamineWorkbook.from_filelike(io.BytesIO(second)).get_sheet_by_index(0).to_python()
    assert rows == [["甲", HEADER.get(language)], ["x", ""], ["y", "又错" if language == "zh" else "again"]]
    assert says_errors(rows[0][1])
    assert not says_errors(rows[0][0])


KEPT = (
    ("AM/PM", 0.5625, "h:mm AM/PM"),
    ("time", 0.0625, "h:mm"),
    ("seconds", 0.5001, "h:mm:ss"),
    ("more than a day", 1.25, "[h]:mm"),
    ("date", 45418, "yyyy-mm-dd"),
    ("percent", 0.955, "0.0%"),
    ("fraction", 0.5, "# ?/?"),
    ("dash", 5, '"—"'),
    ("thousands", 1234567.5, "#,##0.00"),
    ("decimal", 0.1, "General"),
    ("zero", 0, "General"),
    ("long", 123456789012345678, "0"),
    ("small", -7, "General"),
    ("truth", True, "General"),
    ("long text", "110101199003070012", "@"),
    ("time as text", "1:30 PM", "@"),
    ("date as text", "2024-5-6", "@"),
    ("formula as text", "=1+1", "General"),
    ("number as text", "007", "General"),
    ("error", "#N/A", "General"),
    ("lines", "甲\n乙", "General"),
)


@pytest.mark.parametrize("marked", [True, False])
@pytest.mark.parametrize(("value", "form"), [case[1:] for case in KEPT], ids=[case[0] for case in KEPT])
def test_a_cell_that_is_given_back_is_read_as_the_same_again(value: Any, form: str, marked: bool) -> None:
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"strings_to_formulas": False}) as book:
        sheet = book.add_worksheet()
        sheet.write_string(0, 0, "甲")
        sheet.write(1, 0, value, book.add_format({"num_format": form}))
    buffer.seek(0)
    first = read_sheet("表.xlsx", buffer)
    back = with_errors("表.xlsx", buffer, {"2.a": T("错", "wrong")} if marked else {})
    again = read_sheet("表.xlsx", io.BytesIO(back))
    assert repr(again[1][1][0]) == repr(first[1][1][0])
    assert type(again[1][1][0]) is type(first[1][1][0])


@pytest.mark.parametrize(
    "cell", [Clock("1:30 PM"), Clock("12:05 AM"), Clock("25:00"), Clock("1:30"), date(1850, 3, 2)]
)
def test_times_and_days_of_long_ago_are_given_back_as_what_they_are(cell: Any) -> None:
    value, form = _as_kept(cell)
    if isinstance(cell, date):
        assert (value, form) == ("1850-03-02", "@")
    elif cell.endswith("M"):
        assert form == "h:mm AM/PM"
        assert value == (
            timedelta(hours=13, minutes=30) if cell[0] == "1" and cell[1] == ":" else timedelta(minutes=5)
        )
    else:
        assert isinstance(value, timedelta)
        day = Decimal(value.total_seconds()) / 86_400
        assert displayed(day, form) == cell


def test_what_a_merged_cell_covers_is_not_given_back_as_an_empty_cell() -> None:
    """Unmerged and left as it is, it would be taken for none in a column that may be empty."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer) as book:
        sheet = book.add_worksheet()
        for column, text in enumerate(("甲", "乙")):
            sheet.write_string(0, column, text)
            sheet.write_string(2, column, text)
        sheet.merge_range("B2:B3", "合并")
    buffer.seek(0)
    first = with_errors("表.xlsx", buffer, {"3.乙": T("已合并", "merged")})
    (_, _, (_, mended)) = read_sheet("表.xlsx", io.BytesIO(first))
    assert isinstance(mended[1], Unreadable)
    assert (mended[1].shown, mended[1].merged) == ("#N/A", False)
    unmarked = with_errors("表.xlsx", buffer, {})
    (_, _, (_, left)) = read_sheet("表.xlsx", io.BytesIO(unmarked))
    assert left[1] is None, "where nothing is wrong, nothing stands"


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(MalformedError):
        with_errors("表.xlsx", io.BytesIO(b"nothing"), {})


def test_a_page_lists_the_first_errors() -> None:
    errors = {str(number): T(str(number), str(number)) for number in range(5)}
    assert [text.zh for text in errors_listed(errors, 3)[0]] == ["0", "1", "2"]
    assert errors_listed(errors, 3)[1] == 2
    assert errors_listed(errors, 5)[1] == 0
