#!/usr/bin/env bash
# polars reads a text that follows a hundred numbers in a column of a workbook as nothing.
#
# One expects: the text, as where it stands among the first rows (then the whole column is read as texts), or an error,
# as `read_csv` raises for the same column.
# What happens: `read_excel` guesses the type of a column by its first 100 rows and makes null of every later cell of
# another type: texts among numbers, days written as text among dates. Nothing is raised, nothing warned of.
# Why it matters: in a list of bodies the mobile numbers are numbers, and the first landline (0635-8210000) comes in
# row 150. It is gone, and so is each amount with its unit; in a table of a few rows all was well.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check polars==2.1.0 fastexcel==0.21.0 xlsxwriter==3.3.1

"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
import warnings
from importlib.metadata import version

import polars
import xlsxwriter

warnings.simplefilter("error")
LANDLINE = "0635-8210000"


def read(place: int) -> object:
    """What is read of a landline number that stands in that row under a head, among mobile numbers."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ("name", "phone"))
        for row in range(1, 201):
            sheet.write_string(row, 0, f"body {row}")
            if row == place:
                sheet.write_string(row, 1, LANDLINE)
            else:
                sheet.write_number(row, 1, 13_800_000_000 + row)
    file.seek(0)
    return polars.read_excel(file).filter(polars.col("name") == f"body {place}")["phone"].item()


PLACES = (1, 100, 101, 150)
RECORDED = [LANDLINE, LANDLINE, None, None]
seen = [read(place) for place in PLACES]

print("polars", version("polars"), "with fastexcel", version("fastexcel"))
print("rows    ", PLACES)
print("expected", [LANDLINE] * 4, "or an error")
print("recorded", RECORDED)
print("seen    ", seen)
sys.exit(seen != RECORDED)
PYTHON
