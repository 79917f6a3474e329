"""Any list as a download: written while it is read, or handed to a worker when it is long."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Protocol
from urllib.parse import quote

from flask import Response, current_app, g, render_template, request, stream_with_context
from flask_login import current_user
from itsdangerous import URLSafeSerializer
from markupsafe import Markup
from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

from core.domain.clock import SHANGHAI, now
from core.rules.text import T
from core.services.entry.record import looked
from core.services.exports.long_ones import LONG
from core.services.exports.streaming import MEDIA, Cell, blocks
from core.storage.models.accounts import Look
from core.web.frame.bound import db
from core.web.frame.language import tr
from core.web.frame.pipeline import reading, session
from core.web.frame.show import NOTHING, show

EVERY = 500
"""Rows that are read at a time, and between two notes of the progress."""


class Column(Protocol):
    """A column of a list: what it is called, and a row's value."""

    @property
    def label(self) -> T:
        """Its title."""

    def value(self, row: Any) -> Any:
        """The row's value."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column for lists that declare no others."""

    label: T
    read: Callable[[Any], Any]

    def value(self, row: Any) -> Any:
        """The row's value."""
        return self.read(row)


Progress = Callable[[int, int], None]
"""Told how many rows are written, of how many."""


def cell(column: Column, row: Any) -> Cell:
    """The value as a spreadsheet has it: numbers and dates as such, the rest as text in the language."""
    value = column.value(row)
    if isinstance(value, bool):
        return str(show(value))
    if value is None or isinstance(value, int | float | Decimal | date | datetime):
        return value
    text = show(value)
    plain = text.striptags() if isinstance(text, Markup) else text
    return "" if plain == NOTHING else plain


def send(kind: str, title: str, columns: Sequence[Column], query: Select[Any]) -> Response | str:
    """The rows of a query as a download; a page that offers to have it made where they are many.

    In a worker, which calls the same address for its user, they are written however many they are.
    """
    progress: Progress | None = g.get("export_progress")
    if progress is None and current_user.is_authenticated and _counted(query, LONG + 1) > LONG:
        return offer(kind, title)
    looked(reading(), Look.EXPORT, detail=request.endpoint or "")
    rows = _rows(query)
    if progress is not None:
        rows = _noting(rows, _counted(query), progress)
    return send_rows(kind, title, columns, rows)


def send_rows(kind: str, title: str, columns: Sequence[Column], rows: Iterable[Any]) -> Response:
    """Rows that are there, or come one by one, as a download."""
    titles = [tr(column.label) for column in columns]
    values = ([cell(column, row) for column in columns] for row in rows)
    body = stream_with_context(blocks(kind, titles, values))
    return Response(
        body,
        content_type=MEDIA[kind],
        headers={"Content-Disposition": disposition(file_name(kind, title), kind)},
    )


def file_name(kind: str, title: str) -> str:
    """The file's name: the list, and the minute in China."""
    return f"{title}-{now().astimezone(SHANGHAI):%Y%m%d-%H%M}.{kind}"


def disposition(name: str, kind: str) -> str:
    """The header for a download under a Chinese name."""
    return f"attachment; filename=\"export.{kind}\"; filename*=UTF-8''{quote(name)}"


def offer(kind: str, title: str) -> str:
    """The page that says that there are many, and asks whether to have the file made."""
    wish = [request.path, request.query_string.decode(), kind, file_name(kind, title)]
    return render_template(
        "exports/offer.html", heading=title, kind=kind, most=LONG, offer=signer().dumps(wish)
    )


def signer() -> URLSafeSerializer:
    """What an offer is signed with: only a list that was offered can be asked for."""
    return URLSafeSerializer(current_app.secret_key or "", salt="export")


def _counted(query: Select[Any], most: int | None = None) -> int:
    """How many rows there are, counted no further than a bound."""
    rows = query.with_only_columns(literal(1), maintain_column_froms=True).order_by(None).options()
    return session().scalar(select(func.count()).select_from(rows.limit(most).subquery())) or 0


def _rows(query: Select[Any]) -> Iterator[Any]:
    """The rows through a cursor of the server, in a session that lives as long as the download."""
    with Session(db.engine, expire_on_commit=False) as reader:
        yield from reader.scalars(query.execution_options(yield_per=EVERY))


def _noting(rows: Iterable[Any], total: int, progress: Progress) -> Iterator[Any]:
    done = 0
    progress(done, total)
    for done, row in enumerate(rows, start=1):
        yield row
        if done % EVERY == 0:
            progress(done, max(done, total))
    progress(done, done)
