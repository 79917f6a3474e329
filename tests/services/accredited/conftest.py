"""Every test here counts working days."""

import pytest


@pytest.fixture(autouse=True)
def holidays(holidays: None) -> None:
    """The holiday table, for every test here."""
