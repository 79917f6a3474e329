"""Every test here counts working days, and some keep files."""

from pathlib import Path

import pytest

from core.storage.files import FileStore


@pytest.fixture(autouse=True)
def holidays(holidays: None) -> None:
    """The holiday table, for every test here."""


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    """A store of files that goes with the test."""
    return FileStore.of(tmp_path)
