"""The timetable: what is due when, deferred once, and only while its worker leads."""

from dataclasses import replace
from datetime import date, timedelta

import psycopg
import pytest
from sqlalchemy import select

from core.domain.clock import moment
from core.domain.roles import Role
from core.embedded.server import conninfo
from core.jobs.config import Timing, WorkerConfig, from_environment
from core.jobs.figures import REGISTRY
from core.jobs.leader import Leader
from core.jobs.ledger import recorded, was_done
from core.jobs.schedule import (
    ANCHOR,
    CLEAR_ENTRY,
    CLEAR_EXPORTS,
    DAILY,
    DIGEST,
    ISSUE,
    MAIL_ANCHOR,
    SEAL,
    SEND_OUTBOX,
    VERIFY,
    Timetable,
)
from core.jobs.tasks import MOST_ATTEMPTS, Runtime
from core.services.base.queue import DAILY_CHECK
from core.services.base.work import SYSTEM
from core.services.messaging.writing import notify
from core.services.trail.anchoring import Outlets
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import JobRun
from core.storage.models.operations import JobState
from core.storage.trail.sealing import SEALING
from tests.jobs.processes import wait_until
from tests.queues import work_off
from tests.services.mail import make_party
from tests.storage.trail.trails import add

NOW = moment("2026-03-02T09:00")
TODAY = date(2026, 3, 2)
HOURLY = Timing(outbox=3600, sealing=3600, stalled=3600)


@pytest.fixture
def address(engine):
    return conninfo(engine.url.render_as_string(hide_password=False))


@pytest.fixture
def connection(address):
    with psycopg.connect(address, autocommit=True) as made:
        yield made


@pytest.fixture
def timetable():
    made = Timetable(HOURLY, lambda: NOW)
    yield made
    made.close()


@pytest.fixture
def runtime(engine, tmp_path):
    return Runtime(
        session_factory(engine), {}, FileStore(tmp_path / "instance" / "files"), HOURLY, lambda: NOW
    )


def queued(connection):
    query = "SELECT task_name, args FROM procrastinate_jobs WHERE status = 'todo' ORDER BY task_name"
    return connection.execute(query).fetchall()


@pytest.mark.parametrize(
    ("now", "check", "verify"),
    [
        ("2026-03-02T00:09:59", date(2026, 3, 1), date(2026, 3, 1)),
        ("2026-03-02T00:10", TODAY, date(2026, 3, 1)),
        ("2026-03-02T02:30", TODAY, TODAY),
        ("2026-03-01T16:10:00+00:00", TODAY, date(2026, 3, 1)),
    ],
)
def test_a_day_is_due_from_its_time_on_in_china(now, check, verify):
    assert [daily.due_on(moment(now)) for daily in DAILY[:2]] == [check, verify]


def test_who_leads_defers_what_was_missed_once(timetable, connection):
    timetable.gained(connection)
    first = queued(connection)
    assert [name for name, _ in first] == sorted(
        [*(daily.task for daily in DAILY), ANCHOR, ISSUE, "retry_stalled", SEND_OUTBOX]
    )
    assert dict(first)[DAILY_CHECK] == {"as_of": "2026-03-02"}
    timetable.gained(connection)
    assert queued(connection) == first


def test_who_does_not_lead_defers_nothing(timetable, connection):
    assert timetable.defer(SEND_OUTBOX) is False
    timetable.gained(connection)
    connection.execute("DELETE FROM procrastinate_jobs")
    timetable.lost()
    assert timetable.defer(SEND_OUTBOX) is False
    assert queued(connection) == []


def test_a_leader_whose_connection_broke_defers_nothing(timetable, connection):
    timetable.gained(connection)
    connection.close()
    assert timetable.defer(SEND_OUTBOX) is False


def test_a_day_in_the_ledger_is_not_deferred_again(timetable, connection, engine):
    with recorded(session_factory(engine), DAILY_CHECK, TODAY, NOW):
        pass
    timetable.gained(connection)
    assert DAILY_CHECK not in [name for name, _ in queued(connection)]


def test_a_run_of_one_programme_is_not_the_days(timetable, connection, engine, session):
    with recorded(session_factory(engine), DAILY_CHECK, TODAY, NOW) as counts:
        counts["program"] = "jilin"
    assert not was_done(session, DAILY_CHECK, TODAY)
    timetable.gained(connection)
    assert DAILY_CHECK in [name for name, _ in queued(connection)]


