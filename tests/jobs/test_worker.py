"""Workers as processes: one leads, another takes over, no day is checked twice, no job is lost."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import psycopg
import pytest
from psycopg.pq import TransactionStatus
from psycopg_pool import PoolTimeout
from sqlalchemy import select

from core.domain import clock
from core.embedded.server import conninfo, create_database, drop_database
from core.jobs.config import WorkerConfig
from core.jobs.signs import Signs
from core.jobs.tasks import Runtime, make_app
from core.jobs.worker import _work
from core.services.base.work import SYSTEM
from core.services.daily_check.run import CHECK
from core.services.delivery.promptness import PROMPT, promptness
from core.services.messaging.writing import notify
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import Party
from core.storage.processes.readiness import Readiness
from tests.jobs.processes import rows, wait_until, worker
from tests.services.mail import make_party

pytestmark = pytest.mark.slow

CHECKS = "SELECT state FROM job_run WHERE job = 'daily_check' ORDER BY id"


@pytest.fixture
def url(engine):
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture
def address(url):
    return conninfo(url)


@pytest.fixture
def write(begin):
    def make(key):
        with begin(SYSTEM, clock.now().isoformat()) as w:
            party = w.session.scalars(select(Party)).first() or make_party(w.session)
            notify(w, "account.verified", key=key, party_id=party.id, values={})

    return make


def sent(address, key):
    return rows(address, "SELECT 1 FROM outbox_message WHERE key = %s AND state = 'sent'", key)


def test_a_stand_by_takes_over_from_a_killed_leader_and_no_day_is_checked_twice(
    url, address, tmp_path, write
):
    with worker(url, tmp_path, "a") as first:
        wait_until("the first leads", lambda: first.said("leader.elected"))
        with worker(url, tmp_path, "b") as second:
            wait_until("the check was done", lambda: rows(address, CHECKS) == [("done",)])
            wait_until("the second is up", lambda: second.said("worker.started"))
            write("first")
            wait_until("the message is out", lambda: sent(address, "first"))
            assert not second.said("leader.elected")
            first.kill()
            took = wait_until("the second leads", lambda: second.said("leader.elected"), 10)
            assert took < 5
            write("second")
            wait_until("the second sends", lambda: sent(address, "second"))
            assert second.stop() == 0
            assert second.said("worker.stopped")
    assert rows(address, CHECKS) == [("done",)]
    lines = [json.loads(line) for line in (tmp_path / "outbox.jsonl").read_text().splitlines()]
    assert len(lines) == 2


def test_a_worker_started_again_on_the_same_day_does_not_check_again(url, address, tmp_path):
    for _ in range(2):
        with worker(url, tmp_path) as process:
            wait_until("the check was done", lambda: rows(address, CHECKS) == [("done",)])
            wait_until("it leads", lambda process=process: process.said("leader.elected"))
            wait_until(
                "nothing waits",
                lambda: (
                    not rows(
                        address,
                        "SELECT 1 FROM procrastinate_jobs WHERE task_name IN ('daily_check', 'verify')",
                    )
                ),
            )
            assert process.stop() == 0
    assert rows(address, CHECKS) == [("done",)]
    assert len(rows(address, "SELECT 1 FROM job_run WHERE job = 'verify'")) == 1


def test_a_check_whose_worker_was_killed_is_given_to_another(url, address, tmp_path):
    doing = "SELECT 1 FROM procrastinate_jobs WHERE task_name = 'daily_check' AND status = 'doing'"
    with psycopg.connect(address, autocommit=True) as blocker:
        blocker.execute("SELECT pg_advisory_lock(%s)", (CHECK.key,))
        with worker(url, tmp_path, "a") as first:
            wait_until("the check began", lambda: rows(address, doing))
            first.kill()
        assert rows(address, doing)
    with worker(url, tmp_path, "b") as second:
        wait_until("the check was done", lambda: ("done",) in rows(address, CHECKS))
        wait_until("it was given back", lambda: not rows(address, doing))
        assert second.stop() == 0
    assert rows(address, CHECKS).count(("done",)) == 1


def test_a_worker_asked_to_stop_ends_its_job_first(url, address, tmp_path):
    doing = "SELECT 1 FROM procrastinate_jobs WHERE task_name = 'daily_check' AND status = 'doing'"
    with worker(url, tmp_path) as process:
        with psycopg.connect(address, autocommit=True) as blocker:
            blocker.execute("SELECT pg_advisory_lock(%s)", (CHECK.key,))
            wait_until("the check began", lambda: rows(address, doing))
            process.popen.send_signal(signal.SIGTERM)
            with pytest.raises(subprocess.TimeoutExpired):
                process.popen.wait(1)
        assert process.popen.wait(20) == 0
    assert rows(address, CHECKS) == [("done",)]


def test_between_two_statements_of_the_engine_nothing_is_locked(address):
    """A worker that stood still there kept the row of its signs of life, for which all others waited."""

    async def asked():
        async with make_app(address).open_async() as app, app.connector.pool.connection() as connection:
            await connection.execute("SELECT id FROM procrastinate_workers FOR UPDATE")
            return connection.info.transaction_status

    with ThreadPoolExecutor(1) as apart:
        assert apart.submit(asyncio.run, asked()).result() is TransactionStatus.IDLE


@pytest.mark.parametrize("turns", [0, 1, 3, 10, 30, 100])
def test_a_worker_asked_to_stop_in_its_first_moments_ends(engine, address, tmp_path, turns):
    """While it opens its connections, registers, or looks for its first job."""

    async def asked():
        stop = asyncio.Event()
        working = asyncio.create_task(_work(WorkerConfig(tmp_path), address, runtime, signs, stop))
        for _ in range(turns):
            await asyncio.sleep(0.001)
        stop.set()
        await asyncio.wait_for(working, 30)

    runtime = Runtime(session_factory(engine), {}, FileStore.of(tmp_path))
    signs = Signs(Readiness(tmp_path, engine, runtime.clocks))
    with ThreadPoolExecutor(1) as apart:
        apart.submit(asyncio.run, asked()).result()
    signs.end()
    assert rows(address, "SELECT 1 FROM procrastinate_workers") == []


def test_a_database_that_is_away_is_told_at_once_so_that_it_is_asked_for_again_soon(engine, tmp_path):
    """A pool of connections waits half a minute for it, and asks ever more seldom."""
    runtime = Runtime(session_factory(engine), {}, FileStore.of(tmp_path))
    signs = Signs(Readiness(tmp_path, engine, runtime.clocks))
    working = _work(WorkerConfig(tmp_path), "host=127.0.0.1 port=1", runtime, signs, asyncio.Event())
    with ThreadPoolExecutor(1) as apart, pytest.raises(psycopg.OperationalError) as told:
        apart.submit(asyncio.run, working).result()
    assert not isinstance(told.value, PoolTimeout)


def test_a_worker_goes_on_when_the_database_has_come_back(url, address, tmp_path, write):
    with worker(url, tmp_path) as process:
        wait_until("the check was done", lambda: rows(address, CHECKS) == [("done",)])
        administration = address.replace("user=accredit", "user=postgres")
        rows(
            administration,
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()",
        )
        wait_until("it noticed", lambda: process.said("database.away"))
        write("first")
        wait_until("the message is out", lambda: sent(address, "first"))
        assert process.stop() == 0


BROKEN_OFF = """
CREATE SEQUENCE ends;
CREATE FUNCTION break_off() RETURNS trigger SECURITY DEFINER LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('ends') = 1 THEN
        PERFORM pg_terminate_backend(pg_backend_pid()), pg_sleep(60);
    END IF;
    RETURN OLD;
