"""A decision waits, can be recalled, and is issued once: until then nothing of it exists."""

from __future__ import annotations

import ast
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import func, select

import core
from core.domain.clock import moment
from core.domain.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from core.domain.lifecycle.states import Action
from core.domain.roles import Role
from core.services.applications import materials
from core.services.applications.corrections import Mark
from core.services.base.work import DECISION_DELAY, OPERATION_DEFAULTS
from core.services.deciding import pending
from core.services.endings import exits
from core.services.granting import decisions, starting
from core.services.review import reviews
from core.services.settings.values import set_operation
from core.storage.engine import session_factory
from core.storage.models import (
    Accreditation,
    AuditEvent,
    Decision,
    ExitCase,
    MaterialFile,
    Membership,
    OutboxMessage,
    PendingDecision,
    ReviewAssignment,
    User,
)
from core.storage.models.applications import CorrectionKind
from core.storage.models.deciding import PendingAct
from tests.services.factory import accredit
from tests.services.journey import AUTHORITY, Case, Town, race

KEY = "jilin/provider"


def decided(case: Case, action: Action = Action.APPROVE, reason: str = "同意", **more) -> int:
    with case.as_officer(4) as w:
        number = pending.perform(w, case.application_id, action, reason=reason, **more)
    assert number is not None
    return number


def issue(case: Case, minutes: int) -> dict[str, int]:
    now = moment(case.on(4)) + timedelta(minutes=minutes)
    return pending.issue_due(session_factory(case.town.engine), now)


def rows(case: Case, model: type) -> int:
    with session_factory(case.town.engine)() as session:
        return session.scalar(select(func.count()).select_from(model)) or 0


def row(case: Case, number: int) -> PendingDecision:
    with session_factory(case.town.engine)() as session:
        return session.get_one(PendingDecision, number)


def colleague(town: Town, case: Case, role: Role = Role.OFFICER):
    return town.make_actor(role, case.program, AUTHORITY.get(case.program))


def test_nothing_exists_of_a_decision_before_it_is_issued_and_then_once(town: Town) -> None:
    case = town.start(KEY).reviewed()
    before = rows(case, OutboxMessage), rows(case, Decision), rows(case, Accreditation)
    number = decided(case)
    assert case.load().state == "under_review"
    assert (rows(case, OutboxMessage), rows(case, Decision), rows(case, Accreditation)) == before
    assert issue(case, 29) == {"issued": 0, "fallen": 0, "failed": 0}
    assert case.load().state == "under_review"
    # A run that was missed is caught up, and a second one finds nothing left.
    assert issue(case, 300) == {"issued": 1, "fallen": 0, "failed": 0}
    assert issue(case, 301) == {"issued": 0, "fallen": 0, "failed": 0}
    assert (case.load().state, row(case, number).state) == ("accredited", "issued")
    with session_factory(town.engine)() as session:
        taken = session.scalars(select(Decision)).one()
        assert (taken.by_id, taken.at) == (
            row(case, number).by_id,
            moment(case.on(4)) + timedelta(minutes=300),
        )
        events = session.scalars(select(AuditEvent).where(AuditEvent.action == pending.ISSUE)).all()
        # One transaction: the decision, the number and the mark on what waited, told as the officer's.
        assert {event.subject for event in events} >= {"decision", "accreditation", "pending_decision"}
        assert {event.actor_id for event in events} == {taken.by_id}
        assert len({e.link_id for e in events}) == 1
        assert session.scalars(select(Accreditation)).one().started_on == taken.as_of


def test_what_would_refuse_a_decision_refuses_it_at_once(town: Town, unchanged) -> None:
    case = town.start(KEY).fill().attach_all().submit()
    with unchanged(Refused), case.as_officer(4) as w:
        pending.perform(w, case.application_id, Action.APPROVE, reason="同意")
    with unchanged(Invalid), case.as_officer(4) as w:
        marks = [Mark(CorrectionKind.FACT, "nothing_of_it")]
        pending.perform(w, case.application_id, Action.RETURN, reason="请补正", marks=marks)
    stranger = town.make_actor(Role.OFFICER, "shanghai", "310000")
    with unchanged(NotFound), town.begin(stranger, case.on(4)) as w:
        pending.perform(w, case.application_id, Action.APPROVE, reason="同意")
    assert rows(case, PendingDecision) == 0


