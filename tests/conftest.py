"""What every test may ask for."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest

from core.storage.server import EmbeddedServer, attach, create_database, drop_database, release

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
