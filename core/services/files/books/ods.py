"""ods workbooks: they keep what is shown beside each value."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from datetime import date
from typing import IO, Any

from lxml import etree

from core.domain.errors import MalformedError
from core.domain.reading import Clock
from core.rules.text import T
from core.services.files.books.cells import (
    ERRORS,
    Line,
    Range,
    Sheet,
    day_or_all,
    failed,
    numeric,
    partly_shown,
    rounded,
    uncomputed,
    with_merged,
    written,
)
from core.services.files.sheet_limits import MOST_COLUMNS, require_small

CONTENT, MANIFEST = "content.xml", "META-INF/manifest.xml"
_NAMES = {
    "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
    "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
    "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
    "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
    "calcext": "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0",
}
_TIME = re.compile(r"PT(\d+)H(\d+)M([\d.,]+)S", re.ASCII)
_TRUTHS = {0: "FALSE", 1: "TRUE"}
_NUMBERS = ("float", "currency", "percentage")
_KEPT = {
    **dict.fromkeys(_NUMBERS, "value"),
    **{kind: f"{kind}-value" for kind in ("date", "time", "boolean", "string")},
}
"""Where a cell of a kind keeps its value."""


def _name(prefix: str, name: str) -> str:
    return f"{{{_NAMES[prefix]}}}{name}"


def read_ods(file: IO[bytes], most_rows: int) -> list[Sheet]:
    """The visible sheets in their order; MalformedError beyond the limits, or for what is no workbook."""
    require_small(file)
    try:
        with zipfile.ZipFile(file) as packed, packed.open(CONTENT) as opened:
            parser = etree.XMLParser(resolve_entities=False, no_network=True)
            root = etree.parse(opened, parser).getroot()
        hidden = _hidden_styles(root)
        tables = root.iterfind("office:body/office:spreadsheet/table:table", _NAMES)
        return [
            _sheet(table, most_rows)
            for table in tables
            if table.get(_name("table", "style-name")) not in hidden
        ]
    except (KeyError, ValueError, zipfile.BadZipFile, etree.XMLSyntaxError) as error:
        raise MalformedError(
            T("无法读取该表格", "the table cannot be read"),
            mend=T("请另存为 .xlsx", "save it as .xlsx"),
        ) from error
    finally:
        file.seek(0)


def is_locked(packed: zipfile.ZipFile) -> bool:
    """Whether a workbook is under a password."""
    return MANIFEST in packed.NameToInfo and b"encryption-data" in packed.read(MANIFEST)


def _hidden_styles(root: Any) -> set[str]:
    found = set()
    for style in root.iterfind("office:automatic-styles/style:style", _NAMES):
        properties = style.find("style:table-properties", _NAMES)
        if properties is not None and properties.get(_name("table", "display")) == "false":
            found.add(style.get(_name("style", "name")))
    return found


def _sheet(table: Any, most_rows: int) -> Sheet:
    lines: list[Line] = []
    hidden: list[int] = []
    merged: list[Range] = []
    number, beyond = 0, False
    for row in table.iterdescendants(_name("table", "table-row")):
        repeated = int(row.get(_name("table", "number-rows-repeated"), "1"))
        cells = _cells(row, number + 1, merged)
        if any(cell is not None for cell in cells):
            beyond = number + repeated > most_rows or len(cells) > MOST_COLUMNS
            if beyond:
                break
            lines += ((number + place, list(cells)) for place in range(1, repeated + 1))
            if row.get(_name("table", "visibility"), "visible") != "visible":
                hidden += range(number + 1, number + repeated + 1)
        number += repeated
    name = table.get(_name("table", "name"), "")
    return Sheet(name, with_merged(lines, merged), tuple(hidden), beyond)


def _cells(row: Any, number: int, merged: list[Range]) -> list[object]:
    cells: list[object] = []
    column = 0
    covered = _name("table", "covered-table-cell")
    for item in row.iterchildren(_name("table", "table-cell"), covered):
        repeated = int(item.get(_name("table", "number-columns-repeated"), "1"))
        value = None if item.tag == covered else _value(item)
        tall = int(item.get(_name("table", "number-rows-spanned"), "1"))
        wide = int(item.get(_name("table", "number-columns-spanned"), "1"))
        if tall * wide > 1:
            merged.append((number, column + 1, number + tall - 1, column + wide))
        if value is not None:
            # One more than there may be says that there are too many.
            cells.extend([None] * (min(column, MOST_COLUMNS) - len(cells)))
            cells.extend([value] * min(repeated, MOST_COLUMNS + 1 - len(cells)))
        column += repeated
    return cells


def _value(cell: Any) -> object:
    kind = cell.get(_name("office", "value-type"))
    shown = "\n".join(_lines(cell)).strip()
    if cell.get(_name("calcext", "value-type")) == "error" or ERRORS.fullmatch(shown):
        return failed(shown)
    if cell.get(_name("table", "formula")) is not None and not _is_computed(cell, kind):
        return uncomputed()
    if kind is None:
        return written(shown)
    if kind in _NUMBERS:
        return _number(cell.get(_name("office", "value"), ""), shown)
    match kind:
        case "date":
            day = date.fromisoformat(cell.get(_name("office", "date-value"), "")[:10])
            return day_or_all(day, shown or None)
        case "time":
            given = _TIME.fullmatch(cell.get(_name("office", "time-value"), ""))
            told = shown or (f"{int(given[1])}:{given[2]}" if given is not None else "")
            return Clock(told) if told else None
        case "boolean":
            return cell.get(_name("office", "boolean-value")) == "true"
        case _:
            return written(shown or cell.get(_name("office", "string-value"), ""))


def _is_computed(cell: Any, kind: str | None) -> bool:
    """Whether the formula of a cell left a value, be it an empty text."""
    kept = _KEPT.get(kind or "")
    if kept is None:
        return False
    return cell.get(_name("office", kept)) is not None or cell.find("text:p", _NAMES) is not None


def _number(kept: str, shown: str) -> object:
    number = rounded(kept)
    if number is None:
        return failed(shown)
    if number in _TRUTHS and shown == _TRUTHS[int(number)]:
        return bool(number)  # LibreOffice keeps truth values as numbers
    if number and shown and not any(sign.isdigit() for sign in shown):
        return partly_shown(shown, number)
    return numeric(number, shown or None)


def _lines(cell: Any) -> Iterator[str]:
    """The paragraphs of a cell; a note on it is none of them."""
    for paragraph in cell.iterchildren(_name("text", "p")):
        yield "".join(_pieces(paragraph))


def _pieces(item: Any) -> Iterator[str]:
    yield item.text or ""
    for child in item:
        if child.tag == _name("text", "s"):
            yield " " * min(int(child.get(_name("text", "c"), "1")), MOST_COLUMNS)
        elif child.tag == _name("text", "tab"):
            yield "\t"
        elif child.tag == _name("text", "line-break"):
            yield "\n"
        elif child.tag != _name("office", "annotation"):
            yield from _pieces(child)
        yield child.tail or ""
