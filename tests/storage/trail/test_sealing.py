"""The sealer: every committed transaction gets one place, however many seal, and wherever one stops."""

from dataclasses import replace
from threading import Thread

import psycopg
import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from core.embedded.server import conninfo
from core.storage.engine import session_factory
from core.storage.models import AuditLink
from core.storage.trail import sealing
from core.storage.trail.chain import verify_chain
from core.storage.trail.sealing import LATE_MINUTES, UNPLACED, seal, seal_batch, unsealed
from tests.storage.trail.trails import add, organization, sealed, tamper

WRITTEN = "UPDATE audit_link SET written_at = clock_timestamp() - interval '{} s'"


def numbers(session: Session) -> list[int | None]:
    session.rollback()
    return list(session.scalars(select(AuditLink.number).order_by(AuditLink.id)))


def test_each_transaction_gets_one_place_and_nothing_new_costs_nothing(
    engine: Engine, session: Session
) -> None:
    add(engine, 1, 2, 3)
    factory = session_factory(engine)
    assert session.scalar(text(UNPLACED)) == 1
    assert seal(factory, batch=2) == 3
    assert seal(factory) == 0
    assert session.scalar(text(UNPLACED)) is None
    assert numbers(session) == [1, 2, 3]
    assert verify_chain(session) == []


def test_writers_and_sealers_at_once_make_one_chain_without_gaps(engine: Engine, session: Session) -> None:
    def write(start: int) -> None:
        for number in range(start, start + 5):
            sealed(engine, number)

    threads = [Thread(target=write, args=(start,)) for start in (0, 10, 20, 30)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(number or 0 for number in numbers(session)) == list(range(1, 21))
    assert verify_chain(session) == []


def test_a_sealer_waits_for_the_other_or_leaves_it_to_it(engine: Engine, session: Session) -> None:
    add(engine, 1, 2)
    seal_batch(session, 1)
    other = Thread(target=seal, args=(session_factory(engine),))
    other.start()
    assert seal(session_factory(engine), wait=False) == 0
    assert other.is_alive()
    session.commit()
    other.join()
    assert numbers(session) == [1, 2]
    assert verify_chain(session) == []


def test_a_sealer_that_stands_still_loses_its_turn(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sealing, "SEALING", replace(sealing.SEALING, patience=0.5))
    add(engine, 1)
    with psycopg.connect(conninfo(engine.url.render_as_string(hide_password=False))) as silent:
        silent.execute("SELECT pg_advisory_xact_lock(%s)", (sealing.SEALING.key,))
        assert seal(session_factory(engine)) == 1
        with pytest.raises(psycopg.OperationalError):
            silent.execute("SELECT 1")


def test_a_sealer_that_stops_half_way_leaves_what_it_had_not_done(engine: Engine, session: Session) -> None:
    add(engine, 1, 2, 3)
    with session_factory(engine)() as first, first.begin():
        seal_batch(first, 1)
    with session_factory(engine)() as broken:
        assert seal_batch(broken) == 2
        broken.rollback()
    assert numbers(session) == [1, None, None]
    assert verify_chain(session) == []
    assert seal(session_factory(engine)) == 2
    assert verify_chain(session) == []


def test_what_was_taken_back_leaves_no_gap(engine: Engine, session: Session) -> None:
    with session_factory(engine)() as undone:
        undone.add(organization(1))
        undone.flush()
        undone.rollback()
    sealed(engine, 2)
    assert numbers(session) == [1]


@pytest.mark.parametrize(
    ("age", "told"), [(LATE_MINUTES * 60 - 30, False), (LATE_MINUTES * 60 + 1, True), (86400, True)]
)
def test_only_what_waits_too_long_for_its_place_is_told(
    engine: Engine, session: Session, age: int, *, told: bool
) -> None:
    sealed(engine, 1)
    add(engine, 2, 3)
    tamper(session, WRITTEN.format(age))
    found = list(unsealed(session))
    assert [(table, number) for table, number, _ in found] == [("audit_link", 2)] * told
    assert all("2 in all" in message.en and "accredit trail seal" in message.zh for *_, message in found)
