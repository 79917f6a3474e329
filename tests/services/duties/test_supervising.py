"""Findings, complaints, absences, inspections and reports, as officers and parties handle them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from core.domain.lifecycle.states import AccreditationState
from core.domain.roles import Role
from core.rules.obligations import FindingKind
from core.services.base.work import ANONYMOUS, SYSTEM
from core.services.duties.absences import excuse
from core.services.duties.campaigns import save_campaign
from core.services.duties.complaints import decide_complaint, file_complaint, follow_up
from core.services.duties.findings import decide_finding, kinds_of, open_finding
from core.services.duties.inspections import open_reverifications, plan, record, year_summary
from core.services.duties.reports import accept_report, due_reports, submit_report
from core.services.supervision.living_through import check_now
from core.services.supervision.status import find
from core.services.todo.waiting import waiting_for
from core.storage.engine import session_factory
from core.storage.models import (
    Accreditation,
    AnnualReport,
    Complaint,
    ExitCase,
    Finding,
    Inspection,
    RegisterEvent,
    ServiceRecord,
)
from core.storage.models.register import RecordState
from tests.services.factory import Held, accredit, audited, events, load, messages, serve
from tests.services.members import member_of, only

# Findings.


def test_findings_only_of_kinds_that_the_track_names(engine: Engine, begin: Any, make_actor: Any) -> None:
    miit = accredit(engine, "miit_volunteer/workstation", "2023-06-01")
    officer = make_actor(Role.OFFICER, "miit_volunteer")
    for kind in ("other", "incompetence", "nonsense"):
        with pytest.raises(Invalid) as caught, begin(officer, "2024-05-06T09:00") as w:
            open_finding(w, miit.id, kind, "理由")
        assert "违法违纪" in caught.value.errors["kind"].zh
    jilin = accredit(engine, "jilin/provider", "2023-06-01")
    with pytest.raises(Invalid) as caught, begin(make_actor(Role.OFFICER, "jilin"), "2024-05-06T09:00") as w:
        open_finding(w, jilin.id, "other", "")
    assert set(caught.value.errors) == {"reason"}


def test_a_recommender_opens_and_the_authority_decides(engine: Engine, begin: Any, make_actor: Any) -> None:
    held = accredit(engine, "jilin/provider", "2023-06-01")
    county = make_actor(Role.RECOMMENDER, "jilin", "220202")
    for _ in range(2):  # the second is the same form again
        with begin(county, "2024-05-06T09:00", "finding.open") as w:
            finding = open_finding(w, held.id, "irregular_operation", "检查发现收费混乱")
    with pytest.raises(NotAllowed), begin(county, "2024-05-07T09:00") as w:
        decide_finding(w, finding, established=True, reason="县级不能决定")
    officer = make_actor(Role.OFFICER, "jilin")
    with begin(officer, "2024-05-08T09:00") as w:
        decide_finding(w, finding, established=False, reason="已整改，情节轻微")
    assert load(engine, Finding, finding).state == "dismissed"
    assert events(engine, held) == []
    assert messages(engine, held) == ["finding.opened", "finding.decided"]
    assert audited(engine, "finding", finding)[0][:2] == (county.name, "finding.open")
    told = rf"decided already \({officer.name}, 2024-05-08 09:00\)"
    with pytest.raises(Conflict, match=told), begin(officer, "2024-05-08T10:00") as w:
        decide_finding(w, finding, established=True, reason="改变主意")


def test_a_paid_record_counts_until_its_finding_is_decided_against_it(
    engine: Engine, begin: Any, make_actor: Any
) -> None:
    held = accredit(engine, "miit_volunteer/expert", "2023-06-01")
    row = serve(engine, held, "2024-05-05", fee_cny=Decimal(500))
    officer = make_actor(Role.OFFICER, "miit_volunteer")
    with begin(SYSTEM, "2024-05-06T09:00") as w:
        check_now(w, held.id)
    paid = only(engine, Finding, held)
    assert (paid.kind, paid.service_record_id) == ("paid_service", row)
    assert load(engine, ServiceRecord, row).state is RecordState.SUBMITTED
    with begin(officer, "2024-05-07T09:00") as w:
        decide_finding(w, paid.id, established=True, reason="向企业收取500元")
    found = load(engine, ServiceRecord, row)
    assert (found.state, found.rejection_reason) == (RecordState.REJECTED, "向企业收取500元")
    with session_factory(engine)() as session:
        assert session.scalars(select(ExitCase).where(ExitCase.accreditation_id == held.id)).all() == []


def test_every_kind_a_rule_names_has_words() -> None:
    from core.hooks.catalogue import catalogue  # noqa: PLC0415  # for this check alone

    for loaded, track in catalogue().tracks():
        rules = loaded.track_rules(track.id, loaded.program.editions[-1].id)
        assert set(kinds_of(rules)) <= set(FindingKind)


# Complaints: Liaocheng 20(4), the third verified one in a term.


def test_the_third_verified_complaint_proposes_the_exit(engine: Engine, begin: Any, make_actor: Any) -> None:
    held = accredit(engine, "liaocheng/comprehensive", "2023-06-01")
    officer = make_actor(Role.OFFICER, "liaocheng")
    for number in (1, 2, 3):
        with begin(ANONYMOUS, f"2024-05-0{number}T09:00", "complaint.file") as w:
            code = file_complaint(w, held.number, "某企业", "13800138000", "收费不合理")
            for typed in (f" {code.lower()} ", f"{code[:4]}\u2011{code[4:8]}–{code[8:]}\u200b"):
                assert follow_up(w, typed).verified is None
        with session_factory(engine)() as session:
            complaint = session.scalars(select(Complaint).where(Complaint.code == code)).one().id
        assert only_case(engine, held) is None
        with begin(officer, f"2024-05-2{number}T09:00") as w:
            decide_complaint(w, complaint, verified=True, reason="经核查属实")
        with begin(ANONYMOUS, "2024-06-01T09:00") as w:
            told = follow_up(w, code)
        assert (told.verified, told.reason) == (True, "经核查属实")
    case = only_case(engine, held)
    assert case is not None
    assert (case.clause, case.proposed_on, case.ban_years) == ("20(4)", date(2024, 5, 23), 3)
    assert messages(engine, held) == ["complaint.verified", "exit.proposed"]
    with pytest.raises(Conflict), begin(officer, "2024-05-24T09:00") as w:
        decide_complaint(w, complaint, verified=False, reason="改变主意")


def only_case(engine: Engine, held: Held) -> ExitCase | None:
    with session_factory(engine)() as session:
        return session.scalars(select(ExitCase).where(ExitCase.accreditation_id == held.id)).one_or_none()


def test_a_complaint_names_what_is_missing_all_at_once(begin: Any) -> None:
    with pytest.raises(Invalid) as caught, begin(ANONYMOUS, "2024-05-01T09:00") as w:
        file_complaint(w, "没有的编号", "", " ", "")
    assert set(caught.value.errors) == {"number", "complainant", "contact", "content"}
    with pytest.raises(Invalid) as caught, begin(ANONYMOUS, "2024-05-01T09:00") as w:
        file_complaint(w, "\x00", "字" * 201, "a\x00", "内容\ud800")
    assert set(caught.value.errors) == {"number", "complainant", "contact", "content"}
    with pytest.raises(NotFound), begin(ANONYMOUS, "2024-05-01T09:00") as w:
        follow_up(w, "\x00")
    with pytest.raises(NotFound), begin(ANONYMOUS, "2024-05-01T09:00") as w:
        follow_up(w, "ABCDEFGHJKLM")


@pytest.mark.parametrize("role", [Role.RECOMMENDER, Role.AUDITOR, Role.SYSADMIN])
def test_others_decide_no_complaint(engine: Engine, begin: Any, make_actor: Any, role: Role) -> None:
    held = accredit(engine, "liaocheng/comprehensive", "2023-06-01")
    with begin(ANONYMOUS, "2024-05-01T09:00") as w:
        file_complaint(w, held.number, "某企业", "a@b.cn", "内容")
    complaint = only(engine, Complaint, held).id
    with pytest.raises((NotAllowed, NotFound)), begin(make_actor(role, "liaocheng"), "2024-05-02T09:00") as w:
        decide_complaint(w, complaint, verified=True, reason="无权")


# Absences: Liaocheng 20(3), twelve months.


def test_an_excuse_restarts_the_twelve_months(engine: Engine, begin: Any, make_actor: Any) -> None:
    held = accredit(engine, "liaocheng/comprehensive", "2023-06-01", next_due_on=date(2023, 6, 2))
    officer = make_actor(Role.OFFICER, "liaocheng")
    with begin(officer, "2024-05-31T09:00") as w:
        excuse(w, held.id, date(2024, 5, 20), "负责人住院")
        day = date(2024, 9, 1)
        save_campaign(w, "liaocheng", title="服务月", starts_on=day, ends_on=day)
    serve(engine, held, "2024-01-15")
    with begin(member_of(make_actor, held), "2025-05-20T09:00") as w:
        submit_report(w, held.id, 2024, "总结")
    assert "20(3)" not in [clause for _, _, clause in events(engine, held)]
    with begin(SYSTEM, "2025-05-21T09:00") as w:
        check_now(w, held.id)
    assert ("2025-05-21", "exit_proposed", "20(3)") in events(engine, held)


@pytest.mark.parametrize(
    ("held_on", "region", "by_authority", "proposed"),
    [
        ("2023-06-01", "", True, False),
        ("2023-06-02", "", True, True),
        ("2024-06-01", "", True, True),
        ("2024-06-02", "", True, False),
        ("2024-01-10", "371525", True, True),
        ("2024-01-10", "371500", True, True),
        ("2024-01-10", "371502", True, False),
        ("2024-01-10", "", False, False),
    ],
)
def test_absence_needs_an_event_of_the_department_that_was_open_to_the_body(
    engine: Engine, begin: Any, make_actor: Any, held_on: str, region: str, by_authority: bool, proposed: bool
) -> None:
    held = accredit(
        engine, "liaocheng/comprehensive", "2023-06-01", next_due_on=date(2024, 5, 1), region="371525"
    )
    day = date.fromisoformat(held_on)
    with begin(make_actor(Role.OFFICER, "liaocheng"), "2024-01-02T09:00") as w:
        save_campaign(
            w, "liaocheng", title="对接会", starts_on=day, ends_on=day, region=region,
            organized_by_authority=by_authority,
        )  # fmt: skip
    with begin(SYSTEM, "2024-06-02T00:10") as w:
        check_now(w, held.id)
    assert (("2024-06-02", "exit_proposed", "20(3)") in events(engine, held)) is proposed


def test_a_division_that_there_is_not_is_refused(begin: Any, make_actor: Any) -> None:
    day = date(2024, 5, 2)
    with (
        pytest.raises(Invalid) as caught,
        begin(make_actor(Role.OFFICER, "liaocheng"), "2024-01-02T09:00") as w,
    ):
        save_campaign(w, "liaocheng", title="对接会", starts_on=day, ends_on=day, region="999999")
    assert set(caught.value.errors) == {"region"}


def test_excuses_have_a_day_within_the_status_and_a_rule_to_excuse_from(
    engine: Engine, begin: Any, make_actor: Any
) -> None:
    held = accredit(engine, "liaocheng/comprehensive", "2023-06-01")
    officer = make_actor(Role.OFFICER, "liaocheng")
    for on in (date(2023, 5, 31), date(2024, 5, 7)):
        with pytest.raises(Invalid) as caught, begin(officer, "2024-05-06T09:00") as w:
            excuse(w, held.id, on, "")
        assert set(caught.value.errors) == {"on", "reason"}
    jilin = accredit(engine, "jilin/provider", "2023-06-01")
    with pytest.raises(Refused), begin(make_actor(Role.OFFICER, "jilin"), "2024-05-06T09:00") as w:
        excuse(w, jilin.id, date(2024, 5, 5), "理由")


# Inspections: Liaocheng 19; Jilin 10(2).


def test_inspections_and_the_summary_of_the_year(engine: Engine, begin: Any, make_actor: Any) -> None:
    region = "371521"
    first, second = (
        accredit(engine, "liaocheng/comprehensive", "2023-06-01", region=region) for _ in range(2)
    )
    accredit(engine, "liaocheng/comprehensive", "2023-06-01", region="371522")
    county = make_actor(Role.RECOMMENDER, "liaocheng", region)
    with begin(county, "2024-03-01T09:00", "inspection") as w:
        done, missed = plan(w, first.id, date(2024, 5, 6), "19"), plan(w, second.id, date(2024, 6, 6))
        with pytest.raises(Invalid) as caught:
            plan(w, first.id, date(2023, 5, 31), "99")
        assert set(caught.value.errors) == {"planned_on", "clause"}
    facts = {"quality": "服务规范", "fees": "收费公示", "satisfaction_pct": 91, "passed": True}
    with begin(county, "2024-05-07T09:00") as w:
        record(w, done, held_on=date(2024, 5, 7), **facts)
    with pytest.raises(Conflict), begin(county, "2024-05-08T09:00") as w:
        record(w, done, held_on=date(2024, 5, 8), **facts)
    with pytest.raises(Invalid) as caught, begin(county, "2024-05-08T09:00") as w:
        record(w, missed, held_on=date(2024, 5, 9), quality="", fees=" ", satisfaction_pct=101, passed=True)
    assert set(caught.value.errors) == {"held_on", "quality", "fees", "satisfaction_pct"}
    with begin(county, "2024-12-31T09:00") as w:
        year = year_summary(w, "liaocheng", 2024)
    assert (year.in_force, year.planned, year.held, year.passed, year.failed) == (2, 2, 1, 1, 0)
    assert year.satisfaction_pct == Decimal("91.0")
    assert [row.number for row in year.rows] == [first.number, second.number]


def to_reverify(w: Any, held: Held) -> list[tuple[str, date]]:
    event = RegisterEvent
    query = select(event.clause, event.happened_on).join(event.accreditation)
    found = w.session.execute(query.where(Accreditation.id == held.id, *open_reverifications()))
    return [tuple(row) for row in found]


def waiting(w: Any) -> int:
    return sum(item.number for item in waiting_for(w) if item.kind == "reverifications")


def test_a_reverification_is_a_task_until_an_inspection_settles_it(
    engine: Engine, begin: Any, make_actor: Any
) -> None:
    held = accredit(engine, "jilin/provider", "2022-06-01", valid_through=date(2026, 6, 1), region="220203")
    with session_factory(engine)() as session, session.begin():
        session.add(
            RegisterEvent(
                accreditation_id=held.id, kind="reverification_due", happened_on=date(2024, 6, 2),
                clause="10(2)", period="2024-06-01", title_zh="复核", title_en="Again",
            )
        )  # fmt: skip
    county = make_actor(Role.RECOMMENDER, "jilin", "220203")
    with begin(county, "2024-06-10T09:00") as w:
        assert to_reverify(w, held) == [("10(2)", date(2024, 6, 2))]
        assert waiting(w) == 1
        task = plan(w, held.id, date(2024, 6, 10), "10(2)")
        record(
            w,
            task,
            held_on=date(2024, 6, 10),
            quality="信息属实",
            fees="无变化",
            satisfaction_pct=None,
            passed=True,
        )
        assert to_reverify(w, held) == []
    assert load(engine, Inspection, task).passed is True
    with begin(make_actor(Role.RECOMMENDER, "jilin", "220204"), "2024-06-10T09:00") as w:
        assert waiting(w) == 0


# Reports: Liaocheng 17, by the end of January; Jilin 10(1), within the accreditation year.


def test_a_report_up_to_its_last_day_keeps_the_exit_away(engine: Engine, begin: Any, make_actor: Any) -> None:
    """31 January 2025 lies in Spring Festival, which ends on 4 February."""
    for day, proposed in (("2025-01-31", False), ("2025-02-05", False), ("2025-02-06", True)):
        held = accredit(engine, "liaocheng/comprehensive", "2024-06-30", next_due_on=date(2025, 1, 2))
        member = member_of(make_actor, held)
        if proposed:
            with begin(SYSTEM, "2025-02-06T00:10") as w:
                check_now(w, held.id)
        with begin(member, f"{day}T09:00", "report.submit") as w:
            report = submit_report(
                w, held.id, 2024, "年度工作总结", figures={"服务企业": 120, "占比": Decimal("1.5")}
            )
        assert (("2025-02-06", "exit_proposed", "20(5)") in events(engine, held)) is proposed
        assert load(engine, AnnualReport, report).figures == {"服务企业": 120, "占比": "1.5"}


def test_what_is_owed_is_listed(engine: Engine, begin: Any, make_actor: Any) -> None:
    held = accredit(engine, "liaocheng/comprehensive", "2024-06-30", region="371525")
    short = accredit(engine, "liaocheng/comprehensive", "2024-07-01", region="371525")
    county = make_actor(Role.RECOMMENDER, "liaocheng", "371525")
    with begin(county, "2025-01-15T09:00") as w:
        due = due_reports(find(w, held.id))
        assert [(item.year, item.due_on, item.submitted_on) for item in due] == [
            (2024, date(2025, 1, 31), None)
        ]
        # Six whole months from 1 July end on 1 January.
        assert due_reports(find(w, short.id)) == []
    with begin(member_of(make_actor, held), "2025-01-16T09:00") as w:
        report = submit_report(w, held.id, 2024, "总结")
    with begin(county, "2025-01-17T09:00") as w:
        accept_report(w, report)
        with pytest.raises(Conflict):
            accept_report(w, report)
    with pytest.raises(Refused), begin(member_of(make_actor, held), "2025-01-18T09:00") as w:
        submit_report(w, held.id, 2024, "已被接收后再交")


def test_report_errors_all_at_once_and_refusals(engine: Engine, begin: Any, make_actor: Any) -> None:
    held = accredit(engine, "jilin/provider", "2023-06-01")
    member = member_of(make_actor, held)
    with pytest.raises(Invalid) as caught, begin(member, "2024-05-06T09:00") as w:
        submit_report(w, held.id, 2025, " ", figures={"场次": "三"})
    assert set(caught.value.errors) == {"summary", "success_cases", "figures.场次", "year"}
    with begin(member, "2024-05-06T09:00") as w:
        submit_report(w, held.id, 2023, "总结", "成功案例")
        assert [item.submitted_on for item in due_reports(find(w, held.id))] == [date(2024, 5, 6)]
    with pytest.raises(Conflict), begin(member, "2024-05-06T10:00") as w:
        submit_report(w, held.id, 2023, "同日再交", "成功案例")
    with pytest.raises(NotFound), begin(make_actor(Role.APPLICANT), "2024-05-06T09:00") as w:
        submit_report(w, held.id, 2023, "他人代交", "成功案例")
    hubei = accredit(engine, "hubei/specialized", "2023-06-01")
    with pytest.raises(Refused), begin(member_of(make_actor, hubei), "2024-05-06T09:00") as w:
        submit_report(w, hubei.id, 2023, "不要求报告的项目")


def test_a_report_that_falls_due_after_the_end_is_not_owed(
    engine: Engine, begin: Any, make_actor: Any
) -> None:
    county = make_actor(Role.RECOMMENDER, "liaocheng", "371525")
    owed = {}
    for ended in (date(2025, 2, 5), date(2025, 2, 6)):
        held = accredit(engine, "liaocheng/comprehensive", "2024-06-30", region="371525")
        with session_factory(engine)() as session, session.begin():
            row = session.get_one(Accreditation, held.id)
            row.state, row.ended_on = AccreditationState.WITHDRAWN, ended
        with begin(county, "2025-03-01T09:00") as w:
            owed[ended] = [item.year for item in due_reports(find(w, held.id))]
    assert owed == {date(2025, 2, 5): [], date(2025, 2, 6): [2024]}
