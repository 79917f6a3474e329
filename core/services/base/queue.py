"""Puts a task into the workers' queue within the caller's transaction: it is there when the change is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued
from sqlalchemy import text
from sqlalchemy.orm import Session

MAKE_EXPORT = "make_export"
DEAD_AFTER = timedelta(minutes=1)
"""A worker without a sign of life for so long is taken for gone."""
# It is never opened: every task is deferred over the session's own connection.
_APP = App(connector=SyncPsycopgConnector(conninfo=""))


def defer(session: Session, task: str, **arguments: Any) -> bool:
    """Put the task into the queue, unless the same one waits there; it never runs twice at a time."""
    name = "/".join((task, *(str(value) for value in arguments.values())))
    connection = session.connection().connection.driver_connection
    deferrer = _APP.configure_task(task, queueing_lock=name, lock=name, connection=connection)
    try:
        # A refused one must not spoil the transaction.
        with session.begin_nested():
            deferrer.defer(**arguments)
    except AlreadyEnqueued:
        return False
    return True


def worker_runs(session: Session, now: datetime) -> bool:
    """Whether any worker shows signs of life."""
    alive = "SELECT EXISTS (SELECT 1 FROM procrastinate_workers WHERE last_heartbeat > :since)"
    return bool(session.scalar(text(alive), {"since": now - DEAD_AFTER}))
