"""Turns: what one process at a time does, and how one that stands still loses its turn.

A turn is an advisory lock of the connection over which its work is done: whoever has lost the one has lost
the other, and what a deposed process still tries over it fails. It is lost when nothing was said over that
connection for the turn's patience, by the database's clock: the server ends it by itself, or whoever comes
for the turn has it ended, also where the server waits for the silent one to read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import structlog
from sqlalchemy.orm import Session, sessionmaker

ASKING_SECONDS = 0.5
"""Whoever waits for a turn asks for it this often."""

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn: its name, the key of its advisory lock, and for how many seconds its holder may be silent."""

    name: str
    key: int
    patience: float


Execute = Callable[..., Any]
"""`execute` of a psycopg connection, or `exec_driver_sql` of one of SQLAlchemy's."""

_HOLDERS = """
SELECT pid FROM pg_locks
WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND classid = 0 AND objid = %(key)s
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""
_END_SILENT = """
SELECT pid, pg_terminate_backend(pid) FROM pg_locks JOIN pg_stat_activity holder USING (pid)
WHERE locktype = 'advisory' AND granted AND objsubid = 1 AND classid = 0 AND objid = %(key)s
AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND holder.usename = current_user AND (holder.state <> 'active' OR holder.wait_event = 'ClientWrite')
AND holder.state_change < clock_timestamp() - %(patience)s * interval '1 second'"""


def prepare(execute: Execute, turn: Turn) -> None:
    """Have the server end the connection when its machine is gone, or its process stands still."""
    silence = f"{round(turn.patience * 1000)}"
    execute(
        "SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 2; SET tcp_keepalives_count = 3; "
        f"SET idle_in_transaction_session_timeout = {silence}; SET idle_session_timeout = {silence}"
    )


def take(execute: Execute, turn: Turn) -> bool:
    """Take the turn if it is free; a holder that stands still has lost it by the next time one asks."""
    row = execute("SELECT pg_try_advisory_lock(%(key)s)", {"key": turn.key}).fetchone()
    if row[0]:
        return True
    silent = {"key": turn.key, "patience": turn.patience}
    for pid, _ in execute(_END_SILENT, silent).fetchall():
        log.warning("turn.overruled", turn=turn.name, server_pid=pid)
    return False


def is_taken(session: Session, turn: Turn) -> bool:
    """Whether anybody has the turn."""
    return session.connection().exec_driver_sql(_HOLDERS, {"key": turn.key}).first() is not None


@contextmanager
def turn_if_free(factory: sessionmaker[Session], turn: Turn) -> Iterator[Session | None]:
    """A session on the connection that has the turn; None while another has it."""
    with factory() as session:
        engine = session.get_bind().engine
    with engine.connect() as connection:
        # Not back to the pool: the connection ends with the run, and the turn with the connection.
        connection.detach()
        prepare(connection.exec_driver_sql, turn)
        taken = take(connection.exec_driver_sql, turn)
        connection.commit()
        if not taken:
            yield None
            return
        with factory(bind=connection) as session:
            yield session
        connection.exec_driver_sql("SELECT pg_advisory_unlock(%(key)s)", {"key": turn.key})
        connection.commit()


@contextmanager
def own_turn(factory: sessionmaker[Session], turn: Turn) -> Iterator[Session]:
    """The same, after waiting for whoever has it."""
    while True:
        with turn_if_free(factory, turn) as session:
            if session is not None:
                yield session
                return
        time.sleep(ASKING_SECONDS)
