"""What is read of a workbook: its sheets, their rows, and cells that hold nothing that could be read."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core.domain.errors import MalformedError
from core.domain.folding import unseen
from core.domain.identifiers import shorten
from core.domain.reading import LARGEST_NUMBER, not_a_text
from core.rules.text import T

Line = tuple[int, list[object]]
"""A row: its number as a spreadsheet shows it, and its cells: texts, whole numbers, decimals, truth values,
dates, `Unreadable`, or None."""
Range = tuple[int, int, int, int]
"""First row and column, last row and column, from 1."""

ERRORS = re.compile(r"#(?:N/A|REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!)|Err:\d{3}|#{3,}", re.ASCII)
"""What a spreadsheet shows where a formula fails, or a column is too narrow."""
NO_VALUE = "#N/A"
"""What is written where a value is missing that nobody may take for none."""
NOUGHT = re.compile(r"[A-Z]{0,3}[¥￥$€£元\s()\-–—－]*")
"""How accounts show 0: nothing, a dash, or a dash beside the sign of money."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A cell that has no value to read, with the reason and the mend."""

    shown: str
    error: MalformedError
    kept: date | Decimal | None = None
    """What a spreadsheet has in it all the same."""
    form: str = ""
    """The number format that shows it so; empty where it is not known."""
    merged: bool = False
    """Whether it only belongs to a merged cell before it."""

    def why(self, *, text: bool) -> T:
        """The reason and the mend; in a column of texts, that the spreadsheet made it of what was typed."""
        if not text or self.kept is None:
            return self.error.text
        kind = T("日期", "a date") if isinstance(self.kept, date) else T("数值", "a figure")
        return not_a_text(str(self.kept), kind).text

    def __str__(self) -> str:
        return self.shown


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet of a workbook; `lines` are its rows that hold anything."""

    name: str
    lines: list[Line]
    hidden: tuple[int, ...] = ()
    """The rows among them that are hidden or filtered out; they are read all the same."""
    beyond: bool = False
    """Whether it goes on beyond the limits: it is no table to take, and the rest was not read."""


def failed(shown: str) -> Unreadable:
    """A cell in which a formula failed."""
    return Unreadable(
        shown,
        MalformedError(
            T(f"单元格显示 {shown}，没有可读取的值", f"the cell shows {shown}: there is no value to read"),
            mend=T("请更正公式，或直接填写数值", "mend the formula, or write the value itself"),
        ),
    )


def uncomputed() -> Unreadable:
    """A formula that nobody has computed."""
    return Unreadable(
        "",
        MalformedError(
            T("单元格是公式，但没有计算结果", "the cell has a formula without a value"),
            mend=T(
                "请用表格软件打开并保存后再上传，或直接填写数值",
                "open and save it in a spreadsheet program, or write the value itself",
            ),
        ),
    )


def covered(place: str) -> Unreadable:
    """A cell that is merged with others before it."""
    return Unreadable(
        "",
        MalformedError(
            T(f"单元格在合并区域 {place} 内", f"the cell is merged within {place}"),
            mend=T("请取消合并，逐行填写", "unmerge it and fill in each row"),
        ),
        merged=True,
    )


def partly_shown(shown: str, kept: date | Decimal, form: str = "") -> Unreadable:
    """A cell of which a spreadsheet shows something else than it keeps, or not all of it."""
    return Unreadable(
        shown,
        MalformedError(
            T(
                f"单元格显示为“{shorten(shown)}”，实际保存的是 {kept}",
                f"the cell shows {shorten(shown)!r}, and keeps {kept}",
            ),
            mend=T(
                "请改为常规格式（日期用含年月日的格式），核对后再上传",
                "give it the general format, or one with year, month and day; check it and send it again",
            ),
        ),
        kept,
        form,
    )


def written(text: str) -> object:
    """A text cell: without outer spaces, None for nothing to be seen, unreadable for a formula's error."""
    bare = text.strip()
    if not unseen("", bare):
        return None
    return failed(bare) if ERRORS.fullmatch(bare) else bare


def numeric(number: Decimal, shown: str | None) -> object:
    """A number as it is shown: itself where that says the same, else the text.

    One whose last digits a spreadsheet cannot keep stays a number, so that no identifier is made of it.
    """
    plain: int | Decimal = int(number) if number == number.to_integral_value() else number
    if plain == 0 and shown is not None and NOUGHT.fullmatch(shown):
        return 0
    same = shown is None or abs(number) >= LARGEST_NUMBER or shown in (str(plain), f"{number:f}")
    return plain if same else shown


def rounded(text: str) -> Decimal | None:
    """A kept number with the fifteen digits that a spreadsheet has; None for what is none."""
    try:
        value = float(text)
    except ValueError:
        return None
    return Decimal(f"{value:.15g}") if abs(value) < float("inf") else None


def with_merged(lines: Iterable[Line], merged: Iterable[Range]) -> list[Line]:
    """The rows that hold anything, all of one width, with what merged ranges cover told at the cells."""
    kept = [(number, cells) for number, cells in lines if any(cell is not None for cell in cells)]
    width = max((len(cells) for _, cells in kept), default=0)
    for _, cells in kept:
        cells.extend([None] * (width - len(cells)))
    rows = dict(kept)
    for top, left, bottom, right in merged:
        why = covered(f"{place(top, left)}:{place(bottom, right)}")
        for number in rows.keys() & set(range(top, min(bottom, max(rows, default=0)) + 1)):
            for column in range(left, min(right, width) + 1):
                if (number, column) != (top, left):
                    rows[number][column - 1] = why
    return kept


def letters(column: int) -> str:
    """A column, from 1, as a spreadsheet names it."""
    found = ""
    while column:
        column, letter = divmod(column - 1, 26)
        found = chr(ord("A") + letter) + found
    return found


def place(row: int, column: int) -> str:
    """Where a cell stands, as a spreadsheet says it: B3."""
    return f"{letters(column)}{row}"


def is_empty(cell: object) -> bool:
    """Whether nothing stands in a cell, or only what a merged cell before it covers."""
    return cell is None or (isinstance(cell, Unreadable) and cell.merged)


def day_or_all(day: date, shown: str | None) -> object:
    """A date that is shown with its year; unreadable where that is not to be seen."""
    if shown is not None and len(re.findall(r"\d+", shown)) < 3:  # noqa: PLR2004  # year, month and day
        return partly_shown(shown, day)
    return day
