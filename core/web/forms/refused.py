"""A table that was refused: the first errors on the page, and the table with all of them beside its rows."""

from __future__ import annotations

import base64
import io
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from wtforms import Form

from core.domain.errors import DomainError, Invalid, MalformedError, NotAllowed, NotFound
from core.rules.text import T
from core.services.base.work import Work
from core.services.files.columns import SHEET_HINT, SHEET_NAME, WrongTable
from core.services.files.sheet_errors import errors_listed, with_errors
from core.services.files.types import XLSX
from core.web.forms.fields import Spec
from core.web.frame.language import language, tr
from core.web.frame.pipeline import Done, complain, run

R = TypeVar("R")
WHICH = Spec("worksheet", SHEET_NAME, required=False, longest=100, hint=SHEET_HINT)
"""The input that names the sheet that is meant."""


MOST_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Refused:
    """What is wrong with a table that was sent, and the table to correct."""

    listed: tuple[T, ...]
    more: int
    filename: str
    address: str
    """The table itself: nothing of a refused one is kept here."""


def take_table(
    action: str,
    change: Callable[[Work], R],
    form: Form,
    *,
    filename: str,
    data: bytes,
) -> Done[R] | Refused | None:
    """Take a table in as `attempt` does; errors by row come back with the table, others at the fields."""
    try:
        with run(action) as unit:
            return Done(change(unit))
    except (NotAllowed, NotFound):
        raise
    except Invalid as error:
        rows = {key: why for key, why in error.errors.items() if _row(key)}
        others = {key: why for key, why in error.errors.items() if not _row(key)}
        if others:
            complain(Invalid(others), form)
        place = (error.header_row, error.sheet) if isinstance(error, WrongTable) else (1, "")
        return refused(filename, data, rows, *place) if rows else None
    except DomainError as error:
        complain(error, form)
        return None


def _row(key: str) -> bool:
    number = key.partition(".")[0]
    return number.isascii() and number.isdigit()


def refused(
    filename: str, data: bytes, errors: dict[str, T], header_row: int, sheet: str = ""
) -> Refused | None:
    """The table with its errors; None where it cannot even be read."""
    try:
        content = with_errors(
            filename,
            io.BytesIO(data),
            errors,
            language=language(),
            header_row=header_row,
            sheet_name=sheet,
        )
    except MalformedError:
        return None
    listed, more = errors_listed(errors, MOST_SHOWN)
    stem = filename.rpartition(".")[0] or filename
    packed = base64.b64encode(content).decode("ascii")
    name = f"{stem}-{tr(T('错误', 'errors'))}.xlsx"
    return Refused(tuple(listed), more, name, f"data:{XLSX.media};base64,{packed}")
