"""The tasks: each can be taken by any worker, and done twice changes nothing more."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property, wraps
from pathlib import Path
from typing import Any

import structlog
from procrastinate import App, JobContext, PsycopgConnector, RetryStrategy
from procrastinate.exceptions import UniqueViolation
from procrastinate.jobs import Job, Status
from psycopg import AsyncConnection
from sqlalchemy.orm import Session, sessionmaker
from structlog.contextvars import bound_contextvars

from core.domain import clock
from core.jobs.config import Timing
from core.jobs.figures import CHECKED, FAILED_CHECKS, JOB_SECONDS, JOBS, MESSAGE_SECONDS, MESSAGES
from core.jobs.ledger import recorded, was_done
from core.jobs.making import Making
from core.jobs.schedule import (
    ANCHOR,
    CLEAR_ENTRY,
    CLEAR_EXPORTS,
    DIGEST,
    ISSUE,
    MAIL_ANCHOR,
    RETRY_STALLED,
    SEAL,
    SEND_OUTBOX,
    VERIFY,
)
from core.logs import REQUEST
from core.services.base.queue import CHECK_NOW, DAILY_CHECK, MAKE_EXPORT
from core.services.daily_check.run import run_checks
from core.services.deciding.pending import issue_due
from core.services.delivery.letters import Gateway
from core.services.delivery.outbox import send_by_clock
from core.services.entry import guesses, record
from core.services.entry.locks import tell
from core.services.exports import long_ones
from core.services.keeping import nightly
from core.services.keeping.destroying import sweep
from core.services.todo.digest import is_first_of_week, send_digests
from core.services.trail.anchoring import Outlets, anchor_now, mail_anchor, outlets_from
from core.storage.files import FileStore
from core.storage.models.operations import MessageChannel
from core.storage.processes.absence import Absence
from core.storage.processes.clocks import Clocks
from core.storage.trail.sealing import seal
from core.storage.trail.signing import known_keys
from core.storage.verify import faults as find_faults

RUNTIME = "runtime"
MOST_ATTEMPTS = 5
"""A job that fails, or kills its worker, this often waits for a person; the next day's is a new one."""
RETRY_SECONDS = 60
EXPORT_RETRIES = 1
"""A person waits for an export: after so many it says that it failed, and can be asked for again."""
KEEP_HOURS = 24 * 30
"""Jobs that failed for good are kept this long."""

log = structlog.get_logger(__name__)

Counts = dict[str, Any]
"""What a job tells of itself, by name."""


@dataclass(frozen=True)
class Runtime:
    """What the tasks work with; every worker hands its own to the jobs that it takes."""

    factory: sessionmaker[Session]
    gateways: Mapping[MessageChannel, Gateway]
    store: FileStore
    timing: Timing = field(default_factory=Timing)
    now: Callable[[], datetime] = clock.now
    absence: Absence = field(default_factory=Absence)
    clocks: Clocks = field(default_factory=Clocks)
    anchors: Outlets | None = None
    """None: a file in the instance folder, and mail."""

    @property
    def instance(self) -> Path:
        """The folder of the register's documents and keys."""
        return self.store.root.parent

    @cached_property
    def making(self) -> Making:
        """What makes long exports."""
        return Making(self.instance, self.factory)

    @property
    def outlets(self) -> Outlets:
        """Where anchors of the trail go."""
        return self.anchors or outlets_from({}, self.instance)


def make_app(conninfo: str) -> App:
    """The job engine on a database, with every task."""
    app = App(connector=PsycopgConnector(conninfo=conninfo, min_size=1, max_size=4, configure=_one_by_one))
    again = RetryStrategy(max_attempts=MOST_ATTEMPTS, wait=RETRY_SECONDS)
    for name, do in DAILY_TASKS.items():
        app.task(name=name, retry=again, pass_context=True)(_told(_once_a_day(name, do)))
    soon = RetryStrategy(max_attempts=EXPORT_RETRIES, wait=RETRY_SECONDS)
    app.task(name=MAKE_EXPORT, retry=soon, pass_context=True)(_told(make_export))
    # Who has asked sees that it failed, and asks again.
    app.task(name=CHECK_NOW, pass_context=True)(_told(daily_check_now))
    # These come again by themselves.
    app.task(name=SEAL, pass_context=True)(_told(seal_trail))
    app.task(name=ANCHOR, pass_context=True)(_told(anchor_trail))
    app.task(name=SEND_OUTBOX, pass_context=True)(_told(send_outbox))
    app.task(name=ISSUE, pass_context=True)(_told(issue_decisions))
    app.task(name=RETRY_STALLED, pass_context=True)(retry_stalled)
    return app


