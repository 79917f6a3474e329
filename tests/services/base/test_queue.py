"""Waking the sender: once a transaction, with its commit, and not for what was rolled back."""

import psycopg
import pytest
from sqlalchemy import event, text

from core.embedded.server import conninfo
from core.services.base.queue import OUTBOX, wake_sender
from core.storage.engine import session_factory


@pytest.fixture
def heard(engine):
    """How many notifications came since it was last asked."""
    with psycopg.connect(
        conninfo(engine.url.render_as_string(hide_password=False)), autocommit=True
    ) as listening:
        listening.execute(f"LISTEN {OUTBOX}")

        def count():
            listening.execute("SELECT 1")  # what has been committed has come with its answer
            return len([*listening.notifies(timeout=0)])

        yield count


def test_one_statement_and_one_notification_a_transaction(engine, heard):
    asked = []
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))
    with session_factory(engine)() as session:
        for _ in range(3):
            wake_sender(session)
        assert (asked, heard()) == ([], 0)
        session.commit()
        assert (len(asked), heard()) == (1, 1)
        session.execute(text("SELECT 1"))
        session.commit()
    assert heard() == 0


def test_what_was_rolled_back_wakes_nobody(engine, heard):
    with session_factory(engine)() as session:
        session.execute(text("SELECT 1"))
        wake_sender(session)
        session.rollback()
        session.execute(text("SELECT 1"))
        session.commit()
        assert heard() == 0


def test_a_savepoint_neither_wakes_too_early_nor_forgets(engine, heard):
    with session_factory(engine)() as session:
        with session.begin_nested():
            wake_sender(session)
        assert heard() == 0
        with pytest.raises(ZeroDivisionError), session.begin_nested():
            raise ZeroDivisionError
        session.commit()
    assert heard() == 1
