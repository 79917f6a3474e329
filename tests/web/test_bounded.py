"""However many rows there are, a page stays as it is: it sends no statement a row, and shows no row more."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import Engine, event, text

from core.web.app import create_app
from core.web.frame.bound import db
from core.web.frame.config import AppConfig
from tests.databases import NewDatabase
from tests.web import addresses
from tests.web.crowd import gather
from tests.web.filled import PEOPLE, Filled, fill

FEW, MANY = 2, 1_010
MORE = 2
"""Statements that may come with many rows: a second batch of what belongs to them."""
MOST = 40
MOST_SHOWN = 100
"""The longest page of a list."""
CHOICES = ("select", "datalist", "optgroup")
"""What is chosen from in a form is no list of the page."""


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


@dataclass(frozen=True)
class Seen:
    """What opening a page came to."""

    sent: list[str]
    longest: int
    """The most parts of one kind that stand together: rows of a table, items of a list, cards."""


def opened(filled: Filled, app: Flask, engine: Engine) -> dict[str, Seen]:
    """What each page sends and shows, by person and address."""
    browsers = {who: filled.browser(app, who) for who in PEOPLE}
    found: dict[str, Seen] = {}
    for _endpoint, path, who, code in addresses.visits(filled):
        with counted(engine) as sent:
            answer = browsers[who].get(path)
            body = answer.get_data()
        assert answer.status_code == code, f"{who} {path}: {answer.status_code}"
        found[f"{who} {path}"] = Seen(sent, longest(body) if answer.mimetype == "text/html" else 0)
    return found


def longest(body: bytes) -> int:
    """The most children of one tag that an element of the page has."""
    page = html.document_fromstring(body)
    counts = (Counter(child.tag for child in parent) for parent in page.iter() if parent.tag not in CHOICES)
    return max((count for counted in counts for count in counted.values()), default=0)


Both = tuple[dict[str, Seen], dict[str, Seen]]


@pytest.fixture(scope="module")
def both(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """What every page sends and shows over few rows and over many."""
    folder: Path = tmp_path_factory.mktemp("crowd")
    with new_database() as engine:
        filled = fill(engine, folder)
        gather(filled, FEW)
        url = engine.url.render_as_string(hide_password=False)
        app = create_app(AppConfig(instance=folder, database_url=url, testing=True))
        with app.app_context():
            used = db.engine
        # What the first request of all reads and keeps, as names of divisions, only makes the few more.
        few = opened(filled, app, used)
        gather(filled, MANY)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        yield few, opened(filled, app, used)
        used.dispose()


def test_no_page_makes_a_statement_a_row(both: Both) -> None:
    few, many = both
    grown = {
        page: f"{len(few[page].sent)} -> {len(seen.sent)}: {repeated(seen.sent)}"
        for page, seen in many.items()
        if len(seen.sent) > len(few[page].sent) + MORE
    }
    assert not grown, "\n".join(f"{page}: {why}" for page, why in grown.items())


def repeated(sent: list[str]) -> str:
    """The statement that is sent most often."""
    often = max(set(sent), key=sent.count)
    return f"{sent.count(often)} times {' '.join(often.split())[:200]}"


def test_no_page_makes_more_than_some_statements(both: Both) -> None:
    _few, many = both
    over = {
        page: f"{len(seen.sent)}: {repeated(seen.sent)}"
        for page, seen in many.items()
        if len(seen.sent) > MOST
    }
    assert not over, "\n".join(f"{page}: {why}" for page, why in over.items())


def test_no_page_shows_more_than_a_page_of_rows(both: Both) -> None:
    _few, many = both
    over = {page: seen.longest for page, seen in many.items() if seen.longest > MOST_SHOWN}
    assert not over, "\n".join(f"{page}: {shown} together" for page, shown in over.items())
