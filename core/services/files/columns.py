"""Tables that come in: columns declared once, and the one reader of headers and rows for all of them.

The header row is found wherever it stands; headers are matched by one folding, in any order; what is wrong is
told at once by row and column. `core.services.files.kinds` reads the cells.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import IO, Any

from core.domain.errors import Invalid, MalformedError
from core.domain.folding import folded
from core.domain.identifiers import shorten
from core.domain.quantities import MONEY, TIMES
from core.domain.wording import join
from core.rules.phrases import FILL_IN
from core.rules.text import T
from core.services.files.books.cells import Line, Sheet, Unreadable, is_empty, letters
from core.services.files.books.cells import place as place_of
from core.services.files.kinds import Amount, Kind, holds_text
from core.services.files.sheet_errors import says_errors
from core.services.files.sheet_limits import too_long
from core.services.files.sheets import read_book, write_sheet

NO_TEMPLATE = T(
    "表头与模板不符：请下载模板，填写后上传",
    "the head row is not the template's: download the template, fill it in and send it",
)
NO_ROWS = T("表中没有数据行", "the table has no rows")
SHEET_NAME = T("工作表名称", "Sheet")
"""The input that says which of several sheets is meant."""
SHEET_HINT = T("文件中只有一张可填的表时不用填写", "not needed where only one sheet is filled in")
LARGER = ("千", "万", "百万", "千万", "亿")
"""In what heads count money."""
ROW_NUMBERS = ("序号", "No.")
# How forms mark what must be given, and what need not be.
_MARKS = re.compile(r"[*※]|[(\[【](?:必填|选填|可不填|required|optional)[)\]】]")
# And how they say in what they count money: 收费（万元）, 收费（单位：万元）, 收费 万元.
_COUNTED_IN = re.compile(rf"[(,:/]*(?:单位:?)?((?:{'|'.join(LARGER)})?{MONEY})\)?$")


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
    sheet: str
    """The name of the sheet that was read."""
    titles: Mapping[str, T]
    """What each column is called; one that counts in another unit, as its header here has it."""

    def refused(self, errors: Mapping[str, T]) -> WrongTable:
        """Its refusal, for these errors."""
        return WrongTable(errors, self.header_row, self.sheet)

    def errors(self, field: str) -> dict[str, T]:
        """Everything wrong: with the whole table by the input it came by, with a cell by `row.column`."""
        found: dict[str, T] = {}
        if self.heading:
            found[field] = join(self.heading.values())
        elif not self.rows:
            found[field] = NO_ROWS
        for row in self.rows:
            for key, why in row.wrong.items():
                found[f"{row.number}.{key}"] = in_row(row.number, self.titles.get(key.partition(".")[0]), why)
        return found


class WrongTable(Invalid):
    """A table that is refused, with the sheet and the row in which its headers stand."""

    def __init__(self, errors: Mapping[str, T], header_row: int, sheet: str = "") -> None:
        self.header_row = header_row
        self.sheet = sheet
        super().__init__(errors)


Tell = Callable[[T], None]
"""To whom the remarks on a table go."""


def unsaid(_remark: T) -> None:
    """For who has no use for remarks."""


_Names = Mapping[str, tuple[str, Kind]]
"""The headers that are understood, folded, with their column and how it is read."""


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a column stands, from 0, how it is read there, and its header."""

    at: int
    kind: Kind
    header: str


@dataclass(frozen=True, slots=True)
class _Head:
    """A sheet with the row that has most of the columns, and what was found there."""

    sheet: Sheet
    place: int
    there: Mapping[str, _Place]
    heading: Mapping[str, T]
    left_out: Sequence[str]
    readable: bool

    def title(self, column: Column) -> T:
        """Of a column: its header, where that counts in another unit."""
        place = self.there.get(column.key)
        return column.title if place is None or place.kind is column.kind else T(place.header, place.header)


