"""A worker: takes tasks from the queue, and stands for election to keep the timetable."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import psycopg
import psycopg_pool
import structlog
from procrastinate.exceptions import ConnectorException
from procrastinate.worker import Worker
from prometheus_client import start_http_server
from sqlalchemy import Engine

from core.embedded.server import conninfo, database_url, normalise_url
from core.jobs.config import WorkerConfig
from core.jobs.figures import REGISTRY
from core.jobs.leader import Leader
from core.jobs.schedule import Timetable
from core.jobs.signs import Signs
from core.jobs.tasks import RUNTIME, Runtime, make_app
from core.services.delivery.gateways import gateways_from
from core.services.trail.anchoring import outlets_from
from core.storage import migrate
from core.storage.engine import make_engine, session_factory
from core.storage.files import FileStore
from core.storage.processes import forward
from core.storage.processes.clocks import Clocks
from core.storage.processes.readiness import Readiness
from core.storage.sealed.rows import not_ours
from core.storage.trail.keys import KeyFile
from core.storage.unfinished import MEND, unfinished

log = structlog.get_logger(__name__)

LOST_DATABASE = (ConnectorException, psycopg.Error, psycopg_pool.PoolTimeout, OSError)


class WorkerError(RuntimeError):
    """The worker cannot start; the text says what to do."""


class _Engine(Worker):
    """The job engine's worker, which signs off when it could not write down how a job ended.

    A job that stays marked as being done by a worker that lives is given back by nobody, and keeps the next
    of its kind waiting; one of a worker that signed off is (`tasks.retry_stalled`).
    """

    async def _persist_job_status(self, *outcome: Any, **named: Any) -> None:
        try:
            await super()._persist_job_status(*outcome, **named)
        except Exception:
            self.stop()
            raise


def run_worker(
    config: WorkerConfig, *, with_parent: bool = False, before: Callable[[Engine], None] | None = None
) -> None:
    """Work until SIGTERM or SIGINT, or with `with_parent` until standard input is closed.

    What `before` raises on the database keeps the worker from starting.
    """
    # Until the loop listens for it, SIGTERM too must end the process normally: the database stops with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    url = normalise_url(config.database_url) if config.database_url else database_url(config.instance)
    engine = make_engine(url, KeyFile.of(config.instance))
    try:
        _check_schema(engine)
        if (why := forward.take_up(config.instance, engine)) is not None:
            raise WorkerError(why)
        if before is not None:
            before(engine)
        gateways = gateways_from(os.environ, config.instance)
        runtime = Runtime(
            session_factory(engine),
            gateways,
            FileStore.of(config.instance),
            config.timing,
            anchors=outlets_from(os.environ, config.instance),
        )
        if config.metrics is not None:
            host, port = config.metrics
            start_http_server(port, host, REGISTRY)
        with engine.connect() as connection:
            runtime.clocks.compare(connection.exec_driver_sql)
        timetable = Timetable(config.timing, runtime.now)
        leader = Leader(
            conninfo(url),
            gained=timetable.gained,
            lost=timetable.lost,
            heard=timetable.heard,
            interval=config.timing.election,
            silence=config.timing.silence,
            absence=runtime.absence,
            clocks=runtime.clocks,
        )
        signs = Signs(Readiness(config.instance, engine, runtime.clocks))
        signs.begin()
        leader.start()
        try:
            asyncio.run(_serve(config, conninfo(url), runtime, signs, with_parent=with_parent))
        finally:
            signs.end()
            leader.stop()
            timetable.close()
    finally:
        engine.dispose()
    log.info("worker.stopped", pid=os.getpid())


def _check_schema(engine: Engine) -> None:
    if unfinished(engine):
        raise WorkerError(f"The database cannot be used: {MEND}.")
    if (why := migrate.unfit(engine) or not_ours(engine)) is not None:
        raise WorkerError(why)


async def _serve(
    config: WorkerConfig, address: str, runtime: Runtime, signs: Signs, *, with_parent: bool
) -> None:
    """Take tasks until asked to stop; a lost database, and a clock that is off, are waited for."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    log.info("worker.started", pid=os.getpid(), concurrency=config.concurrency)
    beside = [asyncio.create_task(signs.give())]
    if with_parent:
        beside.append(asyncio.create_task(_watch_parent(stop)))
    while not stop.is_set():
        try:
            if not runtime.clocks.apart:
                await _work(config, address, runtime, signs, stop)
        except LOST_DATABASE as error:
            runtime.absence.lost(error.__cause__ or error)
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), config.timing.reconnect)
    for task in beside:
        task.cancel()


async def _work(
    config: WorkerConfig, address: str, runtime: Runtime, signs: Signs, stop: asyncio.Event
) -> None:
    """Take tasks until asked to stop, the clock is off or an end was not written; what was begun ends first.

    The worker is asked, never cancelled: a cancellation can be lost while a connection opens, and a second
    one would break off what it ends.
    """
    app, timing = make_app(address), config.timing
    asked = time.monotonic()
    # A pool that is opened while the database is away asks ever more seldom, and says so after half a minute.
    async with await psycopg.AsyncConnection.connect(address):
        pass
    async with app.open_async():
        runtime.absence.back(asked)
        worker = _Engine(
            app,
            name=f"{socket.gethostname()}-{os.getpid()}",
            concurrency=config.concurrency,
            delete_jobs="successful",
            additional_context={RUNTIME: runtime},
            install_signal_handlers=False,
            update_heartbeat_interval=timing.heartbeat,
            stalled_worker_timeout=timing.dead_after,
            fetch_job_polling_interval=timing.polling,
        )
        running = asyncio.create_task(worker.run())
        leaving = asyncio.create_task(_until(stop, runtime.clocks, timing.election))
        signs.working = True
        try:
            await asyncio.wait({running, leaving}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            signs.working = False
        leaving.cancel()
        worker.stop()
        await running


async def _until(stop: asyncio.Event, clocks: Clocks, often: float) -> None:
    """Wait until asked to stop, or the clock is off."""
    while not stop.is_set() and not clocks.apart:
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), often)


async def _watch_parent(stop: asyncio.Event) -> None:
    """Ask to stop when whoever started this process has gone, and its end of the pipe with it."""
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, os.fdopen(0, "rb", closefd=False))
    while await reader.read(1):
        pass
    stop.set()
