"""One worker keeps the timetable: the lead is a turn (`storage.processes.turns`) of its own connection."""

from __future__ import annotations

import select
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import psycopg
import structlog
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.jobs.config import SILENCE
from core.services.base.queue import LEAD
from core.storage.processes.absence import Absence
from core.storage.processes.clocks import Clocks
from core.storage.processes.turns import Turn, is_taken, prepare, take

KEEPALIVE: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}

log = structlog.get_logger(__name__)

Connection = psycopg.Connection[Any]


def is_led(engine: Engine) -> bool:
    """Whether a worker keeps the timetable just now."""
    with Session(engine) as session:
        return is_taken(session, Turn("lead", LEAD, SILENCE))


class Leader(threading.Thread):
    """Stands for election until it is stopped; `gained` is given the connection that holds the lock.

    `heard` is called when that connection was notified of something.
    """

    def __init__(
        self,
        conninfo: str,
        *,
        gained: Callable[[Connection], None],
        lost: Callable[[], None],
        heard: Callable[[], None] = lambda: None,
        interval: float,
        silence: float = SILENCE,
        absence: Absence | None = None,
        clocks: Clocks | None = None,
    ) -> None:
        super().__init__(name="leader", daemon=True)
        self._conninfo, self._interval, self._lead = conninfo, interval, Turn("lead", LEAD, silence)
        self._gained, self._lost, self._heard = gained, lost, heard
        self._absence, self._clocks = absence or Absence(), clocks or Clocks()
        self._stop_asked = threading.Event()
        self._stops = socket.socketpair()
        """The second end is written to when this thread is to stop, and that wakes it."""
        self.leading = False

    def run(self) -> None:
        """Connect, stand for election, and begin again when the connection is lost."""
        while not self._stop_asked.is_set():
            asked = time.monotonic()
            try:
                with psycopg.connect(self._conninfo, autocommit=True, **KEEPALIVE) as connection:
                    self._absence.back(asked)
                    prepare(connection.execute, self._lead)
                    self._serve(connection)
            except psycopg.Error as error:
                self._absence.lost(error)
            except Exception:
                # Whatever a timetable stumbles over, this worker stands for election again.
                log.exception("leader.failed")
            finally:
                self._step_down()
            self._stop_asked.wait(self._interval)

    def stop(self) -> None:
        """Give the lead up, and wait until that is done."""
        self._stop_asked.set()
        self._stops[1].send(b"stop")
        if self.is_alive():
            self.join()
        for end in self._stops:
            end.close()

    def _serve(self, connection: Connection) -> None:
        while not self._stop_asked.is_set():
            if not self._clocks.compare(connection.execute):
                return  # and the lead goes with the connection
            if self.leading:
                if [*connection.notifies(timeout=0)]:
                    self._heard()
            elif take(connection.execute, self._lead):
                self.leading = True
                log.info("leader.elected")
                self._gained(connection)
            self._wait(connection)

    def _wait(self, connection: Connection) -> None:
        """For the interval, or until something is heard; the connection stays free for the timetable."""
        if not self.leading:
            self._stop_asked.wait(self._interval)
            return
        waiting = select.poll()
        waiting.register(connection.fileno(), select.POLLIN)
        waiting.register(self._stops[0], select.POLLIN)
        waiting.poll(self._interval * 1000)

    def _step_down(self) -> None:
        if self.leading:
            self.leading = False
            self._lost()
            log.info("leader.stepped_down")
