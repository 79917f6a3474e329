"""Runs of the daily check: once or daily, stopped anywhere, twice, with the brake, dry and full."""

import subprocess
import sys
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, update
from sqlalchemy.orm import Session

from core.domain.clock import SHANGHAI, moment
from core.services.base.work import SYSTEM, work
from core.services.daily_check.run import run_checks
from core.services.endings.exits import told
from core.services.supervision.living_through import check_now
from core.storage.engine import session_factory
from core.storage.models import (
    Accreditation,
    AuditEvent,
    Ban,
    ExitCase,
    JobRun,
    OutboxMessage,
    Rectification,
    RegisterEvent,
    SettingOverride,
)
from core.storage.models.operations import JobState, MessageState, SettingKind
from tests.lives import event, service
from tests.planting import plant

pytestmark = pytest.mark.usefixtures("holidays")

START = date(2022, 3, 21)
END = START + timedelta(days=400)


def population() -> list[dict[str, Any]]:
    """Accreditations of every programme that do well, fall silent, fall short, break rules, end."""
    lives: list[dict[str, Any]] = []
    for program, track in (
        ("jilin", "provider"),
        ("jilin", "expert"),
        ("liaocheng", "specialized"),
        ("hubei", "comprehensive"),
        ("shanghai", "specialized"),
        ("miit_volunteer", "workstation"),
        ("miit_volunteer", "expert"),
    ):
        for number, offset in enumerate((0, 40, 200, 700)):
            start = START - timedelta(days=offset)
            events = [
                service(
                    (start + timedelta(days=day)).isoformat(), 8 * number, 10 * number, authority=number > 1
                )
                for day in range(5, 1000, 45)
            ]
            if number == 1:
                events += [
                    service((START + timedelta(days=day)).isoformat(), satisfaction=60, fee=9)
                    for day in (20, 60, 90)
                ]
            if number == 2:
                found = START + timedelta(days=30)
                events.append(event("finding", found.isoformat(), kind="violation"))
                events.append(event("annual_report", (START + timedelta(days=100)).isoformat(), year=2022))
            lives.append(
                {
                    "program": program,
                    "track": track,
                    "accredited_on": start.isoformat(),
                    "check_until": END.isoformat(),
                    "events": events,
                }
            )
    return lives


def fill(engine: Engine) -> None:
    with session_factory(engine)() as session, work(session, SYSTEM, moment("2022-03-20T12:00")):
        for life in population():
            plant(session, life)


