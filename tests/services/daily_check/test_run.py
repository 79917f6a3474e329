"""Runs of the daily check: once or daily, stopped anywhere, twice, dry and full."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import ColumnElement, Engine, event, func, select

from benchmarks.check import SHORT
from benchmarks.filling import DAY, SHORT_IN, set_due
from benchmarks.filling import fill as bench
from core.domain.clock import moment
from core.services.base.work import SYSTEM, work
from core.services.daily_check.run import run_checks
from core.storage.engine import session_factory
from core.storage.models import (
    Accreditation,
    AuditEvent,
    JobRun,
    SettingOverride,
)
from core.storage.models.operations import JobState, SettingKind
from tests.services.daily_check.population import (
    END,
    START,
    comparable,
    deliver,
    end_state,
    fill,
)

pytestmark = pytest.mark.usefixtures("holidays")


@pytest.mark.slow
def test_daily_for_400_days_or_once_at_the_end(engine: Engine, second_engine: Engine) -> None:
    fill(engine)
    fill(second_engine)
    for days in range(401):
        run_checks(session_factory(engine), START + timedelta(days=days))
    run_checks(session_factory(second_engine), END)
    daily, once = comparable(engine), comparable(second_engine)
    assert daily == once
    assert {str(row[1]) for row in daily["accreditations"]} >= {"active", "expired"}
    # The letters go out; ten working days later both registers have revoked the same.
    for made in (engine, second_engine):
        deliver(made, END)
        run_checks(session_factory(made), END + timedelta(days=14))
    daily, once = comparable(engine), comparable(second_engine)
    assert daily == once
    assert any(str(row[1]) == "revoked" for row in daily["accreditations"])


def test_done_twice_changes_nothing(engine: Engine) -> None:
    fill(engine)
    run_checks(session_factory(engine), END)
    before = end_state(engine)
    again = run_checks(session_factory(engine), END)
    assert (again.tally.checked, again.tally.counts) == (0, {})
    assert end_state(engine) == before
    full = run_checks(session_factory(engine), END, full=True)
    assert full.tally.counts == {}
    assert end_state(engine) == before


REMINDERS = ("first_reminder", "second_reminder", "last_reminder", "duty_reminder", "report_reminder")


@pytest.mark.parametrize(
    ("after", "days"),
    [
        (0, (1, 2, 3, 4, 5)),
        (90, (200, 100, 50, 364, 364)),
        (91, (364, 0, 10, 0, 60)),
        (250, (30, 30, 120, 1, 0)),
    ],
)
def test_with_other_reminders_a_full_run_finds_nothing_that_the_queue_missed(
    engine: Engine, after: int, days: tuple[int, ...]
) -> None:
    """The settings come into force some days after the start, and are known of before."""
    fill(engine)
    with session_factory(engine)() as session, work(session, SYSTEM, moment("2022-03-20T12:00")) as w:
        for loaded, track in w.catalogue.tracks():
            numbers = loaded.rules[track.id, loaded.edition(START).id].parameters()
            for number in (item for item in numbers if item.operational):
                value = days[REMINDERS.index(number.id.rsplit(".", 1)[-1])]
                session.add(
                    SettingOverride(
                        program=loaded.program.id, track=track.id, kind=SettingKind.PARAMETER, name=number.id,
                        value=str(value), effective_on=START + timedelta(days=after), reason="测试",
                    )
                )  # fmt: skip
    for day in (0, 20, 89, 95, 260, 400):
        run_checks(session_factory(engine), START + timedelta(days=day))
    before = end_state(engine)
    assert "reminder" in {str(kind) for _, kind, *_ in before["events"]}
    full = run_checks(session_factory(engine), END, full=True)
    assert full.tally.counts == {}
    assert end_state(engine) == before


def test_a_dry_run_tells_everything_and_leaves_nothing(engine: Engine) -> None:
    fill(engine)
    with session_factory(engine)() as session:
        audited = session.scalar(select(func.count()).select_from(AuditEvent))
    before = end_state(engine)
    dry = run_checks(session_factory(engine), END, dry_run=True)
    assert end_state(engine) == before
    with session_factory(engine)() as session:
        assert session.scalar(select(func.count()).select_from(AuditEvent)) == audited
        assert session.scalar(select(func.count()).select_from(JobRun)) == 0
    real = run_checks(session_factory(engine), END)
    assert dry.to_json()["counts"] == real.to_json()["counts"]


def statements(engine: Engine, due: ColumnElement[bool]) -> tuple[int, int]:
    """What a check of those that meet the condition asks of the database, and how many exits it proposes."""
    set_due(engine, due)
    seen: list[str] = []

    def note(*given: Any) -> None:
        seen.append(given[2])

    event.listen(engine, "before_cursor_execute", note)
    report = run_checks(session_factory(engine), DAY)
    event.remove(engine, "before_cursor_execute", note)
    kinds = report.tally.counts.items()
    return len(seen), sum(number for kind, number in kinds if kind.endswith("exit_proposed"))


def test_what_an_exit_costs(engine: Engine) -> None:
    """Case, timeline, who is told, message, and its savepoint: the sender is woken once for all."""
    bench(engine, 6 * SHORT_IN, 8)
    first = Accreditation.id <= 2 * SHORT_IN
    (few, two), (more, four) = statements(engine, SHORT & first), statements(engine, SHORT & ~first)
    assert (two, four) == (2, 4)
    assert (more - few) / (four - two) == 6


KILLER = """
import os, signal, sys
from datetime import date
from pathlib import Path
from sqlalchemy import event
from core.services.daily_check.run import run_checks
from core.storage.engine import make_engine, session_factory
from core.storage.trail.keys import KeyFile

def run_until_killed(left):
    engine = make_engine(sys.argv[1], KeyFile.of(Path()))

    def count(*_arguments):
        nonlocal left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(engine, "before_cursor_execute", count)
    event.listen(engine, "commit", count)
    run_checks(session_factory(engine), date.fromisoformat(sys.argv[2]), batch=5)
    os._exit(0)

killed, left = 0, 3
while True:
    child = os.fork()
    if child == 0:
        run_until_killed(left)
    status = os.waitpid(child, 0)[1]
    if not os.WIFSIGNALED(status):
        break
    assert os.WTERMSIG(status) == signal.SIGKILL
    killed, left = killed + 1, left + 10
print(killed, os.waitstatus_to_exitcode(status))
"""


@pytest.mark.slow
def test_killed_anywhere_and_started_again_ends_the_same(engine: Engine, second_engine: Engine) -> None:
    """Killed before the n-th statement or commit, for ever larger n, until a run comes through."""
    fill(engine)
    run_checks(session_factory(engine), END)
    fill(second_engine)
    url = second_engine.url.render_as_string(hide_password=False)
    done = subprocess.run(
        [sys.executable, "-c", KILLER, url, END.isoformat()],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    killed, code = map(int, done.stdout.split())
    assert code == 0, done.stderr
    assert killed >= 20
    assert comparable(second_engine) == comparable(engine)
    with session_factory(second_engine)() as session:
        found = session.scalars(select(JobRun.state)).all()
        assert found.count(JobState.DONE) == 1
        assert set(found) == {JobState.DONE, JobState.STOPPED}


def test_an_empty_register_is_checked_in_no_time(engine: Engine) -> None:
    report = run_checks(session_factory(engine), END)
    assert report.to_json()["counts"] == {}
    with session_factory(engine)() as session:
        run = session.scalars(select(JobRun)).one()
        assert (run.state, run.as_of) == (JobState.DONE, END)
