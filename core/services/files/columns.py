"""Tables that come in: columns declared once, and the one reader of headers and rows for all of them.

The header row is found wherever it stands; headers are matched by one folding, in any order; what is wrong is
told at once by row and column. `core.services.files.kinds` reads the cells.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from core.domain.errors import Invalid, MalformedError
from core.domain.folding import folded
from core.domain.identifiers import shorten
from core.domain.wording import join
from core.rules.phrases import FILL_IN
from core.rules.text import T
from core.services.files.kinds import Code, Kind
from core.services.files.sheet_errors import says_errors
from core.services.files.sheets import Line, read_sheet, write_sheet

NO_TEMPLATE = T(
    "表头与模板不符：请下载模板，填写后上传",
    "the head row is not the template's: download the template, fill it in and send it",
)
NO_ROWS = T("表中没有数据行", "the table has no rows")
ROW_NUMBERS = ("序号", "No.")
# How forms mark what must be given, and what need not be.
_MARKS = re.compile(r"[*※]|[(\[【](?:必填|选填|可不填|required|optional)[)\]】]")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table that comes in."""

    key: str
    title: T
    kind: Kind
    required: bool = True
    """Must be there, and given in each row."""
    also: tuple[str, ...] = ()
    """Other headers that are understood."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its number as a spreadsheet shows it, its values by column, and what is wrong with others."""

    number: int
    values: Mapping[str, Any]
    wrong: dict[str, T]
    """By column; an import adds what it finds itself."""


def in_row(row: int, title: T | None, why: T) -> T:
    """What is wrong with a cell, or with a row as a whole, with where it stands."""
    if title is None:
        return T(f"第 {row} 行：{why.zh}", f"row {row}: {why.en}")
    return T(f"第 {row} 行“{title.zh}”：{why.zh}", f"row {row}, {title.en}: {why.en}")


@dataclass(frozen=True, slots=True)
class Table:
    """A table as it was read."""

    columns: Sequence[Column]
    header_row: int
    above: Sequence[Line]
    """The rows over the headers."""
    heading: Mapping[str, T]
    """What is wrong with the headers, by column."""
    rows: Sequence[Row]
    """Those that hold anything; none where a column is missing or stands twice."""

    def errors(self, field: str) -> dict[str, T]:
        """Everything wrong: with the whole table by the input it came by, with a cell by `row.column`."""
        found: dict[str, T] = {}
        if self.heading:
            found[field] = join(self.heading.values())
        elif not self.rows:
            found[field] = NO_ROWS
        titles = {column.key: column.title for column in self.columns}
        for row in self.rows:
            for key, why in row.wrong.items():
                found[f"{row.number}.{key}"] = in_row(row.number, titles.get(key.partition(".")[0]), why)
        return found


class WrongTable(Invalid):
    """A table that is refused, with the row in which its headers stand."""

    def __init__(self, errors: Mapping[str, T], header_row: int) -> None:
        self.header_row = header_row
        super().__init__(errors)


def read_table(
    filename: str,
    file: IO[bytes],
    columns: Sequence[Column],
    *,
    field: str,
    most_rows: int,
    passed_over: Collection[str] = (),
) -> Table:
    """Read a table of at most so many rows under its headers; other columns are named as wrong.

    `passed_over` are headers that may stand there without being read, as the rows' numbers may. Invalid at
    `field` for what is no table, or none with any of the columns.
    """
    try:
        lines = read_sheet(filename, file, most_rows=most_rows)
    except MalformedError as error:
        raise Invalid({field: error.text}) from error
    names = {_plain(name): column.key for column in columns for name in _names(column)}
    place = _header(lines, names)
    if place is None:
        raise Invalid({field: NO_TEMPLATE if lines else NO_ROWS})
    header_row, header = lines[place]
    there, heading, readable = _match(
        header, columns, names, {_plain(name) for name in (*ROW_NUMBERS, *passed_over)}
    )
    body = lines[place + 1 :] if readable else []
    rows = [row for number, cells in body if (row := _row(number, cells, columns, there)) is not None]
    return Table(columns, header_row, lines[:place], heading, rows)


def empty_table(
    name: str,
    columns: Sequence[Column],
    language: str = "zh",
    *,
    notes: Sequence[str] = (),
) -> bytes:
    """An empty table to fill in, in which a spreadsheet leaves identifiers all their digits."""
    codes = [place for place, column in enumerate(columns) if isinstance(column.kind, Code)]
    return write_sheet(
        name, [column.title.get(language) for column in columns], [], notes=notes, as_text=codes
    )


def _names(column: Column) -> tuple[str, ...]:
    return (column.title.zh, column.title.en, *column.also)


def _plain(header: object) -> str:
    """A header for comparison: folded, without marks of what must be given."""
    return _MARKS.sub("", folded(str(header)))


def _header(lines: Sequence[Line], names: Mapping[str, str]) -> int | None:
    """Where the row stands that has most of the columns, the first of equals; None where none has any."""
    best, most = None, 0
    for place, (_, cells) in enumerate(lines):
        found = len({names[word] for cell in cells if (word := _plain(cell)) in names})
        if found > most:
            best, most = place, found
    return best


def _match(
    header: Sequence[object],
    columns: Sequence[Column],
    names: Mapping[str, str],
    passed_over: Collection[str],
) -> tuple[dict[str, int], dict[str, T], bool]:
    """Where each column stands, what is wrong with the headers, and whether rows can be read all the same."""
    there: dict[str, int] = {}
    heading: dict[str, T] = {}
    readable = True
    for place, cell in enumerate(header):
        if cell is None or says_errors(cell) or _plain(cell) in passed_over:
            continue
        key = names.get(_plain(cell))
        if key is None or key in there:
            shown = shorten(str(cell))
            readable &= key is None
            heading[key or shown] = _strange(shown) if key is None else _twice(shown)
        else:
            there[key] = place
    for column in columns:
        if column.required and column.key not in there:
            readable = False
            heading[column.key] = T(f"缺少列“{column.title.zh}”", f"the column {column.title.en} is missing")
    return there, heading, readable


def _strange(header: str) -> T:
    return T(
        f"表头“{header}”不是模板的列：请删除该列",
        f"{header!r} is no column of the template: take it out",
    )


def _twice(header: str) -> T:
    return T(f"表头“{header}”重复：请只保留一列", f"the column {header!r} stands twice: keep one of them")


def _row(
    number: int, cells: Sequence[object], columns: Sequence[Column], there: Mapping[str, int]
) -> Row | None:
    """What stands in a row; None where nothing stands in any of the columns."""
    given = {key: cells[place] for key, place in there.items() if place < len(cells)}
    if all(cell is None for cell in given.values()):
        return None
    values: dict[str, Any] = {}
    wrong: dict[str, T] = {}
    for column in columns:
        cell = given.get(column.key)
        if cell is None:
            if column.required:
                wrong[column.key] = FILL_IN
            continue
        try:
            values[column.key] = column.kind.read(cell)
        except MalformedError as error:
            wrong[column.key] = error.text
    return Row(number, values, wrong)
