"""A register made once, and copies of it on which the same is done with and without a fault."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from core.embedded.server import EmbeddedServer
from core.storage.engine import session_factory
from core.storage.seed import load_holidays
from tests.databases import issue_at_once, scratch_database
from tests.faults import register
from tests.faults.oracle import Dump, dump


@dataclass(frozen=True)
class Copies:
    """Makes copies of a prepared register: every row has the same id in each."""

    server: EmbeddedServer
    database: str
    made: register.Register

    @contextmanager
    def one(self) -> Iterator[register.Register]:
        """A copy that goes with the block."""
        with scratch_database(self.server, self.database) as engine:
            yield self.made.on(engine)

    @contextmanager
    def then(self, act: Callable[[register.Register], object]) -> Iterator[Copies]:
        """Copies of what an act comes to."""
        with self.one() as copy:
            act(copy)
            copy.town.engine.dispose()  # a database that is in use cannot be copied
            yield Copies(self.server, str(copy.town.engine.url.database), self.made)

    def after(self, act: Callable[[register.Register], object]) -> Dump:
        """What an act comes to when nothing disturbs it."""
        with self.one() as copy:
            act(copy)
            return dump(copy.town.engine)


@contextmanager
def prepared(server: EmbeddedServer, template: str, folder: Path) -> Iterator[Copies]:
    """Copies of a register in which much is due."""
    with scratch_database(server, template) as engine:
        with session_factory(engine)() as session, session.begin():
            load_holidays(session)  # as a register does: the trail tells of it
            issue_at_once(session)
        made = register.make(engine, folder)
        engine.dispose()  # a database that is in use cannot be copied
        yield Copies(server, str(engine.url.database), made)


@pytest.fixture(scope="session")
def copies(
    pg_server: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Copies]:
    """Such copies on the server of the run."""
    with prepared(pg_server, template, tmp_path_factory.mktemp("faults")) as made:
        yield made
