"""Last days on days off in the register: what is told, what is late, and what goes on with a table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, delete, extract, select

from core.domain.roles import Role
from core.services.base.work import SYSTEM, Work
from core.services.daily_check.run import run_checks
from core.services.duties.owed import owed
from core.services.duties.rectifications import answer, order
from core.services.settings.holidays import enter_year, load_year, set_day, take_up_supplied
from core.services.supervision.status import find
from core.services.todo.waiting import waiting_for
from core.storage.engine import session_factory
from core.storage.models import Accreditation, HolidayDay, OutboxMessage, Rectification
from core.storage.verify.derived import orders
from tests.conftest import Begin, MakeActor
from tests.services.factory import Held, accredit, events, load
from tests.services.members import member_of, only

NAMED = date(2024, 10, 1)
"""The last day of the order: through the seventh is off, the eighth is worked."""
PROPOSED = ("exit_proposed", "18(1)")


@pytest.fixture
def ordered(engine: Engine, begin: Begin, make_actor: MakeActor) -> Held:
    held = accredit(engine, "hubei/specialized", "2023-06-01", next_due_on=date(2024, 9, 2))
    with begin(make_actor(Role.OFFICER, "hubei"), "2024-09-02T09:00", "order") as w:
        order(w, held.id, "18(1)", NAMED, "三场活动满意度低于80%")
    return held


def proposed(engine: Engine, held: Held) -> list[str]:
    return [on for on, *what in events(engine, held) if tuple(what) == PROPOSED]


def check(engine: Engine, *days: str) -> None:
    for day in days:
        run_checks(session_factory(engine), date.fromisoformat(day))


def without(engine: Engine, year: int) -> None:
    with engine.begin() as connection:
        connection.execute(delete(HolidayDay).where(extract("year", HolidayDay.on) == year))


def test_the_check_waits_for_the_day_that_it_moves_to(engine: Engine, ordered: Held) -> None:
    check(engine, "2024-10-02", "2024-10-08")
    assert proposed(engine, ordered) == []
    check(engine, "2024-10-09")
    assert proposed(engine, ordered) == ["2024-10-09"]


def test_a_check_that_catches_up_ends_the_same(engine: Engine, ordered: Held) -> None:
    check(engine, "2024-11-11")
    assert proposed(engine, ordered) == ["2024-10-09"]


@pytest.mark.parametrize(
    ("on", "in_time"), [("2024-10-07", True), ("2024-10-08", True), ("2024-10-09", False)]
)
def test_an_answer_within_the_days_it_moves_over_is_in_time(
    engine: Engine, begin: Begin, make_actor: MakeActor, ordered: Held, on: str, *, in_time: bool
) -> None:
    member, number = member_of(make_actor, ordered), only(engine, Rectification, ordered).id
    if in_time:
        with begin(member, f"{on}T23:59") as w:
            answer(w, number, "已整改")
    check(engine, "2024-10-20")
    assert bool(proposed(engine, ordered)) is not in_time


def test_the_party_is_told_both_days_and_the_clause(
    engine: Engine, begin: Begin, make_actor: MakeActor, ordered: Held
) -> None:
    with session_factory(engine)() as session:
        body = session.scalars(
            select(OutboxMessage.body).where(OutboxMessage.event == "rectification.ordered")
        ).all()[-1]
    assert "2024年10月1日，为休息日，顺延至2024年10月8日（《民法典》第二百零三条）" in body
    with begin(member_of(make_actor, ordered), "2024-10-05T09:00") as w:
        (item,) = [each for each in owed(w, [find(w, ordered.id)]) if each.kind == "order"]
        assert item.until == NAMED


@pytest.mark.parametrize(("on", "late"), [("2024-10-02", 0), ("2024-10-08", 0), ("2024-10-09", 1)])
def test_officers_see_it_as_late_once_the_moved_day_is_over(
    begin: Begin, make_actor: MakeActor, ordered: Held, on: str, late: int
) -> None:
    with begin(make_actor(Role.OFFICER, "hubei"), f"{on}T09:00") as w:
        assert sum(item.number for item in waiting_for(w) if item.kind == "orders_late") == late
    assert ordered.id


TABLE = [
    {"day": date(2024, month, day), "working": False, "name_zh": "假", "name_en": "off"}
    for month, first in ((2, 1), (10, 1))
    for day in range(first, first + 12)
]


@pytest.mark.parametrize(
    "load_it",
    [lambda w: load_year(w, 2024), lambda w: enter_year(w, 2024, TABLE), take_up_supplied],
)
def test_without_a_table_nothing_follows_until_it_comes(
    engine: Engine, begin: Begin, make_actor: MakeActor, ordered: Held, load_it: Callable[[Work], Any]
) -> None:
    without(engine, 2024)
    check(engine, "2024-10-09", "2024-10-30")
    assert proposed(engine, ordered) == []
    system = load_it is take_up_supplied
    with begin(SYSTEM if system else make_actor(Role.SYSADMIN), "2024-11-05T09:00", "holiday.load") as w:
        load_it(w)
    assert load(engine, Accreditation, ordered.id).next_due_on == date(2024, 11, 5)
    check(engine, "2024-11-20")
    assert proposed(engine, ordered) == ["2024-11-05"]
    with begin(make_actor(Role.SYSADMIN), "2024-11-21T09:00", "holiday.set") as w:
        # A table that is replaced or mended is known since it first came.
        load_year(w, 2024, replace=True)
        set_day(w, date(2024, 11, 22), working=False)
        assert w.calendar.known_on[2024] == date(2024, 11, 5)
        assert w.session.get_one(HolidayDay, date(2024, 11, 22)).known_on == date(2024, 11, 5)


def test_a_table_that_was_there_from_the_beginning_is_known_for_ever(
    begin: Begin, make_actor: MakeActor
) -> None:
    with begin(make_actor(Role.SYSADMIN), "2024-11-21T09:00", "holiday.load") as w:
        load_year(w, 2024, replace=True)
        assert w.calendar.known_on == {}


@pytest.mark.parametrize(
    ("due", "today", "wrong"),
    [
        (date(2024, 10, 9), date(2024, 10, 9), False),
        (date(2024, 10, 10), date(2024, 10, 9), True),
        (date(2024, 10, 10), date(2024, 10, 10), False),  # looked at already
    ],
)
def test_verify_finds_an_order_that_nobody_will_look_at(
    engine: Engine, ordered: Held, due: date, today: date, *, wrong: bool
) -> None:
    with session_factory(engine)() as session, session.begin():
        session.get_one(Accreditation, ordered.id).next_due_on = due
    with session_factory(engine)() as session:
        assert [fault.check for fault in orders(session, today)] == ["order.due"] * wrong


def test_verify_leaves_what_is_answered_or_cannot_be_told(engine: Engine, ordered: Held) -> None:
    number = only(engine, Rectification, ordered).id
    with session_factory(engine)() as session, session.begin():
        session.get_one(Accreditation, ordered.id).next_due_on = date(2025, 1, 1)
        session.get_one(Rectification, number).answered_on = date(2024, 10, 8)
    with session_factory(engine)() as session, session.begin():
        assert list(orders(session, date(2024, 10, 1))) == []
        session.get_one(Rectification, number).answered_on = None
        session.flush()
        assert [fault.check for fault in orders(session, date(2024, 10, 1))] == ["order.due"]
    without(engine, 2024)
    with session_factory(engine)() as session:
        assert list(orders(session, date(2024, 10, 1))) == []
