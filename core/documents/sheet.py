"""Forms as xlsx: the same content as the PDF, in columns wide enough, ready to be printed."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date, datetime
from math import ceil
from typing import Any, assert_never

import xlsxwriter

from core.documents.blocks import Block, Cell, Facts, Form, Heading, Note, Paragraph, Signatures, Table
from core.documents.columns import drawn, shares

OPTIONS: dict[str, Any] = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
"""Every spreadsheet is written row by row, and no text becomes a formula, a link or a number."""
ROOM = {False: 92, True: 140}
"""How many narrow characters a sheet of A4 is wide, upright and on its side."""
LINE = 15
"""Points that a line of text is high."""
LABELS = 24
"""Columns that a label needs at least."""
LONGEST_CELL = 32_767
"""Characters that a cell of a spreadsheet holds."""
MOST_HIGH = 400
COLOURS = {"good": "#1b6b3a", "bad": "#a8261d", "open": "#8a5a00"}
SHADE, RULE = "#f1f4f7", "#aab2bd"


def form_xlsx(form: Form, *, language: str, on: date) -> bytes:
    """A form as xlsx; the same values give the same bytes."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, OPTIONS) as book:
        book.set_properties(
            {"title": form.title, "author": form.signed_by, "created": datetime(on.year, on.month, on.day)}  # noqa: DTZ001  # the format's own, without a zone
        )
        _Sheet(book, form, language).write()
    return out.getvalue()


class _Sheet:
    """Writes a form row by row: nothing above the row in hand can be changed."""

    def __init__(self, book: Any, form: Form, language: str) -> None:
        self.form, self.line = form, 0
        self.room = ROOM[form.landscape]
        self.widths = _widths(form.blocks, self.room)
        self.sheet = book.add_worksheet(form.title[:31])
        for place, width in enumerate(self.widths):
            self.sheet.set_column(place, place, width)
        box = {"border": 1, "border_color": RULE, "text_wrap": True, "valign": "vcenter"}
        self.formats = {
            name: book.add_format(properties)
            for name, properties in {
                "title": {"bold": True, "font_size": 18, "align": "center", "valign": "vcenter"},
                "about": {"align": "center", "font_color": "#5a6472"},
                "plain": {},
                "text": {"text_wrap": True, "valign": "top"},
                "heading": {"bold": True, "font_size": 13},
                "second": {"bold": True},
                "note": {"text_wrap": True, "valign": "top", "font_size": 9, "font_color": "#5a6472"},
                "head": box | {"bold": True, "align": "center", "bg_color": SHADE},
                "label": box | {"bg_color": SHADE},
                "cell": box,
                "centred": box | {"align": "center"},
                **{tone: box | {"align": "center", "font_color": COLOURS[tone]} for tone in COLOURS},
            }.items()
        }
        self.sheet.set_paper(9)
        if form.landscape:
            self.sheet.set_landscape()
        self.sheet.fit_to_pages(1, 0)
        self.sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
        self.sheet.set_footer("&R第 &P 页　共 &N 页" if language != "en" else "&RPage &P of &N")

    def write(self) -> None:
        """The title, what it is about, and the blocks, each after an empty row."""
        self._across(self.form.title, "title", high=30)
        for line in (self.form.above, self.form.subtitle):
            if line:
                self._across(line, "about")
        for line in (self.form.number, self.form.date):
            if line:
                self._row([line], ["plain"])
        for block in self.form.blocks:
            self.line += 1
            self._block(block)

    def _block(self, block: Block) -> None:
        match block:
            case Heading():
                self._row([block.text], ["heading" if block.level == 1 else "second"])
            case Paragraph():
                for text in block.text.split("\n"):
                    self._across(text, "text")
            case Facts():
                for row in block.rows:
                    self._row(row, ["label", "cell"])
            case Table():
                self._table(block)
            case Signatures():
                for text in filter(None, block.above.split("\n")):
                    self._across(text, "text")
                for label in block.lines:
                    self.line += 1
                    self._row([f"{label}：______________________"], ["plain"])
            case Note():
                self._across(block.text, "note")
            case _:
                assert_never(block)

    def _table(self, table: Table) -> None:
        if sum(isinstance(block, Table) for block in self.form.blocks) == 1:
            self.sheet.repeat_rows(self.line)
        self._row(table.head, ["head"] * len(table.head))
        for row in table.rows:
            looks = ["centred" if place in table.centred else "cell" for place in range(len(row))]
            texts = []
            for place, cell in enumerate(row):
                if isinstance(cell, Cell):
                    looks[place] = cell.tone
                texts.append(cell.text if isinstance(cell, Cell) else cell)
            self._row(texts, looks)
        if table.note:
            self._across(table.note, "note")

    def _row(self, texts: Sequence[str], looks: Sequence[str]) -> None:
        for place, (text, look) in enumerate(zip(texts, looks, strict=True)):
            self.sheet.write_string(self.line, place, text[:LONGEST_CELL], self.formats[look])
        self.line += 1

    def _across(self, text: str, look: str, high: int = LINE) -> None:
        """A text over the whole width: a spreadsheet gives merged cells no height of its own."""
        across = sum(self.widths)
        lines = sum(max(1, ceil(drawn(part) / across)) for part in text.split("\n"))
        self.sheet.set_row(self.line, min(MOST_HIGH, high * lines))
        last = len(self.widths) - 1
        self.sheet.merge_range(self.line, 0, self.line, last, text[:LONGEST_CELL], self.formats[look])
        self.line += 1


def _widths(blocks: Sequence[Block], room: int) -> list[float]:
    """How wide each column is for all tables that stand in it, and for labels with values."""
    tables = [block for block in blocks if isinstance(block, Table)]
    widths: list[float] = [0.0, 0.0]
    for table in tables:
        found = [share * room for share in shares(table, room)]
        widths += [0.0] * (len(found) - len(widths))
        widths[: len(found)] = [max(pair) for pair in zip(widths, found, strict=False)]
    if any(isinstance(block, Facts) for block in blocks):
        widths[0] = max(widths[0], LABELS)
        widths[1] = max(widths[1], room - LABELS if not tables else LABELS)
    return [max(width, room / 2 if not tables else 6) for width in widths]
