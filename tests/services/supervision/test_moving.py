"""Every move of the accreditations' table: made where it may be, and refused for each of its guards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.domain.errors import DomainError, NotAllowed, Refused
from core.domain.lifecycle.accreditation_table import ACCREDITATION_TABLE
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.moves import Move
from core.domain.lifecycle.states import AccreditationState, Action
from core.domain.roles import Role
from core.rules.obligations import Mode
from core.services.base.work import SYSTEM, Actor
from core.services.supervision.guards import CHECKS, Inputs
from core.services.supervision.moving import advance
from core.storage.engine import session_factory
from core.storage.models import (
    Accreditation,
    DecisionCorrection,
    ExitCase,
    ExtensionRequest,
    Party,
    Rectification,
    RegisterEvent,
)
from core.storage.models.deciding import CorrectedKind
from core.storage.models.exits import ExitState
from core.storage.models.supervision import ExtensionState, RectificationState
from tests.services.factory import accredit, load

S = AccreditationState
TRACK = "jilin/expert"
"""Two years from 2022-03-20: through 2024-03-20; an extension is asked for within 90 days of it."""
FOLLOWING = "hubei/specialized"
"""Three years from 2022-03-20; its holder may apply again in the last of them."""
LAST, DAY_AFTER = date(2024, 3, 20), date(2024, 3, 21)
MOMENT = datetime(2024, 3, 1, tzinfo=UTC)
ENDED_ON = {S.EXPIRED: DAY_AFTER, S.WITHDRAWN: date(2024, 2, 5), S.REVOKED: date(2024, 2, 12)} | {
    S.CEASED: date(2024, 2, 5),
    S.DUPLICATE: date(2024, 2, 5),
}


@dataclass
class Plan:
    """A move about to be made, with all that it rests on; a test changes one thing of it."""

    move: Move[S]
    by_itself: bool
    day: date = date(2024, 3, 1)
    track: str = TRACK
    own: bool = False
    newer: bool = False
    twice: bool = False
    corrected: bool = False
    fallen: bool = False
    left: bool = False
    ceased: bool = False
    reason: str = "理由"
    order: dict[str, Any] | None = None
    case: dict[str, Any] | None = None
    request: dict[str, Any] | None = None
    role: Role = field(init=False)

    def __post_init__(self) -> None:
        self.role = min(self.move.roles, default=Role.OFFICER)


def order(**more: Any) -> dict[str, Any]:
    return {"clause": "11(2)", "ordered_on": date(2024, 2, 1), "deadline": date(2024, 3, 2), **more}


def exit_case(**more: Any) -> dict[str, Any]:
    told = {"told_on": date(2024, 2, 1), "objection_until": date(2024, 2, 8), "proposed_on": date(2024, 2, 1)}
    words = {"clause": "11(3)", "period": "proposal/1", "title_zh": "违纪", "title_en": "Violation"}
    return {**words, **told, "mode": Mode.AUTOMATIC, "state": ExitState.UPHELD, **more}


def appealed(**more: Any) -> dict[str, Any]:
    said = {"appealed_on": date(2024, 2, 20), "appeal_decided_on": date(2024, 3, 1)}
    return exit_case(state=ExitState.OVERTURNED, decided_on=date(2024, 2, 12), **said, **more)


def request(**more: Any) -> dict[str, Any]:
    asked = {"requested_on": date(2024, 2, 28), "old_valid_through": LAST, "state": ExtensionState.GRANTED}
    return {**asked, "new_valid_through": date(2026, 3, 20), **more}


def planned(move: Move[S], *, by_itself: bool) -> Plan:
    """The move with everything that its guards ask."""
    plan = Plan(move, by_itself)
    match move.action:
        case Action.ORDER_RECTIFICATION | Action.RESUME_RECTIFICATION:
            plan.order = order()
        case Action.CLOSE_RECTIFICATION:
            plan.order = order(state=RectificationState.PASSED, result_on=date(2024, 2, 20))
        case Action.EXPIRE:
            plan.day = DAY_AFTER
        case Action.SUCCEED:
            plan.track = FOLLOWING
        case Action.REVOKE:
            plan.case = exit_case(decided_on=plan.day)
            if not by_itself:
                plan.case |= {"mode": Mode.CONFIRM, "officers": 2}
        case Action.WITHDRAW | Action.CEASE:
            pass
        case Action.RESTORE | Action.RESTORE_EXPIRED:
            plan.fallen = move.source is not S.DUPLICATE
            if move.action is Action.RESTORE_EXPIRED:
                plan.day = DAY_AFTER
        case Action.END_DUPLICATE:
            plan.twice = True
        case Action.ANNUL:
            plan.corrected = True
        case Action.EXTEND:
            plan.request = request()
            if move.source is S.EXPIRED:
                plan.day = date(2024, 4, 1)
        case (
            Action.REINSTATE | Action.REINSTATE_EXPIRED | Action.REINSTATE_WITHDRAWN | Action.REINSTATE_CEASED
        ):
            plan.case = appealed()
            plan.left = move.action is Action.REINSTATE_WITHDRAWN
            plan.ceased = move.action is Action.REINSTATE_CEASED
            if move.action is Action.REINSTATE_EXPIRED:
                plan.day = DAY_AFTER
        case _:
            pytest.fail(f"no test makes the move {move.action} of an accreditation")
    return plan


def changed(name: str, value: Any) -> Callable[[Plan], None]:
    return lambda plan: setattr(plan, name, value)


def other_case(**more: Any) -> Callable[[Plan], None]:
    def change(plan: Plan) -> None:
        assert plan.case is not None
        plan.case |= more

    return change


def undecided(plan: Plan) -> None:
    """Confirmed by one officer only; by itself, on the last day on which the party may object."""
    assert plan.case is not None
    plan.case |= {"objection_until": plan.day} if plan.by_itself else {"officers": 1}


SPOILT: Mapping[Guard, Callable[[Plan], None]] = {
    Guard.DEADLINE_SET: lambda plan: setattr(plan, "order", order(deadline=plan.day)),
    Guard.RECTIFICATION_OPEN: changed("order", order(state=RectificationState.PASSED, result_on=LAST)),
    Guard.RECTIFICATION_ACCEPTED: changed("order", order()),
    Guard.TERM_OVER: changed("day", LAST),
    Guard.TERM_RUNNING: changed("day", DAY_AFTER),
    Guard.EXIT_DECIDED: undecided,
    Guard.EXTENSION_WINDOW: changed("request", request(requested_on=date(2023, 12, 20))),
    Guard.APPEAL_UPHELD: other_case(state=ExitState.UPHELD, appeal_decided_on=None),
    Guard.REASON_GIVEN: changed("reason", "  "),
    Guard.NOT_OWN: changed("own", True),
    Guard.NO_NEWER: changed("newer", True),
    Guard.SUCCESSION: changed("track", TRACK),
    Guard.NOT_LEFT: changed("left", True),
    Guard.LEFT_BEFORE: changed("left", False),
    Guard.CEASED_BEFORE: changed("ceased", False),
    Guard.ENDED_MEANWHILE: changed("day", LAST),
    Guard.HELD_TWICE: changed("twice", False),
    Guard.APPROVAL_CORRECTED: changed("corrected", False),
    Guard.END_FALLEN: changed("fallen", False),
}
"""What makes each guard fail, and as far as can be nothing else."""
SAID = {Guard.SUCCESSION: "该类别已有有效认定"}


@dataclass(frozen=True)
class Register:
    """Makes the moves on a test's database."""

    engine: Engine
    begin: Any
    make_actor: Any

    def make(self, plan: Plan, who: Actor | None = None) -> Accreditation:
        """The accreditation after the move, made by `who` or as planned; refused, it stands as it did."""
        source = plan.move.source
        ended = {} if source.in_force else {"ended_on": ENDED_ON[source], "ended_clause": "11(3)"}
        held = accredit(self.engine, plan.track, "2022-03-20", state=source, **ended)
        if plan.newer:
            accredit(self.engine, plan.track, "2024-03-10", party_id=held.party_id)
        if plan.fallen and source is S.EXPIRED:
            followed = ENDED_ON[source]
            void = {"state": S.ANNULLED, "ended_on": followed}
            accredit(self.engine, plan.track, str(followed), party_id=held.party_id, **void)
        if plan.twice:
            other = accredit(self.engine, plan.track, "2022-01-10")
            with session_factory(self.engine)() as session, session.begin():
                session.get_one(Party, held.party_id).merged_into_id = other.party_id
        actor = who or self._actor(plan, held.party_id)
        officers = [self.make_actor(Role.OFFICER, held.program).user_id for _ in range(2)]
        try:
            with self.begin(actor, f"{plan.day}T09:00", "test") as w:
                found = w.session.get_one(Accreditation, held.id, with_for_update=True)
                inputs = _planted(w.session, plan, held.id, officers)
                advance(w, found, plan.move.action, inputs, on=plan.day, by_itself=plan.by_itself)
        except DomainError:
            assert load(self.engine, Accreditation, held.id).state is source
            raise
        return load(self.engine, Accreditation, held.id)

    def _actor(self, plan: Plan, party_id: int) -> Actor:
        if plan.by_itself:
            return SYSTEM
        if plan.role is Role.APPLICANT or plan.own:
            program = None if plan.role is Role.APPLICANT else plan.track.split("/")[0]
            return self.make_actor(plan.role, program, parties=[party_id])
        return self.make_actor(plan.role, plan.track.split("/")[0])


