"""Whether a process can do its work now: each thing that it needs, by name, told within a bounded time."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as Unanswered
from contextlib import suppress
from pathlib import Path

from sqlalchemy import Engine

from core.storage.engine import reach as reach_database
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.migrate import unfit
from core.storage.processes.clocks import Clocks
from core.storage.trail import signing
from core.storage.trail.keys import KeyFile
from core.storage.unfinished import unfinished

ROOM_VARIABLE = "ACCREDIT_LEAST_ROOM_MB"
LEAST_ROOM_MB = 512
MEGABYTE = 1024 * 1024
FRESH_SECONDS = 1.0
"""So long an answer is given again."""
PATIENCE_SECONDS = 3.0
"""What has not answered by then fails."""
DATABASE, VERSION, WHOLE, CLOCK = "database", "version", "not_restoring", "clock"
KEYS, FILES, ROOM = "keys", "files", "room"
NEEDS = (KEYS, FILES, ROOM, DATABASE, WHOLE, VERSION, CLOCK)
"""In the order in which they are looked at: what needs no database first."""


def least_room(environ: Mapping[str, str]) -> int:
    """The bytes that must be free below the instance folder; ValueError where that cannot be read."""
    text = environ.get(ROOM_VARIABLE, "").strip() or str(LEAST_ROOM_MB)
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f"{ROOM_VARIABLE} is {text!r}; give a number of megabytes")
    return int(text) * MEGABYTE


def room(instance: Path) -> int:
    """The bytes that are free below the instance folder."""
    return shutil.disk_usage(instance).free


class Readiness:
    """What a process needs of its instance folder and its database, looked at by a thread of its own."""

    def __init__(
        self, instance: Path, engine: Engine, clocks: Clocks, must_have: Sequence[Path] = ()
    ) -> None:
        """`must_have`: secrets that are made at the start, and so must be there."""
        self.instance, self._engine, self._clocks = instance, engine, clocks
        self._least = least_room(os.environ)
        self._there = set(must_have)
        """Key files that are, or have been, there: one that is gone is not made anew in silence."""
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="readiness")
        self._lock = threading.Lock()
        self._began = 0.0
        self._found: dict[str, bool] = {}
        self._look: Future[None] | None = None

    def ask(self) -> dict[str, bool]:
        """Whether each need is met; what did not answer in time is not."""
        with self._lock:
            idle = self._look is None or self._look.done()
            if idle and time.monotonic() >= self._began + FRESH_SECONDS:
                self._began, self._found = time.monotonic(), dict.fromkeys(NEEDS, False)
                self._look = self._thread.submit(self._all, self._found)
            look, found, until = self._look, self._found, self._began + PATIENCE_SECONDS
        if look is not None:
            # What it has not come to by then stands as not met.
            with suppress(Unanswered):
                look.result(max(0.0, until - time.monotonic()))
        return dict(found)

    def close(self) -> None:
        """End the thread."""
        self._thread.shutdown(wait=False)

    def _all(self, found: dict[str, bool]) -> None:
        looks: dict[str, Callable[[], bool]] = {
            KEYS: self._keys,
            FILES: lambda: FileStore.of(self.instance).moment() > 0,
            ROOM: lambda: room(self.instance) >= self._least,
            DATABASE: self._database,
            WHOLE: lambda: not unfinished(self._engine),
            VERSION: lambda: unfit(self._engine) is None,
            CLOCK: self._clock,
        }
        for name in NEEDS:
            try:
                found[name] = looks[name]()
            except Exception:  # noqa: BLE001  # whatever it is, this one is not met
                found[name] = False

    def _keys(self) -> bool:
        trail, persons = self.instance / signing.KEY_FILE, KeyFile.of(self.instance)
        # The trail's keys are made at first need: until then there are none to read.
        self._there.update(path for path in (trail, persons.path) if path.exists())
        if not all(path.read_bytes() for path in self._there):
            return False
        if trail in self._there:
            signing.read(trail)
        return persons.path not in self._there or bool(persons.read())

    def _database(self) -> bool:
        with session_factory(self._engine)() as session:
            reach_database(session)
        return True

    def _clock(self) -> bool:
        with self._engine.connect() as connection:
            return self._clocks.compare(connection.exec_driver_sql)
