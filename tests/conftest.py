"""What every test may ask for."""

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import psycopg
import pytest
import structlog
from sqlalchemy import Engine, insert
from sqlalchemy.orm import Session

from core.domain.clock import moment
from core.domain.holidays import from_chinesecalendar
from core.domain.roles import Grant, Role
from core.embedded.server import EmbeddedServer, attach, conninfo, create_database, drop_database, release
from core.services.base.work import Actor, Work, work
from core.storage.engine import make_engine, session_factory
from core.storage.migrate import upgrade
from core.storage.models import Grant as StoredGrant
from core.storage.models import HolidayDay, Membership, User

LONG_ONES = ("tests/demo", "tests/web/tracks", "tests/benchmarks", "tests/cli")
"""What takes longest after the browser's tests: given out early, so that no worker is left with it."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The browser's tests first, then the long ones, then all others; each file stays whole."""

    def place(item: pytest.Item) -> int:
        if "/tests/e2e/" in item.path.as_posix():
            return 0
        return 1 if any(f"/{folder}/" in item.path.as_posix() for folder in LONG_ONES) else 2

    items.sort(key=place)


# By default a logged exception prints every local, which takes half a minute over a catalogue.
structlog.configure(
    processors=[
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)
# A test's data may be lost with the machine: without waiting for the disk the suite takes half the time.
FAST_SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "shared_buffers": "64MB",
}


@pytest.fixture(scope="session")
def pg_server() -> Iterator[EmbeddedServer]:
    """One PostgreSQL server, shared by the workers of a run; the last of them stops and removes it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid4().hex
    folder = Path(tempfile.gettempdir()) / f"accredit-tests-{run[:12]}"
    yield attach(folder, FAST_SETTINGS)
    if release(folder):
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database_url(pg_server: EmbeddedServer) -> Iterator[str]:
    """The address of a fresh, empty database that goes with the test."""
    administration = pg_server.url("postgres", "postgres")
    name = f"test_{uuid4().hex[:12]}"
    create_database(administration, name, owner="accredit")
    yield pg_server.url(name)
    drop_database(administration, name)


TEMPLATE_LOCK = 0x61636373


@pytest.fixture(scope="session")
def template(pg_server: EmbeddedServer) -> str:
    """A migrated database to copy, made by whichever worker of the run comes first."""
    administration, name = pg_server.url("postgres", "postgres"), "accredit_template"
    with psycopg.connect(conninfo(administration), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (TEMPLATE_LOCK,))
        if connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is None:
            drop_database(administration, "unfinished")
            create_database(administration, "unfinished", owner="accredit")
            migrated = make_engine(pg_server.url("unfinished"))
            upgrade(migrated)
            migrated.dispose()
            connection.execute(f"ALTER DATABASE unfinished RENAME TO {name}")
    return name


@contextmanager
def scratch_database(pg_server: EmbeddedServer, template: str) -> Iterator[Engine]:
    administration = pg_server.url("postgres", "postgres")
    name = f"test_{uuid4().hex[:12]}"
    create_database(administration, name, template=template, owner="accredit")
    made = make_engine(pg_server.url(name))
    yield made
    made.dispose()
    drop_database(administration, name)


@pytest.fixture
def engine(pg_server: EmbeddedServer, template: str) -> Iterator[Engine]:
    """An engine on a migrated, empty database that goes with the test."""
    with scratch_database(pg_server, template) as made:
        yield made


@pytest.fixture
def second_engine(pg_server: EmbeddedServer, template: str) -> Iterator[Engine]:
    """A second one with the holiday table, to hold two ways of doing the same against each other."""
    with scratch_database(pg_server, template) as made:
        load_holidays(made)
        yield made


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on the test's database, outside any unit of work."""
    with session_factory(engine)() as made:
        yield made


def load_holidays(engine: Engine) -> None:
    """Put the holiday table of 2015 to 2026 into a database."""
    rows = [
        {"day": row.day, "working": row.is_working, "name_zh": row.name.zh, "name_en": row.name.en}
        for row in from_chinesecalendar(range(2015, 2027))
    ]
    with engine.begin() as connection:
        connection.execute(insert(HolidayDay), rows)


@pytest.fixture
def holidays(engine: Engine) -> None:
    """The holiday table of 2015 to 2026 in the test's database."""
    load_holidays(engine)


class MakeActor(Protocol):
    """How `make_actor` is called."""

    def __call__(
        self,
        role: Role,
        program: str | None = None,
        region: str | None = None,
        parties: Iterable[int] = (),
    ) -> Actor: ...


@pytest.fixture
def make_actor(engine: Engine) -> MakeActor:
    """Makes a user with one role, who acts for `parties` (a recommender: recommends for them)."""
    return actor_maker(engine)


def actor_maker(engine: Engine) -> MakeActor:
    """The same on any database."""

    def make(
        role: Role, program: str | None = None, region: str | None = None, parties: Iterable[int] = ()
    ) -> Actor:
        acts_for, unique = list(parties), uuid4().hex
        with session_factory(engine)() as session, session.begin():
            user = User(
                email=f"{role}-{unique[:8]}@example.cn", name=f"{role} {unique[:4]}", fs_uniquifier=unique
            )
            session.add(user)
            session.flush()
            recommends = acts_for if role is Role.RECOMMENDER else []
            for party in recommends or [None]:
                session.add(
                    StoredGrant(user_id=user.id, role=role, program=program, region=region, party_id=party)
                )
            if role is not Role.RECOMMENDER:
                session.add_all(Membership(party_id=party, user_id=user.id) for party in acts_for)
            return Actor(
                user.id,
                user.name,
                (Grant(role, program, region),),
                parties=frozenset(() if recommends else acts_for),
                recommender_parties=frozenset(recommends),
            )

    return make


class Begin(Protocol):
    """How `begin` is called."""

    def __call__(self, actor: Actor, at: str, action: str = "") -> AbstractContextManager[Work]: ...


@pytest.fixture
def begin(engine: Engine) -> Begin:
    """Opens a unit of work of an actor at a moment ("2024-05-06T10:00", China time), committed at its end."""
    return beginner(engine)


def beginner(engine: Engine) -> Begin:
    """The same on any database."""

    @contextmanager
    def start(actor: Actor, at: str, action: str = "") -> Iterator[Work]:
        with session_factory(engine)() as session, work(session, actor, moment(at), action) as unit:
            yield unit

    return start
