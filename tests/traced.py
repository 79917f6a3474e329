"""Coverage's tracer, kept at work in every test.

Whatever runs in a process can take its trace function away, and Python itself does where an error is raised
in one. What then runs passes and is not measured: a line that a single file of tests reaches is told as
uncovered, in one run out of many. So each test begins with the tracer that the run began with, and the run
says in which test it was lost.
"""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest


@contextmanager
def unmeasured() -> Iterator[None]:
    """For what takes long and runs nothing of the product that others do not run too; also a decorator.

    Tracing makes it last half as long again, or thrice as long where it only counts and compares.
    """
    tracer = sys.gettrace()
    sys.settrace(None)
    try:
        yield
    finally:
        sys.settrace(tracer)


class Traced:
    """Puts the tracer of coverage back before each test, where it no longer sees what is called."""

    def __init__(self) -> None:
        self.tracer: Any = None
        self.last = "the collection"

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Before the fixtures of a test."""
        if self.tracer is None:
            found = sys.gettrace()
            self.tracer = found if hasattr(found, "activity") else None  # else a debugger's
        elif not self._sees():
            sys.settrace(self.tracer)
            warnings.warn(f"the tracer of coverage was lost in {self.last}", stacklevel=1)
        self.last = nodeid

    def _sees(self) -> bool:
        """Whether a call reaches the tracer: it may be set, and switched off all the same."""
        if sys.gettrace() is not self.tracer:
            return False
        self.tracer.reset_activity()
        _called()
        return bool(self.tracer.activity())


def _called() -> None:
    """Something for the tracer to see."""