@pytest.fixture
def register(engine: Engine, begin: Any, make_actor: Any) -> Register:
    return Register(engine, begin, make_actor)


def _planted(session: Session, plan: Plan, held: int, officers: list[int]) -> Inputs:
    """The rows that the move rests on."""
    given = Inputs(reason=plan.reason)
    if plan.order is not None:
        given = Inputs(order=Rectification(accreditation_id=held, **plan.order), reason=plan.reason)
    if plan.case is not None:
        values = {name: value for name, value in plan.case.items() if name != "officers"}
        first, second = [*officers[: plan.case.get("officers", 0)], None, None][:2]
        made = ExitCase(accreditation_id=held, first_officer_id=first, second_officer_id=second, **values)
        given = Inputs(exit_case=made, reason=plan.reason)
    if plan.request is not None:
        given = Inputs(request=ExtensionRequest(accreditation_id=held, **plan.request), reason=plan.reason)
    if plan.left or (plan.fallen and plan.move.source is S.WITHDRAWN):
        line = {"clause": "11(4)", "period": "2024-02-05", "title_zh": "自愿退出", "title_en": "Withdrawn"}
        left = RegisterEvent(accreditation_id=held, kind="withdrawn", happened_on=date(2024, 2, 5), **line)
        session.add(left)
        session.flush()
        if plan.fallen:
            about = {"accreditation_id": held, "subject_id": left.id, "before": {}, "at": MOMENT}
            session.add(
                DecisionCorrection(kind=CorrectedKind.WITHDRAWAL, reason="误登", by_id=officers[0], **about)
            )
    if plan.ceased or (plan.fallen and plan.move.source is S.CEASED):
        line = {"clause": "closure", "period": "change/1", "title_zh": "注销", "title_en": "Closure"}
        session.add(RegisterEvent(accreditation_id=held, kind="ceased", happened_on=date(2024, 2, 5), **line))
        if plan.fallen:
            about = {"accreditation_id": held, "subject_id": 1, "before": {}, "at": MOMENT}
            session.add(
                DecisionCorrection(kind=CorrectedKind.CLOSURE, reason="误报", by_id=officers[0], **about)
            )
    if plan.corrected:
        about = {"accreditation_id": held, "subject_id": 1, "before": {}, "at": MOMENT}
        session.add(
            DecisionCorrection(kind=CorrectedKind.APPROVAL, reason="误批", by_id=officers[0], **about)
        )
    session.add_all(row for row in (given.order, given.exit_case, given.request) if row is not None)
    session.flush()
    return given


