"""The timetable: when each task is due, kept by the worker that leads, handed to whichever worker is free.

Tasks are deferred over the connection that holds the lock: who has lost the one has lost the other.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

import psycopg
import structlog
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger
from procrastinate import App, SyncPsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from core.domain import clock
from core.jobs.config import Timing
from core.jobs.leader import Connection
from core.jobs.ledger import was_done_by
from core.services.base.queue import DAILY_CHECK, OUTBOX
from core.storage.trail.sealing import UNPLACED

log = structlog.get_logger(__name__)

ISSUE = "issue_decisions"
VERIFY, SEND_OUTBOX, RETRY_STALLED = "verify", "send_outbox", "retry_stalled"
CLEAR_EXPORTS, CLEAR_ENTRY, DIGEST = "clear_exports", "clear_entry", "digest"
SEAL, ANCHOR, MAIL_ANCHOR = "seal", "anchor", "mail_anchor"


@dataclass(frozen=True, slots=True)
class Daily:
    """A task that is due once a day from `at` on, China time."""

    task: str
    at: time

    def due_on(self, now: datetime) -> date:
        """The last day whose time has come."""
        local = now.astimezone(clock.SHANGHAI)
        return local.date() if local.time() >= self.at else local.date() - timedelta(days=1)


DAILY = (
    Daily(DAILY_CHECK, time(0, 10)),
    Daily(VERIFY, time(2, 30)),
    Daily(CLEAR_EXPORTS, time(3, 30)),
    Daily(CLEAR_ENTRY, time(3, 45)),
    Daily(MAIL_ANCHOR, time(7, 0)),
    Daily(DIGEST, time(8, 0)),
)


class Timetable:
    """Defers what is due while this worker leads; `gained` and `lost` are called by the leader's thread."""

    def __init__(self, timing: Timing, now: Callable[[], datetime] = clock.now) -> None:
        self._now = now
        self._connection: Connection | None = None
        # It is never opened: every task is deferred over the leader's connection.
        self._app = App(connector=SyncPsycopgConnector(conninfo=""))
        self._scheduler = BackgroundScheduler(
            timezone=clock.SHANGHAI,
            job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
        )
        for daily in DAILY:
            trigger = CronTrigger(hour=daily.at.hour, minute=daily.at.minute, timezone=clock.SHANGHAI)
            self._scheduler.add_job(self.catch_up, trigger, [daily], id=daily.task)
            # A run that failed for good is tried again; one that was done is not.
            hourly = IntervalTrigger(hours=1, timezone=clock.SHANGHAI)
            self._scheduler.add_job(self.catch_up, hourly, [daily], id=f"{daily.task} again")
        regular = {
            SEND_OUTBOX: timing.outbox,
            ISSUE: timing.issuing,
            ANCHOR: timing.anchoring,
            RETRY_STALLED: timing.stalled,
        }
        for task, seconds in regular.items():
            every = IntervalTrigger(seconds=seconds, timezone=clock.SHANGHAI)
            self._scheduler.add_job(self.defer, every, [task], id=task)
        often = IntervalTrigger(seconds=timing.sealing, timezone=clock.SHANGHAI)
        self._scheduler.add_job(self.seal, often, id=SEAL)
        self._scheduler.start(paused=True)

    def gained(self, connection: Connection) -> None:
        """Begin: first what was missed, then by the clock."""
        self._connection = connection
        # Before the first look: what is written from now on is heard.
        connection.execute(f"LISTEN {OUTBOX}".encode())
        self.defer(RETRY_STALLED)
        self.defer(ISSUE)
        self.defer(SEND_OUTBOX)
        self.defer(ANCHOR)
        for daily in DAILY:
            self.catch_up(daily)
        self._scheduler.resume()

    def heard(self) -> None:
        """Messages were written: they are sent at once."""
        self.defer(SEND_OUTBOX)

    def lost(self) -> None:
        """Stop: another worker keeps the timetable now."""
        self._connection = None
        self._scheduler.pause()

    def close(self) -> None:
        """End the scheduler's thread."""
        self._scheduler.shutdown()

    def catch_up(self, daily: Daily) -> None:
        """Defer a daily task for its last day unless the ledger says that it was done."""
        connection, day = self._connection, daily.due_on(self._now())
        if connection is not None and not was_done_by(connection, daily.task, day):
            self.defer(daily.task, as_of=day.isoformat())

    def seal(self) -> None:
        """Defer the sealing of the trail where anything waits for it."""
        connection = self._connection
        # The leader's thread notices by itself that its connection is gone.
        with suppress(psycopg.OperationalError):
            if connection is not None and connection.execute(UNPLACED.encode()).fetchone() is not None:
                self.defer(SEAL)

    def defer(self, task: str, **arguments: Any) -> bool:
        """Put a task into the queue unless the same one waits there already."""
        connection = self._connection
        if connection is None:
            return False
        name = "/".join((task, *arguments.values()))
        deferrer = self._app.configure_task(
            task, queueing_lock=name, lock=task if arguments else None, connection=connection
        )
        try:
            deferrer.defer(**arguments)
        except AlreadyEnqueued:
            return False
        except ConnectorException as error:
            # The leader's thread notices by itself that its connection is gone.
            log.warning("timetable.not_deferred", task=task, error=str(error.__cause__ or error).strip())
            return False
        return True
