"""Exports: CSV that Excel opens in Chinese, and xlsx with typed cells; nothing in them is ever a formula."""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, Any
from urllib.parse import quote

import xlsxwriter
from flask import Response, stream_with_context
from markupsafe import Markup
from sqlalchemy import Select
from sqlalchemy.orm import Session

from core.domain.clock import SHANGHAI, now
from core.web.admin.columns import Column
from core.web.extensions import db
from core.web.language import tr
from core.web.show import NOTHING, show

BOM = "\ufeff"
FORMULA = re.compile(r"^[\s\x00]*[=+\-@\t\r＝＋－＠]")
"""What a spreadsheet could take for a formula, full-width signs included."""
BLOCK = 64 * 1024
MOST_SHEET_ROWS = 1_048_575
LONGEST_CELL = 32_767
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Cell = str | int | float | Decimal | date | datetime | None


def cell(column: Column, row: Any) -> Cell:
    """The value as a spreadsheet has it: numbers and dates as such, the rest as text in the language."""
    value = column.value(row)
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).replace(tzinfo=None, microsecond=0)
    if isinstance(value, bool):
        return str(show(value))
    if value is None or isinstance(value, int | float | Decimal | date):
        return value
    text = show(value)
    plain = text.striptags() if isinstance(text, Markup) else text
    return "" if plain == NOTHING else plain


def harmless(text: str) -> str:
    """The text with an apostrophe where a spreadsheet would run it."""
    return f"'{text}" if FORMULA.match(text) else text


def send(kind: str, title: str, columns: Sequence[Column], query: Select[Any]) -> Response:
    """The rows of a query as a download, written while they are read."""
    return send_rows(kind, title, columns, _rows(query))


def send_rows(kind: str, title: str, columns: Sequence[Column], rows: Iterable[Any]) -> Response:
    """The rows as a download."""
    name = f"{title}-{now():%Y%m%d-%H%M}.{kind}"
    make, media = (_csv, "text/csv; charset=utf-8") if kind == "csv" else (_xlsx, XLSX)
    body = stream_with_context(make(columns, rows))
    disposition = f"attachment; filename=\"export.{kind}\"; filename*=UTF-8''{quote(name)}"
    return Response(body, content_type=media, headers={"Content-Disposition": disposition})


def _rows(query: Select[Any]) -> Iterator[Any]:
    """The rows, read by a session of their own: it lives as long as the download, not as the request."""
    with Session(db.engine, expire_on_commit=False) as reader:
        yield from reader.scalars(query)


class _Line:
    """Hands each written line back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def _csv(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield BOM + writer.writerow([harmless(tr(column.label)) for column in columns])
    for row in rows:
        values = (cell(column, row) for column in columns)
        line = [harmless(value) if isinstance(value, str) else _number(value) for value in values]
        yield writer.writerow(line)


def _number(value: Cell) -> str:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return "" if value is None else str(value)


def _xlsx(columns: Sequence[Column], rows: Iterable[Any]) -> Iterator[bytes]:
    with tempfile.TemporaryFile() as file:
        write_sheet(file, columns, rows)
        file.seek(0)
        while block := file.read(BLOCK):
            yield block


def write_sheet(file: IO[bytes], columns: Sequence[Column], rows: Iterable[Any]) -> None:
    """Write the rows as one sheet, keeping a row at a time in memory."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        bold = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        sheet = book.add_worksheet()
        sheet.freeze_panes(1, 0)
        for position, column in enumerate(columns):
            sheet.set_column(position, position, 18)
            sheet.write_string(0, position, tr(column.label), bold)
        for line, row in enumerate(rows, start=1):
            if line > MOST_SHEET_ROWS:
                break
            for position, column in enumerate(columns):
                value = cell(column, row)
                if isinstance(value, datetime):
                    sheet.write_datetime(line, position, value, moment)
                elif isinstance(value, date):
                    sheet.write_datetime(line, position, value, day)
                elif isinstance(value, int | float | Decimal):
                    sheet.write_number(line, position, value)
                elif value:
                    sheet.write_string(line, position, value[:LONGEST_CELL])
