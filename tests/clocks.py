"""The clock of the database in tests that travel in time."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import time_machine

from core.storage.processes.clocks import Clocks


@contextmanager
def one_clock() -> Iterator[None]:
    """Where this process travels in time, the database's clock goes with it."""
    compare, travelling = Clocks.compare, time_machine.escape_hatch.is_travelling
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Clocks, "compare", lambda self, execute: travelling() or compare(self, execute))
        yield
