"""The figures of the running of the register, by rows that are put there."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core.domain.clock import moment
from core.domain.supervision.standing import EventKind
from core.rules.obligations import Mode
from core.services.base.queue import LEAD
from core.services.statistics.operating import BACKUP, figures
from core.services.trail.anchoring import Outlets, anchor_now
from core.storage.engine import session_factory
from core.storage.models import ExitCase, Guess, JobRun, OutboxMessage, RegisterEvent
from core.storage.models.accounts import GuessKind
from core.storage.models.exits import ExitState
from core.storage.models.operations import JobState, MessageState
from tests.services.factory import accredit
from tests.storage.trail.trails import add

NOW = moment("2026-05-10T12:00")


@pytest.fixture
def read(session: Session, tmp_path: Path) -> Any:
    """The values of a figure, read anew; a plain one where it has no labels."""

    def value(name: str, now: datetime = NOW) -> Any:
        session.rollback()
        (found,) = [it for it in figures(session, now, tmp_path / "anchors.jsonl") if it.name == name]
        return found.values if found.labels else found.values.get(())

    return value


def message(
    session: Session, number: int, state: MessageState, at: datetime, event: str = "withdrawn"
) -> None:
    session.add(
        OutboxMessage(
            key=str(number), event=event, channel="email", recipient="a@example.cn",
            subject="-", body="-", state=state, created_at=at,
        )
    )  # fmt: skip
    session.commit()


def test_an_empty_register_has_figures(session: Session, tmp_path: Path) -> None:
    found = {it.name: it.values for it in figures(session, NOW, tmp_path / "none")}
    empty = {name for name, values in found.items() if not values}
    assert empty == {
        "accredit_queue_jobs",
        "accredit_supervision_events",
        "accredit_exit_cases_open",
        "accredit_backup_timestamp_seconds",
        "accredit_trail_anchor_timestamp_seconds",
    }
    assert {value for values in found.values() for value in values.values()} == {0}
    assert not [name for name in found if "check" in name], "no check was made yet"


def test_messages_that_wait(session: Session, read: Any) -> None:
    message(session, 1, MessageState.PENDING, NOW - timedelta(seconds=90))
    message(session, 2, MessageState.PENDING, NOW - timedelta(seconds=30))
    message(session, 3, MessageState.HELD, NOW - timedelta(days=3))
    message(session, 4, MessageState.FAILED, NOW, event="exit.proposed")
    message(session, 5, MessageState.FAILED, NOW)
    message(session, 6, MessageState.SENT, NOW - timedelta(days=9))
    assert read("accredit_messages") == {("pending",): 2, ("failed",): 2, ("held",): 1}
    assert read("accredit_messages_oldest_seconds") == 90
    assert read("accredit_periods_not_begun") == 1


def test_jobs_in_the_queue_and_who_keeps_the_timetable(session: Session, engine: Engine, read: Any) -> None:
    row = "INSERT INTO procrastinate_jobs (queue_name, task_name, status) VALUES ('default', :task, :status)"
    for task, status in (("seal", "todo"), ("seal", "todo"), ("verify", "failed"), ("seal", "succeeded")):
        session.execute(text(row), {"task": task, "status": status})
    session.commit()
    assert read("accredit_queue_jobs") == {("default", "seal", "todo"): 2, ("default", "verify", "failed"): 1}
    assert (read("accredit_worker_leads"), read("accredit_worker_runs")) == (0, 0)
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": LEAD})
        assert read("accredit_worker_leads") == 1
        connection.detach()
    session.execute(text("INSERT INTO procrastinate_workers DEFAULT VALUES"))
    session.commit()
    assert read("accredit_worker_runs") == 1


def check(session: Session, as_of: date, state: JobState, counts: dict[str, Any], seconds: int = 40) -> None:
    began = moment("2026-05-10T00:10")
    ended = began + timedelta(seconds=seconds)
    session.add(
        JobRun(
            job="daily_check", as_of=as_of, started_at=began, finished_at=ended, state=state, counts=counts
        )
    )
    session.commit()


@pytest.mark.parametrize(("day", "behind"), [("2026-05-11", 0), ("2026-05-10", 0), ("2026-05-09", 1)])
def test_the_last_check_that_was_done_whole(session: Session, read: Any, day: str, behind: int) -> None:
    check(session, date.fromisoformat(day), JobState.DONE, {})
    check(session, date(2026, 5, 12), JobState.FAILED, {})
    check(session, date(2026, 5, 12), JobState.DONE, {"program": "hubei"})
    assert read("accredit_check_days_behind") == behind
    assert read("accredit_check_seconds") == 40
    assert read("accredit_check_timestamp_seconds") == moment("2026-05-10T00:10").timestamp() + 40


def test_the_last_whole_backup(session: Session, read: Any) -> None:
    made = moment("2026-05-09T01:15")
    for later, state in ((0, JobState.DONE), (1, JobState.FAILED)):
        at = made + timedelta(days=later)
        session.add(JobRun(job=BACKUP, as_of=at.date(), started_at=at, finished_at=at, state=state))
    session.commit()
    assert read("accredit_backup_timestamp_seconds") == made.timestamp()


def test_what_supervision_has_done_and_must_decide(engine: Engine, session: Session, read: Any) -> None:
    held = accredit(engine, "hubei/comprehensive", "2025-12-01", functions=["information", "legal"])
    for kind, day in (
        (EventKind.WARNING, "2026-05-10"),
        (EventKind.WARNING, "2026-05-09"),
        (EventKind.WARNING, "2026-05-08"),
        (EventKind.EXIT_PROPOSED, "2026-05-10"),
        (EventKind.REMINDER, "2026-05-10"),
    ):
        session.add(
            RegisterEvent(
                accreditation_id=held.id, kind=kind, happened_on=date.fromisoformat(day),
                clause="1", period=day, title_zh="-", title_en="-",
            )
        )  # fmt: skip
    for clause, state in (("1", ExitState.PROPOSED), ("2", ExitState.DISMISSED)):
        session.add(
            ExitCase(
                accreditation_id=held.id, clause=clause, title_zh="-", title_en="-", mode=next(iter(Mode)),
                period="-", proposed_on=date(2026, 5, 10), state=state,
            )
        )  # fmt: skip
    session.commit()
    assert read("accredit_supervision_events") == {("hubei", "warning"): 2, ("hubei", "exit_proposed"): 1}
    assert read("accredit_exit_cases_open") == {("hubei", "proposed"): 1}


def test_how_far_sealing_and_anchoring_lag(engine: Engine, read: Any, tmp_path: Path) -> None:
    add(engine, 1)
    add(engine, 2)
    assert read("accredit_trail_unsealed") == 2
    assert 0 <= read("accredit_trail_sealing_lag_seconds") < 3600
    anchor_now(session_factory(engine), tmp_path, Outlets(tmp_path / "anchors.jsonl"), NOW)
    assert (read("accredit_trail_unsealed"), read("accredit_trail_sealing_lag_seconds")) == (0, 0)
    assert read("accredit_trail_unanchored_links") == 0
    assert read("accredit_trail_anchor_timestamp_seconds") == NOW.timestamp()
    (tmp_path / "anchors.jsonl").unlink()
    assert read("accredit_trail_unanchored_links") == 2


@pytest.mark.parametrize(("seconds", "locked"), [(-1, 0), (0, 0), (1, 1)])
def test_accounts_that_are_locked_now(session: Session, read: Any, seconds: int, locked: int) -> None:
    until = NOW + timedelta(seconds=seconds)
    held = {"kind": GuessKind.PASSWORD, "failures": 5, "last_at": NOW, "locked_until": until}
    session.add(Guess(user_id=1, address="192.0.2.1", **held))
    session.add(Guess(user_id=1, address="192.0.2.2", **held))
    session.commit()
    assert read("accredit_accounts_locked") == locked