def read_table(
    filename: str,
    file: IO[bytes],
    columns: Sequence[Column],
    *,
    field: str,
    most_rows: int,
    passed_over: Collection[str] = (),
    sheet: str = "",
    tell: Tell = unsaid,
) -> Table:
    """Read a table of at most so many rows under its headers; other columns are left out, which is told.

    `passed_over` are headers that may stand there without being read, as the rows' numbers may; `sheet` names
    the one that is meant. Invalid at `field` for what is no table, or none with any of the columns, and where
    several sheets could be meant.
    """
    try:
        sheets = read_book(filename, file, most_rows=most_rows)
    except MalformedError as error:
        raise Invalid({field: error.text}) from error
    names = {_plain(name): (column.key, kind) for column in columns for name, kind in _names(column)}
    silent = {_plain(name) for name in (*ROW_NUMBERS, *passed_over)}
    heads = [head for item in sheets if (head := _head(item, columns, names, silent)) is not None]
    if not heads:
        raise Invalid({field: NO_TEMPLATE if any(item.lines for item in sheets) else NO_ROWS})
    head = _meant(heads, sheet, field)
    if head.sheet.beyond:
        raise Invalid({field: too_long(most_rows).text})
    lines = head.sheet.lines
    body = lines[head.place + 1 :] if head.readable else []
    rows = [row for number, cells in body if (row := _row(number, cells, columns, head.there)) is not None]
    for remark in _remarks(head, body, rows, len(sheets)):
        tell(remark)
    titles = {column.key: head.title(column) for column in columns}
    above, number = lines[: head.place], lines[head.place][0]
    return Table(columns, number, above, head.heading, rows, head.sheet.name, titles)


def _meant(heads: Sequence[_Head], sheet: str, field: str) -> _Head:
    """The sheet that is meant: the one that is named, or the only one that fits and holds rows."""
    readable = [head for head in heads if head.readable]
    filled = [head for head in readable if head.place + 1 < len(head.sheet.lines)]
    fitting = filled or readable or heads
    listed = join((T(head.sheet.name, head.sheet.name) for head in fitting), "、", ", ")
    if sheet.strip():
        named = [head for head in heads if folded(head.sheet.name) == folded(sheet)]
        if named:
            return named[0]
        raise Invalid(
            {
                field: T(
                    f"没有可导入的工作表“{shorten(sheet)}”；文件中有：{listed.zh}",
                    f"there is no sheet {shorten(sheet)!r} to import; the file has: {listed.en}",
                )
            }
        )
    if len(filled) > 1:
        raise Invalid(
            {
                field: T(
                    f"有几张工作表可以导入：{listed.zh}；请在“{SHEET_NAME.zh}”中填写要导入的一张",
                    f"several sheets could be meant: {listed.en}; name one of them under “{SHEET_NAME.en}”",
                )
            }
        )
    return fitting[0]


def _remarks(head: _Head, body: Sequence[Line], rows: Sequence[Row], sheets: int) -> Iterator[T]:
    if sheets > 1:
        name = shorten(head.sheet.name)
        yield T(f"读取的是工作表“{name}”", f"the sheet that was read is {name!r}")
    if head.left_out:
        listed = join((T(name, name) for name in head.left_out), "、", ", ")
        yield T(
            f"下列各列不是模板的列，未读入：{listed.zh}",
            f"these are no columns of the template and were left out: {listed.en}",
        )
    heads = head.sheet.lines[head.place][1]
    filled = {at for _, cells in body for at, cell in enumerate(cells) if not is_empty(cell)}
    headless = [letters(at + 1) for at in sorted(filled) if at >= len(heads) or is_empty(heads[at])]
    if headless:
        yield T(
            f"下列各列没有表头，未读入：{'、'.join(headless)}",
            f"these columns have no head and were left out: {', '.join(headless)}",
        )
    read = {row.number for row in rows}
    hidden = [number for number in head.sheet.hidden if number in read]
    if hidden:
        spans = _spans(hidden)
        yield T(
            f"第 {spans} 行被隐藏或筛选掉，也已读入；不导入的请先删除",
            f"rows {spans} are hidden or filtered out, and were read too; delete what is not to be imported",
        )