async def _one_by_one(connection: AsyncConnection) -> None:
    """Each statement is a transaction: a process that stands still between two keeps no row locked."""
    await connection.set_autocommit(True)


def _told(do: Callable[..., Counts]) -> Callable[..., Counts]:
    """The task, with its job on every line of the log, and the request that has asked for it."""

    @wraps(do)
    def run(context: JobContext, /, **arguments: Any) -> Counts:
        asked = {REQUEST: arguments.pop(REQUEST)} if REQUEST in arguments else {}
        with bound_contextvars(job_id=context.job.id, task=context.job.task_name, **asked):
            return do(context, **arguments)

    return run


def _once_a_day(task: str, do: Callable[[Runtime, date], Counts | None]) -> Callable[..., Counts]:
    """A task that is due once a day: nothing where the ledger says it was done, or `do` that it is off."""

    def run(context: JobContext, as_of: str) -> Counts:
        runtime, day = _runtime(context), date.fromisoformat(as_of)
        with runtime.factory() as session:
            done = was_done(session, task, day)
        counts = None if done else do(runtime, day)
        if counts is None:
            JOBS.labels(task, "skipped").inc()
            return {"skipped": as_of}
        return counts

    return run


def daily_check_now(context: JobContext, as_of: str) -> Counts:
    """The day's check because a person asks for it: what came up since is due, too."""
    return _check(_runtime(context), date.fromisoformat(as_of))


def _check(runtime: Runtime, day: date) -> Counts:
    """Everything that is due on or before the day."""
    with _measured(DAILY_CHECK):
        report = run_checks(runtime.factory, day, now=runtime.now())
    CHECKED.inc(report.tally.checked)
    FAILED_CHECKS.inc(len(report.tally.failures))
    told = log.error if report.tally.failures else log.info
    told("daily_check.done", **report.to_json())
    return report.to_json()


def send_outbox(context: JobContext) -> dict[str, int]:
    """Send the messages that are due; before that, write to those whose accounts were locked."""
    runtime = _runtime(context)
    tell(runtime.factory, runtime.now())
    with _measured(SEND_OUTBOX):
        run = send_by_clock(runtime.factory, runtime.now, runtime.gateways)
    for seconds in run.waited:
        MESSAGE_SECONDS.observe(seconds)
    counts = run.to_json()
    for result, number in counts.items():
        MESSAGES.labels(result).inc(number)
    if any(counts.values()):
        log.info("send_outbox.done", **counts)
    return counts


def issue_decisions(context: JobContext) -> dict[str, int]:
    """Issue the decisions whose time has come."""
    runtime = _runtime(context)
    with _measured(ISSUE):
        counts = issue_due(runtime.factory, runtime.now())
    if any(counts.values()):
        told = log.error if counts["failed"] else log.info
        told("issue_decisions.done", **counts)
    return counts


def _verify(runtime: Runtime, day: date) -> Counts:
    """Look for broken invariants and gaps in the trail; what is found stands in the ledger and the log."""
    factory = runtime.factory
    with _measured(VERIFY), recorded(factory, VERIFY, day, runtime.now()) as counts, factory() as session:
        counts["faults"] = [
            str(fault)
            for fault in find_faults(
                session,
                runtime.store,
                today=clock.local_date(runtime.now()),
                keys=known_keys(runtime.instance),
            )
        ]
    told = log.error if counts["faults"] else log.info
    told("verify.done", as_of=day.isoformat(), faults=counts["faults"])
    return counts


def make_export(context: JobContext, export_id: int) -> dict[str, Any]:
    """Make a long export that a user has asked for, from its beginning however often it was begun."""
    runtime = _runtime(context)
    try:
        with _measured(MAKE_EXPORT):
            made = runtime.making(export_id)
    except Exception:
        if context.job.attempts >= EXPORT_RETRIES:
            long_ones.fail(runtime.factory, export_id, "", runtime.now())
        raise
    log.info("make_export.done", export=export_id, made=made)
    return {"made": made}


def _clear_exports(runtime: Runtime, day: date) -> Counts:
    """Take the files of exports away that were kept long enough, and what is left of destroyed ones."""
    with _measured(CLEAR_EXPORTS), recorded(runtime.factory, CLEAR_EXPORTS, day, runtime.now()) as counts:
        counts["cleared"] = long_ones.clear(runtime.factory, runtime.making.store, runtime.now())
        counts["destroyed"] = sweep(runtime.factory, runtime.store, runtime.now())
    return counts


