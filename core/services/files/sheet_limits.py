"""How large an xlsx table is, told before it is read: a few bytes can claim a sheet of 17 billion cells."""

from __future__ import annotations

import re
import zipfile
from typing import IO

from core.domain.errors import MalformedError
from core.rules.text import T

MOST_BYTES = 10 * 1024 * 1024
MOST_UNPACKED = 80 * 1024 * 1024
MOST_COLUMNS = 100
ALPHABET = 26
# Cells may leave out where they stand.
_ROW = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
_CELL = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_PLACE = re.compile(rb"\sr\s*=\s*[\"']([^\"']*)[\"']")
_REFERENCE = re.compile(rb"([A-Z]{0,3})(\d{1,7})")


def require_small(file: IO[bytes]) -> None:
    """MalformedError for a workbook beyond the limits of bytes or unpacked bytes, or built to hide some."""
    if file.seek(0, 2) > MOST_BYTES:
        raise too_large()
    file.seek(0)
    try:
        _look_through(file)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise MalformedError(
            T("无法读取该表格", "the table cannot be read"),
            mend=T("请用表格软件重新保存", "open it in a spreadsheet and save it again"),
        ) from error
    finally:
        file.seek(0)


def _look_through(file: IO[bytes]) -> None:
    left = MOST_UNPACKED
    with zipfile.ZipFile(file) as packed:
        for entry in packed.infolist():
            with packed.open(entry) as opened:
                part = opened.read(left + 1)
            left -= len(part)
            if left < 0:
                raise too_large()
            # A byte order mark of UTF-16, or a document type with entities, would hide what is looked for.
            if part.startswith((b"\xff\xfe", b"\xfe\xff")) or b"<!DOCTYPE" in part[:1024]:
                raise too_large()


def within(part: bytes, most_rows: int) -> bool:
    """Whether a sheet of an xlsx has at most so many rows, and no column beyond the limit.

    MalformedError for one that says of a cell that it stands nowhere.
    """
    rows = _ROW.split(part)[1:]
    if len(rows) > most_rows or any(len(_CELL.findall(row)) > MOST_COLUMNS for row in rows):
        return False
    for row in rows:
        for match in _PLACE.finditer(b" " + row):
            place = _REFERENCE.fullmatch(match[1])
            if place is None:
                raise too_large()
            if int(place[2]) > most_rows or column_of(place[1].decode()) > MOST_COLUMNS:
                return False
    return True


def column_of(letters: str) -> int:
    """The number of a column, from 1, by its letters; 0 for none."""
    column = 0
    for letter in letters:
        column = column * ALPHABET + ord(letter) - ord("A") + 1
    return column


def too_long(most_rows: int) -> MalformedError:
    """The refusal of a table with too many rows or columns."""
    return MalformedError(
        T(
            f"表格超过 {most_rows} 行或 {MOST_COLUMNS} 列",
            f"the table has more than {most_rows} rows or {MOST_COLUMNS} columns",
        ),
        mend=T("请删去空行空列，或分成几个文件", "delete empty rows and columns, or divide it"),
    )


def too_large() -> MalformedError:
    """The refusal of a file that is too large, or built as no spreadsheet builds one."""
    megabytes = MOST_BYTES // (1024 * 1024)
    return MalformedError(
        T("表格文件过大或不规范", "the table's file is too large, or irregular"),
        mend=T(f"请另存为 {megabytes} MB 以内的 .xlsx", f"save it as .xlsx of at most {megabytes} MB"),
    )
