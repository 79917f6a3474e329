"""`accredit serve`, and the site as other commands serve it."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from core.cli import readiness
from core.cli.register import INSTANCE_VARIABLE, instance_option, opened
from core.cli.serving.answering import HOST, KILL_AFTER_SECONDS, PORT, answer, require_free
from core.domain.clock import now
from core.embedded.server import release
from core.jobs.config import COUNTED_VARIABLE
from core.jobs.embedded import run_embedded
from core.services.base.work import SYSTEM, work
from core.services.settings.holidays import take_up_supplied
from core.storage.engine import session_factory
from core.storage.processes.readiness import least_room
from core.web.front import limits


@click.command()
@click.option("--host", default=HOST, show_default=True, help="Address to listen on.")
@click.option("--port", default=PORT, show_default=True, type=click.IntRange(1, 65535))
@click.option(
    "--workers", default=1, show_default=True, type=click.IntRange(1), help="Processes that answer."
)
@click.option("--with-worker", is_flag=True, help="Run the jobs beside the site.")
@instance_option
def serve(host: str, port: int, workers: int, instance: Path, *, with_worker: bool) -> None:
    """Serve the site until SIGTERM or Ctrl-C."""
    with opened(instance) as engine:
        readiness.warn(readiness.hold(instance, engine, host))
        with session_factory(engine)() as session, work(session, SYSTEM, now(), "holiday.load") as w:
            take_up_supplied(w)
    serve_site(instance, host, port, workers, with_worker=with_worker)


def serve_site(
    instance: Path,
    host: str,
    port: int,
    workers: int = 1,
    *,
    with_worker: bool = False,
    ready: Callable[[], None] | None = None,
) -> None:
    """Serve the site of an instance folder; `ready` is called when the address is known to be free.

    Each process answers one request at a time: more threads in one only make the slowest answers slower.
    What clients send and take slowly waits in the front, and keeps no thread.
    """
    try:
        limits.from_environment()
        least_room(os.environ)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    require_free(host, port)
    os.environ[INSTANCE_VARIABLE] = str(instance.resolve())
    if ready is not None:
        ready()
    beside = run_embedded(instance) if with_worker else contextlib.nullcontext()
    try:
        with counting_together(), beside:
            answer(host, port, workers)
    finally:
        release(instance, patience=KILL_AFTER_SECONDS)


@contextlib.contextmanager
def counting_together() -> Iterator[None]:
    """A folder in which the processes that are started meanwhile count, so that each can tell the sum.

    It is of this machine, as numbers of processes are; a process that dies leaves in it what it has counted.
    """
    with tempfile.TemporaryDirectory(prefix="accredit-figures-") as folder:
        os.environ[COUNTED_VARIABLE] = folder
        try:
            yield
        finally:
            del os.environ[COUNTED_VARIABLE]