def _clear_entry(runtime: Runtime, day: date) -> Counts:
    """Forget what bounds nothing, was kept long enough or was given up; draw up what two have to approve."""
    now = runtime.now()
    with _measured(CLEAR_ENTRY), recorded(runtime.factory, CLEAR_ENTRY, day, now) as counts:
        counts["guesses"] = guesses.clear(runtime.factory, now)
        counts["access"] = record.clear(runtime.factory, now)
        counts["messages"] = nightly.clear_messages(runtime.factory, now)
        counts["erased"] = nightly.forget_given_up(runtime.factory, now)
        counts["lists"] = nightly.draw_up(runtime.factory, now)
    return counts


def _digest(runtime: Runtime, day: date) -> Counts:
    """Tell those who wish it what waits for them: daily, or with the first run of a week."""
    with runtime.factory() as session:
        weekly = is_first_of_week(session, DIGEST, day)
    with _measured(DIGEST), recorded(runtime.factory, DIGEST, day, runtime.now()) as counts:
        counts.update(send_digests(runtime.factory, day, runtime.now(), weekly=weekly))
    return counts


def seal_trail(context: JobContext) -> dict[str, int]:
    """Give the committed transactions of the trail their places in the chain."""
    with _measured(SEAL):
        # A worker whose jobs all waited for a sealer that stands still would do nothing else meanwhile.
        return {"sealed": seal(_runtime(context).factory, wait=False)}


def anchor_trail(context: JobContext) -> dict[str, int]:
    """Write the head of the trail out, if anything came since the last time."""
    runtime = _runtime(context)
    with _measured(ANCHOR):
        made = anchor_now(runtime.factory, runtime.instance, runtime.outlets, runtime.now())
    if made is not None:
        log.info("anchor.done", number=made.number, hash=made.hash, events=made.events)
    return {"anchored": made.number if made is not None else 0}


def _mail_anchor(runtime: Runtime, day: date) -> Counts | None:
    """Write the head of the trail to the auditors, unless that is switched off."""
    if not runtime.outlets.mail:
        return None
    with _measured(MAIL_ANCHOR), recorded(runtime.factory, MAIL_ANCHOR, day, runtime.now()) as counts:
        counts["auditors"] = mail_anchor(runtime.factory, runtime.instance, day, runtime.now())
    return counts


DAILY_TASKS: Mapping[str, Callable[[Runtime, date], Counts | None]] = {
    DAILY_CHECK: _check,
    VERIFY: _verify,
    CLEAR_EXPORTS: _clear_exports,
    CLEAR_ENTRY: _clear_entry,
    DIGEST: _digest,
    MAIL_ANCHOR: _mail_anchor,
}


async def retry_stalled(context: JobContext) -> dict[str, int]:
    """Give jobs of workers that died to others, and forget jobs that failed long ago."""
    manager = context.app.job_manager
    stalled = await manager.get_stalled_jobs(seconds_since_heartbeat=_runtime(context).timing.dead_after)
    counts = {"retried": 0, "given_up": 0}
    for job in stalled:
        counts["retried" if await _give_back(context, job) else "given_up"] += 1
    await manager.delete_old_jobs(nb_hours=KEEP_HOURS, include_failed=True, include_aborted=True)
    if stalled:
        log.warning("retry_stalled.done", **counts)
    JOBS.labels(RETRY_STALLED, "done").inc()
    return counts


async def _give_back(context: JobContext, job: Job) -> bool:
    manager = context.app.job_manager
    if job.attempts < MOST_ATTEMPTS:
        try:
            await manager.retry_job(job)
        except UniqueViolation:
            # The same job waits in the queue already, and will do what this one has not.
            log.info("retry_stalled.waits_already", job=job.call_string)
        else:
            log.warning("retry_stalled.retried", job=job.call_string, attempts=job.attempts)
            return True
    await manager.finish_job(job, Status.FAILED, delete_job=False)
    if job.task_name == MAKE_EXPORT:
        runtime = _runtime(context)
        long_ones.fail(runtime.factory, int(str(job.task_kwargs["export_id"])), "", runtime.now())
    log.error("retry_stalled.given_up", job=job.call_string, attempts=job.attempts)
    return False


def _runtime(context: JobContext) -> Runtime:
    found = context.additional_context[RUNTIME]
    if not isinstance(found, Runtime):
        raise TypeError(f"a worker was started without {RUNTIME!r} in its context")
    return found


class _measured:  # noqa: N801  # reads as what it does in a with statement
    """Counts and times one job by name."""

    def __init__(self, job: str) -> None:
        self._job = job
        self._began = time.monotonic()

    def __enter__(self) -> None:
        """The job begins."""
        log.debug("job.begins", job=self._job)

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        """The job ends."""
        JOBS.labels(self._job, "failed" if kind else "done").inc()
        JOB_SECONDS.labels(self._job).observe(time.monotonic() - self._began)
