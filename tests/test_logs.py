"""The log: one JSON object a line for machines, plain lines for people."""

import json
import subprocess
import sys

import pytest

SCRIPT = """
import logging
import structlog
from core import logs
logs.configure()
structlog.get_logger("core.jobs").info("worker.started", pid=1, name="工作进程")
logging.getLogger("some.library").warning("it took %s s", 3)
logging.getLogger("apscheduler.executors").info("ran a job")
structlog.get_logger("core.jobs").debug("job.begins")
try:
    1 / 0
except ZeroDivisionError:
    structlog.get_logger("core.jobs").exception("job.failed")
"""


def logged(**environment):
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        capture_output=True,
        text=True,
        check=True,
        env=environment,
        timeout=60,
    )
    assert done.stdout == ""
    return done.stderr


def test_machines_get_one_object_a_line():
    first, second, third = [json.loads(line) for line in logged().splitlines()]
    assert (first["event"], first["name"], first["level"]) == ("worker.started", "工作进程", "info")
    assert (second["event"], second["logger"], second["level"]) == ("it took 3 s", "some.library", "warning")
    assert "ZeroDivisionError" in third["exception"]
    assert first["timestamp"] <= third["timestamp"]


@pytest.mark.parametrize(("level", "lines"), [("debug", 4), ("warning", 2), ("error", 1)])
def test_the_level_is_a_setting(level, lines):
    assert len(logged(ACCREDIT_LOG_LEVEL=level).splitlines()) == lines


def test_people_get_plain_lines():
    first = logged(ACCREDIT_LOG_FORMAT="plain").splitlines()[0]
    assert "worker.started" in first
    assert "pid=1" in first
    assert not first.startswith("{")
