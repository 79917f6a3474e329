"""However many rows there are, a page makes the same statements: none has one a row."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, event, text

from core.web.app import create_app
from core.web.frame.bound import db
from core.web.frame.config import AppConfig
from tests.databases import NewDatabase
from tests.web import addresses
from tests.web.crowd import gather
from tests.web.filled import PEOPLE, Filled, fill

FEW, MANY = 2, 60
MORE = 2
"""Statements that may come with many rows: a second batch of what belongs to them."""
MOST = 40


@contextmanager
def counted(engine: Engine) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        sent.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    yield sent
    event.remove(engine, "before_cursor_execute", note)


def statements(filled: Filled, app: Flask, engine: Engine) -> dict[str, list[str]]:
    """What each page sends, by person and address."""
    browsers = {who: filled.browser(app, who) for who in PEOPLE}
    found: dict[str, list[str]] = {}
    for _endpoint, path, who, code in addresses.visits(filled):
        with counted(engine) as sent:
            answer = browsers[who].get(path)
            answer.get_data()
        assert answer.status_code == code, f"{who} {path}: {answer.status_code}"
        found[f"{who} {path}"] = sent
    return found


Both = tuple[dict[str, list[str]], dict[str, list[str]]]


@pytest.fixture(scope="module")
def both(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Both]:
    """The statements of every page over few rows and over many."""
    folder: Path = tmp_path_factory.mktemp("crowd")
    with new_database() as engine:
        filled = fill(engine, folder)
        gather(filled, FEW)
        url = engine.url.render_as_string(hide_password=False)
        app = create_app(AppConfig(instance=folder, database_url=url, testing=True))
        with app.app_context():
            used = db.engine
        # What the first request of all reads and keeps, as names of divisions, only makes the few more.
        few = statements(filled, app, used)
        gather(filled, MANY)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
        yield few, statements(filled, app, used)
        used.dispose()


def test_no_page_makes_a_statement_a_row(both: Both) -> None:
    few, many = both
    grown = {
        page: f"{len(few[page])} -> {len(sent)}: {repeated(sent)}"
        for page, sent in many.items()
        if len(sent) > len(few[page]) + MORE
    }
    assert not grown, "\n".join(f"{page}: {why}" for page, why in grown.items())


def repeated(sent: list[str]) -> str:
    """The statement that is sent most often."""
    often = max(set(sent), key=sent.count)
    return f"{sent.count(often)} times {' '.join(often.split())[:200]}"


def test_no_page_makes_more_than_some_statements(both: Both) -> None:
    _few, many = both
    over = {page: f"{len(sent)}: {repeated(sent)}" for page, sent in many.items() if len(sent) > MOST}
    assert not over, "\n".join(f"{page}: {why}" for page, why in over.items())
