"""One database for each module here: its tests make parties and accreditations of their own."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol
from uuid import uuid4

import pytest
from sqlalchemy import Engine, func, insert, select

from core.domain.errors import DomainError
from core.domain.holidays import from_chinesecalendar
from core.embedded.server import EmbeddedServer, create_database, drop_database
from core.storage.engine import make_engine
from core.storage.files import FileStore
from core.storage.models import AuditEvent, FactEntry, HolidayDay, MaterialFile, OutboxMessage
from tests.conftest import Begin, MakeActor
from tests.services.intake.journey import Town


@pytest.fixture(scope="module")
def engine(pg_server: EmbeddedServer, template: str) -> Iterator[Engine]:
    """An engine on a migrated database that goes with the module."""
    administration = pg_server.url("postgres", "postgres")
    name = f"test_{uuid4().hex[:12]}"
    create_database(administration, name, template=template, owner="accredit")
    made = make_engine(pg_server.url(name))
    yield made
    made.dispose()
    drop_database(administration, name)


@pytest.fixture(scope="module", autouse=True)
def holidays(engine: Engine) -> None:
    """The holiday table of 2015 to 2026."""
    rows = [
        {"day": row.day, "working": row.is_working, "name_zh": row.name.zh, "name_en": row.name.en}
        for row in from_chinesecalendar(range(2015, 2027))
    ]
    with engine.begin() as connection:
        connection.execute(insert(HolidayDay), rows)


class Unchanged(Protocol):
    """How `unchanged` is called."""

    def __call__(self, error: type[DomainError], *words: str) -> AbstractContextManager[None]: ...


@pytest.fixture
def unchanged(engine: Engine) -> Unchanged:
    """Expects an error that says the words, in Chinese or English, and a register that did not change."""

    people = ("app_user", "role_grant")

    def mark() -> tuple[int, ...]:
        counts = [
            select(func.count()).where(AuditEvent.subject.not_in(people)),
            *(select(func.count()).select_from(table) for table in (OutboxMessage, FactEntry, MaterialFile)),
        ]
        with engine.connect() as connection:
            return tuple(connection.scalar(query) or 0 for query in counts)

    @contextmanager
    def expect(error: type[DomainError], *words: str) -> Iterator[None]:
        before = mark()
        with pytest.raises(error) as caught:
            yield
        said = f"{caught.value.text.zh} {caught.value.text.en}"
        assert [word for word in words if word not in said] == [], said
        assert mark() == before

    return expect


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    """A store of uploaded files that goes with the test."""
    return FileStore(tmp_path / "files")


@pytest.fixture
def town(engine: Engine, begin: Begin, make_actor: MakeActor, store: FileStore) -> Town:
    """The people of a programme, and the steps of a case."""
    return Town(engine, begin, make_actor, store)
