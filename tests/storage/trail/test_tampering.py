"""Whatever is changed in the database by hand, `verify` finds, by the name of the table and the row."""

from collections.abc import Iterator
from itertools import groupby
from operator import attrgetter

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.storage.engine import session_factory
from core.storage.trail.changes import audited, table_of
from core.storage.trail.recording import record_row
from core.storage.verify import faults
from core.storage.verify.columns import by_columns
from tests.storage.conftest import LivedRegister
from tests.storage.sample import ROWS
from tests.storage.trail.tamperings import TAMPERINGS, Tampering, of_columns


@pytest.fixture(scope="module")
def engine(lived_register: LivedRegister) -> Iterator[Engine]:
    """A register that was lived with, with a row in every table."""
    with lived_register.copy() as made:
        with session_factory(made)() as session, session.begin():
            _fill_up(session)
        yield made


def _fill_up(session: Session) -> None:
    for entity in sorted(audited(), key=lambda entity: list(ROWS).index(entity.__tablename__)):
        table = table_of(entity)
        if session.execute(table.select().limit(1)).first() is None:
            for values in ROWS[entity.__tablename__]:
                row = session.execute(table.insert().values(values).returning(*table.c)).mappings().one()
                record_row(session, entity, None, row)


@pytest.fixture
def lived(engine: Engine) -> Iterator[Session]:
    """A session on it; what a test changes is taken back."""
    with session_factory(engine)() as session:
        yield session
        session.rollback()


def rows_found(session: Session, tampering: Tampering) -> set[tuple[str, str, str]]:
    """What the trail finds in the table that was tampered with."""
    return {
        (fault.check, fault.subject, fault.subject_id) for fault in by_columns(session, {tampering.table})
    }


def test_it_has_no_fault(lived: Session) -> None:
    assert [str(fault) for fault in by_columns(lived)] == []


def test_there_are_enough_and_each_table_has_some() -> None:
    assert len({str(item) for item in TAMPERINGS}) == len(TAMPERINGS) >= 69
    assert {item.table for item in TAMPERINGS} == {entity.__tablename__ for entity in audited()}


@pytest.mark.parametrize("tampering", TAMPERINGS, ids=str)
def test_a_tampering_is_found(lived: Session, tampering: Tampering) -> None:
    key = tampering.make(lived.connection())
    assert rows_found(lived, tampering) == {(tampering.found, tampering.table, key)}


def test_all_at_once_are_found(lived: Session) -> None:
    """One of each table, so that none hides another."""
    made = set()
    for table, items in groupby(sorted(TAMPERINGS, key=attrgetter("table")), attrgetter("table")):
        made.add((table, list(items)[-1].make(lived.connection())))
    told = {(fault.subject, fault.subject_id) for fault in faults(lived) if fault.check.startswith("audit.")}
    assert told == made


@pytest.mark.assurance
@pytest.mark.parametrize("entity", list(audited()), ids=lambda entity: entity.__tablename__)
def test_every_column_is_held_to_the_trail(lived: Session, entity: type) -> None:
    for tampering in of_columns(entity):
        with lived.begin_nested() as savepoint:
            key = tampering.make(lived.connection())
            assert rows_found(lived, tampering) == {(tampering.found, tampering.table, key)}, tampering
            savepoint.rollback()
