"""What a scan for secrets has found, held against the values that are made up: `make secrets` runs it.

python -m tests.scanned found.json
"""

import json
import sys
from pathlib import Path

KNOWN = Path(__file__).with_name("made_up_secrets.txt")
"""A line for each: its digest, as the scanner tells it, and what it is."""


def known(text: str) -> dict[str, str]:
    """What each known digest is."""
    lines = (line.partition(" ") for line in text.splitlines() if line.strip())
    return {digest: meaning for digest, _, meaning in lines}


def unknown(found: str, made_up: str) -> list[str]:
    """The secrets that nobody has said to be made up: their kind, digest and line, and never the value."""
    named = known(made_up)
    return [
        f"{item['type']}: {item['hashed_secret']}, line {item['line_number']}"
        for items in json.loads(found)["results"].values()
        for item in items
        if item["hashed_secret"] not in named
    ]


if __name__ == "__main__":
    left = unknown(Path(sys.argv[1]).read_text(encoding="utf-8"), KNOWN.read_text(encoding="utf-8"))
    sys.stdout.writelines(f"{line}\n" for line in left)
    sys.exit(1 if left else 0)
