"""A database that is away: how an error tells of it, and one line when it goes and one when it is back."""

from __future__ import annotations

import threading
import time

import psycopg
import structlog
from sqlalchemy.exc import DBAPIError

log = structlog.get_logger(__name__)

CONNECTION_EXCEPTION = "08"
SHUTTING_DOWN = ("57P01", "57P02", "57P03")
"""SQLSTATEs of a server that ends, was killed, or does not take connections yet."""


def tells_of_absence(error: BaseException) -> bool:
    """Whether the error says that the database cannot be reached, and nothing about what was asked of it."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    if not isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    # What fails without an answer of the server has no SQLSTATE.
    return (
        cause.sqlstate is None
        or cause.sqlstate.startswith(CONNECTION_EXCEPTION)
        or cause.sqlstate in SHUTTING_DOWN
    )


def tells_of_trouble(error: BaseException) -> bool:
    """Whether a database that is there, or the disk, did not do what was asked of it."""
    return isinstance(error, DBAPIError | OSError) and not tells_of_absence(error)


class Absence:
    """Whether the database is away from this process, as whoever asks it last found."""

    def __init__(self) -> None:
        self.away = False
        self._since = 0.0
        self._refused = 0
        self._lock = threading.Lock()

    def lost(self, error: BaseException) -> None:
        """It does not answer; said once, however many find so."""
        with self._lock:
            if self.away:
                return
            self.away, self._since, self._refused = True, time.monotonic(), 0
            log.error("database.away", error=str(getattr(error, "orig", None) or error).strip())

    def refused(self) -> None:
        """Somebody was sent away because of it."""
        with self._lock:
            self._refused += 1

    def back(self, asked: float) -> None:
        """It answers who asked at a moment of the monotonic clock; said where it was away by then.

        Another thread can have lost it since: it is then not back, and whoever lost it asks again.
        """
        with self._lock:
            if not self.away or asked < self._since:
                return
            self.away = False
            seconds = round(time.monotonic() - self._since, 1)
            log.warning("database.back", seconds=seconds, refused=self._refused)
