"""A status that is void by a correction: what it had followed stands again, what rested on it falls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Refused
from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.rules.periods import DAY
from core.services.base.work import SYSTEM
from core.services.calls.bans import why_banned
from core.services.daily_check.run import run_checks
from core.services.deciding import correcting
from core.services.duties import rectifications
from core.services.endings import exits
from core.services.granting import starting
from core.services.papers.certificates import certificate
from core.services.public.bodies import body_page, verify
from core.services.public.state import PublicState
from core.storage.engine import session_factory
from core.storage.models import Accreditation, Ban, ExitCase, Finding, Rectification, ServiceRecord
from core.storage.verify import by_rules
from tests.services.deciding.test_correcting import REASON, last_message, second
from tests.services.factory import Held, events, load, serve
from tests.services.journey import Case, Town

FIRST = date(2022, 5, 16)
AGAIN = date(2025, 3, 17)
"""Within the calendar year in which the term ends."""


@dataclass
class Followed:
    """A body of Hubei that applied again in its last year."""

    first: Case
    again: Case
    old: Held
    new: Held


def held(town: Town, case: Case) -> Held:
    with session_factory(town.engine)() as session:
        query = select(Accreditation).where(Accreditation.application_id == case.application_id)
        row = session.scalars(query.order_by(Accreditation.id.desc())).first()
        assert row is not None
        return Held(row.id, row.party_id, row.program, row.region, row.number)


@pytest.fixture
def followed(town: Town) -> Followed:
    return follow(town, town.start("hubei/specialized", day=FIRST).accredited())


def follow(town: Town, first: Case) -> Followed:
    call_id = town.call("hubei/specialized", AGAIN)
    with town.begin(first.applicant, f"{AGAIN}T09:00") as w:
        number = starting.start(w, "hubei", "specialized", first.party_id, call_id)
    again = Case(town, "hubei", "specialized", number, first.party_id, first.applicant, AGAIN)
    again.accredited()
    return Followed(first, again, held(town, first), held(town, again))


def status(town: Town, item: Held) -> Accreditation:
    return load(town.engine, Accreditation, item.id)


def broken(town: Town, today: date) -> set[str]:
    return broken_rows(town.engine, today)


def broken_rows(engine: Engine, today: date) -> set[str]:
    """The invariants that the rows of a register break on a day."""
    with session_factory(engine)() as session:
        return {fault.check for fault in by_rules(session, today, catalogue())}


def check(town: Town, day: date) -> None:
    run_checks(session_factory(town.engine), day)


def test_what_the_void_one_had_followed_stands_again_for_its_days(town: Town, followed: Followed) -> None:
    old, new, again = followed.old, followed.new, followed.again
    began = status(town, new).started_on
    assert status(town, old).ended_on == began
    serve(town.engine, new, str(began))
    serve(town.engine, new, str(began + 3 * DAY))
    with second(town, again) as w:
        correcting.correct_approval(w, again.application_id, REASON)
        today = w.today
    stands = status(town, old)
    assert (stands.state, stands.ended_on, stands.ended_clause) == ("active", None, "")
    assert stands.next_due_on is not None
    assert stands.next_due_on > today
    assert status(town, new).state == "annulled"
    # Its services count for the one that stands.
    with session_factory(town.engine)() as session:
        assert set(session.scalars(select(ServiceRecord.accreditation_id))) == {old.id}
    assert old.number in last_message(town)
    assert [kind for _, kind, _ in events(town.engine, old)] == ["accredited", "expired", "restored"]
    with town.begin(SYSTEM, again.on(31)) as w:
        told = verify(w, old.number)
        assert told is not None
        assert (told.entry.state, told.ended) == (PublicState.IN_FORCE, None)
        lines = body_page(w, followed.first.party_id).history[old.id]
        assert [line.kind for line in lines] == ["accredited", "expired", "restored"]
    with again.as_applicant(31) as w:
        assert certificate(w, old.id, language="zh", base_url="https://example.cn").content
    assert broken(town, today) == set()
    # Its term ends as it would have, once.
    check(town, stands.valid_through)
    assert status(town, old).state == "active"
    check(town, stands.valid_through + DAY)
    over = status(town, old)
    assert (over.state, over.ended_on) == ("expired", stands.valid_through + DAY)
    assert broken(town, over.valid_through + DAY) == set()


@pytest.mark.assurance
def test_decided_anew_it_follows_again_and_falls_again(town: Town, followed: Followed) -> None:
    old, again = followed.old, followed.again
    for round_ in range(2):
        with second(town, again) as w:
            correcting.correct_approval(w, again.application_id, REASON)
        assert status(town, old).state == "active"
        again.approve(30).publish(30)
        assert status(town, old).state == "active", "not before the notice is over"
        again.finish(60)
        newest = status(town, held(town, again))
        assert (newest.state, status(town, old).ended_on) == ("active", newest.started_on), round_
    assert broken(town, AGAIN + timedelta(days=60)) == set()


def test_one_whose_term_is_over_meanwhile_was_held_to_its_end(town: Town, followed: Followed) -> None:
    old, again = followed.old, followed.again
    through = status(town, old).valid_through
    officer = town.make_actor(Role.OFFICER, "hubei", "420000")
    with town.begin(officer, f"{through + DAY}T10:00") as w:
        correcting.correct_approval(w, again.application_id, REASON)
    over = status(town, old)
    assert (over.state, over.ended_on, over.ended_clause) == ("expired", through + DAY, "15")
    with town.begin(SYSTEM, f"{through + DAY}T11:00") as w:
        told = verify(w, old.number)
        assert told is not None
        assert told.ended is not None
        assert (told.entry.state, str(told.entry.ended_on)) == (PublicState.EXPIRED, str(through + DAY))
    assert broken(town, through + DAY) == set()


def test_on_the_last_day_of_its_term_it_stands(town: Town, followed: Followed) -> None:
    through = status(town, followed.old).valid_through
    officer = town.make_actor(Role.OFFICER, "hubei", "420000")
    with town.begin(officer, f"{through}T10:00") as w:
        correcting.correct_approval(w, followed.again.application_id, REASON)
    assert status(town, followed.old).state == "active"
    check(town, through + DAY)
    assert status(town, followed.old).state == "expired"
    assert broken(town, through + DAY) == set()


def orders(town: Town) -> list[Rectification]:
    with session_factory(town.engine)() as session:
        return list(session.scalars(select(Rectification)))


def test_its_open_orders_go_on_with_the_time_that_was_left(town: Town) -> None:
    first = town.start("hubei/specialized", day=FIRST).accredited()
    with town.begin(town.officer("hubei"), f"{AGAIN}T08:00") as w:
        rectifications.order(w, held(town, first).id, "18(1)", AGAIN + timedelta(days=60), "满意度偏低")
    followed = follow(town, first)
    old, again = followed.old, followed.again
    assert status(town, old).state == "expired"
    (order,) = orders(town)
    began = status(town, followed.new).started_on
    with second(town, again) as w:
        correcting.correct_approval(w, again.application_id, REASON)
        away = w.today - began
    assert status(town, old).state == "rectifying"
    assert orders(town)[0].deadline == order.deadline + away


def test_exits_of_a_void_status_fall_with_their_bans(town: Town) -> None:
    case = town.start("liaocheng/specialized").accredited()
    item = held(town, case)
    began = status(town, item).started_on
    one, two, three = (town.make_actor(Role.OFFICER, "liaocheng", "371500") for _ in range(3))
    with town.begin(one, f"{began}T09:00") as w:
        upheld = exits.propose(w, item.id, "20(1)", "处分决定")
        exits.told(w, upheld, w.today)
        still_open = exits.propose(w, item.id, "20(2)", "另一事项")
        exits.told(w, still_open, w.today)
    later = began + timedelta(days=14)
    for who in (one, two):
        with town.begin(who, f"{later}T09:00") as w:
            exits.confirm(w, upheld, "属实")
    with town.begin(three, f"{later}T12:00") as w:
        assert why_banned(w, case.party_id, "liaocheng", w.today) is not None
        correcting.correct_approval(w, case.application_id, REASON)
        assert why_banned(w, case.party_id, "liaocheng", w.today) is None
    assert status(town, item).state == "annulled"
    assert [load(town.engine, ExitCase, number).state for number in (upheld, still_open)] == [
        "overturned",
        "dismissed",
    ]
    with session_factory(town.engine)() as session:
        assert [ban.lifted_on for ban in session.scalars(select(Ban))] == [later]
    assert broken(town, later) == set()


def test_a_finding_on_a_service_goes_with_the_service(town: Town, followed: Followed) -> None:
    old, new = followed.old, followed.new
    began = status(town, new).started_on
    serve(town.engine, new, str(began))
    with session_factory(town.engine)() as session, session.begin():
        record = session.scalars(select(ServiceRecord)).one()
        given: dict[str, Any] = {"kind": "paid_service", "clause": "18", "reason": "收费", "opened_on": began}
        session.add(Finding(accreditation_id=new.id, service_record_id=record.id, **given))
    with second(town, followed.again) as w:
        correcting.correct_approval(w, followed.again.application_id, REASON)
    with session_factory(town.engine)() as session:
        assert session.scalars(select(Finding.accreditation_id)).one() == old.id


def test_a_status_that_followed_none_gives_nothing_back(town: Town, unchanged: Any) -> None:
    case = town.start("hubei/specialized", day=FIRST).accredited()
    with second(town, case) as w:
        correcting.correct_approval(w, case.application_id, REASON)
    assert "恢复有效" not in last_message(town)
    with unchanged(Refused), second(town, case) as w:
        correcting.correct_approval(w, case.application_id, REASON)