def test_a_run_that_failed_is_deferred_again(timetable, connection, engine, session):
    with pytest.raises(RuntimeError), recorded(session_factory(engine), DAILY_CHECK, TODAY, NOW):
        raise RuntimeError("the disk is full")
    run = session.scalars(select(JobRun)).one()
    assert (run.state, run.message) == (JobState.FAILED, "RuntimeError('the disk is full')")
    assert run.finished_at is not None
    assert not was_done(session, DAILY_CHECK, TODAY)
    timetable.gained(connection)
    assert DAILY_CHECK in [name for name, _ in queued(connection)]


def test_the_tasks_run_and_a_second_check_of_the_day_is_passed_over(
    timetable, connection, address, runtime, session
):
    timetable.gained(connection)
    work_off(address, runtime)
    assert queued(connection) == []
    connection.execute("DELETE FROM procrastinate_jobs")
    timetable.defer(DAILY_CHECK, as_of="2026-03-02")
    timetable.defer(VERIFY, as_of="2026-03-02")
    work_off(address, runtime)
    runs = session.scalars(select(JobRun).order_by(JobRun.job)).all()
    assert [(run.job, run.as_of, run.state) for run in runs] == [
        (CLEAR_ENTRY, TODAY, JobState.DONE),
        (CLEAR_EXPORTS, TODAY, JobState.DONE),
        (DAILY_CHECK, TODAY, JobState.DONE),
        (DIGEST, TODAY, JobState.DONE),
        (MAIL_ANCHOR, TODAY, JobState.DONE),
        (VERIFY, TODAY, JobState.DONE),
    ]
    assert (runs[1].counts, runs[5].counts) == ({"cleared": 0, "destroyed": 0}, {"faults": []})
    for result in ("done", "skipped"):
        shown = {"job": DAILY_CHECK, "result": result}
        assert REGISTRY.get_sample_value("accredit_jobs_total", shown) >= 1


def test_the_trail_is_sealed_where_anything_waits_for_it(timetable, connection, address, runtime, engine):
    timetable.seal()
    timetable.gained(connection)
    connection.execute("DELETE FROM procrastinate_jobs")
    timetable.seal()
    assert queued(connection) == []
    add(engine, 1)
    timetable.seal()
    timetable.seal()
    assert [name for name, _ in queued(connection)] == [SEAL]
    work_off(address, runtime)
    assert connection.execute("SELECT number FROM audit_link").fetchall() == [(1,)]
    timetable.seal()
    assert queued(connection) == []


def test_the_trail_is_left_to_another_who_seals_it(timetable, connection, address, runtime, engine):
    timetable.gained(connection)
    connection.execute("DELETE FROM procrastinate_jobs")
    add(engine, 1)
    timetable.seal()
    connection.execute("SELECT pg_advisory_lock(%s)", (SEALING.key,))
    work_off(address, runtime)
    assert connection.execute("SELECT number FROM audit_link").fetchall() == [(None,)]


def test_the_trail_is_anchored_and_mailed_unless_that_is_switched_off(
    timetable, connection, address, runtime, engine, tmp_path, make_actor
):
    make_actor(Role.AUDITOR)
    timetable.gained(connection)
    outlets = Outlets(tmp_path / "elsewhere", mail=False)
    work_off(address, replace(runtime, anchors=outlets))
    assert '"number":1' in outlets.file.read_text()
    mails = "SELECT count(*) FROM outbox_message WHERE event = 'trail.anchored'"
    assert connection.execute(mails).fetchone() == (0,)
    timetable.defer(MAIL_ANCHOR, as_of="2026-03-02")
    work_off(address, runtime)
    timetable.defer(MAIL_ANCHOR, as_of="2026-03-02")
    work_off(address, runtime)
    assert connection.execute(mails).fetchone() == (1,)
    timetable.seal()
    timetable.defer(ANCHOR)
    work_off(address, runtime)
    assert (runtime.instance / "anchors.jsonl").read_text().count("signature") == 1


def test_a_timetable_whose_connection_broke_seals_nothing(timetable, connection):
    timetable.gained(connection)
    connection.close()
    timetable.seal()


