"""Rows as a file, written while they are read: csv that Excel opens in Chinese, xlsx with typed cells.

However many rows there are, one is in memory at a time; and nothing in a file is ever a formula.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from itertools import chain, islice
from typing import IO, Any

import xlsxwriter

from core.documents.columns import drawn
from core.documents.sheet import LONGEST_CELL, OPTIONS
from core.domain.clock import SHANGHAI

CSV, XLSX, ZIP = "csv", "xlsx", "zip"
MEDIA = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ZIP: "application/zip",
}
BOM = "\ufeff"
FORMULA = re.compile(r"^[\s\x00]*[=+\-@\t\r＝＋－＠]")
"""What a spreadsheet could take for a formula, full-width signs included."""
BLOCK = 64 * 1024
MOST_SHEET_ROWS = 1_000_000
"""Rows of one sheet; what is more goes on on the next."""
LARGEST_NUMBER = 10**15
"""A spreadsheet keeps fifteen digits of a number: a longer one is written as text."""
MEASURED = 100
"""Rows by which the widths of the columns are set."""
NARROWEST, WIDEST = 8, 48

Cell = str | int | float | Decimal | date | datetime | None
Row = Sequence[Cell]


def harmless(text: str) -> str:
    """The text with an apostrophe where a spreadsheet would run it."""
    return f"'{text}" if FORMULA.match(text) else text


class _Line:
    """Hands each written line back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def csv_lines(titles: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """The lines of a csv file, the first with the byte order mark that Excel looks for."""
    writer = csv.writer(_Line())
    # What `writerow` returns is what the file's `write` returned.
    yield BOM + str(writer.writerow([harmless(title) for title in titles]))
    for row in rows:
        yield str(writer.writerow([_text(value) for value in row]))


def _text(value: Cell) -> str:
    match value:
        case None:
            return ""
        case str():
            return harmless(value)
        case datetime():
            return f"{_local(value):%Y-%m-%d %H:%M:%S}"
        case _:
            return str(value)


def _local(moment: datetime) -> datetime:
    """The time in China, without its zone: a spreadsheet knows none."""
    local = moment.astimezone(SHANGHAI) if moment.tzinfo is not None else moment
    return local.replace(tzinfo=None, microsecond=0)


def blocks(kind: str, titles: Sequence[str], rows: Iterable[Row]) -> Iterator[bytes]:
    """A file of either kind in pieces; an xlsx is made aside first, for it is packed at its end."""
    if kind == CSV:
        for line in csv_lines(titles, rows):
            yield line.encode()
        return
    with tempfile.TemporaryFile() as file:
        write_xlsx(file, titles, rows)
        file.seek(0)
        while block := file.read(BLOCK):
            yield block


def write_xlsx(
    file: IO[bytes], titles: Sequence[str], rows: Iterable[Row], *, most: int = MOST_SHEET_ROWS
) -> None:
    """Write the rows with their titles frozen on top, and a filter; keeps a row at a time in memory."""
    waiting = iter(rows)
    with xlsxwriter.Workbook(file, OPTIONS) as book:
        styles = {
            "title": book.add_format({"bold": True, "bottom": 1}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        }
        more = True
        while more:
            first = list(islice(waiting, min(MEASURED, most)))
            sheet = book.add_worksheet()
            lines = _write_sheet(sheet, titles, first, islice(waiting, most - len(first)), styles)
            following = next(waiting, None) if lines >= most else None
            more = following is not None
            if following is not None:
                waiting = chain([following], waiting)


def _write_sheet(
    sheet: Any, titles: Sequence[str], first: Sequence[Row], others: Iterable[Row], styles: dict[str, Any]
) -> int:
    """Fill one sheet; returns how many rows it took."""
    sheet.freeze_panes(1, 0)
    for position, title in enumerate(titles):
        sheet.set_column(position, position, _width(title, [row[position] for row in first]))
        sheet.write_string(0, position, title, styles["title"])
    line = 0
    for line, row in enumerate(chain(first, others), start=1):
        for position, value in enumerate(row):
            _write(sheet, line, position, value, styles)
    sheet.autofilter(0, 0, line, max(len(titles) - 1, 0))
    return line


def _write(sheet: Any, line: int, position: int, value: Cell, styles: dict[str, Any]) -> None:
    match value:
        case None | "":
            return
        case str():
            sheet.write_string(line, position, value[:LONGEST_CELL])
        case datetime():
            sheet.write_datetime(line, position, _local(value), styles["moment"])
        case date():
            sheet.write_datetime(line, position, value, styles["day"])
        case int() | float() | Decimal() if -LARGEST_NUMBER < value < LARGEST_NUMBER:
            sheet.write_number(line, position, value)
        case _:
            sheet.write_string(line, position, str(value))


def _width(title: str, values: Sequence[Cell]) -> int:
    longest = max(drawn(text[:WIDEST]) for text in (title, *(_text(value) for value in values)))
    # The filter's arrow stands beside the title.
    return min(max(longest + 2, drawn(title) + 4, NARROWEST), WIDEST)
