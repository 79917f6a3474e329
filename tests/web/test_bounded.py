"""However many rows there are, a page stays as it is: it sends no statement a row, and shows no row more."""

from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import Engine, event, text

from core.web.frame.bound import db
from tests.databases import NewDatabase, as_owner
from tests.traced import unmeasured
from tests.web import addresses
from tests.web.crowd import gather
from tests.web.filled import PEOPLE, Filled, fill
from tests.web.sites import application

FEW, MANY, VERY_MANY = 2, 60, 1_010
MORE = 2
"""Statements that may come with many rows: a second batch of what belongs to them."""
MOST = 44
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


Visit = tuple[str, str, str, int]


def opened(filled: Filled, app: Flask, engine: Engine, visits: Iterable[Visit]) -> dict[str, Seen]:
    """What each page sends and shows, by person and address."""
    browsers = {who: filled.browser(app, who) for who in PEOPLE}
    found: dict[str, Seen] = {}
    for _endpoint, path, who, code in visits:
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


@dataclass(frozen=True)
class Grown:
    """What every page sends and shows over few rows, and over so many that it cannot show them all.

    Documents and exports have all of it, and take their time: of them `many` are fewer.
    """

    few: dict[str, Seen]
    many: dict[str, Seen]


@pytest.fixture(scope="module")
def grown(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Grown:
    """The pages of one register, while it grows."""
    folder: Path = tmp_path_factory.mktemp("crowd")
    with new_database() as engine, unmeasured():
        filled = fill(engine, folder)
        gather(filled, FEW)
        with application(engine, folder) as app:
            with app.app_context():
                used = db.engine
            # What the first request of all reads and keeps, as names of divisions, only makes the few more.
            few = opened(filled, app, used, addresses.visits(filled))

            def grow(by: int, *, files: bool) -> dict[str, Seen]:
                gather(filled, by)
                with as_owner(engine) as owner, owner.begin() as connection:
                    connection.execute(text("ANALYZE"))
                visits = {f"{visit[2]} {visit[1]}": visit for visit in addresses.visits(filled)}
                wanted = [visit for page, visit in visits.items() if (few[page].longest == 0) is files]
                return opened(filled, app, used, wanted)

            return Grown(few, grow(MANY, files=True) | grow(VERY_MANY - MANY, files=False))


def test_no_page_makes_a_statement_a_row(grown: Grown) -> None:
    few, many = grown.few, grown.many
    more = {
        page: f"{len(few[page].sent)} -> {len(seen.sent)}: {repeated(seen.sent)}"
        for page, seen in many.items()
        if len(seen.sent) > len(few[page].sent) + MORE
    }
    assert not more, "\n".join(f"{page}: {why}" for page, why in more.items())


def repeated(sent: list[str]) -> str:
    """The statement that is sent most often."""
    often = max(set(sent), key=sent.count)
    return f"{sent.count(often)} times {' '.join(often.split())[:200]}"


def test_no_page_makes_more_than_some_statements(grown: Grown) -> None:
    over = {
        page: f"{len(seen.sent)}: {repeated(seen.sent)}"
        for page, seen in grown.many.items()
        if len(seen.sent) > MOST
    }
    assert not over, "\n".join(f"{page}: {why}" for page, why in over.items())


def test_no_page_shows_more_than_a_page_of_rows(grown: Grown) -> None:
    over = {page: seen.longest for page, seen in grown.many.items() if seen.longest > MOST_SHOWN}
    assert not over, "\n".join(f"{page}: {shown} together" for page, shown in over.items())
