"""Nobody inspects a party that they act for: when an inspection is planned, and when it is handed over."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Invalid, Refused
from core.domain.roles import Role
from core.services.base.work import Actor
from core.services.duties import inspection_plans, inspections
from core.services.mergers import merging
from core.storage.engine import session_factory
from core.storage.models import Grant, Inspection, Membership, User
from tests.services.factory import Held, accredit, make_party

AT, DAY = "2024-06-03T10:00", date(2024, 7, 1)


@pytest.fixture
def held(engine: Engine) -> Held:
    return accredit(engine, "liaocheng/comprehensive", "2024-03-20")


@pytest.fixture
def planner(make_actor: Any) -> Actor:
    return make_actor(Role.RECOMMENDER, "liaocheng", "371502")


def joins(engine: Engine, actor: Actor, party_id: int) -> None:
    with session_factory(engine)() as session, session.begin():
        session.add(Membership(party_id=party_id, user_id=actor.user_id))


@pytest.mark.parametrize("how", ["member", "body", "member of a merged registration"])
def test_who_has_a_part_in_the_party_is_planned_for_no_inspection_of_it(
    engine: Engine, begin: Any, make_actor: Any, held: Held, planner: Actor, how: str
) -> None:
    party = held.party_id
    if how == "member of a merged registration":
        party = make_party(engine, region="371502")
        with begin(make_actor(Role.LEAD), AT) as w:
            merging.merge(w, held.party_id, party, "两次登记")
    near = make_actor(Role.RECOMMENDER, "liaocheng", "371502", [party] if how == "body" else [])
    if how != "body":
        joins(engine, near, party)
    free = accredit(engine, "liaocheng/comprehensive", "2024-03-20")

    def plan_both(w: Any) -> None:
        for each in (free, held):
            inspections.plan(w, each.id, DAY, inspector_id=near.user_id)

    # Of several at once the error names the one that it is about, and none is planned.
    with pytest.raises(Invalid) as caught, begin(planner, AT) as w:
        plan_both(w)
    said = caught.value.errors["inspector"].zh
    assert held.number in said
    assert "回避" in said
    with begin(planner, AT) as w:
        assert w.session.scalars(select(Inspection)).all() == []
        assert inspections.plan(w, held.id, DAY, inspector_id=planner.user_id)
        assert inspections.plan(w, free.id, DAY, inspector_id=near.user_id)


def test_what_somebody_left_is_not_handed_to_who_has_a_part_in_the_party(
    engine: Engine, begin: Any, make_actor: Any, held: Held, planner: Actor
) -> None:
    gone, near = (make_actor(Role.RECOMMENDER, "liaocheng", "371502") for _ in range(2))
    other = accredit(engine, "liaocheng/comprehensive", "2024-03-20")
    with begin(planner, AT) as w:
        for each in (held, other):
            inspections.plan(w, each.id, DAY, inspector_id=gone.user_id)
    joins(engine, near, held.party_id)
    with session_factory(engine)() as session, session.begin():
        session.get_one(User, gone.user_id).active = False
    with begin(planner, AT) as w:
        found = inspection_plans.hand_over(w, gone.user_id or 0, near.user_id or 0)
        assert [(row.number, row.why_not is None) for row in found] == [
            (held.number, False),
            (other.number, True),
        ]
        assert found[0].why_not is not None
        assert "回避" in found[0].why_not.zh


def test_who_inspects_nothing_there_is_refused_as_before(
    engine: Engine, begin: Any, make_actor: Any, held: Held, planner: Actor
) -> None:
    far = make_actor(Role.RECOMMENDER, "liaocheng", "371581")
    ended = make_actor(Role.RECOMMENDER, "liaocheng", "371502")
    closed = make_actor(Role.RECOMMENDER, "liaocheng", "371502")
    with session_factory(engine)() as session, session.begin():
        session.scalars(select(Grant).where(Grant.user_id == ended.user_id)).one().ends_on = date(2024, 6, 3)
        session.get_one(User, closed.user_id).active = False
    for who in (far, ended, closed):
        with pytest.raises(Invalid) as caught, begin(planner, AT) as w:
            inspections.plan(w, held.id, DAY, inspector_id=who.user_id)
        assert "不是该地区的检查人员" in caught.value.errors["inspector"].zh
    # Nobody records an inspection of their own party either.
    joins(engine, planner, held.party_id)
    own = Actor(planner.user_id, planner.name, planner.grants, frozenset({held.party_id}))
    with pytest.raises(Refused), begin(own, AT) as w:
        inspections.plan(w, held.id, DAY)
