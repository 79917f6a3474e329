"""`accredit serve` under a clock that a test moves: the real command, its application led through time.

Nothing of the product knows about it. The clock is a file with an ISO moment and a running number; the
process travels there when the file changes, and time runs on from it, sessions and tokens included. Over such
a leap nobody's logins are counted on.
"""

import os
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import time_machine

from core.cli.serving import site
from core.domain.clock import moment
from core.web.frame.bound import limiter
from core.web.front.application import Front
from tests import templates
from tests.clocks import one_clock
from tests.passwords import check_quickly
from tests.web.entering import LONG

CLOCK_VARIABLE = "ACCREDIT_TEST_CLOCK"
KEPT = ExitStack()
"""What holds as long as the process."""


class Led:
    """A WSGI application that looks at the clock before each request."""

    def __init__(self, application: Any, clock: Path) -> None:
        self.application, self.clock = application, clock
        self.shown = ""
        self.travel: time_machine.travel | None = None

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer at the moment that the clock shows."""
        shown = self.clock.read_text(encoding="ascii")
        if shown != self.shown:
            if self.travel is not None:
                self.travel.stop()
            self.travel = time_machine.travel(moment(shown.split()[0]), tick=True)
            self.travel.start()
            limiter.reset()
            self.shown = shown
        return self.application(environ, start_response)


def make() -> Front:
    """The site, made as `accredit serve` makes it."""
    application = site.make()
    application.config["LOGIN_LIFETIME"] = LONG
    KEPT.enter_context(one_clock())
    check_quickly(application)
    templates.keep(application)
    return site.fronted(Led(application, Path(os.environ[CLOCK_VARIABLE])), application)
