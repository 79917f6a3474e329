"""The site as its server runs it: bodies first, then a thread for the application, then the answer.

A thread is taken when all that the request sends is there, and given back when all of the answer is written
down; how fast a client sends or reads keeps nobody else waiting.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import structlog
from flask import Flask, Request

from core.logs import REQUEST
from core.rules.text import T
from core.web.front import pages
from core.web.front.answers import WHOLE, Answer, Application, Send
from core.web.front.bodies import GoneError, Message, Receive, RefusedError, Room, Spool, take_in
from core.web.front.limits import FILING, Limits
from core.web.front.numbered import HEADER, NUMBER, new_number

log = structlog.get_logger(__name__)

LOGGED_IN = "_user_id"
"""What Flask-Login keeps in the session of somebody who is logged in."""
Known = Callable[[dict[str, Any]], bool]


def logged_in(app: Flask) -> Known:
    """Tells by the signed cookie, without asking the database, whether somebody logged in sends a request."""

    def known(environ: dict[str, Any]) -> bool:
        session = app.session_interface.open_session(app, Request(environ))
        return session is not None and LOGGED_IN in session

    return known


class Front:
    """An ASGI application around a WSGI application, which answers `threads` requests at a time."""

    def __init__(
        self, application: Application, known: Known, limits: Limits, spool: Path, threads: int = 1
    ) -> None:
        self.application, self.known, self.limits, self.folder = application, known, limits, spool
        self.room = Room(limits.spool)
        self.under_way = 0
        """Bodies that are being taken in."""
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="answer")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Answer a request; nothing else comes to a site without websockets."""
        if scope["type"] != "http":
            return
        body = Spool(self.room, self.folder)
        answer = Answer(Spool(self.room, self.folder, WHOLE))
        try:
            environ = await self._with_body(environ_of(scope), receive, body)
            await self._answered(answer, environ, receive, send)
        except RefusedError as refused:
            number = new_number()
            log.info("front.refused", code=refused.code, **{REQUEST: number})
            await _page(send, refused.code, refused.text, number)
        except GoneError:
            pass  # nobody is there to be told
        finally:
            body.close()
            answer.spool.close()

    async def _with_body(self, environ: dict[str, Any], receive: Receive, body: Spool) -> dict[str, Any]:
        """The request with its body, which is in before it is handed on."""
        declared = _length(environ)
        chunked = environ.pop("HTTP_TRANSFER_ENCODING", None) is not None
        came = 0
        if declared or chunked:
            most = self._most(environ)
            waits = environ.pop("HTTP_EXPECT", "").lower() == "100-continue"
            if declared > most and waits:
                raise RefusedError(pages.TOO_LARGE, pages.LARGE)
            if self.under_way >= self.limits.at_once:
                raise RefusedError(pages.UNAVAILABLE, pages.FULL)
            self.under_way += 1
            try:
                came = await take_in(receive, body, self.limits, most)
            finally:
                self.under_way -= 1
            if came > most < self.limits.known:
                raise RefusedError(pages.TOO_LARGE, pages.LARGE)
        # One above what the application takes is not kept, and the application tells so on a page of its own.
        environ["CONTENT_LENGTH"] = str(came)
        environ["wsgi.input"] = body.reader()
        return environ

    def _most(self, environ: dict[str, Any]) -> int:
        """The bytes that whoever sends this request may send."""
        if self.known(environ):
            return self.limits.known
        filed = FILING.fullmatch(environ["PATH_INFO"]) is not None
        return max(self.limits.filed, self.limits.unknown) if filed else self.limits.unknown

    async def _answered(self, answer: Answer, environ: dict[str, Any], receive: Receive, send: Send) -> None:
        """Have it answered in a thread while nobody hangs up, and hand the answer over."""
        loop = asyncio.get_running_loop()
        written = loop.run_in_executor(self._threads, answer.write, self.application, environ)
        sent = asyncio.ensure_future(answer.send(send, self.limits.idle))
        left = asyncio.ensure_future(_hung_up(receive))
        try:
            await asyncio.wait({sent, left}, return_when=asyncio.FIRST_COMPLETED)
            if sent.done() and not await sent and not answer.start:
                number = environ.get(NUMBER) or new_number()
                await _page(send, pages.BROKEN, pages.FAULT, number)
        finally:
            left.cancel()
            sent.cancel()
            # The thread stops at the next piece that it has no place for.
            answer.spool.close()
            await written


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _page(send: Send, code: int, text: tuple[T, T], number: str) -> None:
    headers, body = pages.static_page(code, text, number)
    # What was not read of the request must not be taken for the next one.
    pairs = [
        (name.lower().encode(), value.encode())
        for name, value in (*headers, (HEADER, number), ("Connection", "close"))
    ]
    await send({"type": "http.response.start", "status": code, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


def _length(environ: dict[str, Any]) -> int:
    text = environ.get("CONTENT_LENGTH", "")
    return int(text) if text.isascii() and text.isdecimal() else 0


def environ_of(scope: Message) -> dict[str, Any]:
    """The request as WSGI has it, without its body.

    asgiref and a2wsgi do the same with a thread for each body, and join the cookies of a request by a comma.
    """
    server, client = scope.get("server") or ("localhost", 80), scope.get("client")
    environ: dict[str, Any] = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": scope["path"].encode().decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": str(server[0]),
        "SERVER_PORT": str(server[1]),
        "REMOTE_ADDR": str(client[0]) if client else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.get("scheme", "http"),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for raw, value in scope["headers"]:
        name = raw.decode("latin-1").upper()
        if "_" in name:
            continue  # it would pass for the header with a hyphen, which a proxy may have set
        key = name.replace("-", "_")
        if key not in ("CONTENT_LENGTH", "CONTENT_TYPE"):
            key = f"HTTP_{key}"
        given = value.decode("latin-1")
        if key in environ:
            given = f"{environ[key]}{'; ' if key == 'HTTP_COOKIE' else ','}{given}"
        environ[key] = given
    return environ
