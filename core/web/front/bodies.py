"""A request's body, taken in within limits of time and size, and kept on disk where it is long."""

from __future__ import annotations

import asyncio
import io
import os
import tempfile
import threading
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import IO, Any

from core.rules.text import T
from core.web.front import pages
from core.web.front.limits import KILOBYTE, MOST_UPLOADED, Limits

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
IN_MEMORY = 64 * KILOBYTE
DISCARDED = 4 * MOST_UPLOADED
"""What is too large is read on and thrown away up to here: a browser that is cut off while it sends shows an
error of its own instead of ours."""


class GoneError(Exception):
    """The client went away."""


class RefusedError(Exception):
    """The body is not taken: the page of a status code says why."""

    def __init__(self, code: int, text: tuple[T, T]) -> None:
        super().__init__(text[0].en)
        self.code, self.text = code, text


class Room:
    """The bytes that may be held at a time, of all bodies and answers of this process."""

    def __init__(self, most: int) -> None:
        self.most, self.held = most, 0
        self._lock = threading.Lock()

    def take(self, size: int) -> bool:
        """Whether there was room; it is taken then."""
        with self._lock:
            if self.held + size > self.most:
                return False
            self.held += size
            return True

    def give(self, size: int) -> None:
        """Give room back."""
        with self._lock:
            self.held -= size


class Spool:
    """Bytes in memory, those above `small` on disk in a file without a name: whatever ends the process leaves
    nothing. Only what is on disk takes room. One thread may write while another reads.
    """

    def __init__(self, room: Room, folder: Path, small: int = IN_MEMORY) -> None:
        self.size = self._taken = 0
        self.closed = False
        self._room, self._small, self._read, self._lock = room, small, 0, threading.Lock()
        # `close` closes it.
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(small, dir=str(folder))  # noqa: SIM115

    def write(self, data: bytes) -> bool:
        """Keep them at the end; False when there is no room, or it was closed."""
        with self._lock:
            size = self.size + len(data)
            wanted = size - self._taken if size > self._small else 0
            if self.closed or not self._room.take(wanted):
                return False
            self.size, self._taken = size, self._taken + wanted
            self._file.seek(0, os.SEEK_END)
            self._file.write(data)
            return True

    def read(self, size: int) -> bytes:
        """The next bytes that were not read yet; none where all that was written is read, or it is closed."""
        with self._lock:
            if self.closed:
                return b""
            self._file.seek(self._read)
            data = self._file.read(size)
            self._read += len(data)
            return data

    def reader(self) -> IO[bytes]:
        """All of it from the beginning; nothing where it was closed."""
        if self.closed:
            return io.BytesIO()
        self._file.seek(0)
        return self._file

    def close(self) -> None:
        """Give up file and room; once is enough."""
        with self._lock:
            if not self.closed:
                self.closed = True
                self._file.close()
                self._room.give(self._taken)


async def take_in(receive: Receive, spool: Spool, limits: Limits, most: int) -> int:
    """Fill the spool with the body, and return how long it was: one above `most` is not kept.

    Raises RefusedError for one that is too slow, far too large or finds no room, GoneError where the client
    went away.
    """
    began = time.monotonic()
    came = 0
    while True:
        passed = time.monotonic() - began
        # With nothing more, the average falls below the least at this time.
        until_slow = limits.idle + came / limits.rate - passed
        wait = min(limits.idle, limits.seconds - passed, until_slow)
        try:
            message = await asyncio.wait_for(receive(), max(wait, 0))
        except TimeoutError:
            raise RefusedError(pages.TOO_SLOW, pages.SLOW) from None
        if message["type"] != "http.request":
            raise GoneError
        data = message.get("body", b"")
        came += len(data)
        if came > DISCARDED:
            raise RefusedError(pages.TOO_LARGE, pages.LARGE)
        if came > most:
            spool.close()
        elif not spool.write(data):
            raise RefusedError(pages.UNAVAILABLE, pages.FULL)
        if not message.get("more_body"):
            return came
