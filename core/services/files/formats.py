"""The formats in which tables are taken in: how each is told, and how screens and errors speak of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import PurePosixPath
from typing import IO

from core.domain.errors import MalformedError
from core.domain.wording import join
from core.rules.text import T
from core.services.files import types


class TableFormat(StrEnum):
    """A format of tables, by the ending of its files' names."""

    XLSX = "xlsx"
    CSV = "csv"

    @property
    def label(self) -> T:
        """What people call it, in either language."""
        return T(self.value, self.value)


_TYPES: Mapping[TableFormat, types.FileType | None] = {
    TableFormat.XLSX: types.XLSX,
    TableFormat.CSV: None,
}
"""What the bytes say; None for plain text, which only its name tells."""
KEPT = tuple(format for format, kind in _TYPES.items() if kind is not None)
"""Those told by their bytes: only they can be kept as attachments too."""
_PLAIN = tuple(format for format, kind in _TYPES.items() if kind is None)


def format_of(filename: str, file: IO[bytes]) -> TableFormat | None:
    """The format of a table; None for what is none of them."""
    ending = PurePosixPath(filename).suffix.casefold().removeprefix(".")
    if ending in _PLAIN:
        return TableFormat(ending)
    try:
        found = types.identify(filename, file)
    except MalformedError:
        return None  # told as what is wanted here, not as one of the kinds that attachments may have
    return next((format for format in KEPT if _TYPES[format] is found), None)


def listed(formats: Iterable[TableFormat] = TableFormat) -> T:
    """The formats by name, any of which will do."""
    return join((format.label for format in formats), " 或 ", " or ")


def field_label(name: T, formats: Iterable[TableFormat] = TableFormat) -> T:
    """The label of a field for a file: what it is, and the formats that are taken."""
    names = listed(formats)
    return T(f"{name.zh}（{names.zh}）", f"{name.en} ({names.en})")
