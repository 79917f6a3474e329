"""Orders to rectify: given, closed in time or too late, and what follows of each."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from core.domain.lifecycle.states import AccreditationState
from core.domain.roles import Role
from core.services.duties.rectifications import answer, order, result
from core.services.endings.exits import dismiss
from core.services.supervision.living_through import check_now
from core.storage.engine import session_factory
from core.storage.models import (
    Accreditation,
    ExitCase,
    Rectification,
)
from core.storage.models.supervision import RectificationState
from tests.services.factory import Held, accredit, events, kinds, load, messages
from tests.services.members import only

# Orders to rectify: Hubei 18(1), on the third event of low satisfaction in a calendar year.


@pytest.fixture
def officer(make_actor: Any) -> Any:
    return make_actor(Role.OFFICER, "hubei")


@pytest.fixture
def ordered(engine: Engine, begin: Any, officer: Any) -> Held:
    """Ordered on 2024-05-06, with 30 days: through 2024-06-05."""
    held = accredit(engine, "hubei/specialized", "2023-06-01")
    with begin(officer, "2024-05-06T09:00", "order") as w:
        order(w, held.id, "18(1)", date(2024, 6, 5), "三场活动满意度低于80%")
    return held


def test_an_order_puts_the_status_under_rectification(engine: Engine, ordered: Held) -> None:
    assert load(engine, Accreditation, ordered.id).state is AccreditationState.RECTIFYING
    assert events(engine, ordered) == [("2024-05-06", "rectification_ordered", "18(1)")]
    assert messages(engine, ordered) == ["rectification.ordered"]


def test_an_order_needs_a_clause_a_reason_and_a_day_to_come(engine: Engine, begin: Any, officer: Any) -> None:
    held = accredit(engine, "hubei/specialized", "2023-06-01")
    with pytest.raises(Invalid) as caught, begin(officer, "2024-05-06T09:00") as w:
        order(w, held.id, "18(2)", date(2024, 5, 6), " ")
    assert set(caught.value.errors) == {"clause", "deadline", "reason"}


@pytest.mark.parametrize("day", ["2024-06-04", "2024-06-05", "2024-06-06"])
def test_a_good_result_closes_the_order(
    engine: Engine, begin: Any, officer: Any, ordered: Held, day: str
) -> None:
    found = only(engine, Rectification, ordered)
    with begin(officer, f"{day}T09:00") as w:
        result(w, found.id, passed=True, remark="已更换培训师资，回访满意")
    assert load(engine, Accreditation, ordered.id).state is AccreditationState.ACTIVE
    assert kinds(engine, ordered)[-1] == "rectification_closed"
    assert messages(engine, ordered)[-1] == "rectification.closed"
    with pytest.raises(Conflict), begin(officer, f"{day}T10:00") as w:
        result(w, found.id, passed=False, remark="再次登记")


def test_two_days_after_the_deadline_the_exit_is_proposed_instead(
    engine: Engine, begin: Any, officer: Any, ordered: Held
) -> None:
    found = only(engine, Rectification, ordered)
    with pytest.raises(Conflict), begin(officer, "2024-06-07T09:00") as w:
        result(w, found.id, passed=True, remark="迟到的结果")
    with begin(officer, "2024-06-07T09:00") as w:
        check_now(w, ordered.id)
    assert only(engine, ExitCase, ordered).proposed_on == date(2024, 6, 6)
    assert load(engine, Rectification, found.id).state is RectificationState.LAPSED


@pytest.mark.parametrize(
    ("answered", "left"), [("2024-06-04", True), ("2024-06-05", True), ("2024-06-06", False)]
)
def test_an_answer_in_time_leaves_the_order_to_the_officer(
    engine: Engine, begin: Any, make_actor: Any, officer: Any, ordered: Held, answered: str, *, left: bool
) -> None:
    found, member = (
        only(engine, Rectification, ordered),
        make_actor(Role.APPLICANT, parties=[ordered.party_id]),
    )
    with begin(member, f"{answered}T09:00") as w:
        answer(w, found.id, "已更换培训师资")
    if left:
        with begin(member, "2024-06-06T09:00") as w:
            answer(w, found.id, "已更换培训师资，附签到表")
    with begin(officer, "2024-07-01T09:00") as w:
        check_now(w, ordered.id)
    with session_factory(engine)() as session:
        assert (session.scalars(select(ExitCase)).first() is None) is left
    if left:
        with begin(officer, "2024-07-02T09:00") as w:
            result(w, found.id, passed=False, remark="签到表与实际不符")
        assert only(engine, ExitCase, ordered).proposed_on == date(2024, 7, 2)


def test_a_failed_result_proposes_the_exit_that_day(
    engine: Engine, begin: Any, officer: Any, ordered: Held
) -> None:
    found = only(engine, Rectification, ordered)
    with begin(officer, "2024-05-20T09:00") as w:
        result(w, found.id, passed=False, remark="未见改进")
    case = only(engine, ExitCase, ordered)
    assert (case.clause, case.proposed_on, case.rectification_id) == ("18(1)", date(2024, 5, 20), found.id)
    assert load(engine, Accreditation, ordered.id).state is AccreditationState.RECTIFYING
    with begin(officer, "2024-05-21T09:00") as w:
        dismiss(w, case.id, "再给一次机会")
    assert load(engine, Accreditation, ordered.id).state is AccreditationState.ACTIVE


def test_only_the_last_open_order_closes_the_rectification(
    engine: Engine, begin: Any, officer: Any, ordered: Held
) -> None:
    first = only(engine, Rectification, ordered)
    with begin(officer, "2024-05-07T09:00") as w:
        other = order(w, ordered.id, "18(4)", date(2024, 6, 7), "公益服务占比不足")
    with pytest.raises(Conflict), begin(officer, "2024-05-07T09:00") as w:
        order(w, ordered.id, "18(4)", date(2024, 6, 7), "重复")
    with begin(officer, "2024-05-20T09:00") as w:
        result(w, other, passed=True, remark="已补足")
    assert load(engine, Accreditation, ordered.id).state is AccreditationState.RECTIFYING
    with begin(officer, "2024-05-21T09:00") as w:
        result(w, first.id, passed=True, remark="已改进")
    assert load(engine, Accreditation, ordered.id).state is AccreditationState.ACTIVE


def test_a_failed_order_keeps_the_rectification_open_until_its_exit_is_decided(
    engine: Engine, begin: Any, officer: Any, ordered: Held
) -> None:
    first = only(engine, Rectification, ordered)
    with begin(officer, "2024-05-07T09:00") as w:
        other = order(w, ordered.id, "18(4)", date(2024, 6, 7), "公益服务占比不足")
    with begin(officer, "2024-05-20T09:00") as w:
        result(w, first.id, passed=False, remark="未见改进")
    with begin(officer, "2024-05-21T09:00") as w:
        result(w, other, passed=True, remark="已补足")
    assert load(engine, Accreditation, ordered.id).state is AccreditationState.RECTIFYING
    with begin(officer, "2024-05-22T09:00") as w:
        dismiss(w, only(engine, ExitCase, ordered).id, "再给一次机会")
    assert load(engine, Accreditation, ordered.id).state is AccreditationState.ACTIVE


def test_nothing_is_ordered_once_the_status_has_ended(engine: Engine, begin: Any, officer: Any) -> None:
    gone = accredit(
        engine, "hubei/specialized", "2020-06-01", state=AccreditationState.EXPIRED,
        ended_on=date(2023, 6, 2), ended_clause="15",
    )  # fmt: skip
    with pytest.raises(Refused, match="Expired") as caught, begin(officer, "2024-05-06T09:00") as w:
        order(w, gone.id, "18(1)", date(2024, 6, 5), "三场活动满意度低于80%")
    assert "责令整改" in caught.value.text.zh


@pytest.mark.parametrize(("role", "program"), [(Role.RECOMMENDER, "hubei"), (Role.OFFICER, "jilin")])
def test_others_record_no_result(
    engine: Engine, begin: Any, make_actor: Any, ordered: Held, role: Role, program: str
) -> None:
    found = only(engine, Rectification, ordered)
    with pytest.raises((NotAllowed, NotFound)), begin(make_actor(role, program), "2024-05-20T09:00") as w:
        result(w, found.id, passed=True, remark="无权")


def test_two_results_at_once(engine: Engine, begin: Any, make_actor: Any, ordered: Held) -> None:
    found, gate = only(engine, Rectification, ordered), Barrier(2)
    officers = [make_actor(Role.OFFICER, "hubei") for _ in range(2)]

    def close(who: Any) -> str:
        try:
            with begin(who, "2024-05-20T09:00") as w:
                gate.wait()
                result(w, found.id, passed=who is officers[0], remark="结果")
        except Conflict:
            return "conflict"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(close, officers)) == ["conflict", "done"]