END $$;
CREATE TRIGGER break_off BEFORE DELETE ON procrastinate_jobs FOR EACH ROW
    WHEN (OLD.task_name = 'daily_check') EXECUTE FUNCTION break_off();
"""
"""The connection that writes the first end of a check is gone; all others stay. For the database's owner."""


def test_a_job_whose_end_could_not_be_written_is_given_back_while_its_worker_lives(url, address, tmp_path):
    waits = "SELECT 1 FROM procrastinate_jobs WHERE task_name = 'daily_check'"
    owner = address.replace("user=accredit", "user=postgres")
    with psycopg.connect(owner, autocommit=True) as connection:
        connection.execute(BROKEN_OFF)
    with worker(url, tmp_path) as process:
        wait_until("the check was done", lambda: rows(address, CHECKS) == [("done",)])
        wait_until("none is marked as being done", lambda: not rows(address, waits))
        assert rows(owner, "SELECT last_value FROM ends") == [(2,)], "the first end was broken off"
        assert process.stop() == 0
    assert rows(address, CHECKS) == [("done",)]


def test_messages_leave_when_they_are_committed_and_do_not_wait_for_the_timetable(
    url, address, tmp_path, write, session
):
    """The share that left within 10 s is the promise: 95 of 100."""
    with worker(url, tmp_path, outbox=3600) as process:
        wait_until("the check was done", lambda: rows(address, CHECKS) == [("done",)])
        for number in range(20):
            write(f"m{number}")
            time.sleep(0.1)
        pending = "SELECT 1 FROM outbox_message WHERE state = 'pending'"
        wait_until("all are out", lambda: not rows(address, pending))
        assert process.stop() == 0
    found = promptness(session, clock.now() + PROMPT)
    print(f"handed over within 10 s of being written: {found.percent}% of {found.written}")  # noqa: T201  # a figure for assurance
    assert found.written >= 20
    assert found.percent >= 95


def test_a_worker_refuses_a_database_of_another_schema(pg_server, tmp_path):
    administration = pg_server.url("postgres", "postgres")
    create_database(administration, "bare", owner="accredit")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "core.jobs", "--instance", str(tmp_path)],
            env={**os.environ, "ACCREDIT_DATABASE_URL": pg_server.url("bare")},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    finally:
        drop_database(administration, "bare")
    assert done.returncode == 1
    assert "run accredit db upgrade" in done.stderr
    assert "Traceback" not in done.stderr
