"""One database for each module here: its tests make users and parties of their own."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from sqlalchemy import Engine

from core.embedded.server import EmbeddedServer, create_database, drop_database
from core.storage.engine import make_engine
from core.storage.files import FileStore
from tests.conftest import load_holidays


@pytest.fixture(scope="module")
def engine(pg_server: EmbeddedServer, template: str) -> Iterator[Engine]:
    """An engine on a migrated database that goes with the module."""
    administration = pg_server.url("postgres", "postgres")
    name = f"test_{uuid4().hex[:12]}"
    create_database(administration, name, template=template, owner="accredit")
    made = make_engine(pg_server.url(name))
    load_holidays(made)
    yield made
    made.dispose()
    drop_database(administration, name)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    """A store of files that goes with the test."""
    return FileStore.of(tmp_path)
