"""The register that was lived with: made once for all who look for faults in it, each in a copy."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass

import pytest
from sqlalchemy import Engine

from core.embedded.server import EmbeddedServer
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.seed import load_holidays
from tests.conftest import actor_maker, beginner
from tests.databases import OWNER, scratch_database
from tests.storage.lived import live


@dataclass(frozen=True)
class LivedRegister:
    """Its database, to copy, and its documents."""

    server: EmbeddedServer
    database: str
    store: FileStore

    def copy(self) -> AbstractContextManager[Engine]:
        """An engine on a copy that goes with the block, as the owner of its tables."""
        return scratch_database(self.server, self.database, OWNER)


@pytest.fixture(scope="session")
def lived_register(
    pg_server: EmbeddedServer, template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[LivedRegister]:
    """A register that was lived with, which nobody changes."""
    store = FileStore(tmp_path_factory.mktemp("lived"))
    with scratch_database(pg_server, template, OWNER) as made:
        with session_factory(made)() as session, session.begin():
            load_holidays(session)
        live(made, beginner(made), actor_maker(made), store)
        made.dispose()  # a database that is in use cannot be copied
        yield LivedRegister(pg_server, str(made.url.database), store)