def test_whoever_decided_or_a_colleague_recalls_it_and_it_is_decided_anew(town: Town, unchanged) -> None:
    case = town.start(KEY).reviewed()
    number = decided(case, Action.REJECT, "不符合条件")
    with unchanged(Conflict, "发出", "先收回"), case.as_officer(4) as w:
        pending.perform(w, case.application_id, Action.APPROVE, reason="同意")
    for role, error in ((Role.AUDITOR, NotFound), (Role.RECOMMENDER, NotFound)):
        with unchanged(error), town.begin(colleague(town, case, role), case.on(4)) as w:
            pending.recall(w, number)
    with unchanged(NotFound), case.as_applicant(4) as w:
        pending.recall(w, number)
    with town.begin(colleague(town, case), case.on(4)) as w:
        assert [item.id for item in pending.queue(w).rows] == [number]
        pending.recall(w, number, "再看一看")
    with unchanged(Conflict, "已收回"), case.as_officer(4) as w:
        pending.recall(w, number)
    assert (row(case, number).state, row(case, number).ended_reason) == ("recalled", "再看一看")
    again = decided(case)
    with case.as_officer(4) as w:
        pending.recall(w, again)
    decided(case)
    assert issue(case, 30)["issued"] == 1
    assert case.load().state == "accredited"
    with unchanged(NotFound), case.as_officer(4) as w:
        pending.recall(w, 10**9)


def test_one_that_is_issued_cannot_be_recalled_and_of_two_at_once_one_wins(town: Town, unchanged) -> None:
    case = town.start(KEY).reviewed()
    other = colleague(town, case)
    results = race(
        town.engine,
        [town.officer(case.program), other],
        case.on(4),
        lambda w: pending.perform(w, case.application_id, Action.APPROVE, reason="同意"),
    )
    assert sorted(type(result).__name__ for result in results) == ["Conflict", "NoneType"]
    assert issue(case, 30)["issued"] == 1
    with session_factory(town.engine)() as session:
        number = session.scalars(select(PendingDecision.id)).one()
    with unchanged(Conflict, "已发出"), case.as_officer(4) as w:
        pending.recall(w, number)


def test_what_has_changed_or_is_not_allowed_any_more_is_not_issued(town: Town) -> None:
    """Its party withdrew, a file was turned down, its maker has left: each falls, and its maker is told.

    Of who has left the colleagues are told, who may decide anew; of the others they are not.
    """
    left, turned, gone = (town.start("liaocheng/specialized").reviewed() for _ in range(3))
    numbers = [decided(left), decided(turned)]
    with left.as_applicant(4) as w:
        pending.perform(w, left.application_id, Action.WITHDRAW)
    with turned.as_officer(4) as w:
        file = next(item for item in materials.checklist(w, turned.application_id) if item.present).present[0]
        materials.judge_material(w, file.id, accepted=False, remark="不清楚")
    maker = colleague(town, gone)
    with town.begin(maker, gone.on(4)) as w:
        numbers.append(pending.perform(w, gone.application_id, Action.APPROVE, reason="同意") or 0)
    with session_factory(town.engine)() as session, session.begin():
        session.get_one(User, maker.user_id).active = False
    assert issue(left, 30) == {"issued": 0, "fallen": 3, "failed": 0}
    assert [row(left, number).state for number in numbers] == ["fallen"] * 3
    assert "已有变化" in row(left, numbers[1]).ended_reason
    assert [case.load().state for case in (left, turned, gone)] == [
        "withdrawn",
        "under_review",
        "under_review",
    ]
    assert rows(left, Decision) == 0
    with session_factory(town.engine)() as session:
        told = session.scalars(
            select(OutboxMessage.user_id)
            .where(OutboxMessage.event == "decision.fallen")
            .order_by(OutboxMessage.id)
        ).all()
    officer = town.officer("liaocheng").user_id
    assert told == [officer, officer, maker.user_id, officer]
    with turned.as_officer(4) as w:
        assert {item.id for item in pending.queue(w).rows} == set(numbers)


def test_a_return_waits_with_its_marks(town: Town) -> None:
    case = town.start("liaocheng/specialized").fill().attach_all().submit()
    marks = [Mark(CorrectionKind.FACT, "staff_full_time", "请核对")]
    decided(case, Action.RETURN, "请补正", marks=marks)
    assert case.load().state == "submitted"
    assert issue(case, 30)["issued"] == 1
    item = case.load()
    assert (item.state, item.return_reason) == ("returned", "请补正")
    with session_factory(town.engine)() as session:
        body = session.scalars(select(OutboxMessage.body).order_by(OutboxMessage.id.desc()).limit(1)).one()
        assert "请核对" in body
        assert "待发出" not in body


def test_those_that_wait_take_their_places_of_the_quota(town: Town, unchanged) -> None:
    first = town.start("liaocheng/specialized", call={"quota": 1}).reviewed()
    user, party_id = town.applicant("liaocheng/specialized", first.on(0))
    with town.begin(user, first.on(0)) as w:
        number = starting.start(w, first.program, first.track, party_id, first.load().call_id)
    second = Case(town, first.program, first.track, number, party_id, user, first.day).reviewed()
    with first.as_officer(4) as w:
        results = pending.decide_many(w, [first.application_id, number], Action.APPROVE, "同意")
    assert [result.why_not is None for result in results] == [True, False]
    assert "名额" in results[1].why_not.zh
    assert issue(first, 30) == {"issued": 1, "fallen": 0, "failed": 0}
    assert (first.load().state, second.load().state) == ("approved", "under_review")


