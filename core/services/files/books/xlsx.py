"""xlsx workbooks: each visible sheet as a spreadsheet shows it, cell by cell."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import IO, Any

from lxml import etree

from core.domain.errors import MalformedError
from core.domain.reading import EPOCH
from core.rules.text import T
from core.services.files.books import number_formats
from core.services.files.books.cells import (
    Line,
    Range,
    Sheet,
    Unreadable,
    failed,
    rounded,
    uncomputed,
    with_merged,
    written,
)
from core.services.files.sheet_limits import MOST_COLUMNS, column_of, require_small, within

WORKBOOK, STYLES, STRINGS = "xl/workbook.xml", "xl/styles.xml", "xl/sharedStrings.xml"
RELATIONS = "xl/_rels/workbook.xml.rels"
_SINCE_1904 = timedelta(days=1462)
_PLACE = re.compile(r"\$?([A-Z]{1,3})\$?(\d{1,7})", re.ASCII)
_CODED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_TRUE = ("1", "true")
_MOST_MERGED = 10_000


@dataclass(frozen=True, slots=True)
class _Book:
    packed: zipfile.ZipFile
    strings: list[str]
    formats: list[str]
    since: date
    to_compute: bool
    """Formulas are to be computed by whoever opens it: their values are none yet."""


def read_xlsx(file: IO[bytes], most_rows: int) -> list[Sheet]:
    """The visible sheets in their order; MalformedError beyond the limits, or for what is no workbook."""
    require_small(file)
    try:
        with zipfile.ZipFile(file) as packed:
            root = _tree(packed, WORKBOOK)
            book = _book(packed, root)
            return [
                _sheet(book, name, part, most_rows)
                for name, part in _visible(packed, root)
                if part in packed.NameToInfo
            ]
    except (KeyError, ValueError, IndexError, zipfile.BadZipFile, etree.XMLSyntaxError) as error:
        raise MalformedError(
            T("无法读取该表格", "the table cannot be read"),
            mend=T("请用表格软件重新保存", "open it in a spreadsheet and save it again"),
        ) from error
    finally:
        file.seek(0)


def _book(packed: zipfile.ZipFile, root: Any) -> _Book:
    properties, computing = root.find("{*}workbookPr"), root.find("{*}calcPr")
    later = properties is not None and properties.get("date1904") in _TRUE
    strings = [_text(item) for item in _items(packed, STRINGS, "si")]
    return _Book(
        packed,
        strings,
        _formats(packed),
        EPOCH + _SINCE_1904 if later else EPOCH,
        computing is not None and computing.get("fullCalcOnLoad") in _TRUE,
    )


def _formats(packed: zipfile.ZipFile) -> list[str]:
    """The number format of each style of cells."""
    if STYLES not in packed.NameToInfo:
        return []
    root = _tree(packed, STYLES)
    own = {item.get("numFmtId"): item.get("formatCode", "") for item in root.iterfind("{*}numFmts/{*}numFmt")}
    found = []
    for style in root.iterfind("{*}cellXfs/{*}xf"):
        number = style.get("numFmtId", "0")
        built_in = number_formats.BUILT_IN.get(int(number), number_formats.GENERAL)
        found.append(own.get(number, built_in))
    return found


def _visible(packed: zipfile.ZipFile, root: Any) -> Iterator[tuple[str, str]]:
    """The name and part of each sheet that is not hidden."""
    targets = {item.get("Id"): item.get("Target", "") for item in _tree(packed, RELATIONS)}
    for sheet in root.iterfind("{*}sheets/{*}sheet"):
        wanted = next((value for key, value in sheet.items() if key.endswith("}id")), None)
        target = targets.get(wanted, "")
        if sheet.get("state", "visible") == "visible" and target:
            part = target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
            yield sheet.get("name", ""), part


def _sheet(book: _Book, name: str, part: str, most_rows: int) -> Sheet:
    lines: list[Line] = []
    hidden: list[int] = []
    merged: list[Range] = []
    number = 0
    beyond = not within(book.packed.read(part), most_rows)
    for item in _items(book.packed, part, "row", "mergeCell"):
        if etree.QName(item).localname == "mergeCell":
            if (area := _area(item.get("ref", ""))) is not None and len(merged) < _MOST_MERGED:
                merged.append(area)
            continue
        number = int(item.get("r", number + 1))
        if number > most_rows or len(lines) == most_rows:
            break
        if item.get("hidden") in _TRUE:
            hidden.append(number)
        lines.append((number, _cells(book, item)))
    kept = with_merged(lines, merged)
    numbers = {line for line, _ in kept}
    return Sheet(name, kept, tuple(line for line in hidden if line in numbers), beyond)


def _cells(book: _Book, row: Any) -> list[object]:
    cells: list[object] = []
    column = 0
    for item in row.iterchildren("{*}c"):
        found = _PLACE.fullmatch(item.get("r", ""))
        column = column_of(found[1]) if found is not None else column + 1
        if column > MOST_COLUMNS:
            break
        cells.extend([None] * (column - len(cells)))
        cells[column - 1] = _value(book, item)
    return cells


def _value(book: _Book, cell: Any) -> object:
    kind = cell.get("t", "n")
    value, inline = cell.findtext("{*}v", "").strip(), cell.find("{*}is")
    # An empty text is a value, where it is written down.
    computed = value or inline is not None or (kind == "str" and cell.find("{*}v") is not None)
    if cell.find("{*}f") is not None and (book.to_compute or not computed):
        return uncomputed()
    if kind == "inlineStr":
        return written(_text(inline)) if inline is not None else None
    if not value:
        return None
    match kind:
        case "s":
            return written(book.strings[int(value)])
        case "str":
            return written(_decoded(cell.findtext("{*}v", "")))
        case "b":
            return value in _TRUE
        case "e":
            return failed(value)
        case "d":
            return date.fromisoformat(value[:10])
        case _:
            return _number(book, cell, value)


def _number(book: _Book, cell: Any, value: str) -> object | Unreadable:
    number = rounded(value)
    if number is None:
        return failed(value)
    style = int(cell.get("s", "0"))
    code = book.formats[style] if style < len(book.formats) else number_formats.GENERAL
    return number_formats.displayed(number, code, since=book.since)


def _text(item: Any) -> str:
    """The text of a string, without how it is pronounced."""
    parts = [*item.iterchildren("{*}t"), *(part for run in item.iterchildren("{*}r") for part in run)]
    return _decoded("".join(part.text or "" for part in parts if etree.QName(part).localname == "t"))


def _decoded(text: str) -> str:
    return _CODED.sub(lambda found: chr(int(found[1], 16)), text)


def _area(reference: str) -> Range | None:
    first, _, last = reference.partition(":")
    ends = _PLACE.fullmatch(first), _PLACE.fullmatch(last or first)
    if ends[0] is None or ends[1] is None:
        return None
    return int(ends[0][2]), column_of(ends[0][1]), int(ends[1][2]), column_of(ends[1][1])


def _tree(packed: zipfile.ZipFile, part: str) -> Any:
    with packed.open(part) as opened:
        return etree.parse(opened, etree.XMLParser(resolve_entities=False, no_network=True)).getroot()


def _items(packed: zipfile.ZipFile, part: str, *names: str) -> Iterator[Any]:
    """The elements of these names, one by one: each is let go of once it was looked at."""
    if part not in packed.NameToInfo:
        return
    with packed.open(part) as opened:
        wanted = [f"{{*}}{name}" for name in names]
        for _, item in etree.iterparse(opened, tag=wanted, resolve_entities=False, no_network=True):
            yield item
            item.clear()
