"""What waits for the accredited, and what a report starts with."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine

from core.domain.errors import NotFound, Refused
from core.domain.roles import Role
from core.services.duties import rectifications, reports
from core.services.duties.owed import held_by, owed
from core.services.duties.report_data import SuccessCase, derived, read_cases, stated, written_cases
from core.services.endings import extensions
from core.services.supervision.status import Status, find
from core.storage.models.register import RecordState
from tests.services.factory import Held, accredit, serve

START = "2023-06-01"


@pytest.fixture
def expert(engine: Engine) -> Held:
    return accredit(engine, "jilin/expert", START)


@pytest.fixture
def member(make_actor: Any, expert: Held) -> Any:
    return make_actor(Role.APPLICANT, parties=[expert.party_id])


def waits(begin: Any, member: Any, held: Held, at: str) -> list[tuple[str, str, bool]]:
    with begin(member, at) as w:
        found = owed(w, [Status(w, row) for row in held_by(w, [held.party_id])])
        return [(item.kind, item.until.isoformat() if item.until else "", item.answered) for item in found]


def test_a_report_waits_from_ninety_days_before_until_it_came(begin: Any, member: Any, expert: Held) -> None:
    due = "2024-06-01"
    assert waits(begin, member, expert, "2024-03-02T09:00") == []
    assert waits(begin, member, expert, "2024-03-03T09:00") == [("report", due, False)]
    assert waits(begin, member, expert, f"{due}T23:00") == [("report", due, False)]
    with begin(member, f"{due}T23:00") as w:
        reports.submit_report(w, expert.id, 2023, "总结", "成功案例")
    assert waits(begin, member, expert, f"{due}T23:30") == []


def test_an_order_waits_until_it_is_answered_and_then_for_the_authority(
    begin: Any, make_actor: Any, engine: Engine
) -> None:
    held = accredit(engine, "hubei/comprehensive", START)
    member = make_actor(Role.APPLICANT, parties=[held.party_id])
    officer = make_actor(Role.OFFICER, "hubei")
    with begin(officer, "2024-03-01T09:00") as w:
        order = rectifications.order(w, held.id, "18(1)", date(2024, 4, 1), "请整改")
    found = waits(begin, member, held, "2024-03-02T09:00")
    assert ("order", "2024-04-01", False) in found
    stranger = make_actor(Role.APPLICANT, parties=[])
    with pytest.raises(NotFound), begin(stranger, "2024-03-02T09:00") as w:
        rectifications.answer(w, order, "已整改")
    with begin(member, "2024-03-02T09:00") as w:
        rectifications.answer(w, order, "已整改")
    assert ("order", "2024-04-01", True) in waits(begin, member, held, "2024-03-02T10:00")
    with begin(officer, "2024-03-05T09:00") as w:
        rectifications.result(w, order, passed=True, remark="合格")
    with pytest.raises(Refused), begin(member, "2024-03-06T09:00") as w:
        rectifications.answer(w, order, "再报")


def test_an_extension_waits_while_it_can_be_asked_for(begin: Any, make_actor: Any, engine: Engine) -> None:
    held = accredit(engine, "miit_volunteer/expert", START)
    member = make_actor(Role.APPLICANT, parties=[held.party_id])
    with begin(member, "2024-01-01T09:00") as w:
        window = extensions.window(find(w, held.id))
    if window is None:
        pytest.fail("the programme is expected to know an extension")
    before = f"{date.fromordinal(window.first.toordinal() - 1)}T09:00"
    assert all(kind != "extension" for kind, _, _ in waits(begin, member, held, before))
    at = f"{window.first}T09:00"
    assert ("extension", window.last.isoformat(), False) in waits(begin, member, held, at)
    with begin(member, at) as w:
        extensions.request_extension(w, held.id)
    assert ("extension", window.last.isoformat(), True) in waits(begin, member, held, at)


def test_others_accreditations_are_not_listed(begin: Any, make_actor: Any, expert: Held) -> None:
    with begin(make_actor(Role.APPLICANT, parties=[]), "2024-01-01T09:00") as w:
        assert held_by(w, [expert.party_id]) == []


def test_figures_of_a_report_count_what_counts(engine: Engine, begin: Any, member: Any, expert: Held) -> None:
    more: dict[str, Any] = {"participants": 10, "satisfaction_pct": Decimal(90)}
    serve(engine, expert, "2024-01-01", "2", ("甲", "乙"), **more)
    serve(engine, expert, "2024-12-31", "1.5", ("乙",), participants=5, satisfaction_pct=Decimal("95.5"))
    serve(engine, expert, "2025-01-01", "9", ("丙",), **more)
    serve(engine, expert, "2024-05-01", "9", ("丁",), state=RecordState.DRAFT, **more)
    serve(engine, expert, "2024-05-01", "9", ("戊",), state=RecordState.REJECTED, **more)
    with begin(member, "2025-02-01T09:00") as w:
        found = derived(w, expert.id, date(2024, 1, 1), date(2024, 12, 31))
        none = derived(w, expert.id, date(2023, 7, 1), date(2023, 7, 31))
    assert (found["service_hours"], found["services"], found["enterprises_served"]) == (
        Decimal("3.5"), Decimal(2), Decimal(2),
    )  # fmt: skip
    assert (found["participants"], found["satisfaction_pct"]) == (Decimal(15), Decimal("92.8"))
    assert (none["service_hours"], none["satisfaction_pct"]) == (Decimal(0), None)


def test_success_cases_come_back_as_they_were_written() -> None:
    cases = [SuccessCase("某厂【改造】\n一期", "经过\n\n结果"), SuccessCase("二", "三")]
    text = written_cases(cases)
    assert read_cases(text) == [SuccessCase("某厂〔改造〕 一期", "经过\n\n结果"), SuccessCase("二", "三")]
    assert read_cases("没有标题") == [SuccessCase("", "没有标题")]
    assert read_cases("") == []
    assert written_cases([]) == ""


def test_figures_of_former_reports_keep_their_names() -> None:
    found = stated({"自定": 3, "service_hours": "1.5"})
    assert [(fact.label.zh, value) for fact, value in found] == [
        ("服务时长", Decimal("1.5")), ("自定", Decimal(3)),
    ]  # fmt: skip
