"""`accredit serve` and `accredit worker`: the site, and the jobs beside it or on machines of their own."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Callable
from pathlib import Path

import click
from flask import Flask
from granian import Granian
from granian.constants import Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels

from core import logs
from core.cli import readiness
from core.cli.register import INSTANCE_VARIABLE, instance_option, opened
from core.domain.clock import now
from core.embedded.server import DatabaseServerError, release
from core.jobs.config import from_environment
from core.jobs.embedded import run_embedded
from core.jobs.worker import WorkerError, run_worker
from core.services.base.work import SYSTEM, work
from core.services.delivery.letters import ConfigurationError
from core.services.settings.holidays import take_up_supplied
from core.storage.engine import session_factory
from core.web.app import create_app
from core.web.frame.config import from_environment as web_from_environment
from core.web.front import limits
from core.web.front.answers import Application
from core.web.front.application import Front, logged_in

HOST, PORT = "127.0.0.1", 8000
APPLICATION = "core.cli.serving:site"
KILL_AFTER_SECONDS = 30
HEADER_SECONDS = 15
"""The longest that the head of a request may take, also after another one on the same connection."""


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


@click.command()
@instance_option
def worker(instance: Path) -> None:
    """Run the jobs until SIGTERM or Ctrl-C; any number of workers may run, on any number of machines."""
    logs.configure()
    try:
        run_worker(
            from_environment(instance), before=lambda engine: readiness.warn(readiness.hold(instance, engine))
        )
    except (WorkerError, ConfigurationError, DatabaseServerError, ValueError) as error:
        raise click.ClickException(str(error)) from error


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
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    require_free(host, port)
    os.environ[INSTANCE_VARIABLE] = str(instance.resolve())
    if ready is not None:
        ready()
    beside = run_embedded(instance) if with_worker else contextlib.nullcontext()
    try:
        with beside:
            answer(host, port, workers)
    finally:
        release(instance, patience=KILL_AFTER_SECONDS)


def site() -> Front:
    """The application behind its front, as a process that answers loads it."""
    app = make()
    return fronted(app, app)


def fronted(application: Application, app: Flask) -> Front:
    """A front before the application, or before what stands around it."""
    return Front(application, logged_in(app), limits.from_environment(), Path(app.instance_path))


def make() -> Flask:
    """The application: what it needs to know is in the environment."""
    logs.configure()
    return create_app(web_from_environment(Path(os.environ[INSTANCE_VARIABLE])))


def answer(host: str, port: int, workers: int) -> None:
    """Answer until the process is told to end."""
    Granian(
        APPLICATION,
        address=host,
        port=port,
        interface=Interfaces.ASGINL,
        workers=workers,
        loop=Loops.asyncio,
        websockets=False,
        http1_settings=HTTP1Settings(header_read_timeout=HEADER_SECONDS * 1000),
        respawn_failed_workers=True,
        workers_kill_timeout=KILL_AFTER_SECONDS,
        factory=True,
        log_level=LogLevels.warning,
    ).serve()


def require_free(host: str, port: int) -> None:
    """Refuse an address that something listens on already."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise click.ClickException(
            f"cannot listen on {host} port {port}: {error.strerror}; choose another with --port"
        ) from error
