"""A worker beside the web process: a child that is started again when it dies, and ends with its parent."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import structlog

from core.embedded.server import URL_VARIABLE
from core.jobs.config import COUNTED_VARIABLE, METRICS_VARIABLE

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
STOP_SECONDS = 60.0

log = structlog.get_logger(__name__)


class EmbeddedWorker:
    """Keeps one `python -m core.jobs` running."""

    def __init__(self, instance: Path, database_url: str | None = None) -> None:
        self._command = [sys.executable, "-m", "core.jobs", "--with-parent", "--instance", str(instance)]
        self._given = {URL_VARIABLE: database_url} if database_url else {}
        self._stop_asked = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._keeper = threading.Thread(target=self._keep, name="worker-keeper", daemon=True)

    @property
    def pid(self) -> int | None:
        """The number of the child process that runs now."""
        with self._lock:
            return self._child.pid if self._child is not None and self._child.poll() is None else None

    def start(self) -> None:
        """Start the child, and whoever watches it."""
        self._spawn()
        self._keeper.start()

    def stop(self) -> None:
        """Let the child end its jobs and stop; one that does not is killed."""
        self._stop_asked.set()
        with self._lock:
            child = self._child
        if child is not None and child.poll() is None:
            child.terminate()
            try:
                child.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                log.error("embedded.killed", pid=child.pid)
                child.kill()
                child.wait()
        self._keeper.join()

    def _spawn(self) -> subprocess.Popen[bytes]:
        with self._lock:
            # A group of its own: Ctrl-C in a terminal reaches the parent, which stops the child in order.
            self._child = subprocess.Popen(  # noqa: S603  # our own interpreter and module
                self._command, stdin=subprocess.PIPE, env=self._environment(), process_group=0
            )
            return self._child

    def _environment(self) -> dict[str, str]:
        """That of now, which may name a folder to count in; not where the worker shows its figures itself."""
        own = bool(os.environ.get(METRICS_VARIABLE, "").strip())
        around = {name: value for name, value in os.environ.items() if not (own and name == COUNTED_VARIABLE)}
        return {**around, **self._given}

    def _keep(self) -> None:
        pause = FIRST_PAUSE
        child = self._child
        while child is not None:
            code = child.wait()
            if child.stdin is not None:
                child.stdin.close()
            if self._stop_asked.is_set():
                return
            log.error("embedded.ended", code=code, again_in=pause)
            if self._stop_asked.wait(pause):
                return
            pause = min(pause * 2, LONGEST_PAUSE)
            child = self._spawn()


@contextmanager
def run_embedded(instance: Path, database_url: str | None = None) -> Iterator[EmbeddedWorker]:
    """A worker in a child process for as long as the block runs, on the database of the parent."""
    worker = EmbeddedWorker(instance, database_url)
    worker.start()
    try:
        yield worker
    finally:
        worker.stop()