def test_an_exit_waits_after_its_second_confirmation(town: Town, engine, begin) -> None:
    held = accredit(engine, "liaocheng/specialized", "2024-03-21")
    one, two = (town.make_actor(Role.OFFICER, "liaocheng", "371500") for _ in range(2))
    with begin(one, "2024-05-06T09:00") as w:
        number = exits.propose(w, held.id, "20(1)", "处分决定")
        exits.told(w, number, w.today)

    def confirm(who, at: str) -> int | None:
        with begin(who, at) as w:
            return pending.decide(w, PendingAct.CONFIRM_EXIT, number, {"reason": "属实"})

    assert confirm(one, "2024-05-20T09:00") is None
    waits = confirm(two, "2024-05-20T10:00")
    assert waits is not None
    with begin(one, "2024-05-20T10:05") as w:
        assert set(pending.on_exits(w, held.id)) == {number}
        pending.recall(w, waits)
    assert confirm(two, "2024-05-20T10:10") is not None
    factory = session_factory(engine)
    with factory() as session:
        assert session.get_one(Accreditation, held.id).state == "active"
    assert pending.issue_due(factory, moment("2024-05-20T10:40"))["issued"] == 1
    with factory() as session:
        assert session.get_one(Accreditation, held.id).state == "revoked"
        assert session.get_one(ExitCase, number).decided_on.isoformat() == "2024-05-20"


@pytest.mark.parametrize(("value", "good"), [("0", True), ("1440", True), ("1441", False), ("-1", False)])
def test_the_delay_is_a_setting_from_none_to_a_day(town: Town, begin, value: str, good: bool) -> None:
    lead = town.make_actor(Role.LEAD)
    if not good:
        with pytest.raises(Invalid), begin(lead, "2024-05-01T09:00") as w:
            set_operation(w, DECISION_DELAY, value, w.today, "试行")
        return
    with begin(lead, "2024-05-01T09:00") as w:
        set_operation(w, DECISION_DELAY, value, w.today, "试行")
        w.forget_settings()
        assert w.operation(DECISION_DELAY) == int(value)
    assert OPERATION_DEFAULTS[DECISION_DELAY] == Decimal(30)


def test_no_page_and_no_command_decides_past_what_waits() -> None:
    """Who calls the acts themselves takes neither the delay nor the recall with them."""
    acts = {"approve", "reject", "reject_locked", "return_for_correction", "confirm", "dismiss"}
    acts |= {"decide_objection"}
    found = set()
    for folder in ("web", "cli", "jobs"):
        for path in (Path(core.__file__).parent / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.ImportFrom) and str(node.module).startswith("core.services."):
                    found |= {(path.name, item.name) for item in node.names if item.name in acts}
                owner = getattr(node, "value", None)
                if (
                    isinstance(node, ast.Attribute)
                    and isinstance(owner, ast.Name)
                    and (owner.id in ("decisions", "starting", "exits", "notices"))
                    and node.attr in acts
                ):
                    found.add((path.name, node.attr))
    assert found == set()


def test_an_approval_with_things_left_open_says_why(town: Town, unchanged) -> None:
    """Files not examined, and a reviewer who has come too near since: named, and kept with the decision."""
    case = town.start("shanghai/specialized").reviewed()
    with session_factory(town.engine)() as session:
        reviewer = session.scalars(select(ReviewAssignment.reviewer_id).limit(1)).one()
    with case.as_applicant(4) as w:
        w.session.add(Membership(user_id=reviewer, party_id=case.party_id))
        # The recommender found all of them in order; of one this was not said.
        w.session.scalars(select(MaterialFile).limit(1)).one().accepted = None
    with unchanged(Refused, "尚未审核", "成员", "写明理由"), case.as_officer(4) as w:
        decisions.approve(w, case.application_id)
    case.approve()
    with session_factory(town.engine)() as session:
        left = session.scalars(select(Decision.left_open)).one()
    assert any("尚未审核" in item["zh"] for item in left)
    assert any("成员" in item["zh"] for item in left)


def test_a_reviewer_who_was_asked_is_waited_for_also_where_the_text_has_no_scores(
    town: Town, unchanged
) -> None:
    case = town.start("liaocheng/specialized").fill().attach_all().submit().recommend().review()
    reviewers = [town.make_actor(Role.REVIEWER, "liaocheng", "371500") for _ in range(2)]
    with case.as_officer(3) as w:
        reviews.assign(w, case.application_id, [item.user_id or 0 for item in reviewers])
    with unchanged(Refused, "2 名", "已完成 0 名"), case.as_officer(4) as w:
        decisions.approve(w, case.application_id, "同意")
    assert case.load().state == "under_review"


def test_whoever_may_not_decide_learns_nothing_of_what_waits(town: Town) -> None:
    case = town.start(KEY).reviewed()
    decided(case)
    with case.as_applicant(4) as w:
        assert pending.visible(w, PendingAct.APPROVE, case.application_id) is None
        assert pending.queue(w).rows == ()
    with pytest.raises((NotAllowed, NotFound)), case.as_applicant(4) as w:
        pending.perform(w, case.application_id, Action.APPROVE, reason="同意")
