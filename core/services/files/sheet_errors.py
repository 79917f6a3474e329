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
from core.services.files.books.cells import NO_VALUE, Unreadable
from core.services.files.sheets import MOST_ROWS, OPTIONS, read_sheet

HEADER = T("错误（请更正后重新上传）", "Errors (correct them and send the table again)")
BETWEEN = T("；", "; ")
WIDTH, WIDE = 18, 60
WRONG = "#fde8e8"
DAYS, TEXT = "yyyy-mm-dd", "@"
_CLOCK = re.compile(r"(\d+):(\d\d)(?::(\d\d))?(?: ?([AP])M)?", re.ASCII)
_FIRST_DAY = date(1900, 3, 1)
"""Before it a spreadsheet counts no days, or counts them otherwise."""


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
        styles: dict[tuple[bool, str], Any] = {}
        red = book.add_format({"font_color": "#a61e1e", "text_wrap": True, "valign": "top"})
        sheet = book.add_worksheet()
        sheet.set_column(0, max(column - 1, 0), WIDTH)
        sheet.set_column(column, column, WIDE)
        sheet.freeze_panes(header_row, 0)
        for number, cells in rows:
            line, why = number - 1, said.get(number, [])
            marked = number > header_row and bool(why)
            for place, cell in enumerate(cells):
                value, form = _as_kept(cell, marked=marked)
                if marked or form:
                    look = {"bg_color": WRONG} if marked else {}
                    style = styles.setdefault(
                        (marked, form), book.add_format({**look, "num_format": form or "@"})
                    )
                else:
                    style = bold if number == header_row else None
                _write(sheet, line, place, value, style)
            text = BETWEEN.get(language).join(why)[:LONGEST_CELL]
            if number == header_row:
                label = HEADER.get(language)
                sheet.write_string(line, column, f"{label}：{text}" if text else label, red)
            elif text:
                sheet.write_string(line, column, text, red)
    return buffer.getvalue()


def _as_kept(cell: object, *, marked: bool = False) -> tuple[object, str]:
    """A cell as it is given back, and in which number format, so that it is read as the same again.

    One that has no value is not given back as an empty one, which might be taken; what a merged cell covers
    neither, in a row that is `marked` as wrong.
    """
    if isinstance(cell, Unreadable) and cell.kept is None and not cell.shown:
        return (NO_VALUE, TEXT) if marked or not cell.merged else (None, "")
    kept = cell.kept if isinstance(cell, Unreadable) else cell
    if isinstance(kept, date):
        return (kept, DAYS) if kept >= _FIRST_DAY else (kept.isoformat(), TEXT)
    if isinstance(cell, Unreadable) and kept is not None:
        return kept, cell.form or f'"{cell.shown}"'
    if isinstance(cell, Clock) and (parts := _CLOCK.fullmatch(cell)) is not None:
        hours, seconds, half = int(parts[1]), parts[3], parts[4]
        if half is not None:
            hours = hours % 12 + (12 if half == "P" else 0)
        at = timedelta(hours=hours, minutes=int(parts[2]), seconds=int(seconds or 0))
        return at, ("h" if half else "[h]") + ":mm" + (":ss" if seconds else "") + (" AM/PM" if half else "")
    return cell, TEXT if isinstance(cell, str) else ""


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
    """One value with its type; a text is never taken for a formula."""
    match cell:
        case None:
            sheet.write_blank(line, place, None, style)
        case bool():
            sheet.write_boolean(line, place, cell, style)
        case int() | float() | Decimal():
            sheet.write_number(line, place, float(cell), style)
        case date() | timedelta():
            sheet.write_datetime(line, place, cell, style)
        case _:
            sheet.write_string(line, place, str(cell)[:LONGEST_CELL], style)


def errors_listed(errors: Mapping[str, T], most: int) -> tuple[Sequence[T], int]:
    """The first errors for a page, and how many more there are."""
    listed = list(errors.values())
    return listed[:most], max(len(listed) - most, 0)
