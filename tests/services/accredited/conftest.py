"""One database for each module here: its tests make parties and accreditations of their own."""

from collections.abc import Iterator
from uuid import uuid4

import pytest
from sqlalchemy import Engine, insert

from core.domain.holidays import from_chinesecalendar
from core.embedded.server import EmbeddedServer, create_database, drop_database
from core.storage.engine import make_engine
from core.storage.models import HolidayDay


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
