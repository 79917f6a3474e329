#!/usr/bin/env bash
# openpyxl reads a date in one of the number formats of Chinese spreadsheets as a bare number: 45418.
#
# One expects: a date. The formats 27 to 36 and 50 to 58 are built in for Chinese, Japanese and Korean (ECMA-376,
# part 1, 18.8.30): a cell names 31 for yyyy年m月d日, and the file has no code for it. LibreOffice shows the date.
# What happens: openpyxl knows no such number and gives 45418.0, as pandas does by it; python-calamine, which pandas
# takes as well, gives the date. The same table read by two engines differs in these cells alone, without a word.
# Why it matters: other systems export their dates so, by the number of a format. A day of accreditation arrives as a
# number, and is taken for money or hours where those are asked for.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
    openpyxl==3.1.5 python-calamine==0.9.1 xlsxwriter==3.3.1

"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
from importlib.metadata import version

import openpyxl
import xlsxwriter
from python_calamine import CalamineWorkbook

FORMATS = (14, 31, 57, 58)
"""A date anywhere; and in Chinese yyyy年m月d日, yyyy年m月, m月d日."""
DAY = "2024-05-06"

file = io.BytesIO()
with xlsxwriter.Workbook(file) as book:
    sheet = book.add_worksheet()
    for column, number in enumerate(FORMATS):
        sheet.write_number(0, column, 45418, book.add_format({"num_format": number}))


def told(cells: object) -> list[str]:
    return [str(cell)[:10] for cell in cells]


file.seek(0)
(seen,) = map(told, openpyxl.load_workbook(file).active.iter_rows(values_only=True))
file.seek(0)
(other,) = map(told, CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python())

RECORDED = [DAY, "45418", "45418", "45418"], [DAY] * 4
print("openpyxl", version("openpyxl"), "and python-calamine", version("python-calamine"))
print("expected", [DAY] * 4, "of both")
print("recorded", *RECORDED)
print("seen    ", seen, other)
sys.exit((seen, other) != RECORDED)
PYTHON
