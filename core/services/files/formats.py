"""The formats in which tables are taken in: how each is told, and how screens and errors speak of them."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from enum import StrEnum
from pathlib import PurePosixPath
from typing import IO

from core.domain.errors import MalformedError
from core.domain.wording import join
from core.rules.text import T
from core.services.files import types
from core.services.files.books.ods import is_locked

_ODS = b"application/vnd.oasis.opendocument.spreadsheet"
_LOCKED = "EncryptedPackage".encode("utf-16-le")


class TableFormat(StrEnum):
    """A format of tables, by the ending of its files' names."""

    XLSX = "xlsx"
    ODS = "ods"
    CSV = "csv"

    @property
    def label(self) -> T:
        """What people call it, in either language."""
        return T(self.value, self.value)


KEPT = (TableFormat.XLSX,)
"""Those that can be kept as attachments too."""
BOOKS = (TableFormat.XLSX, TableFormat.ODS)
"""Those told by their bytes; plain text only its name tells."""


def format_of(filename: str, file: IO[bytes]) -> TableFormat | None:
    """The format of a table; None for what is none of them."""
    ending = PurePosixPath(filename).suffix.casefold().removeprefix(".")
    if ending == TableFormat.CSV:
        return TableFormat.CSV
    if ending == TableFormat.ODS and _is_ods(file):
        return TableFormat.ODS
    try:
        found = types.identify(filename, file)
    except MalformedError:
        return None  # told as what is wanted here, not as one of the kinds that attachments may have
    return TableFormat.XLSX if found is types.XLSX else None


def why_no_table(file: IO[bytes]) -> MalformedError:
    """Why a file that is in none of the formats cannot be read, with the way out."""
    data = file.read(types.MOST_LOOKED_AT)
    file.seek(0)
    mend = T("请另存为 .xlsx", "save it as .xlsx")
    if data.startswith(types.OLE) and _LOCKED in data:
        return locked()
    if data.startswith(types.OLE):
        return MalformedError(
            T(
                "不读取旧版 .xls 和 WPS .et 表格",
                "tables in the old format .xls, or .et of WPS, are not read",
            ),
            mend=mend,
        )
    names = listed(BOOKS)
    return MalformedError(T(f"不是 {names.zh} 表格", f"this is no {names.en} table"), mend=mend)


def locked() -> MalformedError:
    """The refusal of a table under a password."""
    return MalformedError(
        T("该表格设有打开密码，无法读取", "the table is protected by a password and cannot be read"),
        mend=T("请去掉密码后另存为 .xlsx", "take the password off and save it as .xlsx"),
    )


def _is_ods(file: IO[bytes]) -> bool:
    try:
        with zipfile.ZipFile(file) as packed:
            is_one = packed.read("mimetype").strip() == _ODS
            if is_one and is_locked(packed):
                raise locked()
            return is_one
    except (KeyError, zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError):
        return False
    finally:
        file.seek(0)


def listed(formats: Iterable[TableFormat] = TableFormat) -> T:
    """The formats by name, any of which will do."""
    return join((format.label for format in formats), " 或 ", " or ")


def field_label(name: T, formats: Iterable[TableFormat] = TableFormat) -> T:
    """The label of a field for a file: what it is, and the formats that are taken."""
    names = listed(formats)
    return T(f"{name.zh}（{names.zh}）", f"{name.en} ({names.en})")
