"""Every page of the filled register, opened once by each person who may, for all tests that look at pages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flask import Flask
from sqlalchemy import Engine, text
from werkzeug.datastructures import Headers

from tests.web import addresses
from tests.web.filled import PEOPLE, Filled

ROWS = text("SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace")
MARKS = {"outbox_message": {"read_at"}, "login_session": {"seen_at"}}
"""What looking may change, by table: a message that was opened is read, and a session lives on."""
ON_RECORD = frozenset({"access_record", "guess"})
"""Where each look, and each link and code that is tried, is written down whatever comes of it."""
HASH = """
SELECT '{name}', md5(coalesce(string_agg(md5(held), '' ORDER BY md5(held)), ''))
FROM (SELECT (to_jsonb(t) - CAST('{{{marks}}}' AS text[]))::text AS held FROM "{name}" t)"""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one person got at one address, without a language asked for: in Chinese."""

    endpoint: str
    path: str
    who: str
    wanted: int
    """The code that the example has."""
    code: int
    headers: Headers
    page: str | None
    """The text of an HTML page; a file has none."""
    content: bytes
    """What came, whatever it is."""


@dataclass(frozen=True, slots=True)
class Crawl:
    """All answers in the order of the examples, and the tables that looking has changed."""

    answers: dict[tuple[str, str], Answer]
    """By person and address."""
    changed: list[str]


def crawl(filled: Filled, app: Flask) -> Crawl:
    """Open every example as everyone who may."""
    browsers = {who: filled.browser(app, who) for who in PEOPLE}
    before = hashes(filled.engine, MARKS)
    answers: dict[tuple[str, str], Answer] = {}
    for endpoint, path, who, wanted in addresses.visits(filled):
        answer = browsers[who].get(path)
        content = answer.get_data()
        page = answer.text if answer.mimetype == "text/html" else None
        answers[who, path] = Answer(
            endpoint, path, who, wanted, answer.status_code, answer.headers, page, content
        )
        answer.close()
    after = hashes(filled.engine, MARKS)
    return Crawl(answers, [name for name in before if before[name] != after[name]])


def hashes(engine: Engine, marks: Mapping[str, Collection[str]]) -> dict[str, str]:
    """A hash of every table, without the columns of it that are marks."""
    with engine.connect() as connection:
        names = sorted(set(connection.scalars(ROWS)) - ON_RECORD)
        each = [HASH.format(name=name, marks=",".join(sorted(marks.get(name, ())))) for name in names]
        # All at once: asked for one by one, they took longer than the form whose doing they show.
        found = connection.exec_driver_sql(" UNION ALL ".join(each))
        return {str(name): str(held) for name, held in found}
