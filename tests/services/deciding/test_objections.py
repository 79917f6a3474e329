"""An objection that is upheld refuses the application: it waits, is recalled and issued as a refusal is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from core.domain.clock import SHANGHAI, moment
from core.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from core.domain.lifecycle.states import Action
from core.domain.roles import Role
from core.services.deciding import correcting, pending
from core.services.granting import notices
from core.storage.engine import session_factory
from core.storage.models import Decision, OutboxMessage, PendingDecision
from core.storage.models.deciding import PendingAct
from tests.services.granting.test_notices import approved, object_to, objection_of, publish
from tests.services.journey import AUTHORITY, Case, Town

REASON = "查实无服务业绩"


@pytest.fixture
def case(town: Town) -> Case:
    """On notice, with an objection to it."""
    made = approved(town)
    object_to(made, publish(made), made.on(5))
    return made


def decide(case: Case, *, upheld: bool, reason: str = REASON) -> int | None:
    with case.as_officer(6) as w:
        return pending.decide_objection(w, objection_of(case).id, upheld=upheld, reason=reason)


def issue(case: Case) -> dict[str, int]:
    return pending.issue_due(session_factory(case.town.engine), moment(case.on(6)) + timedelta(minutes=30))


def written(case: Case) -> tuple[int, int]:
    with session_factory(case.town.engine)() as session:
        tables = (OutboxMessage, Decision)
        one, two = (session.scalar(select(func.count()).select_from(item)) or 0 for item in tables)
    return one, two


def test_nothing_is_written_before_it_is_issued(case: Case) -> None:
    before = written(case)
    assert decide(case, upheld=True) is not None
    assert (case.load().state, objection_of(case).state, written(case)) == ("on_notice", "open", before)
    assert issue(case) == {"issued": 1, "fallen": 0, "failed": 0}
    assert (case.load().state, objection_of(case).state) == ("rejected", "upheld")
    assert objection_of(case).decision_reason == REASON
    with session_factory(case.town.engine)() as session:
        events = session.scalars(select(OutboxMessage.event)).all()
    assert {"objection.decided", "application.rejected"} <= set(events)


def test_while_it_waits_the_objection_is_named_and_nothing_of_who_objected(case: Case) -> None:
    waits, objection = decide(case, upheld=True), objection_of(case)
    received = objection.received_at.astimezone(SHANGHAI).date().isoformat()
    with case.as_officer(6) as w:
        row = w.session.get_one(PendingDecision, waits)
        (listed,) = pending.queue(w).rows
        assert listed.ruling == row.ruling
        assert row.ruling.zh == f"异议 #{objection.id}（{received} 收到）成立，不予认定"
        assert row.ruling.en == f"Objection #{objection.id} (received on {received}) upheld: Reject"
        for text in (row.ruling, pending.said(row)):
            assert str(objection.id) in text.zh
            assert objection.objector not in text.zh + text.en
    # Where it falls its maker reads which one it was.
    with case.as_officer(6) as w:
        notices.hear_party(w, objection.id, "已说明")
    assert issue(case) == {"issued": 0, "fallen": 1, "failed": 0}
    with session_factory(case.town.engine)() as session:
        query = select(OutboxMessage.body).where(OutboxMessage.event == "decision.fallen")
        assert all(f"异议 #{objection.id}（{received} 收到）" in body for body in session.scalars(query))


def test_a_refusal_without_an_objection_names_none(town: Town) -> None:
    case = town.start("hubei/specialized").fill().attach_all().submit().recommend().review()
    with case.as_officer(3) as w:
        waits = pending.perform(w, case.application_id, Action.REJECT, reason=REASON)
        assert w.session.get_one(PendingDecision, waits).ruling == PendingAct.REJECT.label


def test_it_is_recalled_and_decided_otherwise(case: Case, unchanged) -> None:
    waits = decide(case, upheld=True)
    assert waits is not None
    for upheld in (True, False):
        with unchanged(Conflict, "先收回"):
            decide(case, upheld=upheld)
    with case.as_officer(6) as w:
        pending.recall(w, waits)
    assert issue(case)["issued"] == 0
    assert decide(case, upheld=False, reason="情况不实") is None
    assert (case.load().state, objection_of(case).state) == ("on_notice", "dismissed")
    with unchanged(Conflict, "已处理"):
        decide(case, upheld=True)


def test_it_falls_where_the_party_has_been_heard_since(case: Case) -> None:
    decide(case, upheld=True)
    with case.as_officer(6) as w:
        notices.hear_party(w, objection_of(case).id, "有台账为证")
    assert issue(case)["fallen"] == 1
    assert (case.load().state, objection_of(case).state) == ("on_notice", "open")


def test_one_to_what_was_struck_off_refuses_nothing_and_is_decided_at_once(case: Case) -> None:
    other = case.town.make_actor(Role.OFFICER, case.program, AUTHORITY.get(case.program))
    with case.town.begin(other, case.on(6)) as w:
        correcting.correct_approval(w, case.application_id, "误点")
    assert decide(case, upheld=True) is None
    assert (case.load().state, objection_of(case).state) == ("under_review", "upheld")


def test_what_would_refuse_it_refuses_it_at_once(case: Case, unchanged) -> None:
    with unchanged(Invalid, "请填写"):
        decide(case, upheld=True, reason=" ")
    with unchanged(NotAllowed), case.as_recommender(6) as w:
        pending.decide_objection(w, objection_of(case).id, upheld=True, reason=REASON)
    with unchanged(NotFound), case.as_officer(6) as w:
        pending.decide_objection(w, 10**9, upheld=True, reason=REASON)
