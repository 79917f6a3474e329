"""Each request has a number: on each line of the log about it, in its answer, on the page of an error."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Iterable
from typing import Any

from structlog.contextvars import bind_contextvars, clear_contextvars

from core.logs import REQUEST, masked
from core.web.front.answers import Application

HEADER = "X-Request-ID"
NUMBER = "accredit.request"
"""Where a request's environment has it."""
WELL_FORMED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}", re.ASCII)


def new_number() -> str:
    """A number of our own, which the log shows as it is."""
    number = secrets.token_hex(8)
    return number if masked(number) == number else new_number()


class Numbered:
    """Around the application; with `believed` a well-formed number given by the proxy in front goes on."""

    def __init__(self, application: Application, *, believed: bool) -> None:
        self.application, self.believed = application, believed

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer under the request's number."""
        number = self._given(environ) or new_number()
        environ[NUMBER] = number
        # Not unbound at the end, since an answer may still be written then: the next request does.
        clear_contextvars()
        bind_contextvars(**{REQUEST: number})

        def start(status: str, headers: list[tuple[str, str]], *failure: Any) -> Any:
            return start_response(status, [*headers, (HEADER, number)], *failure)

        return self.application(environ, start)

    def _given(self, environ: dict[str, Any]) -> str:
        given = str(environ.get("HTTP_X_REQUEST_ID", "")) if self.believed else ""
        return given if WELL_FORMED.fullmatch(given) and masked(given) == given else ""
