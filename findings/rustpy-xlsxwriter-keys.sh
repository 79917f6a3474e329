#!/usr/bin/env bash
# rustpy-xlsxwriter writes dictionaries by position, whatever their keys: values land under other headers.
#
# One expects: a value stands under the header of its key, as with csv.DictWriter, or an error is raised.
# What happens: the headers are the keys of the first row; each later row is written in the order of its own keys.
# Why it matters: rows of a register are made in several places (a form, an import, a query), and the same keys come
# in another order. A list of bodies then has telephone numbers among the credit codes, in a file that opens well
# and that nobody compares with its source; a row that lacks a key shifts all that follow.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check rustpy-xlsxwriter==0.8.0 openpyxl==3.1.5

"$folder/venv/bin/python" - "$folder/list.xlsx" <<'PYTHON'
import sys
from importlib.metadata import version

import openpyxl
import rustpy_xlsxwriter

rows = [
    {"name": "A", "code": "91350100M000100Y43", "telephone": "13800138000"},
    {"name": "B", "telephone": "13900139000", "code": "91110108551385082Q"},
    {"name": "C", "telephone": "13700137000"},
]
rustpy_xlsxwriter.FastExcel(sys.argv[1]).sheet("list", rows).save()
_head, *lines = openpyxl.load_workbook(sys.argv[1]).active.values
seen = [line[:2] for line in lines]
recorded = [("A", "91350100M000100Y43"), ("B", "13900139000"), ("C", "13700137000")]

print("rustpy-xlsxwriter", version("rustpy-xlsxwriter"))
print("expected: the code, or nothing, beside each name, under name and code")
print("recorded", recorded)
print("seen    ", seen)
sys.exit(seen != recorded)
PYTHON
