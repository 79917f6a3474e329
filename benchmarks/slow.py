"""The public start page while others send their bodies drop by drop, beside a site with nobody else on it."""

from __future__ import annotations

import contextlib
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError

from benchmarks.common import Figures, machine, options, report, seconds
from core.embedded.cluster import APPLICATION_ROLE
from core.embedded.server import owner_url, release
from core.storage.engine import make_engine, session_factory
from core.storage.migrate import upgrade
from core.storage.seed import seed
from core.storage.trail.keys import KeyFile

CLIENTS, SMALL_CLIENTS = 50, 5
TIMES, SMALL_TIMES = 200, 5
PAGE = "/"
PATIENCE = 60
DROP_SECONDS = 0.5


@contextmanager
def site() -> Iterator[str]:
    """The address of `accredit serve` on a fresh register, one process."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = make_engine(owner_url(folder), KeyFile.of(folder))
        upgrade(engine, application=APPLICATION_ROLE)
        with session_factory(engine)() as session, session.begin():
            seed(session)
        engine.dispose()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        command = [sys.executable, "-m", "core.cli", "serve", "--instance", name, "--port", str(port)]
        process = subprocess.Popen(
            command, env=os.environ | {"ACCREDIT_DATABASE_URL": ""}, stderr=subprocess.DEVNULL
        )
        try:
            address = f"http://127.0.0.1:{port}"
            _wait(address, process)
            yield address
        finally:
            process.terminate()
            process.wait(PATIENCE)
            release(folder)


def _wait(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(URLError):
            _open(address)
            return
        time.sleep(0.1)
    raise RuntimeError("the site does not answer")


def _open(address: str) -> None:
    with urllib.request.urlopen(address + PAGE, timeout=PATIENCE) as answer:  # noqa: S310  # our own, http
        answer.read()


def _begun(address: str) -> socket.socket:
    """A client whose body has begun, and comes no further."""
    host, _, port = address.removeprefix("http://").partition(":")
    client = socket.create_connection((host, int(port)), timeout=PATIENCE)
    client.sendall(b"POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 200000\r\n\r\n")
    return client


def _took(address: str, times: int, clients: list[socket.socket]) -> list[float]:
    """Milliseconds of the page, while each client sends another byte now and then."""
    found, dropped = [], time.monotonic()
    for _ in range(times):
        if time.monotonic() > dropped + DROP_SECONDS:
            dropped = time.monotonic()
            for number, client in enumerate(clients):
                try:
                    client.sendall(b"x")
                except OSError:  # it was ended by the limit: another comes in its place
                    client.close()
                    clients[number] = _begun(address)
        found.append(seconds(lambda: _open(address)) * 1000)
    return found


def main(arguments: list[str]) -> Figures:
    """Measure the page alone and among slow clients, and print both."""
    given = options(__doc__).parse_args(arguments)
    number = SMALL_CLIENTS if given.small else CLIENTS
    times = SMALL_TIMES if given.small else TIMES
    with site() as address:
        _took(address, times, [])
        alone = _took(address, times, [])
        clients = [_begun(address) for _ in range(number)]
        among = _took(address, times, clients)
        for client in clients:
            client.close()
    figures: Figures = {
        "machine": machine(),
        "clients": number,
        "alone_ms": statistics.median(alone),
        "among_ms": statistics.median(among),
        "among_slowest_ms": max(among),
    }
    lines = [
        ("alone, median", f"{figures['alone_ms']:.1f} ms"),
        (f"beside {number} slow clients, median", f"{figures['among_ms']:.1f} ms"),
        ("the slowest of them", f"{figures['among_slowest_ms']:.1f} ms"),
    ]
    report(figures, given, lines)
    return figures
