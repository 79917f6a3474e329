"""Workbooks of several sheets, for the tests of imports."""

import io
from collections.abc import Sequence

import xlsxwriter

from core.services.files.sheets import OPTIONS, write_cell

Rows = Sequence[Sequence[object]]


class Formula(str):
    """A formula as a library writes it: nobody has computed it yet."""

    __slots__ = ()


def book(hidden: Sequence[str] = (), **sheets: Rows) -> bytes:
    """A workbook with these sheets, in their order; the first one is visible."""
    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, OPTIONS) as made:
        for name, rows in sheets.items():
            sheet = made.add_worksheet(name)
            if name in hidden:
                sheet.hide()
            for line, cells in enumerate(rows):
                for column, cell in enumerate(cells):
                    if isinstance(cell, Formula):
                        sheet.write_formula(line, column, cell)
                    else:
                        write_cell(sheet, line, column, cell)
    return buffer.getvalue()
