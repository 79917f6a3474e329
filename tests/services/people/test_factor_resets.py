"""A lost second factor is taken away by two persons, and its owner is told."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.domain.clock import moment
from core.domain.errors import Conflict, Invalid, NotAllowed, Refused
from core.domain.roles import Role
from core.services.people import factor_resets, users
from core.services.todo.waiting import waiting_for
from core.storage.engine import session_factory
from core.storage.models import FactorReset, OutboxMessage, User

AT = "2026-03-09T09:00"
WHY = "手机遗失，已当面核对身份证"


@pytest.fixture
def owner(engine, make_actor):
    """A user with a second factor."""
    actor = make_actor(Role.OFFICER, "hubei")
    with session_factory(engine)() as session, session.begin():
        session.get_one(User, actor.user_id).tf_primary_method = "authenticator"
    return actor


def has_factor(engine, actor):
    with session_factory(engine)() as session:
        return session.get_one(User, actor.user_id).tf_primary_method is not None


def told(engine, actor):
    with session_factory(engine)() as session:
        query = select(OutboxMessage.event).where(OutboxMessage.user_id == actor.user_id)
        return [str(event) for event in session.scalars(query.order_by(OutboxMessage.id))]


def test_one_opens_another_confirms(engine, begin, owner, make_actor, unchanged):
    first, second = make_actor(Role.SYSADMIN), make_actor(Role.SYSADMIN)
    with unchanged(NotAllowed), begin(make_actor(Role.LEAD, "hubei"), AT) as w:
        factor_resets.open_reset(w, owner.user_id, WHY)
    for reason in ("", " ", "长" * 501):
        with unchanged(Invalid), begin(first, AT) as w:
            factor_resets.open_reset(w, owner.user_id, reason)
    with begin(first, AT) as w:
        factor_resets.open_reset(w, owner.user_id, WHY)
    with unchanged(Conflict, "待确认"), begin(second, AT) as w:
        factor_resets.open_reset(w, owner.user_id, WHY)
    with unchanged(Refused, "第二人确认"), begin(first, AT) as w:
        factor_resets.confirm(w, owner.user_id)
    assert has_factor(engine, owner)
    with begin(second, AT) as w:
        factor_resets.confirm(w, owner.user_id)
    assert not has_factor(engine, owner)
    assert told(engine, owner) == ["account.factor_reset_opened", "account.factor_reset"]
    with unchanged(Conflict, "没有待确认"), begin(second, AT) as w:
        factor_resets.confirm(w, owner.user_id)
    with unchanged(Refused, "没有设置双重验证"), begin(first, AT) as w:
        factor_resets.open_reset(w, owner.user_id, WHY)


def test_a_change_of_name_makes_no_second_person(engine, begin, owner, make_actor, unchanged):
    first = make_actor(Role.SYSADMIN)
    with begin(first, AT) as w:
        factor_resets.open_reset(w, owner.user_id, WHY)
    with session_factory(engine)() as session, session.begin():
        session.get_one(User, first.user_id).name = "另一个名字"
        renamed = users.actor_for(session, first.user_id, date(2024, 6, 3))
    with unchanged(Refused, "第二人确认"), begin(renamed, AT) as w:
        factor_resets.confirm(w, owner.user_id)
    with session_factory(engine)() as session:
        row = session.scalars(select(FactorReset)).one()
        row.confirmed, row.closed_by, row.closed_by_id, row.closed_at = True, "x", first.user_id, moment(AT)
        with pytest.raises(IntegrityError):
            session.flush()


def test_nobody_asks_for_themselves_and_the_owner_does_not_confirm(engine, begin, make_actor, unchanged):
    first, own = make_actor(Role.SYSADMIN), make_actor(Role.SYSADMIN)
    with session_factory(engine)() as session, session.begin():
        session.get_one(User, own.user_id).tf_primary_method = "authenticator"
    with unchanged(Refused, "自己的账号"), begin(own, AT) as w:
        factor_resets.open_reset(w, own.user_id, WHY)
    with begin(first, AT) as w:
        factor_resets.open_reset(w, own.user_id, WHY)
    with unchanged(Refused, "第二人确认"), begin(own, AT) as w:
        factor_resets.confirm(w, own.user_id)
    with begin(own, AT) as w:
        factor_resets.withdraw(w, own.user_id)
    assert has_factor(engine, own)


@pytest.mark.parametrize(("late", "void"), [(timedelta(days=7), False), (timedelta(days=7, minutes=1), True)])
def test_an_unconfirmed_one_is_void_after_seven_days(engine, begin, owner, make_actor, unchanged, late, void):
    first, second = make_actor(Role.SYSADMIN), make_actor(Role.SYSADMIN)
    with begin(first, AT) as w:
        factor_resets.open_reset(w, owner.user_id, WHY)
    then = f"{moment(AT) + late:%Y-%m-%dT%H:%M}"
    if not void:
        with begin(second, then) as w:
            factor_resets.confirm(w, owner.user_id)
    else:
        with unchanged(Conflict, "没有待确认"), begin(second, then) as w:
            factor_resets.confirm(w, owner.user_id)
        with begin(second, then) as w:
            factor_resets.open_reset(w, owner.user_id, WHY)
    assert has_factor(engine, owner) is void


def shown_to(begin, actor, at=AT):
    """How many resets the dashboard shows to the actor."""
    with begin(actor, at) as w:
        return [item.number for item in waiting_for(w) if item.kind == "factor_resets"]


def test_the_dashboard_tells_whoever_confirms(engine, begin, make_actor):
    first, second, owner = (make_actor(Role.SYSADMIN) for _ in range(3))
    with session_factory(engine)() as session, session.begin():
        session.get_one(User, owner.user_id).tf_primary_method = "authenticator"
    assert shown_to(begin, second) == []
    with begin(first, AT) as w:
        factor_resets.open_reset(w, owner.user_id, WHY)
    assert shown_to(begin, second) == [1]
    others = (first, owner, make_actor(Role.LEAD, "hubei"), make_actor(Role.AUDITOR))
    assert [shown_to(begin, actor) for actor in others] == [[], [], [], []]
    last = moment(AT) + timedelta(days=factor_resets.DAYS)
    assert shown_to(begin, second, last.isoformat()) == [1]
    assert shown_to(begin, second, (last + timedelta(seconds=1)).isoformat()) == []
    with begin(second, AT) as w:
        factor_resets.confirm(w, owner.user_id)
    assert shown_to(begin, second) == []
