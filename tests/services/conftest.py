"""Services count working days where they have a database; the people and the steps of a case."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Protocol

import pytest
from sqlalchemy import Engine, func, select

from core.domain.errors import DomainError
from core.rules.clauses import RecommenderKind
from core.storage.files import FileStore
from core.storage.models import AuditEvent, FactEntry, MaterialFile, OutboxMessage
from tests.conftest import Begin, MakeActor
from tests.services.associations import KEY, Body, make
from tests.services.journey import Case, Town


@pytest.fixture(autouse=True)
def counting(request: pytest.FixtureRequest) -> None:
    """The holiday table, for every test here that has a database."""
    if "engine" in request.fixturenames:
        request.getfixturevalue("holidays")


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


@pytest.fixture
def association(town: Town) -> Body:
    """An association of Hubei, with nobody on its list."""
    return make(town, RecommenderKind.MEMBERSHIP, "湖北省服务业协会")


@pytest.fixture
def department(town: Town) -> Body:
    """A department of Hubei's center, with nobody assigned to it."""
    return make(town, RecommenderKind.ASSIGNMENT, "服务体系部")


@pytest.fixture
def draft(town: Town) -> Case:
    """A whole draft of Hubei, to go through the center of its city."""
    return town.start(KEY).fill().attach_all()