WAYS = [
    (move, by_itself)
    for move in ACCREDITATION_TABLE
    for by_itself, there in ((False, bool(move.roles)), (True, move.by_system))
    if there
]
GUARDED = [
    (move, by_itself, guard)
    for move, by_itself in WAYS
    for guard in move.guards
    # Time is no member of a party.
    if not (by_itself and guard is Guard.NOT_OWN)
]


def named(value: object) -> str:
    if isinstance(value, Move):
        return f"{value.source}-{value.action}"
    if isinstance(value, bool):
        return "by_itself" if value else "by_a_person"
    return str(value)


def test_every_guard_of_an_accreditation_is_looked_up_and_tried() -> None:
    asked = {guard for move in ACCREDITATION_TABLE for guard in move.guards}
    assert set(CHECKS) == set(SPOILT) == asked
    assert {guard for _, _, guard in GUARDED} == asked


ENDS = {
    Action.EXPIRE: (DAY_AFTER, "10(1)"),
    Action.SUCCEED: (date(2024, 3, 1), "15"),
    Action.WITHDRAW: (date(2024, 3, 1), "11(4)"),
    Action.REINSTATE_EXPIRED: (DAY_AFTER, "10(1)"),
    Action.REINSTATE_WITHDRAWN: (date(2024, 2, 5), "11(4)"),
    Action.REINSTATE_CEASED: (date(2024, 2, 5), "closure"),
    Action.CEASE: (date(2024, 3, 1), "closure"),
    Action.END_DUPLICATE: (date(2024, 3, 1), ""),
    Action.RESTORE_EXPIRED: (DAY_AFTER, "10(1)"),
}


