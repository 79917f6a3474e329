"""What every test may ask for."""

import gc
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import pytest
import structlog
from hypothesis import HealthCheck, settings
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.domain.clock import moment
from core.domain.roles import Grant, Role
from core.embedded import cluster
from core.embedded.server import EmbeddedServer, attach, create_database, drop_database, release
from core.services.base.work import DECISION_DELAY, OPERATION_DEFAULTS, Actor, Work, work
from core.storage.engine import session_factory
from core.storage.models import Grant as StoredGrant
from core.storage.models import Membership, User
from core.storage.trail.keys import FILE, VARIABLE
from tests import passwords, turns
from tests.clocks import one_clock
from tests.databases import (
    APPLICATION,
    OWNER,
    NewDatabase,
    ReusedDatabase,
    initialise_with,
    load_holidays,
    make_template,
    scratch_database,
)
from tests.examples import TIMES, examples
from tests.traced import Measured

# Of what is imported and collected nothing is garbage.
gc.disable()
RARELY = (20_000, 20, 20)
"""How much may be new before garbage is looked for."""


def pytest_configure(config: pytest.Config) -> None:
    """Only tests that need no server are measured by coverage."""
    config.pluginmanager.register(Measured())


def pytest_collection_finish() -> None:
    """Garbage is looked for in what tests make alone, and rarely: it took a tenth of their time."""
    gc.freeze()
    gc.set_threshold(*RARELY)
    gc.enable()


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Marks say what a test needs; the quick come first, then what takes longest."""
    turns.mark(items)
    yield
    turns.arrange(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> turns.InTurn:
    """How the workers of a run share the tests."""
    config.option.loadscopereorder = False
    return turns.InTurn(config, log)


# No test looks at the clock: on a busy machine, or under coverage, an example takes as long as it takes.
# The gate tries the same examples each time: what it covers is no matter of luck. More are drawn at random.
settings.register_profile(
    "accredit",
    max_examples=examples(100),
    derandomize=TIMES == 1,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("accredit")
passwords.hash_quickly()

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


@pytest.fixture(scope="session", autouse=True)
def person_keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One file of master keys for the run, and for every command that it starts."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(tmp_path_factory.getbasetemp() / FILE))
        yield


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Decisions are issued as they are taken: for whoever tests what follows from them."""
    monkeypatch.setitem(OPERATION_DEFAULTS, DECISION_DELAY, Decimal(0))


RUN_ON = "RUN_ON"
"""The variable with the folder of another PostgreSQL's programs, on which tests are run one at a time."""


@pytest.fixture(scope="session", autouse=True)
def _one_clock() -> Iterator[None]:
    with one_clock():
        yield


@pytest.fixture(scope="session")
def pg_server() -> Iterator[EmbeddedServer]:
    """One PostgreSQL server, shared by the workers of a run; the last of them stops and removes it."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID") or uuid4().hex
    folder = Path(tempfile.gettempdir()) / f"accredit-tests-{run[:12]}"
    with pytest.MonkeyPatch.context() as patch:
        if on := os.environ.get(RUN_ON):
            version = initialise_with(Path(on), folder / "postgres", FAST_SETTINGS)
            patch.setattr(cluster, "carried_programs", lambda: {version: Path(on)})
        yield attach(folder, FAST_SETTINGS)
        if release(folder):
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def database_url(pg_server: EmbeddedServer) -> Iterator[str]:
    """The address of a fresh, empty database that goes with the test, as its owner."""
    administration = pg_server.url("postgres", "postgres")
    name = f"test_{uuid4().hex[:12]}"
    create_database(administration, name, owner=OWNER)
    yield pg_server.url(name, OWNER)
    drop_database(administration, name)


@pytest.fixture(scope="session")
def template(pg_server: EmbeddedServer) -> str:
    """A migrated database to copy, made by whichever worker of the run comes first."""
    return make_template(pg_server)


@pytest.fixture(scope="session")
def reused_database(pg_server: EmbeddedServer, template: str) -> Iterator[ReusedDatabase]:
    """The worker's own migrated database, emptied after each test that had it."""
    made = ReusedDatabase(pg_server, template)
    yield made
    made.close()


@pytest.fixture(scope="session")
def new_database(pg_server: EmbeddedServer, template: str) -> NewDatabase:
    """Makes a migrated database that goes with a block: for a whole module, or for changes of schema."""
    return partial(scratch_database, pg_server, template)


@pytest.fixture
def engine(request: pytest.FixtureRequest, reused_database: ReusedDatabase) -> Iterator[Engine]:
    """An engine on a migrated database that is empty for each test.

    It connects as the application; for a test that is marked `owner`, as the owner of the tables.
    """
    role = APPLICATION if request.node.get_closest_marker("owner") is None else OWNER
    with reused_database.lent(role) as made:
        yield made


@pytest.fixture
def second_engine(new_database: NewDatabase) -> Iterator[Engine]:
    """One on a second, with the holiday table, to hold two ways of doing the same against each other."""
    with new_database() as made:
        load_holidays(made)
        yield made


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session on the test's database, outside any unit of work."""
    with session_factory(engine)() as made:
        yield made


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
            reach: list[int | None] = [*recommends] or [None]
            for party in reach:
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
