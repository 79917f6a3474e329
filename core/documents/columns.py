"""How wide the columns of a table are where no typesetter finds it out: in docx and xlsx."""

from __future__ import annotations

import unicodedata

from core.documents.blocks import Cell, Table

PADDING = 3
MOST = 0.3
"""The share of the room that a column as wide as its content may take."""
WIDE = frozenset("WF")


def drawn(text: str) -> int:
    """How wide a line is drawn, in narrow characters."""
    return sum(2 if unicodedata.east_asian_width(character) in WIDE else 1 for character in text)


def shares(table: Table, room: int) -> list[float]:
    """The share of each column in a room of so many narrow characters: all of them are the whole of it."""
    fixed = {
        place: min((longest(table, place) + PADDING) / room, MOST)
        for place, width in enumerate(table.widths)
        if not width
    }
    given = sum(table.widths)
    left = max(1 - sum(fixed.values()), 0.3 if given else 0)
    found = [
        fixed[place] if place in fixed else left * width / given for place, width in enumerate(table.widths)
    ]
    return [share / sum(found) for share in found]


def longest(table: Table, place: int) -> int:
    """The longest line of a column, its head among them."""
    cells = (table.head[place], *(row[place] for row in table.rows))
    return max(
        drawn(line) for cell in cells for line in (cell.text if isinstance(cell, Cell) else cell).split("\n")
    )
