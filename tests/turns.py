"""What each test needs, as marks; and in which turn the workers of a run get it."""

from collections.abc import Iterable

import pytest
from xdist.scheduler import LoadFileScheduling
from xdist.workermanage import WorkerController

from tests.examples import TIMES

SERVER, BROWSER = "pg_server", "browser"
OWN = {"database_url", "new_database", "second_engine", "lived_register"}
"""Fixtures that tell what a test needs."""
NEEDS = ("database", "browser")
DIVISIBLE = "tests/e2e/test_accessibility.py"
"""A file whose tests are given out one by one: it takes as long as many others together."""
TOGETHER = {
    f"tests/web/{name}.py": "tests/web/pages"
    for name in (
        *("test_addresses", "test_languages", "test_looking", "test_malformed", "test_private_addresses"),
        *("test_authorisation", "test_planted", "test_sent_twice"),
    )
} | {f"tests/storage/{name}.py": "tests/storage/lived" for name in ("test_verify", "trail/test_tampering")}
"""Files of which one worker has all: pages are opened, a register is filled or lived with, once for them."""
LONG_ONES = (
    "tests/e2e/",
    "tests/demo/",
    "tests/web/test_",
    "tests/web/tracks/",
    "tests/benchmarks/",
    "tests/cli/",
)
"""What takes longest: given out early, so that no worker is left with it at the end."""
WAITING = ("tests/embedded/", "tests/faults/", "tests/jobs/", "tests/cli/test_serving.py", "tests/web/front/")
"""What mostly waits for processes that start, stop, hold still: for a worker more than there are cores."""
CORES = 2

NOT_NOW = pytest.mark.skip(reason="too long for the gate; make assurance runs it")


def mark(items: Iterable[pytest.Item]) -> None:
    """Mark what needs the server, a database that nobody had before, a browser; and what is not run now."""
    for item in items:
        if TIMES == 1 and item.get_closest_marker("assurance") is not None:
            item.add_marker(NOT_NOW)
        fixtures = set(getattr(item, "fixturenames", ()))
        if SERVER in fixtures:
            item.add_marker(pytest.mark.database)
        if fixtures & OWN:
            item.add_marker(pytest.mark.own_database)
        if BROWSER in fixtures:
            item.add_marker(pytest.mark.browser)


def arrange(items: list[pytest.Item]) -> None:
    """Put the files that need neither server nor browser first, then what takes longest; last what waits.

    What is wrong in a rule is so told within seconds; and nothing that a browser or a thread leaves in
    a worker reaches the tests that hold the rules, whose coverage must be whole.
    """
    heavy = {_file(item) for item in items if any(item.get_closest_marker(name) for name in (*NEEDS, "slow"))}
    items.sort(key=lambda item: _turn(_file(item)) if _file(item) in heavy else -1)


def _file(item: pytest.Item) -> str:
    return item.nodeid.partition("::")[0]


def _turn(file: str) -> int:
    if file.startswith(WAITING):
        return len(LONG_ONES) + 1
    return next((turn for turn, name in enumerate(LONG_ONES) if file.startswith(name)), len(LONG_ONES))


class InTurn(LoadFileScheduling):
    """Gives out files whole or together, in the order of collection, and the tests of one file one by one.

    One worker more than there are cores gets them from the other end.
    """

    def _assign_work_unit(self, node: WorkerController) -> None:
        if len(self.nodes) > CORES and node is self.nodes[-1]:
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return nodeid if file == DIVISIBLE else TOGETHER.get(file, file)
