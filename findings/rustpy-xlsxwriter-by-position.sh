#!/usr/bin/env bash
# rustpy-xlsxwriter writes the values of a dict by their place, and a name can stand under the head of a number.
#
# One expects: of rows given as dicts each value goes under the head that is its key, as csv.DictWriter and pandas do.
# What happens: the heads are those of the first row; of every further row the values go out in the row's own order,
# whatever their keys. A row with the same keys in another order is written crosswise, one without a key is moved to
# the left; nothing is raised, nothing warned of.
# Why it matters: rows that come out of JSON, or are put together in branches, differ in order. A list of accredited
# bodies then has telephone numbers under credit codes, in some lines only, and is published so.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check rustpy-xlsxwriter==0.8.0 openpyxl==3.1.5

"$folder/venv/bin/python" - <<'PYTHON'
import io
import sys
from importlib.metadata import version

import openpyxl
from rustpy_xlsxwriter import FastExcel

ROWS = [
    {"name": "A", "code": "c1", "phone": "p1"},
    {"phone": "p2", "name": "B", "code": "c2"},
    {"name": "C", "phone": "p3"},
]
EXPECTED = [("name", "code", "phone"), ("A", "c1", "p1"), ("B", "c2", "p2"), ("C", None, "p3")]
RECORDED = [("name", "code", "phone"), ("A", "c1", "p1"), ("p2", "B", "c2"), ("C", "p3", None)]

file = io.BytesIO()
FastExcel(file).sheet("bodies", ROWS).save()
file.seek(0)
seen = list(openpyxl.load_workbook(file).active.iter_rows(values_only=True))

print("rustpy-xlsxwriter", version("rustpy-xlsxwriter"))
print("expected", EXPECTED)
print("recorded", RECORDED)
print("seen    ", seen)
sys.exit(seen != RECORDED)
PYTHON
