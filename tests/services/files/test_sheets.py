"""Tables: what is written is read back, a text stays a text, and what is no table of sane size is refused."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
import xlsxwriter

from core.domain.errors import MalformedError
from core.services.files.sheets import read_sheet, write_sheet


def test_cells_come_back_as_plain_values() -> None:
    row = [
        "文字",
        3,
        Decimal("1.25"),
        True,
        date(2024, 2, 29),
        None,
        " 空格 ",
        datetime(2024, 5, 6, 9, 30, tzinfo=UTC),
    ]
    content = write_sheet(
        "一个很长很长很长很长很长很长很长很长很长很长的名字超过了三十一个字", ["甲"], [row, [None], ["末"]]
    )
    assert read_sheet("a.xlsx", io.BytesIO(content)) == [
        (1, ["甲"] + [None] * 7),
        (2, ["文字", 3, Decimal("1.25"), "是", date(2024, 2, 29), None, "空格", "2024-05-06 09:30+00:00"]),
        (4, ["末"] + [None] * 7),
    ]


@pytest.mark.parametrize("text", ['=HYPERLINK("http://x")', "+1", "@SUM(A1)", "http://example.cn", "'=1"])
def test_a_text_is_never_live(text: str) -> None:
    content = write_sheet("表", ["甲"], [[text]])
    assert read_sheet("a.xlsx", io.BytesIO(content))[1] == (2, [text])
    with zipfile.ZipFile(io.BytesIO(content)) as packed:
        sheet = packed.read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in sheet
    assert b"hyperlink" not in sheet


def test_far_cells_and_wide_rows_are_refused() -> None:
    for row, column in ((1_048_575, 0), (0, 200)):
        buffer = io.BytesIO()
        with xlsxwriter.Workbook(buffer) as book:
            book.add_worksheet().write(row, column, "x")
        with pytest.raises(MalformedError):
            read_sheet("a.xlsx", buffer)


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x03\x04 broken", b"%PDF-1.7"])
def test_other_files_are_refused(content: bytes) -> None:
    with pytest.raises(MalformedError):
        read_sheet("a.xlsx", io.BytesIO(content))
