"""The rows of a csv file: within limits, in the encodings that spreadsheets here write."""

from __future__ import annotations

import csv
import io
from typing import IO

from core.domain.errors import MalformedError
from core.rules.text import T
from core.services.files.sheet_limits import MOST_BYTES, MOST_COLUMNS, too_large, too_long

ENCODINGS = ("utf-8-sig", "gb18030")
"""What Excel writes as csv with a mark for UTF-8, and without one in Chinese."""


def csv_rows(file: IO[bytes], most_rows: int) -> list[list[str]]:
    """Every row, also an empty one; MalformedError for what is no csv text, or one beyond the limits."""
    data = file.read(MOST_BYTES + 1)
    file.seek(0)
    if len(data) > MOST_BYTES:
        raise too_large()
    rows: list[list[str]] = []
    try:
        for row in csv.reader(io.StringIO(_text(data), newline=""), strict=True):
            rows.append(row)
            if len(rows) > most_rows or len(row) > MOST_COLUMNS:
                raise too_long(most_rows)
    except csv.Error as error:
        raise _no_csv() from error
    return rows


def _text(data: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise _no_csv()


def _no_csv() -> MalformedError:
    return MalformedError(
        T("无法读取该 csv 文件", "the csv file cannot be read"),
        mend=T("请另存为 .xlsx，或 UTF-8 的 .csv", "save it as .xlsx, or as .csv in UTF-8"),
    )
