"""What coverage does not measure."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager


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
