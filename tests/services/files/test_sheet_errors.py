"""A refused table given back with its errors."""

import io
from datetime import date
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from core.domain.errors import MalformedError
from core.rules.text import T
from core.services.files.sheet_errors import HEADER, errors_listed, says_errors, with_errors
from core.services.files.sheets import write_sheet


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


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(MalformedError):
        with_errors("表.xlsx", io.BytesIO(b"nothing"), {})


def test_a_page_lists_the_first_errors() -> None:
    errors = {str(number): T(str(number), str(number)) for number in range(5)}
    assert [text.zh for text in errors_listed(errors, 3)[0]] == ["0", "1", "2"]
    assert errors_listed(errors, 3)[1] == 2
    assert errors_listed(errors, 5)[1] == 0
