"""Real worker processes, with short intervals, and waiting for what they do."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from core.jobs.config import SILENCE
from core.storage.trail.keys import VARIABLE

SCRIPT = """
import sys
exec(sys.argv[5])
from pathlib import Path
from core import logs
from core.cli import loaded
from core.jobs.config import Timing, WorkerConfig

run_worker = loaded("core.jobs.worker", "run_worker")
often = {"election": 0.2, "outbox": float(sys.argv[3]), "stalled": 0.5, "polling": 0.5, "reconnect": 0.3}
timing = Timing(**often, heartbeat=0.3, dead_after=1.5, silence=float(sys.argv[4]))
logs.configure(style="json")
run_worker(WorkerConfig(Path(sys.argv[1]), sys.argv[2], timing=timing))
"""
NO_MAIL = """
from core.jobs import tasks
from core.services.delivery.outbox import Counts
tasks.send_by_clock = lambda *_: Counts()
"""
"""Run first, it keeps a worker from sending."""
PATIENCE = 120.0


def wait_until(what: str, condition: Callable[[], object], within: float = PATIENCE) -> float:
    """Wait for a condition; tells how long it took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < within, f"not within {within} s: {what}"
        time.sleep(0.05)
    return time.monotonic() - began


@dataclass
class Process:
    """A worker process and its log."""

    popen: subprocess.Popen[bytes]
    log: Path

    def events(self) -> list[dict[str, object]]:
        """What it has logged so far."""
        lines = self.log.read_text().splitlines()
        return [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]

    def said(self, event: str) -> bool:
        """Whether it has logged an event."""
        return any(entry.get("event") == event for entry in self.events())

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self.popen.send_signal(signal.SIGKILL)
        self.popen.wait()

    def halt(self) -> None:
        """Have it stand still, with all its connections."""
        self.popen.send_signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on as if no time had passed."""
        self.popen.send_signal(signal.SIGCONT)

    def stop(self) -> int:
        """Ask it to end, and tell its exit code."""
        self.popen.send_signal(signal.SIGTERM)
        return self.popen.wait(PATIENCE)


@contextmanager
def worker(
    url: str,
    folder: Path,
    name: str = "worker",
    outbox: float = 0.5,
    *,
    silence: float = SILENCE,
    first: str = "",
    settings: Mapping[str, str] | None = None,
) -> Iterator[Process]:
    """A worker on a database; `outbox` seconds lie between its runs. It does not outlive the test.

    `first` is Python that its process runs before anything else, `settings` are added to its environment.
    """
    log = folder / f"{name}.log"
    environment = {key: value for key, value in os.environ.items() if not key.startswith("ACCREDIT_")}
    environment |= {VARIABLE: os.environ[VARIABLE], **(settings or {})}
    with log.open("wb") as out:
        popen = subprocess.Popen(
            [sys.executable, "-c", SCRIPT, str(folder), url, str(outbox), str(silence), first],
            stderr=out,
            stdout=out,
            env=environment,
        )
    try:
        yield Process(popen, log)
    finally:
        if popen.poll() is None:
            popen.kill()
            popen.wait()


def rows(address: str, statement: str, *parameters: object) -> list[tuple[object, ...]]:
    """What the database says now."""
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(f"SET statement_timeout = {PATIENCE * 1000:.0f}")
        return connection.execute(statement, parameters).fetchall()
