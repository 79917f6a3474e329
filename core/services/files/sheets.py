"""Tables: read within limits into plain values, written as xlsx without anybody's formula."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any, assert_never

import xlsxwriter

from core.documents.columns import drawn
from core.documents.sheet import LONGEST_CELL
from core.documents.sheet import OPTIONS as PLAIN
from core.domain.errors import MalformedError
from core.rules.text import T
from core.services.files.books.cells import Line, Sheet, written
from core.services.files.books.ods import read_ods
from core.services.files.books.xlsx import read_xlsx
from core.services.files.csv_rows import csv_rows
from core.services.files.formats import TableFormat, format_of, why_no_table
from core.services.files.sheet_limits import too_long

MOST_ROWS = 10_000
NARROWEST, WIDEST = 8, 40
"""Columns are as wide as what stands in them, within these."""
OPTIONS = {**PLAIN, "default_date_format": "yyyy-mm-dd"}


def read_book(filename: str, file: IO[bytes], *, most_rows: int = MOST_ROWS) -> list[Sheet]:
    """The visible sheets of a file, at least one, with the rows within the limits that hold anything.

    A cell is what a spreadsheet shows: a text without outer spaces (all of a csv; a number whose format says
    more: "95.5%", "1:30"), a whole number, a decimal, a truth value, a date, `Unreadable`, or None.
    MalformedError for what is in no format of tables, or beyond the limits.
    """
    format = format_of(filename, file)
    match format:
        case TableFormat.CSV:
            rows = enumerate(csv_rows(file, most_rows), start=1)
            lines = ((number, [written(cell) for cell in row]) for number, row in rows)
            found = [Sheet("", [line for line in lines if any(cell is not None for cell in line[1])])]
        case TableFormat.XLSX:
            found = read_xlsx(file, most_rows)
        case TableFormat.ODS:
            found = read_ods(file, most_rows)
        case None:
            raise why_no_table(file)
        case _:
            assert_never(format)
    if not found:
        raise MalformedError(
            T("没有可见的工作表", "every sheet of the table is hidden"),
            mend=T("请取消隐藏要上传的工作表", "show the sheet that is meant"),
        )
    return found


def read_sheet(filename: str, file: IO[bytes], *, most_rows: int = MOST_ROWS, name: str = "") -> list[Line]:
    """The rows of one sheet, the first that is visible unless it is named; errors as `read_book`.

    MalformedError too for a sheet that goes on beyond the limits.
    """
    sheets = read_book(filename, file, most_rows=most_rows)
    meant = next((sheet for sheet in sheets if sheet.name == name), sheets[0])
    if meant.beyond:
        raise too_long(most_rows)
    return meant.lines


@dataclass(frozen=True, slots=True)
class Prepared:
    """How a column of a template is made ready for what is typed there."""

    number_format: str = "General"
    allowed: Mapping[str, Any] | None = None
    """What xlsxwriter's `data_validation` takes; None for anything."""


AS_TEXT = Prepared("@")
"""Whatever is typed stays as it was: no identifier loses digits, nothing becomes a date."""


def write_sheet(
    name: str,
    headers: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    above: Sequence[Sequence[object]] = (),
    notes: Sequence[str] = (),
    prepared: Sequence[Prepared] = (),
) -> bytes:
    """An xlsx file: lines above, the headers, the rows, and notes on a sheet of their own.

    `prepared` says of each column what it is made ready for, down to where spreadsheets end.
    """
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        sheet = book.add_worksheet(name[:31])
        bold = book.add_format({"bold": True, "text_wrap": True, "valign": "vcenter", "border": 1})
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
            ready = prepared[column] if column < len(prepared) else Prepared()
            style = book.add_format({"num_format": ready.number_format}) if ready != Prepared() else None
            sheet.set_column(column, column, min(max(width + 2, NARROWEST), WIDEST), style)
            if ready.allowed is not None:
                sheet.data_validation(top + 1, column, MOST_ROWS, column, dict(ready.allowed))
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
