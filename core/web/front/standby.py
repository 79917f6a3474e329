"""What answers while the database is away: one page for everybody, at once, until it is back."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from core.storage.processes.absence import Absence, tells_of_absence
from core.web.front import pages
from core.web.front.answers import Application
from core.web.front.kept import kept
from core.web.front.numbered import NUMBER

EVERY_SECONDS = 1.0
"""While it is away it is asked so often; everybody else is answered without it."""
WITHOUT = ("/static/", "/metrics", "/readyz")
"""Addresses that ask nothing of the database, or say of it that it is away."""


class Standby:
    """Stands around the application, and takes over when a request finds no database."""

    def __init__(self, application: Application, reach: Callable[[], None]) -> None:
        self.application, self.reach = application, reach
        self.absence = Absence()
        self._asked = 0.0
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        """Answer by the application, or by the page."""
        free = environ["PATH_INFO"].startswith(WITHOUT)
        if self.absence.away and not free and not self._is_back():
            return self._refuse(environ, start_response)
        try:
            return self.application(environ, start_response)
        except Exception as error:
            if not tells_of_absence(error):
                raise
            self.absence.lost(error)
            return self._refuse(environ, start_response)

    def _is_back(self) -> bool:
        """Ask it, unless that was done a moment ago."""
        with self._lock:
            if time.monotonic() < self._asked + EVERY_SECONDS:
                return False
            self._asked = asked = time.monotonic()
        try:
            self.reach()
        except Exception as error:
            if not tells_of_absence(error):
                raise
            return False
        self.absence.back(asked)
        return True

    def _refuse(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        self.absence.refused()
        headers, page = pages.static_page(
            pages.UNAVAILABLE, pages.AWAY, environ.get(NUMBER, ""), kept(environ)
        )
        start_response("503 Service Unavailable", headers)
        return [page]
