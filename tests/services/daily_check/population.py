"""Accreditations that live through a year, and what a check brought about on them."""

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from core.domain.clock import SHANGHAI, moment
from core.services.base.work import SYSTEM, work
from core.services.endings.exits import told
from core.storage.engine import session_factory
from core.storage.models import (
    Accreditation,
    ExitCase,
    OutboxMessage,
    Rectification,
    RegisterEvent,
)
from tests.lives import event, service
from tests.planting import plant

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
            "messages": rows(session, OutboxMessage.key, OutboxMessage.event),
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
    # Of reminders that a later one has overtaken nobody is told, who was away; the events tell of all.
    shifted["messages"] = [(sum(not event.startswith("reminder.") for _, event in state["messages"]),)]
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