@pytest.mark.parametrize(("move", "by_itself"), WAYS, ids=named)
def test_a_move_is_made_and_state_and_end_change_together(
    register: Register, move: Move[S], by_itself: bool
) -> None:
    after = register.make(planned(move, by_itself=by_itself))
    assert after.state is move.target
    if move.target.in_force:
        end: tuple[date | None, str] = (None, "")
    elif move.action is Action.REVOKE:
        # One that had ended before stays ended from that day.
        end = (ENDED_ON.get(move.source, date(2024, 3, 1)), "11(3)")
    elif move.action is Action.ANNUL:
        end = (ENDED_ON.get(move.source, date(2024, 3, 1)), "")
    else:
        end = ENDS[move.action]
    assert (after.ended_on, after.ended_clause) == end


@pytest.mark.parametrize(("move", "by_itself", "guard"), GUARDED, ids=named)
def test_a_move_is_refused_for_each_of_its_guards(
    register: Register, move: Move[S], by_itself: bool, guard: Guard
) -> None:
    plan = planned(move, by_itself=by_itself)
    SPOILT[guard](plan)
    with pytest.raises(Refused) as caught:
        register.make(plan)
    assert SAID.get(guard, guard.reason.zh) in caught.value.text.zh


@pytest.mark.parametrize("move", ACCREDITATION_TABLE, ids=named)
def test_a_move_is_made_by_its_roles_alone(register: Register, move: Move[S]) -> None:
    program = planned(move, by_itself=False).track.split("/")[0]
    for role in set(Role) - move.roles:
        with pytest.raises(NotAllowed):
            register.make(planned(move, by_itself=False), register.make_actor(role, program))
    if not move.by_system:
        with pytest.raises(NotAllowed):
            register.make(planned(move, by_itself=True))