def end_state(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that a check brings about, without row ids and moments."""
    held, happened, case, order = Accreditation, RegisterEvent, ExitCase, Rectification
    number = select(held.number).where(held.id == happened.accreditation_id).scalar_subquery()
    with session_factory(engine)() as session:
        return {
            "accreditations": rows(
                session,
                held.sequence,
                held.state,
                held.ended_on,
                held.ended_clause,
                held.valid_through,
                held.next_due_on,
                held.extension_needs_decision,
            ),
            "events": rows(
                session, number, happened.kind, happened.happened_on, happened.clause, happened.period
            ),
            "exits": rows(
                session,
                select(held.sequence).where(held.id == case.accreditation_id).scalar_subquery(),
                case.clause,
                case.state,
                case.proposed_on,
                case.decided_on,
            ),
            "orders": rows(session, order.clause, order.ordered_on, order.state),
            "messages": rows(session, OutboxMessage.key),
        }


def rows(session: Session, *columns: Any) -> list[tuple[Any, ...]]:
    return sorted((tuple(row) for row in session.execute(select(*columns))), key=str)


def sequence_free(
    state: dict[str, list[tuple[Any, ...]]], engine: Engine
) -> dict[str, list[tuple[Any, ...]]]:
    """The state of one database, comparable with another's: numbers counted from the first."""
    with session_factory(engine)() as session:
        first = session.scalar(select(func.min(Accreditation.sequence)))
    assert first is not None
    shifted = dict(state)
    for name in ("accreditations", "exits"):
        shifted[name] = sorted(((row[0] - first, *row[1:]) for row in state[name]), key=str)
    shifted["events"] = sorted((int(str(row[0])[-6:]) - first, *map(str, row[1:])) for row in state["events"])
    shifted["messages"] = [(len(state["messages"]),)]
    return shifted


def deliver(engine: Engine, day: date) -> None:
    """Every letter about an exit arrives on the day."""
    with (
        session_factory(engine)() as session,
        work(session, SYSTEM, datetime.combine(day, time(9), SHANGHAI)) as w,
    ):
        for case in session.scalars(select(ExitCase.id).where(ExitCase.told_on.is_(None))):
            told(w, case, day)


def comparable(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    return sequence_free(end_state(engine), engine)


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


KILLER = """
import os, signal, sys
from datetime import date
from sqlalchemy import event
from core.services.daily_check.run import run_checks
from core.storage.engine import make_engine, session_factory

def run_until_killed(left):
    engine = make_engine(sys.argv[1])

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


def short_experts(engine: Engine, number: int) -> None:
    """Experts of MIIT who never served, each told of the proposed exit."""
    life = {
        "program": "miit_volunteer",
        "track": "expert",
        "accredited_on": "2022-03-21",
        "check_until": "2023-04-30",
        "events": [],
    }
    with session_factory(engine)() as session, work(session, SYSTEM, moment("2022-03-20T12:00")):
        for _ in range(number):
            plant(session, life)
    run_checks(session_factory(engine), date(2023, 3, 22))
    deliver(engine, date(2023, 3, 22))


def set_operation(engine: Engine, name: str, value: str) -> None:
    with session_factory(engine)() as session, work(session, SYSTEM, moment("2023-03-22T12:00")):
        session.add(
            SettingOverride(
                program="",
                kind=SettingKind.OPERATION,
                name=name,
                value=value,
                effective_on=date(2020, 1, 1),
                reason="测试",
            )
        )


def states(engine: Engine) -> set[str]:
    with session_factory(engine)() as session:
        return {str(state) for state in session.scalars(select(Accreditation.state))}


@pytest.mark.parametrize(("number", "held"), [(4, False), (5, False), (6, True)])
def test_the_brake_holds_more_than_five(engine: Engine, number: int, *, held: bool) -> None:
    short_experts(engine, number)
    # Working days after 2023-03-22: 23, 24, 27, 28, 29; it takes effect on the 30th.
    assert run_checks(session_factory(engine), date(2023, 3, 29)).to_json()["counts"] == {}
    report = run_checks(session_factory(engine), date(2023, 3, 30))
    assert report.held == ({"miit_volunteer": number} if held else {})
    assert states(engine) == ({"active"} if held else {"revoked"})
    assert run_checks(session_factory(engine), date(2023, 3, 31)).held == {}


@pytest.mark.parametrize(("percent", "held"), [("99.9", True), ("100", False)])
def test_the_brake_looks_at_the_share_too(engine: Engine, percent: str, *, held: bool) -> None:
    set_operation(engine, "brake_percent", percent)
    short_experts(engine, 6)
    assert bool(run_checks(session_factory(engine), date(2023, 3, 30)).held) is held
    assert states(engine) == ({"active"} if held else {"revoked"})


def test_nothing_takes_effect_before_the_party_was_told(engine: Engine) -> None:
    life = {
        "program": "miit_volunteer",
        "track": "expert",
        "accredited_on": "2022-03-21",
        "check_until": "2023-04-30",
        "events": [],
    }
    with session_factory(engine)() as session, work(session, SYSTEM, moment("2022-03-20T12:00")):
        plant(session, life)
    run_checks(session_factory(engine), date(2023, 6, 30))
    assert states(engine) == {"active"}
    deliver(engine, date(2023, 6, 30))
    run_checks(session_factory(engine), date(2023, 7, 7))
    assert states(engine) == {"active"}
    run_checks(session_factory(engine), date(2023, 7, 8))
    assert states(engine) == {"revoked"}
    with session_factory(engine)() as session:
        assert session.scalar(select(func.count()).select_from(Ban)) == 0
        event_kinds = [
            str(kind) for kind in session.scalars(select(RegisterEvent.kind).order_by(RegisterEvent.id))
        ]
        assert event_kinds == ["warning", "reminder", "exit_proposed", "revoked"]


def test_a_warning_that_could_not_be_delivered_leads_to_no_automatic_exit(engine: Engine) -> None:
    life = {
        "program": "miit_volunteer",
        "track": "expert",
        "accredited_on": "2022-03-21",
        "check_until": "2023-04-30",
        "events": [],
    }
    with session_factory(engine)() as session, work(session, SYSTEM, moment("2022-03-20T12:00")):
        plant(session, life)
    run_checks(session_factory(engine), date(2022, 9, 22))
    with session_factory(engine)() as session:
        session.execute(
            update(OutboxMessage).where(OutboxMessage.event == "warning").values(state=MessageState.FAILED)
        )
        session.commit()
    run_checks(session_factory(engine), date(2023, 3, 22))
    with session_factory(engine)() as session:
        assert session.scalars(select(ExitCase.mode)).one() == "confirm"


def test_an_empty_register_is_checked_in_no_time(engine: Engine) -> None:
    report = run_checks(session_factory(engine), END)
    assert report.to_json()["counts"] == {}
    with session_factory(engine)() as session:
        run = session.scalars(select(JobRun)).one()
        assert (run.state, run.as_of) == (JobState.DONE, END)


def test_an_event_of_the_day_does_not_slip_past_the_brake(engine: Engine) -> None:
    """Only the daily check, which looks at all of them together, lets a revocation take effect by itself."""
    short_experts(engine, 6)
    with session_factory(engine)() as session, work(session, SYSTEM, moment("2023-03-30T00:05")) as w:
        for number in session.scalars(select(Accreditation.id)).all():
            check_now(w, number)
    assert states(engine) == {"active"}
    assert run_checks(session_factory(engine), date(2023, 3, 30)).held == {"miit_volunteer": 6}
