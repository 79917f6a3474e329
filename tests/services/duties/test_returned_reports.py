"""A report that is returned as insufficient: missing until handed in again; and plans beside reports."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Conflict, Invalid, NotAllowed, Refused
from core.domain.lifecycle.states import AccreditationState
from core.domain.roles import Role
from core.rules.obligations import ReportKind
from core.services.base.work import SYSTEM
from core.services.duties.owed import owed
from core.services.duties.reports import accept_report, due_reports, submit_report
from core.services.duties.returned_reports import return_report, take_back
from core.services.endings.withdrawals import withdraw
from core.services.papers.supervision import returned_letter
from core.services.supervision.living_through import check_now
from core.services.supervision.status import find
from core.services.todo.waiting import waiting_for
from core.storage.engine import session_factory
from core.storage.models import Accreditation, AnnualReport, AuditEvent
from tests.conftest import Begin, MakeActor
from tests.services.factory import Held, accredit, events, load, messages
from tests.services.members import member_of

PROPOSED = ("exit_proposed", "20(5)")


@pytest.fixture
def held(engine: Engine) -> Held:
    """The summary of 2024 is due by 2025-01-31, which moves to 5 February."""
    return accredit(
        engine, "liaocheng/comprehensive", "2024-06-30", next_due_on=date(2025, 1, 2), region="371525"
    )


@pytest.fixture
def officer(make_actor: MakeActor) -> Any:
    return make_actor(Role.OFFICER, "liaocheng")


@pytest.fixture
def handed_in(begin: Begin, make_actor: MakeActor, held: Held) -> int:
    with begin(member_of(make_actor, held), "2025-01-10T09:00", "report.submit") as w:
        return submit_report(w, held.id, 2024, "工作总结")


def proposed(engine: Engine, held: Held) -> list[str]:
    return [on for on, *what in events(engine, held) if tuple(what) == PROPOSED]


@pytest.mark.parametrize(
    ("on", "follows"),
    [("2025-02-04", "2025-02-06"), ("2025-02-06", "2025-02-06"), ("2025-02-07", "2025-02-07")],
)
def test_a_returned_report_is_missing(
    engine: Engine, begin: Begin, officer: Any, held: Held, handed_in: int, on: str, follows: str
) -> None:
    with begin(officer, f"{on}T09:00", "report.return") as w:
        return_report(w, handed_in, "没有服务数据")
    with begin(SYSTEM, "2025-02-10T00:10") as w:
        check_now(w, held.id)
    assert proposed(engine, held) == [follows]
    assert "report.returned" in messages(engine, held)
    row = load(engine, AnnualReport, handed_in)
    assert (row.returned_on, row.return_reason, row.returned_by_id) == (
        date.fromisoformat(on), "没有服务数据", officer.user_id
    )  # fmt: skip
    with session_factory(engine)() as session:
        query = select(AuditEvent.actor_id).where(
            AuditEvent.subject == "annual_report", AuditEvent.action == "report.return"
        )
        assert session.scalars(query).all() == [officer.user_id]


def test_handed_in_again_on_the_same_day_it_counts(
    engine: Engine, begin: Begin, make_actor: MakeActor, officer: Any, held: Held, handed_in: int
) -> None:
    member = member_of(make_actor, held)
    with begin(officer, "2025-01-10T15:00", "report.return") as w:
        return_report(w, handed_in, "没有服务数据")
        assert [item.kind for item in waiting_for(w) if item.kind == "reports"] == []
    with begin(member, "2025-01-10T16:00") as w:
        (due,) = due_reports(find(w, held.id))
        assert (due.submitted_on, due.returned_on) == (None, date(2025, 1, 10))
        (item,) = owed(w, [find(w, held.id)])
        assert item.title.en == "Submit the 2024 report again: it was returned"
        again = submit_report(w, held.id, 2024, "补充后的工作总结")
        (due,) = due_reports(find(w, held.id))
        assert (due.submitted_on, due.returned_on) == (date(2025, 1, 10), None)
    with begin(officer, "2025-01-11T09:00") as w:
        with pytest.raises(Refused):
            take_back(w, handed_in, "误退")
        with pytest.raises(Conflict):
            return_report(w, handed_in, "再次退回")
        with pytest.raises(Conflict):
            accept_report(w, handed_in)
        accept_report(w, again)
        with pytest.raises(Conflict):
            return_report(w, again, "已受理")
    with begin(SYSTEM, "2025-02-10T00:10") as w:
        check_now(w, held.id)
    assert proposed(engine, held) == []


def test_a_return_by_mistake_is_taken_back(
    engine: Engine, begin: Begin, make_actor: MakeActor, officer: Any, held: Held, handed_in: int
) -> None:
    with pytest.raises(Conflict), begin(officer, "2025-01-11T09:00") as w:
        take_back(w, handed_in, "没有退回过")
    with begin(officer, "2025-01-12T09:00") as w:
        return_report(w, handed_in, "看错了年度")
        assert returned_letter(w, handed_in, language="zh").content.startswith(b"%PDF")
    with begin(officer, "2025-01-13T09:00", "report.restore") as w:
        take_back(w, handed_in, "年度无误")
    assert load(engine, AnnualReport, handed_in).returned_on is None
    assert messages(engine, held)[-1] == "report.restored"
    with begin(SYSTEM, "2025-02-10T00:10") as w:
        check_now(w, held.id)
    assert proposed(engine, held) == []


def test_it_needs_a_reason_and_a_role(
    begin: Begin, make_actor: MakeActor, officer: Any, held: Held, handed_in: int
) -> None:
    with pytest.raises(Invalid), begin(officer, "2025-01-11T09:00") as w:
        return_report(w, handed_in, " ")
    with pytest.raises(NotAllowed), begin(make_actor(Role.AUDITOR, "liaocheng"), "2025-01-11T09:00") as w:
        return_report(w, handed_in, "无权")
    assert held.id


def test_jilins_report_needs_a_case_or_an_experience(
    engine: Engine, begin: Begin, make_actor: MakeActor
) -> None:
    held = accredit(engine, "jilin/provider", "2023-06-01")
    member = member_of(make_actor, held)
    with pytest.raises(Invalid) as caught, begin(member, "2024-05-06T09:00") as w:
        submit_report(w, held.id, 2023, "总结", " ")
    assert set(caught.value.errors) == {"success_cases"}
    with begin(member, "2024-05-06T09:00") as w:
        assert submit_report(w, held.id, 2023, "总结", "帮助一家企业融资")


def test_shanghais_plan_and_report_are_handed_in_apart(
    engine: Engine, begin: Begin, make_actor: MakeActor
) -> None:
    held = accredit(engine, "shanghai/specialized", "2023-08-10", valid_through=date(2025, 8, 10))
    member = member_of(make_actor, held)
    with begin(member, "2025-01-06T09:00") as w:
        asked = [(due.kind, due.year) for due in due_reports(find(w, held.id))]
        assert asked == [(ReportKind.PLAN, 2024), (ReportKind.PLAN, 2025), (ReportKind.REPORT, 2024)]
        submit_report(w, held.id, 2025, "全年计划", kind=ReportKind.PLAN)
        submit_report(w, held.id, 2024, "全年情况")
        left = [(due.kind, due.year) for due in due_reports(find(w, held.id)) if due.submitted_on is None]
        assert left == [(ReportKind.PLAN, 2024)]
    jilin = accredit(engine, "jilin/provider", "2023-06-01")
    with pytest.raises(Refused), begin(member_of(make_actor, jilin), "2024-05-06T09:00") as w:
        submit_report(w, jilin.id, 2024, "不要求计划", "案例", kind=ReportKind.PLAN)


def test_after_the_terms_end_it_is_asked_for_and_after_leaving_it_is_not(
    engine: Engine, begin: Begin, make_actor: MakeActor
) -> None:
    """Through 2024-09-01: of 2024 eight whole months."""
    numbers = {}
    for leaves in (False, True):
        held = accredit(
            engine, "liaocheng/comprehensive", "2021-09-01", valid_through=date(2024, 9, 1),
            next_due_on=date(2024, 8, 1),
        )  # fmt: skip
        if leaves:
            with begin(member_of(make_actor, held), "2024-08-20T09:00") as w:
                withdraw(w, held.id)
        with begin(SYSTEM, "2025-01-02T00:10") as w:
            check_now(w, held.id)
        with begin(member_of(make_actor, held), "2025-01-06T09:00") as w:
            asked = [due.year for due in due_reports(find(w, held.id))]
        numbers[leaves] = messages(engine, held).count("reminder.report"), asked
        assert proposed(engine, held) == []
    # That of 2023, due while it stood, is owed by both.
    assert numbers == {False: (1, [2023, 2024]), True: (0, [2023])}
    assert load(engine, Accreditation, held.id).state is AccreditationState.WITHDRAWN
