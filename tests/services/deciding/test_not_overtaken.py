"""While a decision waits nothing overtakes it: neither the daily check nor a change of what it rests on."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import Engine, func, select

from core.domain.clock import moment
from core.domain.errors import Conflict
from core.domain.lifecycle.states import Action
from core.domain.roles import Role
from core.services.base.work import SYSTEM, Actor, work
from core.services.daily_check.run import run_checks
from core.services.deciding import pending
from core.services.endings.exits import release_held
from core.services.review import setting_aside
from core.storage.engine import session_factory
from core.storage.models import (
    Accreditation,
    ExitCase,
    OutboxMessage,
    PendingDecision,
    ReviewAssignment,
    User,
)
from core.storage.models.deciding import PendingAct
from core.storage.models.exits import ExitState
from tests.conftest import Begin, MakeActor
from tests.services.daily_check.test_brake import short_experts, states
from tests.services.deciding.test_pending import decided, issue
from tests.services.deciding.test_voiding import broken_rows
from tests.services.journey import Town

LATE, CHECK, AFTER = "2023-03-29T23:50", date(2023, 3, 30), date(2023, 3, 31)
"""The last evening of the time to object, and the days whose checks come after it."""


def dismissed(engine: Engine, begin: Begin, officer: Actor, at: str = LATE) -> tuple[int, int]:
    """The first exit case with its dismissal, which waits for half an hour."""
    with session_factory(engine)() as session:
        case_id = session.scalars(select(ExitCase.id).order_by(ExitCase.id)).first() or 0
    with begin(officer, at) as w:
        waits = pending.decide(w, PendingAct.DISMISS_EXIT, case_id, {"reason": "已补交材料"})
    assert waits is not None
    return case_id, waits


@pytest.fixture
def officer(make_actor: MakeActor) -> Actor:
    return make_actor(Role.OFFICER, "miit_volunteer")


def state_of(engine: Engine, case_id: int) -> ExitState:
    with session_factory(engine)() as session:
        return session.get_one(ExitCase, case_id).state


def test_the_check_of_midnight_leaves_a_dismissal_that_waits_alone(
    engine: Engine, begin: Begin, officer: Actor
) -> None:
    """Of six the brake would hold all: the one that is decided is not counted, nor held."""
    short_experts(engine, 6)
    case_id, _ = dismissed(engine, begin, officer)
    assert run_checks(session_factory(engine), CHECK).held == {}
    assert state_of(engine, case_id) is ExitState.PROPOSED
    assert "exit.due" not in broken_rows(engine, CHECK)
    assert pending.issue_due(session_factory(engine), moment("2023-03-30T00:20"))["issued"] == 1
    assert state_of(engine, case_id) is ExitState.DISMISSED
    run_checks(session_factory(engine), AFTER)
    with session_factory(engine)() as session:
        counted = select(Accreditation.state, func.count()).group_by(Accreditation.state)
        assert {str(state): number for state, number in session.execute(counted)} == {
            "active": 1,
            "revoked": 5,
        }


def test_what_was_recalled_or_fell_takes_effect_with_the_next_check(
    engine: Engine, begin: Begin, officer: Actor
) -> None:
    short_experts(engine, 1)
    _, waits = dismissed(engine, begin, officer)
    run_checks(session_factory(engine), CHECK)
    with begin(officer, "2023-03-30T00:15") as w:
        pending.recall(w, waits)
    assert "exit.due" not in broken_rows(engine, CHECK)
    dismissed(engine, begin, officer, "2023-03-30T23:50")
    run_checks(session_factory(engine), AFTER)
    assert states(engine) == {"active"}
    with session_factory(engine)() as session, session.begin():
        session.get_one(User, officer.user_id).active = False
    assert pending.issue_due(session_factory(engine), moment("2023-03-31T00:20"))["fallen"] == 1
    run_checks(session_factory(engine), date(2023, 4, 1))
    with session_factory(engine)() as session:
        ended = session.scalars(select(Accreditation.ended_on)).one()
    assert (states(engine), ended) == ({"revoked"}, date(2023, 4, 1)), "not for a day on which it was decided"


def test_a_case_that_the_brake_holds_is_not_released_past_a_decision(
    engine: Engine, begin: Begin, officer: Actor, make_actor: MakeActor
) -> None:
    short_experts(engine, 1)
    with session_factory(engine)() as session, session.begin():
        session.scalars(select(ExitCase)).one().state = ExitState.HELD
    case_id, waits = dismissed(engine, begin, officer, "2023-04-03T09:00")
    lead = make_actor(Role.LEAD, "miit_volunteer")
    with pytest.raises(Conflict, match="waits to be issued"), begin(lead, "2023-04-03T09:10") as w:
        release_held(w, [case_id])
    assert states(engine) == {"active"}
    with begin(lead, "2023-04-03T09:20") as w:
        pending.recall(w, waits)
        assert release_held(w, [case_id]) == 1
    assert states(engine) == {"revoked"}


def test_an_approval_falls_with_a_review_that_it_rested_on(town: Town) -> None:
    case = town.start("shanghai/specialized").reviewed()
    decided(case)
    with case.as_officer(4) as w:
        tasks = w.session.scalars(select(ReviewAssignment.id).order_by(ReviewAssignment.id)).all()
        setting_aside.set_aside(w, tasks[0], "评审专家与申请人有往来")
    assert issue(case, 30) == {"issued": 0, "fallen": 1, "failed": 0}
    assert case.load().state == "under_review"
    with session_factory(town.engine)() as session:
        assert "已有变化" in session.scalars(select(PendingDecision.ended_reason)).one()


def test_a_review_that_was_set_aside_before_changes_nothing(town: Town) -> None:
    case = town.start("shanghai/specialized").reviewed()
    with case.as_officer(4) as w:
        task = w.session.scalars(select(ReviewAssignment.id).order_by(ReviewAssignment.id)).first()
        setting_aside.set_aside(w, task or 0, "评审专家与申请人有往来")
    decided(case, Action.REJECT, "不符合条件")
    assert issue(case, 30)["issued"] == 1


def test_what_falls_with_the_role_of_its_maker_is_told_to_colleagues_too(town: Town, begin: Begin) -> None:
    """One whose role has ended is as far from the case as one whose account is closed."""
    case = town.start("jilin/provider").reviewed()
    maker = town.make_actor(Role.OFFICER, "jilin", "220200")
    with begin(maker, case.on(4)) as w:
        pending.perform(w, case.application_id, Action.APPROVE, reason="同意")
    with session_factory(town.engine)() as session, work(session, SYSTEM, moment(case.on(4))) as w:
        for grant in w.session.get_one(User, maker.user_id).grants:
            w.session.delete(grant)
    town.make_actor(Role.OFFICER, "jilin", "220281")
    assert issue(case, 30)["fallen"] == 1
    with session_factory(town.engine)() as session:
        event = OutboxMessage.event == "decision.fallen"
        told = set(session.scalars(select(OutboxMessage.user_id).where(event)))
    assert told == {maker.user_id, town.officer("jilin").user_id}
