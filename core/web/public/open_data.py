"""Open data: the register as CSV and JSON, written while it is read, with its schema."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request

from core.domain.clock import SHANGHAI
from core.services.exports.streaming import BOM, harmless
from core.services.keeping.public_names import Shown, shown
from core.services.public import open_data
from core.services.public.open_data_fields import FIELDS, Words
from core.storage.engine import Sessions, session_factory
from core.web.frame.bound import db, limiter
from core.web.frame.headers import keep, unlisted
from core.web.frame.pipeline import reading

blueprint = Blueprint("open_data", __name__, url_prefix="/open-data")

# Flask-Limiter's decorators carry no types.
limit_downloads: Any = limiter.shared_limit("20 per minute", "downloads")


@blueprint.get("")
def index() -> str:
    """What there is, column by column."""
    return render_template(
        "public/open_data.html",
        fields=[field for field, _read in FIELDS],
        version=open_data.SCHEMA_VERSION,
    )


@blueprint.get("/register.csv")
@limit_downloads
def register_csv() -> Response:
    """The register as a table that a spreadsheet opens, and never runs."""
    return _register("text/csv; charset=utf-8", "register.csv", _csv)


@blueprint.get("/register.json")
@limit_downloads
def register_json() -> Response:
    """The register with its schema version and the moment it was written."""
    return _register("application/json", "register.json", _register_json)


@blueprint.get("/notices.json")
@limit_downloads
def notices_json() -> Response:
    """Every published notice with what stands on it."""
    w = reading()
    now, today, people = w.now, w.today, shown(w)

    sessions = session_factory(db.engine)

    def lines() -> Iterator[str]:
        with sessions() as session:
            yield from _json("notices", now, open_data.notices(session, today, people))

    return _file(lines(), "application/json", "notices.json")


@blueprint.get("/schema.json")
def schema() -> Response:
    """The JSON schema of the JSON files."""
    return jsonify(open_data.schema())


Writer = Callable[[datetime, Iterable[dict[str, Any]]], Iterator[str]]


def _register(media: str, name: str, write: Writer) -> Response:
    w = reading()
    mark = open_data.fingerprint(w)
    if request.if_none_match.contains_weak(mark):
        return _marked(Response(status=304), mark)
    named = open_data.words(w)
    body = _rows(session_factory(db.engine), write, w.now, w.today, named, shown(w))
    return _marked(_file(body, media, name), mark)


def _rows(
    sessions: Sessions, write: Writer, now: datetime, today: date, named: Words, people: Shown
) -> Iterator[str]:
    """The lines, read by a session of their own: it lives as long as the download, not as the request."""
    with sessions() as session:
        yield from write(now, open_data.register(session, today, named, people))


def _marked(response: Response, mark: str) -> Response:
    """The response with the mark by which a reader learns that nothing has changed."""
    response.set_etag(mark, weak=True)
    keep(response, "public, no-cache")
    return response


def _file(lines: Iterator[str], media: str, name: str) -> Response:
    unlisted()
    disposition = f'attachment; filename="{name}"'
    return Response(lines, content_type=media, headers={"Content-Disposition": disposition})


class _Line:
    """Hands each written line back instead of keeping it."""

    def write(self, text: str) -> str:
        return text


def _csv(_now: datetime, rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    writer = csv.writer(_Line())
    yield BOM + str(writer.writerow([field.key for field, _read in FIELDS]))
    for row in rows:
        yield str(writer.writerow([harmless(_cell(value)) for value in row.values()]))


def _cell(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(value)
    return "" if value is None else str(value)


def _register_json(now: datetime, rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    return _json("register", now, rows)


def _json(kind: str, now: datetime, rows: Iterable[dict[str, Any]]) -> Iterator[str]:
    """One object a line, so that a reader can take the file line by line too."""
    head = {
        "kind": kind,
        "schema_version": open_data.SCHEMA_VERSION,
        "generated_at": now.astimezone(SHANGHAI).isoformat(timespec="seconds"),
    }
    yield json.dumps(head, ensure_ascii=False)[:-1] + ', "items": ['
    before = "\n"
    for row in rows:
        yield before + json.dumps(row, ensure_ascii=False)
        before = ",\n"
    yield "\n]}\n"
