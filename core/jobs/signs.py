"""Signs of life: what each worker last found of itself, in a file, for who watches the machine."""

from __future__ import annotations

import asyncio
import json
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from core.domain import clock
from core.storage.processes.readiness import Readiness

FOLDER = "workers"
EVERY_SECONDS = 5.0
SILENT_SECONDS = 30.0
"""A worker that has said nothing for so long is not ready, whatever it said last."""
LEFT_SECONDS = 24 * 3600.0
"""Files of workers that were killed are taken away by the next that starts after so long."""
WORKING = "taking_jobs"


@dataclass(frozen=True, slots=True)
class Sign:
    """What a worker of this machine said last."""

    pid: int
    age: float
    """In seconds."""
    checks: dict[str, bool]

    @property
    def ready(self) -> bool:
        """Whether it is there, and lacks nothing."""
        return self.age <= SILENT_SECONDS and all(self.checks.values())


class Signs:
    """Written by one worker for as long as it runs."""

    def __init__(self, readiness: Readiness) -> None:
        self.working = False
        """Whether jobs are taken from the queue just now."""
        self._readiness = readiness
        self._path = readiness.instance / FOLDER / f"{socket.gethostname()}-{os.getpid()}.json"

    async def give(self) -> None:
        """Look and write, again and again; the event loop that stands still says nothing more."""
        while True:
            await asyncio.to_thread(self._write)
            await asyncio.sleep(EVERY_SECONDS)

    def begin(self) -> None:
        """Make the folder, and clear away what was left there long ago."""
        with suppress(OSError):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            for path in self._path.parent.iterdir():
                if path.stat().st_mtime < _now() - LEFT_SECONDS:
                    path.unlink()

    def end(self) -> None:
        """Say no more: this worker has gone in order."""
        with suppress(OSError):
            self._path.unlink()
        self._readiness.close()

    def _write(self) -> None:
        checks = {**self._readiness.ask(), WORKING: self.working}
        half = self._path.with_suffix(".half")
        # What cannot be written is not said, and silence is not ready.
        with suppress(OSError):
            half.write_text(json.dumps(checks), "utf-8")
            half.replace(self._path)


def signs_of(instance: Path) -> Iterator[Sign]:
    """Those of the workers of this machine; the instance folder may be shared with others."""
    folder, here = instance / FOLDER, f"{socket.gethostname()}-"
    for path in sorted(folder.glob("*.json")):
        pid = path.stem.removeprefix(here)
        if path.stem.startswith(here) and pid.isdecimal():
            with suppress(FileNotFoundError, ValueError):
                age = max(0.0, _now() - path.stat().st_mtime)
                yield Sign(int(pid), age, json.loads(path.read_text("utf-8")))


def _now() -> float:
    """The machine's own time, by which its files are dated, however far ahead a demo is."""
    return (clock.now() - clock.forward()).timestamp()
