"""A demo whose loading was killed begins anew."""

import contextlib
import os
import subprocess
import sys
import time

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError

from core.demo.loading import loaded
from core.storage.engine import make_engine, session_factory
from core.storage.models import JobRun, Party
from tests.databases import keys

pytestmark = pytest.mark.slow
PATIENCE = 90


@pytest.fixture
def factory(database_url):
    engine = make_engine(database_url, keys())
    yield session_factory(engine)
    engine.dispose()


@pytest.fixture
def start(database_url, tmp_path):
    """Starts `accredit demo --no-serve` on an empty database; whatever still runs at the end is killed."""
    started = []

    def run():
        command = [sys.executable, "-m", "core.cli", "demo", "--no-serve", "--size", "1"]
        process = subprocess.Popen(
            [*command, "--instance", tmp_path],
            env=os.environ | {"ACCREDIT_DATABASE_URL": database_url},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()


def number(factory, what):
    with contextlib.suppress(DBAPIError), factory() as session:
        return session.scalar(select(func.count()).select_from(what))
    return 0


def test_a_killed_demo_begins_anew(factory, start):
    first = start()
    deadline = time.monotonic() + PATIENCE
    while number(factory, Party) < 10 and time.monotonic() < deadline:
        assert first.poll() is None, first.stdout.read()
        time.sleep(0.05)
    first.kill()
    first.wait()
    assert loaded(factory) is False
    left = number(factory, Party)
    assert left >= 10

    second = start()
    said = second.stdout.readline()
    assert "重新装入" in said
    assert "2023-01" in second.stdout.readline()
    assert number(factory, Party) < left
    assert number(factory, JobRun) >= 1
