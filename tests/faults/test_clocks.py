"""Processes whose clock is off: they end nothing, send nothing, say so, and another does the work."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Engine

from core.domain import clock
from core.embedded.server import conninfo
from core.jobs.schedule import DAILY
from core.services.daily_check.run import run_checks
from core.storage.engine import session_factory
from tests.faults.conftest import Copies
from tests.faults.oracle import check, dump
from tests.jobs.processes import NO_MAIL, rows, wait_until, worker

pytestmark = [pytest.mark.slow, pytest.mark.database]

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
OFF = """
from datetime import timedelta
from core.domain import clock
real = clock.now
clock.now = lambda: real() + timedelta(seconds={seconds})
"""
DONE = "SELECT as_of FROM job_run WHERE job = 'daily_check' AND state = 'done'"
JOBS = "SELECT 1 FROM procrastinate_jobs"
DUE, *OTHERS = DAILY
PAST = "INSERT INTO job_run (job, as_of, started_at, state) VALUES (%s, %s, now(), 'done')"


def off(ahead: timedelta) -> str:
    """What sets the one clock of a process wrong."""
    return OFF.format(seconds=ahead.total_seconds())


@pytest.mark.assurance
@pytest.mark.parametrize("ahead", [HOUR, -HOUR, 25 * HOUR, -25 * HOUR, 365 * DAY, -365 * DAY], ids=str)
def test_a_worker_whose_clock_is_off_leaves_the_work_to_one_whose_clock_is_right(
    copies: Copies, tmp_path: Path, ahead: timedelta
) -> None:
    """Alone it does nothing, however much is due; what was missed is caught up."""
    today = DUE.due_on(clock.now())
    expected = copies.after(
        lambda copy: run_checks(session_factory(copy.town.engine), today, now=clock.now())
    )
    with copies.one() as copy:
        engine = copy.town.engine
        url = engine.url.render_as_string(hide_password=False)
        address, before = conninfo(url), dump(engine)
        with worker(url, tmp_path, "wrong", outbox=3600, first=off(ahead)) as wrong:
            wait_until("it says so", lambda: wrong.said("clock.off"))
            wait_until("it is up", lambda: wrong.said("worker.started"))
            assert not wrong.said("leader.elected")
            assert not rows(address, JOBS)
            assert not rows(address, "SELECT 1 FROM procrastinate_workers")
            assert dump(engine) == before
            with psycopg.connect(address, autocommit=True) as connection:
                for other in OTHERS:
                    connection.execute(PAST, (other.task, today))
            with worker(url, tmp_path, "right", outbox=3600, first=NO_MAIL) as right:
                wait_until("it was caught up", lambda: rows(address, DONE))
                wait_until("nothing is left", lambda: not rows(address, JOBS))
                assert right.stop() == 0
            assert wrong.stop() == 0
        assert rows(address, DONE) == [(today,)]
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute("DELETE FROM job_run WHERE job <> 'daily_check'")
        check(engine, expected)


def test_a_worker_whose_clock_goes_wrong_gives_the_lead_up_and_takes_it_again_when_it_is_right(
    engine: Engine, tmp_path: Path
) -> None:
    url = engine.url.render_as_string(hide_password=False)
    address, wrong = conninfo(url), tmp_path / "wrong"
    first = f"""
from datetime import timedelta
from pathlib import Path
from core.domain import clock
real = clock.now
clock.now = lambda: real() + timedelta(hours=25 * Path({str(wrong)!r}).exists())
"""
    with worker(url, tmp_path, first=first) as process:
        wait_until("the check was done", lambda: rows(address, DONE))
        wrong.touch()
        wait_until("it gave the lead up", lambda: process.said("leader.stepped_down"))
        wait_until("it takes no jobs", lambda: not rows(address, "SELECT 1 FROM procrastinate_workers"))
        wrong.unlink()
        wait_until("it works again", lambda: rows(address, "SELECT 1 FROM procrastinate_workers"))
        assert process.said("clock.right")
        assert process.stop() == 0
    assert max(rows(address, DONE)) <= (clock.today(),), "no day was checked before it came"


COMMAND = "from core.cli import main; main()"


def test_a_check_by_hand_with_a_clock_that_is_off_is_refused(engine: Engine, tmp_path: Path) -> None:
    url = engine.url.render_as_string(hide_password=False)

    def by_hand(ahead: timedelta, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-c", off(ahead) + COMMAND, "check", "--instance", str(tmp_path), *arguments],
            env={"ACCREDIT_DATABASE_URL": url},
            capture_output=True,
            text=True,
            check=False,
        )

    ahead = by_hand(365 * DAY)
    assert ahead.returncode != 0
    assert "服务器时钟比数据库快 525600 分钟" in ahead.stderr
    assert "Traceback" not in ahead.stderr
    assert rows(conninfo(url), "SELECT 1 FROM job_run") == []
