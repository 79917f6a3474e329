"""A refused table given back: the same rows, what is wrong with each beside it (`with_errors`).

For every import that raises `Invalid` with its errors by `row.field`: diaries, rosters, summary tables.
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import IO, Any

import xlsxwriter

from core.documents.sheet import LONGEST_CELL
from core.domain.folding import folded
from core.domain.reading import Clock
from core.rules.text import T
from core.services.files.books.cells import Unreadable
from core.services.files.sheets import MOST_ROWS, OPTIONS, read_sheet, write_cell

HEADER = T("错误（请更正后重新上传）", "Errors (correct them and send the table again)")
BETWEEN = T("；", "; ")
WIDTH, WIDE = 18, 60
_CLOCK = re.compile(r"(\d+):(\d\d)(?::(\d\d))?", re.ASCII)


def says_errors(header: object) -> bool:
    """Whether a column is the errors of a table that was given back; a reader passes it over."""
    return folded(str(header)).startswith((folded(HEADER.zh), folded(HEADER.en)))


def with_errors(
    filename: str,
    file: IO[bytes],
    errors: Mapping[str, T],
    *,
    language: str = "zh",
    header_row: int = 1,
    most_rows: int = MOST_ROWS,
    sheet_name: str = "",
) -> bytes:
    """The sheet of a refused table as xlsx, the first unless named, with a column of errors; wrong rows are
    coloured, and texts stay texts.

    A column of errors that it still had from the last time is replaced.

    `errors` is what an import raised: those keyed `row.field` stand in their row, all others above, in the
    row of the headers. MalformedError where the file is no table at all.
    """
    rows = _without_errors(read_sheet(filename, file, most_rows=most_rows, name=sheet_name), header_row)
    column = max((len(cells) for _, cells in rows), default=0)
    said = _by_row(errors, {number for number, _ in rows}, header_row, language)
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, OPTIONS) as book:
        bold = book.add_format({"bold": True})
        wrong = book.add_format({"bg_color": "#fde8e8", "num_format": "@"})
        kept = book.add_format({"num_format": "@"})
        wrong_day = book.add_format({"bg_color": "#fde8e8", "num_format": "yyyy-mm-dd"})
        clock = book.add_format({"num_format": "[h]:mm:ss"})
        red = book.add_format({"font_color": "#a61e1e", "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet()
        sheet.set_column(0, max(column - 1, 0), WIDTH)
        sheet.set_column(column, column, WIDE)
        sheet.freeze_panes(header_row, 0)
        for number, cells in rows:
            line, why = number - 1, said.get(number, [])
            marked = number > header_row and bool(why)
            for place, cell in enumerate(map(_as_kept, cells)):
                style = wrong_day if isinstance(cell, date) else wrong
                plain = kept if isinstance(cell, str) else None
                if isinstance(cell, timedelta):
                    sheet.write_datetime(line, place, cell, clock)
                    continue
                _write(sheet, line, place, cell, style if marked else bold if number == header_row else plain)
            text = BETWEEN.get(language).join(why)[:LONGEST_CELL]
            if number == header_row:
                label = HEADER.get(language)
                sheet.write_string(line, column, f"{label}：{text}" if text else label, red)
            elif text:
                sheet.write_string(line, column, text, red)
    return buffer.getvalue()


def _as_kept(cell: object) -> object:
    """A cell as it is given back: a date or a time that a spreadsheet made becomes no text by it."""
    if isinstance(cell, Unreadable) and isinstance(cell.kept, date):
        return cell.kept
    if isinstance(cell, Clock) and (parts := _CLOCK.fullmatch(cell)) is not None:
        return timedelta(hours=int(parts[1]), minutes=int(parts[2]), seconds=int(parts[3] or 0))
    return cell


def _without_errors(rows: list[tuple[int, list[object]]], header_row: int) -> list[tuple[int, list[object]]]:
    header = dict(rows).get(header_row, [])
    places = {place for place, cell in enumerate(header) if says_errors(cell)}
    if not places:
        return rows
    return [
        (number, [cell for place, cell in enumerate(cells) if place not in places]) for number, cells in rows
    ]


def _by_row(
    errors: Mapping[str, T], numbers: set[int], header_row: int, language: str
) -> dict[int, list[str]]:
    said: dict[int, list[str]] = {}
    for key, why in errors.items():
        row = key.partition(".")[0]
        number = int(row) if row.isascii() and row.isdigit() else header_row
        said.setdefault(number if number in numbers else header_row, []).append(why.get(language))
    return said


def _write(sheet: Any, line: int, place: int, cell: object, style: Any) -> None:
    if style is None:
        write_cell(sheet, line, place, cell)
        return
    match cell:
        case None:
            sheet.write_blank(line, place, None, style)
        case bool():
            sheet.write_string(line, place, "是" if cell else "否", style)
        case int() | float() | Decimal():
            sheet.write_number(line, place, float(cell), style)
        case date():
            sheet.write_datetime(line, place, cell, style)
        case _:
            sheet.write_string(line, place, str(cell)[:LONGEST_CELL], style)


def errors_listed(errors: Mapping[str, T], most: int) -> tuple[Sequence[T], int]:
    """The first errors for a page, and how many more there are."""
    listed = list(errors.values())
    return listed[:most], max(len(listed) - most, 0)
