"""Parts one to five as documents: window, materials, stages, readings, summary table, and the coverage."""

from datetime import datetime
from decimal import Decimal

import pytest

from core.rules.clauses import Actor, Coverage, Intake, StageKind
from tests.plugins.judging import Bench, loaded
from tests.plugins.shanghai.profile import COMPREHENSIVE, SPECIALIZED

BOTH = pytest.mark.parametrize("bench", [COMPREHENSIVE, SPECIALIZED], ids=str)


def test_the_programme_is_the_citys_and_the_districts_recommend() -> None:
    program = loaded("shanghai").program
    assert (program.id, program.region, program.recommender_level) == ("shanghai", "310000", 6)
    assert program.authority.zh == "上海市促进中小企业发展协调办公室"
    assert [edition.id for edition in program.editions] == ["2017"]
    patterns = [track.number_pattern.format(year=2017, sequence=7) for track in program.tracks]
    assert patterns == ["SH-Z-2017-0007", "SH-S-2017-0007"]


@BOTH
def test_the_materials_of_part_four(bench: Bench) -> None:
    materials = bench.rules().materials
    assert [(item.clause, item.key, item.required) for item in materials] == [
        ("4.1", "application_form", True),
        ("4.2", "application_report", True),
        ("4.3", "licence", True),
        ("4.4", "qualifications", True),
        ("4.5", "financial_statements", True),
        ("4.6", "premises_proof", True),
        ("4.7", "staff_certificates", True),
        ("4.8", "honors", False),
        ("4.9", "declaration", True),
    ]
    assert [item.template for item in materials if item.template] == ["附件1", "附件2"]


@BOTH
def test_the_stages_of_part_five(bench: Bench) -> None:
    procedure = bench.rules().procedure
    assert (procedure.clause, procedure.intake) == ("5.1", Intake.CALL)
    assert [(stage.kind, stage.clause, stage.actor) for stage in procedure.stages] == [
        (StageKind.VERIFICATION, "5.2", Actor.AUTHORITY),
        (StageKind.SUBMISSION, "5.2", Actor.APPLICANT),
        (StageKind.RECOMMENDATION, "5.3", Actor.RECOMMENDER),
        (StageKind.REVIEW, "5.4", Actor.REVIEWER),
        (StageKind.AGREEMENT, "5.4", Actor.AUTHORITY),
        (StageKind.ACCREDITATION, "5.4", Actor.AUTHORITY),
    ]
    assert [stage.kind for stage in procedure.stages if stage.scored] == [StageKind.REVIEW]
    assert len(procedure.functions) == 8
    assert (procedure.compliance, procedure.paper_copy, procedure.measured) == ("5.3", "5.2", ())
    assert [(clause, target) for clause, target, _ in procedure.nomination] == [
        ("3(last)", "funding_and_honors")
    ]


@BOTH
def test_the_window_of_2017(bench: Bench) -> None:
    window = bench.rules().procedure.window
    assert window is not None
    assert (window.clause, window.submit_by, window.recommend_by) == (
        "5.2",
        "2017-09-20T17:00:00",
        "2017-09-30T23:59:59",
    )
    times = [datetime.fromisoformat(at) for at in (window.opens_at, window.submit_by, window.recommend_by)]
    assert times == sorted(times)
    assert times[0].year == 2017


@BOTH
def test_the_term_is_the_agreements(bench: Bench) -> None:
    term = bench.rules().procedure.term
    assert (term.clause, term.years, term.extension) == ("agreement", 1, None)
    assert term.by_agreement
    assert (term.withdrawal_clause, term.follows) == ("withdrawal", ("shanghai.term",))


def test_every_reading_is_declared_with_its_default() -> None:
    assert {item.id: (item.clause, item.default) for item in loaded("shanghai").interpretations} == {
        "shanghai.in_principle": ("2.1(3)", "firm"),
        "shanghai.relaxable": ("2.1(last)", "all"),
    }


def test_every_declared_reading_is_followed_somewhere() -> None:
    followed = {
        item
        for rules in loaded("shanghai").rules.values()
        for clause in (*rules.clauses, rules.procedure.term)
        for item in getattr(clause, "follows", ())
    }
    assert followed == {item.id for item in loaded("shanghai").asked}


def test_every_item_of_the_text_is_listed_and_none_is_forgotten() -> None:
    articles = {item.clause: item.coverage for item in loaded("shanghai").articles}
    assert list(articles) == [
        "1",
        *(f"2.1({number})" for number in range(1, 7)),
        "2.1(last)",
        "2.2(1)",
        "2.2(2)",
        *(f"3.{number}" for number in range(1, 6)),
        "3(last)",
        *(f"4.{number}" for number in range(1, 10)),
        *(f"5.{number}" for number in range(1, 5)),
    ]
    assert Coverage.INFORMATIONAL not in articles.values()
    interpreted = [clause for clause, how in articles.items() if how is Coverage.INTERPRETED]
    assert interpreted == ["2.1(3)", "2.1(last)"]


def test_attachment_3_for_each_track() -> None:
    tables = loaded("shanghai").summary_tables
    assert [(table.id, table.clause, table.track) for table in tables] == [
        ("A3_comprehensive", "5.3", "comprehensive"),
        ("A3_specialized", "5.3", "specialized"),
    ]
    assert all("推荐汇总表" in table.title.zh for table in tables)


@pytest.mark.parametrize(
    ("parameter", "number"),
    [
        ("2.1(1).operating_since", 1),
        ("2.1(1).registered_capital_cny", 100_000),
        ("2.1(2).staff_full_time", 10),
        ("2.1(2).staff_college_plus_share", 70),
        ("2.1(2).premises_area_m2", 80),
        ("2.1(3).smes_served_last_year", 100),
        ("2.1(3).satisfaction_pct", 80),
        ("2.1(3).public_benefit_share_pct", 10),
        ("2.1(5).aggregated_organizations", 3),
        ("2.1(6).last_penalty_on", 3),
        ("1.service_functions", 2),
        ("agreement.years", 1),
        ("3.1.due_month", 1),
    ],
)
def test_the_numbers_of_the_text_can_be_overridden_by_name(parameter: str, number: int) -> None:
    rules = loaded("shanghai").rules["comprehensive", "2017"]
    assert {item.id: item.default for item in rules.parameters()}[parameter] == Decimal(number)


def test_what_the_text_states_is_no_choice() -> None:
    assert {item.id: item.clause for item in loaded("shanghai").stated} == {
        "shanghai.several": "1",
        "shanghai.served": "2.1(3)",
        "shanghai.report_due": "3.1",
        "shanghai.term": "5.4",
    }
