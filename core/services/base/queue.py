"""The workers' queue: a task is there when the caller's change is, and says whether it still waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy import event, text
from sqlalchemy.orm import Session
from structlog.contextvars import get_contextvars

from core.logs import REQUEST

MAKE_EXPORT = "make_export"
OUTBOX = "accredit_outbox"
"""The channel on which the worker that leads hears that messages wait."""
WAKES = "queue.wakes_sender"
"""What a session has noted: its commit notifies that channel."""
DAILY_CHECK, CHECK_NOW = "daily_check", "daily_check_now"
LEAD = 0x61636A62
"""Key of the turn of the worker that keeps the timetable."""
DEAD_AFTER = timedelta(minutes=1)
"""A worker without a sign of life for so long is taken for gone."""
# It is never opened: every task is deferred over the session's own connection.
_APP = App(connector=SyncPsycopgConnector(conninfo=""))


@dataclass(frozen=True, slots=True)
class Queued:
    """A task that is in the queue."""

    taken: bool
    """Whether a worker has taken it; that worker can have died since."""
    not_before: datetime | None
    """When it is tried again, after it has failed."""


def defer(session: Session, task: str, *, lock: str | None = None, **arguments: Any) -> bool:
    """Put the task into the queue, unless the same one waits there; tasks of one lock run one by one.

    Without a lock, the task and its arguments are one. The number of the request that asks goes with it.
    """
    name = "/".join((task, *(str(value) for value in arguments.values())))
    try:
        # A refused one must not spoil the transaction: its savepoint is made as the connection is asked for.
        with session.begin_nested():
            connection = session.connection().connection.driver_connection
            deferrer = _APP.configure_task(task, queueing_lock=name, lock=lock or name, connection=connection)
            deferrer.defer(**arguments, **_asked_by())
    except AlreadyEnqueued:
        return False
    return True


def _asked_by() -> dict[str, str]:
    number = get_contextvars().get(REQUEST)
    return {REQUEST: number} if number else {}


def wake_sender(session: Session) -> None:
    """Have the outbox sent once this transaction is committed: one statement, however many messages wait."""
    session.info[WAKES] = True


@event.listens_for(Session, "before_commit")
def _wake(session: Session) -> None:
    if not session.in_nested_transaction() and session.info.pop(WAKES, False):
        session.execute(text("SELECT pg_notify(:channel, '')"), {"channel": OUTBOX})


@event.listens_for(Session, "after_rollback")
def _let_sleep(session: Session) -> None:
    if session.get_nested_transaction() is None:
        session.info.pop(WAKES, None)


def queued(session: Session, *tasks: str) -> Queued | None:
    """The one of these tasks that comes first in the queue, those that were taken before all others."""
    query = (
        "SELECT status = 'doing' AS taken, scheduled_at FROM procrastinate_jobs "
        "WHERE task_name = ANY(:tasks) AND status IN ('doing', 'todo') ORDER BY taken DESC, id LIMIT 1"
    )
    row = session.execute(text(query), {"tasks": list(tasks)}).one_or_none()
    return Queued(row.taken, None if row.taken else row.scheduled_at) if row is not None else None


def worker_runs(session: Session) -> bool:
    """Whether any worker shows signs of life; by the database's clock, as they do."""
    alive = "SELECT EXISTS (SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > now() - :silent)"
    return bool(session.scalar(text(alive), {"silent": DEAD_AFTER}))
