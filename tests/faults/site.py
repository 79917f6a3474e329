"""The site as a process of its own, at a moment of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import time_machine
from werkzeug.serving import make_server

from core.web.app import create_app
from tests.clocks import one_clock
from tests.web.sites import LENIENT


def serve(url: str, instance: Path, port: int, moment: datetime, *, begun: Callable[[], None]) -> None:
    """Answer on a port until this process ends."""
    with one_clock(), time_machine.travel(moment, tick=True):
        app = create_app(LENIENT(instance=instance, database_url=url))
        server = make_server("127.0.0.1", port, app, threaded=True)
        begun()
        server.serve_forever()
