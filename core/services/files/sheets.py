"""Tables: read within limits into plain values, written as xlsx without anybody's formula."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, assert_never

import xlsxwriter
from python_calamine import CalamineError, CalamineWorkbook

from core.documents.columns import drawn
from core.documents.sheet import LONGEST_CELL
from core.documents.sheet import OPTIONS as PLAIN
from core.domain.errors import MalformedError
from core.rules.text import T
from core.services.files.csv_rows import csv_rows
from core.services.files.formats import KEPT, TableFormat, format_of, listed
from core.services.files.percent_cells import percent_cells
from core.services.files.sheet_limits import require_small

MOST_ROWS = 10_000
NARROWEST, WIDEST = 8, 40
"""Columns are as wide as what stands in them, within these."""
OPTIONS = {**PLAIN, "default_date_format": "yyyy-mm-dd"}


Line = tuple[int, list[object]]
"""A row: its number as a spreadsheet shows it, and its cells."""


def read_sheet(filename: str, file: IO[bytes], *, most_rows: int = MOST_ROWS) -> list[Line]:
    """The rows that hold anything, of a file's first sheet.

    Cells are texts without outer spaces (all of a csv, and a percentage: "95.5%"), whole numbers, decimals,
    truth values, dates, or None. MalformedError for what is in no format of tables, or beyond the limits.
    """
    format = format_of(filename, file)
    match format:
        case TableFormat.CSV:
            return list(_filled(csv_rows(file, most_rows), frozenset()))
        case TableFormat.XLSX:
            return _xlsx_lines(file, most_rows)
        case None:
            names = listed(KEPT)
            raise MalformedError(
                T(f"不是 {names.zh} 表格", f"this is no {names.en} table"),
                mend=T("请另存为 .xlsx", "save it as .xlsx"),
            )
        case _:
            assert_never(format)


def _xlsx_lines(file: IO[bytes], most_rows: int) -> list[Line]:
    require_small(file, most_rows)
    try:
        book = CalamineWorkbook.from_filelike(file)
        sheet = book.get_sheet_by_index(0)
    except CalamineError as error:
        raise MalformedError(
            T("无法读取该表格", "the table cannot be read"),
            mend=T("请用表格软件重新保存", "open it in a spreadsheet and save it again"),
        ) from error
    rows = sheet.to_python(skip_empty_area=False)
    return list(_filled(rows, percent_cells(file)))


def _filled(rows: Iterable[Sequence[Any]], in_percent: frozenset[tuple[int, int]]) -> Iterator[Line]:
    for number, row in enumerate(rows, start=1):
        cells = [_plain(cell) for cell in row]
        for place, cell in enumerate(cells, start=1):
            if (number, place) in in_percent and isinstance(cell, int | Decimal) and cell is not True:
                cells[place - 1] = f"{(Decimal(cell) * 100).normalize():f}%"
        if any(cell is not None for cell in cells):
            yield number, cells


def _plain(cell: object) -> object:
    match cell:
        case bool():
            return cell
        case float():
            # As a spreadsheet shows it: what a formula computed has noise behind the fifteenth digit.
            shown = Decimal(f"{cell:.15g}")
            return int(shown) if shown == shown.to_integral_value() else shown
        case datetime():
            return cell.date()
        case str():
            return cell.strip() or None
        case _:
            return cell


def write_sheet(
    name: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    above: Sequence[Sequence[object]] = (),
    notes: Sequence[str] = (),
    as_text: Collection[int] = (),
) -> bytes:
    """An xlsx file: lines above, the headers, the rows, and notes on a sheet of their own.

    `as_text` are the columns, from 0, whose cells a spreadsheet takes as text whatever is typed there.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        sheet = book.add_worksheet(name[:31])
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1})
        written = book.add_format({"num_format": "@"})
        widths = [min(drawn(header), WIDEST // 2) for header in headers]
        top = len(above)
        sheet.freeze_panes(top + 1, 0)
        for line, row in enumerate(above):
            for column, value in enumerate(row):
                write_cell(sheet, line, column, value)
        for column, header in enumerate(headers):
            sheet.write_string(top, column, header, bold)
        for line, row in enumerate(rows, start=top + 1):
            for column, value in enumerate(row):
                write_cell(sheet, line, column, value)
                if column < len(widths) and value is not None:
                    widths[column] = max(widths[column], drawn(str(value)))
        for column, width in enumerate(widths):
            style = written if column in as_text else None
            sheet.set_column(column, column, min(max(width + 2, NARROWEST), WIDEST), style)
        if notes:
            remarks = book.add_worksheet("说明 Notes")
            for line, remark in enumerate(notes):
                remarks.write_string(line, 0, remark)
    return buffer.getvalue()


def write_cell(sheet: Any, line: int, column: int, value: object) -> None:
    """One value with its type; a text is never taken for a formula."""
    match value:
        case None | "":
            return
        case bool():
            sheet.write_string(line, column, "是" if value else "否")
        case int() | float() | Decimal():
            sheet.write_number(line, column, float(value) if isinstance(value, Decimal) else value)
        case datetime():
            sheet.write_string(line, column, value.isoformat(sep=" ", timespec="minutes"))
        case date():
            sheet.write_datetime(line, column, value)
        case _:
            sheet.write_string(line, column, str(value)[:LONGEST_CELL])
