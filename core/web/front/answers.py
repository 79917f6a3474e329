"""An answer on its way from the application's thread to a client who may take it slowly."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

import structlog

from core.logs import address
from core.web.front.bodies import GoneError, Message, Spool
from core.web.front.limits import KILOBYTE

log = structlog.get_logger(__name__)

BLOCK = 64 * KILOBYTE
WHOLE = 256 * KILOBYTE
"""An answer up to this size is handed over in one piece."""

Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Send = Callable[[Message], Awaitable[None]]


class Answer:
    """Written by one thread as fast as it can, sent by the loop as fast as the client takes it."""

    def __init__(self, spool: Spool) -> None:
        self.spool = spool
        self.start: Message = {}
        self.done = self.failed = False
        self._loop = asyncio.get_running_loop()
        self._news = asyncio.Event()

    def write(self, application: Application, environ: dict[str, Any]) -> None:
        """Let the application answer, in its thread; it stops where nobody takes the answer any more."""
        try:
            if self.spool.closed:
                return
            blocks = application(environ, self._start)
            try:
                for block in blocks:
                    self._add(block)
            finally:
                if (close := getattr(blocks, "close", None)) is not None:
                    close()
        except GoneError:
            self.failed = True
        except Exception as error:  # whatever it was, the next request is answered
            log.error("answer failed", path=address(environ["PATH_INFO"]), exc_info=error)
            self.failed = True
        finally:
            self.done = True
            self._loop.call_soon_threadsafe(self._news.set)

    def _start(self, status: str, headers: list[tuple[str, str]], _failure: object = None) -> object:
        self.start = {
            "type": "http.response.start",
            "status": int(status.split(" ", 1)[0]),
            "headers": [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        }
        return self._add

    def _add(self, block: bytes) -> None:
        if not self.spool.write(block):
            if not self.spool.closed:
                log.warning("front.no_room", held=self.spool.size)
            raise GoneError
        if self.spool.size > WHOLE:
            self._loop.call_soon_threadsafe(self._news.set)

    async def send(self, send: Send, idle: float) -> bool:
        """Hand it to the client, who must take some every `idle` seconds; False where it is broken off."""
        while not self.done and self.spool.size <= WHOLE:
            await self._more()
        if not self.start:
            return False
        whole = self.done and not self.failed and self.spool.size <= WHOLE
        await send(self.start)
        if whole:
            await send({"type": "http.response.body", "body": self.spool.read(WHOLE)})
            return True
        while True:
            ended = self.done
            if block := self.spool.read(BLOCK):
                part = {"type": "http.response.body", "body": block, "more_body": True}
                await asyncio.wait_for(send(part), idle)
            elif self.spool.closed:
                return False
            elif not ended:
                await self._more()
            elif self.failed:
                return False
            else:
                await send({"type": "http.response.body", "body": b"", "more_body": False})
                return True

    async def _more(self) -> None:
        await self._news.wait()
        self._news.clear()
