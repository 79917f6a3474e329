"""A daily check that was asked for: its worker dies half-way, and another does the rest."""

import psycopg
import pytest

from core.domain import clock
from core.domain.roles import Role
from core.embedded.server import conninfo
from core.services.daily_check import asked
from core.storage.models.operations import JobState
from tests.jobs.processes import rows, wait_until, worker

pytestmark = pytest.mark.slow

CHECKS = "SELECT state FROM job_run WHERE job = 'daily_check' ORDER BY id"
DAYS = "INSERT INTO job_run (job, as_of, started_at, state) VALUES (%s, %s, now(), 'done')"


@pytest.fixture
def url(engine):
    return engine.url.render_as_string(hide_password=False)


@pytest.fixture
def address(url):
    return conninfo(url)


@pytest.fixture
def unit(make_actor, begin):
    administrator = make_actor(Role.SYSADMIN)
    return lambda: begin(administrator, clock.now().isoformat())


def test_killed_half_way_it_is_said_to_have_stopped_and_is_done_by_another(url, address, tmp_path, unit):
    with psycopg.connect(address, autocommit=True) as connection:
        for job in ("daily_check", "verify", "clear_exports", "clear_entry", "mail_anchor", "digest"):
            connection.execute(DAYS, (job, clock.today()))
    with unit() as w:
        assert asked.ask(w)
    with psycopg.connect(address) as blocker:
        blocker.execute("LOCK TABLE call IN ACCESS EXCLUSIVE MODE")
        with worker(url, tmp_path, "a") as first:
            wait_until("it is under way", lambda: rows(address, CHECKS) == [("done",), ("running",)])
            with unit() as w:
                assert asked.standing(w).running
                assert asked.standing(w).works
                assert not asked.ask(w)
            first.kill()
    wait_until("the server has noticed", lambda: standing(unit).state is JobState.STOPPED)
    left = standing(unit)
    assert left.queued is not None
    assert left.queued.taken
    with unit() as w:
        assert not asked.ask(w), "it is done without anybody asking"
    with worker(url, tmp_path, "b") as second:
        wait_until("the other did the rest", lambda: rows(address, CHECKS)[-1] == ("done",))
        wait_until("nothing is left", lambda: not standing(unit).under_way)
        assert second.stop() == 0
    assert rows(address, CHECKS) == [("done",), ("stopped",), ("done",)]


def standing(unit):
    with unit() as w:
        return asked.standing(w)
