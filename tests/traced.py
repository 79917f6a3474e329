"""What coverage does not measure: tracing makes code last half as long again, some of it thrice as long."""

import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

ALL = "ACCREDIT_MEASURE_ALL"
"""Set for a run whose every test is measured, for the floor of the whole product."""


@contextmanager
def unmeasured() -> Iterator[None]:
    """For what takes long and runs nothing of the product that others do not run too; also a decorator."""
    tracer, of_threads = sys.gettrace(), threading.gettrace()
    sys.settrace(None)
    threading.settrace(None)  # type: ignore[arg-type] # takes it, and types say otherwise
    try:
        yield
    finally:
        sys.settrace(tracer)
        threading.settrace(of_threads)  # type: ignore[arg-type] # as above


class Measured:
    """Rules, domain, hooks and plugins are held by tests that need no server: these alone are measured."""

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        """Around a test with its fixtures."""
        needs = any(item.get_closest_marker(name) for name in ("database", "browser", "slow"))
        if not needs or ALL in os.environ:
            return (yield)
        with unmeasured():
            return (yield)
