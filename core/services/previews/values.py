"""The values of a table as they were read, for whoever sent it to look over."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from core.rules.text import T
from core.services.files.columns import Column, Row
from core.services.files.kinds import shown
from core.services.files.sheets import write_sheet

MOST_SHOWN = 100
"""Rows on a page; all of them are in the download."""
ROW = T("行", "Row")
NAME = T("读入的值", "values that were read")


@dataclass(frozen=True, slots=True)
class Values:
    """A table's columns that hold anything, and every row with what was read in them."""

    titles: Sequence[T]
    rows: Sequence[tuple[int, Sequence[Any]]]
    """The row as a spreadsheet numbers it, and its cells: None where nothing stands."""
    name: T = NAME
    """What they are, for the name of the download."""

    @property
    def more(self) -> int:
        """How many rows a page does not show."""
        return max(len(self.rows) - MOST_SHOWN, 0)

    @property
    def first(self) -> Sequence[tuple[int, Sequence[Any]]]:
        """The rows that a page shows."""
        return self.rows[:MOST_SHOWN]

    def xlsx(self, language: str = "zh") -> bytes:
        """All of them as a table to look through."""
        headers = [title.get(language) for title in (ROW, *self.titles)]
        rows = [
            [number, *(cell.get(language) if isinstance(cell, T) else cell for cell in cells)]
            for number, cells in self.rows
        ]
        return write_sheet(self.name.get(language), headers, rows)


def values_of(columns: Sequence[Column], rows: Iterable[Row]) -> Values:
    """What was read of rows; columns in which nothing stands are left out."""
    listed = list(rows)
    filled = [column for column in columns if any(row.values.get(column.key) is not None for row in listed)]
    return Values(
        [column.title for column in filled],
        [
            (row.number, [shown(column.kind, row.values.get(column.key)) for column in filled])
            for row in listed
        ],
    )
