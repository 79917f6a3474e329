"""Cells that a workbook shows in percent: it keeps 95.5% as 0.955, and only their format tells."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from typing import IO

from core.services.files.sheet_limits import column_of

BUILT_IN = frozenset({"9", "10"})
STYLES, WORKBOOK, RELATIONS = "xl/styles.xml", "xl/workbook.xml", "xl/_rels/workbook.xml.rels"
_FORMAT = re.compile(r"<(?:\w+:)?numFmt\s([^>]*)>")
_STYLES = re.compile(r"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_STYLE = re.compile(r"<(?:\w+:)?xf\s([^>]*)>")
_SHEET = re.compile(r"<(?:\w+:)?sheet\s([^>]*)>")
_RELATION = re.compile(r"<(?:\w+:)?Relationship\s([^>]*)>")
_CELL = re.compile(r"<(?:\w+:)?c\s([^>]*)>")
_ATTRIBUTE = re.compile(r"([\w:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_QUOTED = re.compile(r"&quot;.*?&quot;|\\.")
_PLACE = re.compile(r"([A-Z]{1,3})(\d{1,7})", re.ASCII)


def percent_cells(file: IO[bytes]) -> frozenset[tuple[int, int]]:
    """Row and column, from 1, of the cells of the first sheet that are shown in percent.

    The workbook must have passed `require_small`. Where its parts stand as no spreadsheet writes them,
    none is found.
    """
    try:
        with zipfile.ZipFile(file) as packed:
            styles = _percent_styles(packed)
            sheet = _first_sheet(packed) if styles else None
            return frozenset(_shown_so(packed, sheet, styles)) if sheet is not None else frozenset()
    except KeyError:
        return frozenset()
    finally:
        file.seek(0)


def _percent_styles(packed: zipfile.ZipFile) -> frozenset[str]:
    """The numbers of the cell styles with a percent format."""
    part = _text(packed, STYLES)
    formats = set(BUILT_IN)
    for given in _attributes(_FORMAT, part):
        if "%" in _QUOTED.sub("", given.get("formatCode", "")):
            formats.add(given["numFmtId"])
    listed = _STYLES.search(part)
    styles = _attributes(_STYLE, listed[0] if listed is not None else "")
    return frozenset(str(number) for number, given in enumerate(styles) if given.get("numFmtId") in formats)


def _first_sheet(packed: zipfile.ZipFile) -> str | None:
    """The part that holds the first sheet."""
    first = next(_attributes(_SHEET, _text(packed, WORKBOOK)), {})
    wanted = next((value for name, value in first.items() if name.endswith(":id")), None)
    for given in _attributes(_RELATION, _text(packed, RELATIONS)):
        if given.get("Id") == wanted:
            target = given.get("Target", "")
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    return None


def _shown_so(packed: zipfile.ZipFile, sheet: str, styles: frozenset[str]) -> Iterator[tuple[int, int]]:
    for given in _attributes(_CELL, _text(packed, sheet)):
        place = _PLACE.fullmatch(given.get("r", ""))
        if given.get("s") in styles and place is not None:
            yield int(place[2]), column_of(place[1])


def _attributes(tag: re.Pattern[str], part: str) -> Iterator[dict[str, str]]:
    for found in tag.finditer(part):
        yield {name: double or single for name, double, single in _ATTRIBUTE.findall(found[1])}


def _text(packed: zipfile.ZipFile, part: str) -> str:
    return packed.read(part).decode("utf-8", "replace")
