"""What a worker says of itself, and `accredit ready`, which reads it."""

import asyncio
import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import create_engine

from core.jobs import signs
from core.jobs.signs import FOLDER, SILENT_SECONDS, Signs, signs_of
from core.storage.processes.clocks import Clocks
from core.storage.processes.readiness import NEEDS, Readiness

NOW = 1_700_000_000.0


@pytest.fixture
def given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Signs]:
    """The signs of a worker that lacks nothing and takes jobs."""
    readiness = Readiness(tmp_path, create_engine("postgresql+psycopg://nobody@127.0.0.1:9/none"), Clocks())
    monkeypatch.setattr(readiness, "ask", lambda: dict.fromkeys(NEEDS, True))
    made = Signs(readiness)
    made.begin()
    made.working = True
    yield made
    made.end()


def write(given: Signs) -> None:
    """Let the worker speak once."""

    async def once() -> None:
        task = asyncio.create_task(given.give())
        while not list(given._path.parent.glob("*.json")):
            await asyncio.sleep(0.01)
        task.cancel()

    asyncio.run(once())


def test_a_worker_says_what_it_lacks_and_nothing_when_it_has_gone(given: Signs, tmp_path: Path) -> None:
    write(given)
    (sign,) = signs_of(tmp_path)
    assert (sign.pid, sign.ready, set(sign.checks)) == (os.getpid(), True, {*NEEDS, "taking_jobs"})
    given._path.write_text(json.dumps({**sign.checks, "clock": False}))
    assert [sign.ready for sign in signs_of(tmp_path)] == [False]
    given.end()
    assert list(signs_of(tmp_path)) == []


def test_a_worker_that_takes_no_jobs_is_not_ready(given: Signs, tmp_path: Path) -> None:
    given.working = False
    write(given)
    (sign,) = signs_of(tmp_path)
    assert not sign.ready
    assert [name for name, met in sign.checks.items() if not met] == ["taking_jobs"]


@pytest.mark.parametrize(("age", "ready"), [(29, True), (30, True), (31, False)])
def test_silence_is_not_ready(given: Signs, tmp_path: Path, age: int, ready: bool) -> None:
    assert SILENT_SECONDS == 30
    write(given)
    os.utime(given._path, (NOW, NOW))
    with time_machine.travel(NOW + age, tick=False):
        assert [sign.ready for sign in signs_of(tmp_path)] == [ready]


def test_other_machines_and_what_is_no_sign_are_passed_over(given: Signs, tmp_path: Path) -> None:
    for name in ("elsewhere-12.json", "notes.json", f"{given._path.stem}.half"):
        (tmp_path / FOLDER / name).write_text("{}")
    given._path.write_text("{")
    assert list(signs_of(tmp_path)) == []


def test_what_the_killed_have_left_goes_after_a_day(given: Signs, tmp_path: Path) -> None:
    old, new = tmp_path / FOLDER / "gone-1.json", tmp_path / FOLDER / "gone-2.json"
    for path, age in ((old, signs.LEFT_SECONDS + 60), (new, signs.LEFT_SECONDS - 60)):
        path.write_text("{}")
        os.utime(path, (signs._now() - age,) * 2)
    given.begin()
    assert (old.exists(), new.exists()) == (False, True)
