"""Part three: supervision reminds and reports, and revokes nothing."""

from datetime import date

import pytest

from core.domain.supervision.replay import Happening
from core.rules.obligations import ConductDuty, FindingKind, Overdue, ReportDuty, ReportKind, Year
from tests.plugins.judging import Bench, life, service
from tests.plugins.shanghai.profile import COMPREHENSIVE, SPECIALIZED

BOTH = pytest.mark.parametrize("bench", [COMPREHENSIVE, SPECIALIZED], ids=str)
START = date(2024, 3, 20)


@BOTH
def test_no_exit_rule_stands_in_the_text(bench: Bench) -> None:
    assert bench.rules().exits == ()


@pytest.mark.parametrize(
    ("bench", "of_its_kind"), [(COMPREHENSIVE, ["跟踪", "解答"]), (SPECIALIZED, ["提升"])], ids=str
)
def test_the_duties_of_part_three(bench: Bench, of_its_kind: list[str]) -> None:
    duties = bench.rules().duties
    clauses = ["3.1", "3.1", "3.1", "3.2", "3.2", *["3.3"] * len(of_its_kind), "3.4", "3.5"]
    assert [duty.clause for duty in duties] == clauses
    assert [duty.title.zh[:2] for duty in duties if duty.clause == "3.3"] == of_its_kind
    papers = [duty for duty in duties if isinstance(duty, ReportDuty)]
    assert [duty.kind for duty in papers] == [ReportKind.PLAN, ReportKind.REPORT]
    for duty in papers:
        assert (duty.clause, duty.year, duty.overdue) == ("3.1", Year.CALENDAR, Overdue.REMINDER)
    assert len(papers) == sum(not isinstance(duty, ConductDuty) for duty in duties)


@BOTH
def test_neither_findings_nor_complaints_nor_fees_nor_low_satisfaction_end_anything(bench: Bench) -> None:
    findings = [Happening(date(2024, 8, 1), "finding", {"kind": kind}) for kind in FindingKind]
    complaints = [Happening(date(2024, 7, day), "complaint", {"verified": True}) for day in range(1, 5)]
    services = [service(date(2024, month, 10), "10", public_benefit=False, fee=900) for month in (4, 5, 6)]
    assert life(bench, START, date(2025, 3, 20), *findings, *complaints, *services) == []


@BOTH
def test_silence_is_not_warned_about(bench: Bench) -> None:
    assert life(bench, START, date(2025, 3, 20)) == []


@pytest.mark.parametrize(("reported", "overdue"), [(None, True), (date(2025, 1, 31), False)])
def test_an_overdue_report_is_a_reminder_and_no_warning(reported: date | None, overdue: bool) -> None:
    reports = [] if reported is None else [Happening(reported, "annual_report", {"year": 2024})]
    timeline = life(COMPREHENSIVE, START, date(2025, 3, 1), *reports, reminders=True)
    assert {what for _, what, _ in timeline} == {"reminder"}
    assert ((date(2025, 2, 1), "reminder", "3.1") in timeline) is overdue


@pytest.mark.parametrize(
    ("start", "expired"), [(START, date(2025, 3, 21)), (date(2024, 2, 29), date(2025, 3, 1))]
)
def test_the_proposed_year_ends_on_its_corresponding_day(start: date, expired: date) -> None:
    assert life(SPECIALIZED, start, date(2025, 4, 30)) == [(expired, "expired", "agreement")]


@BOTH
def test_a_withdrawal_ends_the_status_and_an_extension_is_refused(bench: Bench) -> None:
    asked, left = Happening(date(2024, 5, 1), "renewal"), Happening(date(2024, 6, 1), "withdrawal")
    assert life(bench, START, date(2025, 6, 1), asked, left) == [
        (date(2024, 5, 1), "extension_refused", "agreement"),
        (date(2024, 6, 1), "withdrawn", "withdrawal"),
    ]