def _spans(numbers: Sequence[int]) -> str:
    """Row numbers in short: 3–5, 9."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number == spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    return ", ".join(f"{first}–{last}" if last > first else str(first) for first, last in spans)


def empty_table(
    name: str,
    columns: Sequence[Column],
    language: str = "zh",
    *,
    notes: Sequence[str] = (),
) -> bytes:
    """An empty table to fill in: its columns are formatted for what they hold, and warn of what is none."""
    return write_sheet(
        name,
        [column.title.get(language) for column in columns],
        [],
        notes=notes,
        prepared=[column.kind.prepared(language) for column in columns],
    )


def _names(column: Column) -> Iterator[tuple[str, Kind]]:
    """The headers that are understood, with how the column is then read: money is given in 元, or in 万元."""
    for name in (column.title.zh, column.title.en, *column.also):
        yield name, column.kind
        plain = _plain(name)
        if isinstance(column.kind, Amount) and column.kind.unit == MONEY and plain.endswith(f"({MONEY})"):
            for word in LARGER:
                larger = replace(column.kind, scale=TIMES[word])
                yield plain.replace(f"({MONEY})", f"({word}{MONEY})"), larger


def _plain(header: object) -> str:
    """A header for comparison: folded, without marks of what must be given, with its money in brackets."""
    return _COUNTED_IN.sub(r"(\1)", _MARKS.sub("", folded(str(header))))


def _head(
    sheet: Sheet, columns: Sequence[Column], names: _Names, passed_over: Collection[str]
) -> _Head | None:
    place = _header(sheet.lines, names)
    if place is None:
        return None
    there, heading, left_out, readable = _match(sheet.lines[place], columns, names, passed_over)
    return _Head(sheet, place, there, heading, left_out, readable)


def _header(lines: Sequence[Line], names: _Names) -> int | None:
    """Where the row stands that has most of the columns, the first of equals; None where none has any."""
    best, most = None, 0
    for place, (_, cells) in enumerate(lines):
        found = len({names[word][0] for cell in cells if (word := _plain(cell)) in names})
        if found > most:
            best, most = place, found
    return best


def _match(
    header: Line,
    columns: Sequence[Column],
    names: _Names,
    passed_over: Collection[str],
) -> tuple[dict[str, _Place], dict[str, T], list[str], bool]:
    """Where each column stands, what is wrong with the headers, what is left out, if rows can be read."""
    there: dict[str, _Place] = {}
    heading: dict[str, T] = {}
    left_out: list[str] = []
    number, cells = header
    for place, cell in enumerate(cells):
        if is_empty(cell) or says_errors(cell) or _plain(cell) in passed_over:
            continue
        if isinstance(cell, Unreadable) and not cell.shown:
            at, why = place_of(number, place + 1), cell.why(text=True)
            heading[at] = T(f"表头 {at}：{why.zh}", f"the head {at}: {why.en}")
            continue
        key, kind = names.get(_plain(cell), ("", None))
        if kind is None:
            left_out.append(shorten(str(cell)))
        elif key in there:
            heading[key] = _twice(shorten(str(cell)))
        else:
            there[key] = _Place(place, kind, shorten(str(cell)))
    for column in columns:
        if column.required and column.key not in there:
            heading[column.key] = T(f"缺少列“{column.title.zh}”", f"the column {column.title.en} is missing")
    return there, heading, left_out, not heading


def _twice(header: str) -> T:
    return T(f"表头“{header}”重复：请只保留一列", f"the column {header!r} stands twice: keep one of them")


def _row(
    number: int, cells: Sequence[object], columns: Sequence[Column], there: Mapping[str, _Place]
) -> Row | None:
    """What stands in a row; None where nothing stands in any of the columns."""
    given = {key: cells[place.at] for key, place in there.items() if place.at < len(cells)}
    if all(is_empty(cell) for cell in given.values()):
        return None
    values: dict[str, Any] = {}
    wrong: dict[str, T] = {}
    for column in columns:
        cell = given.get(column.key)
        if cell is None:
            if column.required:
                wrong[column.key] = FILL_IN
            continue
        if isinstance(cell, Unreadable):
            wrong[column.key] = cell.why(text=holds_text(column.kind))
            continue
        try:
            values[column.key] = there[column.key].kind.read(cell)
        except MalformedError as error:
            wrong[column.key] = error.text
    return Row(number, values, wrong)