def test_a_job_that_kills_its_worker_again_and_again_is_given_up(timetable, connection, address, runtime):
    timetable.gained(connection)
    connection.execute(
        "UPDATE procrastinate_jobs SET status = 'doing', attempts = %s WHERE task_name = %s",
        (MOST_ATTEMPTS, DAILY_CHECK),
    )
    work_off(address, runtime)
    state = "SELECT status FROM procrastinate_jobs WHERE task_name = %s"
    assert connection.execute(state, (DAILY_CHECK,)).fetchall() == [("failed",)]


def test_a_stalled_job_that_waits_in_the_queue_again_is_not_given_back_twice(
    timetable, connection, address, runtime
):
    timetable.gained(connection)
    connection.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = %s", (SEND_OUTBOX,))
    timetable.defer(SEND_OUTBOX)
    work_off(address, runtime)
    state = "SELECT status FROM procrastinate_jobs WHERE task_name = %s"
    assert connection.execute(state, (SEND_OUTBOX,)).fetchall() == [("failed",)]


def test_one_of_two_leads_and_the_other_follows(address):
    events = []

    def stand(name):
        return Leader(
            address,
            gained=lambda _: events.append(f"{name} gained"),
            lost=lambda: events.append(f"{name} lost"),
            interval=0.05,
        )

    first, second = stand("first"), stand("second")
    first.start()
    wait_until("the first leads", lambda: first.leading)
    second.start()
    first.stop()
    wait_until("the second leads", lambda: second.leading)
    second.stop()
    assert events == ["first gained", "first lost", "second gained", "second lost"]


def test_a_leader_whose_connection_is_cut_steps_down_and_stands_again(address):
    events = []
    leader = Leader(
        address, gained=lambda _: events.append("gained"), lost=lambda: events.append("lost"), interval=0.05
    )
    leader.start()
    wait_until("it leads", lambda: leader.leading)
    with psycopg.connect(address.replace("user=accredit", "user=postgres"), autocommit=True) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted "
            "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
    wait_until("it leads again", lambda: len(events) == 3)
    leader.stop()
    assert events == ["gained", "lost", "gained", "lost"]


def test_who_leads_hears_at_once_of_a_message_once_it_is_committed(address, timetable, connection, begin):
    """Long intervals: nothing but the notification, or being asked to stop, ends the leader's wait."""
    waiting = "SELECT 1 FROM procrastinate_jobs WHERE task_name = 'send_outbox'"
    leader = Leader(
        address, gained=timetable.gained, lost=timetable.lost, heard=timetable.heard, interval=3600
    )
    leader.start()
    try:
        wait_until("it leads", lambda: connection.execute(waiting).fetchall())
        connection.execute("DELETE FROM procrastinate_jobs")
        with begin(SYSTEM, NOW.isoformat()) as w:
            party_id = make_party(w.session).id
            notify(w, "account.verified", key="k", party_id=party_id, values={})
            w.session.flush()
            assert connection.execute(waiting).fetchall() == []
        wait_until("a run is in the queue", lambda: connection.execute(waiting).fetchall())
    finally:
        leader.stop()


def test_the_environment_configures_a_worker(tmp_path):
    assert from_environment(tmp_path, {}) == WorkerConfig(tmp_path)
    given = from_environment(
        tmp_path, {"ACCREDIT_WORKER_CONCURRENCY": "4", "ACCREDIT_WORKER_METRICS": "[::1]:9464"}
    )
    assert (given.concurrency, given.metrics) == (4, ("::1", 9464))
    assert from_environment(tmp_path, {"ACCREDIT_WORKER_METRICS": ":9464"}).metrics == ("127.0.0.1", 9464)


@pytest.mark.parametrize(
    "environment",
    [
        {"ACCREDIT_WORKER_CONCURRENCY": "0"},
        {"ACCREDIT_WORKER_CONCURRENCY": "many"},
        {"ACCREDIT_WORKER_METRICS": "127.0.0.1"},
        {"ACCREDIT_WORKER_METRICS": "127.0.0.1:99999"},
    ],
)
def test_a_bad_setting_is_named(tmp_path, environment):
    (name,) = environment
    with pytest.raises(ValueError, match=name):
        from_environment(tmp_path, environment)


def test_a_year_of_mornings_is_due_once_each():
    days = {DAILY[0].due_on(NOW + timedelta(days=number)) for number in range(365)}
    assert len(days) == 365
