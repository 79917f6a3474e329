"""One run at a time sends, whoever starts it: its turn and its work stand and fall with one connection."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

LOCK = 0x61636D73
"""Key of the advisory lock of the run that sends."""
KEPT_FOR = (
    "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; "
    "SET idle_in_transaction_session_timeout = '5min'; SET idle_session_timeout = '5min'"
)
"""The server gives the turn of a machine that is gone, or of a process that stands still, to others."""


@contextmanager
def turn(factory: sessionmaker[Session]) -> Iterator[Session | None]:
    """A session on the connection that holds the turn; None while another run has it."""
    with factory() as session:
        engine = session.get_bind().engine
    with engine.connect() as connection:
        # Not back to the pool: the connection ends with the run, and the turn with the connection.
        connection.detach()
        connection.execute(text(KEPT_FOR))
        taken = connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": LOCK})
        connection.commit()
        if not taken:
            yield None
            return
        with factory(bind=connection) as session:
            yield session
        connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": LOCK})
        connection.commit()
