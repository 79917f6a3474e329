"""The server before the application: it starts the processes that answer, and loads none of what they do."""

from __future__ import annotations

import socket
from typing import Any

import click
from granian import Granian
from granian.constants import Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels

from core.cli import loaded

HOST, PORT = "127.0.0.1", 8000
APPLICATION = "core.cli.serving.answering:site"
"""`module:function` of what each process answers with."""
KILL_AFTER_SECONDS = 30
HEADER_SECONDS = 15
"""The longest that the head of a request may take, also after another one on the same connection."""


def site() -> Any:
    """The site, as a process that answers loads it."""
    return loaded("core.cli.serving.site", "site")()


def answer(host: str, port: int, workers: int) -> None:
    """Answer until this process is told to end."""
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
