#!/usr/bin/env bash
# chinesecalendar counts working days one too many when the count starts on a day of rest.
#
# One expects: `find_workday(5, day)` is the fifth working day after `day`, whatever day that is; and one step
# forward from a Saturday is the Monday, as one step back is the Friday.
# What happens: from a day of rest it first moves to the next working day and only then begins to count. Five
# working days from Friday 5 June 2026 end on Friday 12, from Saturday 6 on Monday 15. Backward it is not so.
# Why it matters: a public notice or a time to object that begins at a weekend (the message was sent on a Saturday)
# would end a working day late, and one that is counted back from a weekend would not: the same period, two lengths.
set -euo pipefail

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check chinesecalendar==1.11.0

"$folder/venv/bin/python" - <<'PYTHON'
import sys
from datetime import date
from importlib.metadata import version

from chinese_calendar import find_workday

FRIDAY, SATURDAY = date(2026, 6, 5), date(2026, 6, 6)
ASKED = {
    "friday +5": (5, FRIDAY),
    "saturday +5": (5, SATURDAY),
    "saturday +1": (1, SATURDAY),
    "saturday -1": (-1, SATURDAY),
}
EXPECTED = {"friday +5": "06-12", "saturday +5": "06-12", "saturday +1": "06-08", "saturday -1": "06-05"}
RECORDED = {"friday +5": "06-12", "saturday +5": "06-15", "saturday +1": "06-09", "saturday -1": "06-05"}
seen = {name: f"{find_workday(*asked):%m-%d}" for name, asked in ASKED.items()}
print("chinesecalendar", version("chinesecalendar"))
print("expected", EXPECTED)
print("recorded", RECORDED)
print("seen    ", seen)
sys.exit(seen != RECORDED)
PYTHON
