#!/usr/bin/env bash
# python-calamine reads a cell that shows an error (#N/A, #DIV/0!, #REF!) as an empty one.
#
# One expects: something that is not an empty cell, or an exception: the person who sent the table sees #N/A there.
# What happens: `to_python` gives '' for the error and '' for the empty cell; nothing tells the two apart.
# Why it matters: a column that is looked up from another sheet (numbers, hours, dates) breaks when it is copied.
# In a table of services or of bodies to include, "the formula failed" then arrives as "nothing was claimed", and
# where the column is optional the row is taken without a word.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check python-calamine==0.9.1 xlsxwriter==3.3.1

"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
from importlib.metadata import version

import xlsxwriter
from python_calamine import CalamineWorkbook

file = io.BytesIO()
with xlsxwriter.Workbook(file) as book:
    sheet = book.add_worksheet()
    sheet.write_formula("A1", "=VLOOKUP(1,Z1:Z2,1,0)", None, "#N/A")
    sheet.write_formula("B1", "=1/0", None, "#DIV/0!")
    sheet.write_formula("C1", "=Sheet9!A1", None, "#REF!")
    sheet.write_string("E1", "end")
file.seek(0)
((*seen, _end),) = CalamineWorkbook.from_filelike(file).get_sheet_by_index(0).to_python()

print("python-calamine", version("python-calamine"))
print("expected: three errors that differ from the empty cell D1")
print("recorded", ["", "", "", ""])
print("seen    ", seen)
sys.exit(seen != ["", "", "", ""])
PYTHON
