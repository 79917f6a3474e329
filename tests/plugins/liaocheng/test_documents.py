"""Articles 1 to 23 as documents: materials, stages, readings, lists, and what the coverage says."""

from decimal import Decimal

import pytest

from core.rules.clauses import Actor, Coverage, Intake, StageKind
from core.rules.sentence import sentence
from tests.plugins.judging import Bench, loaded
from tests.plugins.liaocheng.profile import COMPREHENSIVE, SPECIALIZED

BOTH = pytest.mark.parametrize("bench", [COMPREHENSIVE, SPECIALIZED], ids=str)


def test_the_programme_is_the_citys_and_the_counties_recommend() -> None:
    program = loaded("liaocheng").program
    assert (program.id, program.region, program.recommender_level) == ("liaocheng", "371500", 6)
    assert program.authority.zh == "聊城市民营经济发展局"
    assert [track.id for track in program.tracks] == ["comprehensive", "specialized"]
    patterns = [track.number_pattern.format(year=2024, sequence=7) for track in program.tracks]
    assert patterns == ["LC-Z-2024-0007", "LC-S-2024-0007"]


@BOTH
def test_the_materials_of_article_12(bench: Bench) -> None:
    materials = bench.rules().materials
    assert [(item.clause, item.key, item.required) for item in materials] == [
        ("12(1)", "application_report", True),
        ("12(2)", "licence", True),
        ("12(3)", "audit_reports", True),
        ("12(4)", "premises_proof", True),
        ("12(5)", "service_proof", True),
        ("12(6)", "recognition", True),
        ("12(7)", "qualifications", True),
        ("12(8)", "other_proof", False),
        ("12(8)", "declaration", True),
    ]
    assert [item.template for item in materials if item.template] == ["附件2"]


@BOTH
def test_the_stages_of_articles_11_to_14(bench: Bench) -> None:
    procedure = bench.rules().procedure
    assert (procedure.clause, procedure.intake, procedure.window) == ("15", Intake.CALL, None)
    assert [(stage.kind, stage.clause, stage.actor, stage.working_days) for stage in procedure.stages] == [
        (StageKind.SUBMISSION, "12", Actor.APPLICANT, 0),
        (StageKind.RECOMMENDATION, "11", Actor.RECOMMENDER, 0),
        (StageKind.REVIEW, "13", Actor.REVIEWER, 0),
        (StageKind.NOTICE, "13", Actor.AUTHORITY, 5),
        (StageKind.ACCREDITATION, "14", Actor.AUTHORITY, 0),
    ]
    assert procedure.exit_proposal == "19"
    measured = [fact.name for fact in procedure.measured or ()]
    assert measured == ["liaocheng_operation", "smes_served_last_year", "satisfaction_pct"]


@BOTH
def test_the_term_is_three_years_and_knows_no_extension(bench: Bench) -> None:
    term = bench.rules().procedure.term
    assert (term.clause, term.years, term.extension, term.withdrawal_clause) == ("18", 3, None, "withdrawal")
    assert not term.reapply_in_final_year
    assert not term.by_agreement


@BOTH
def test_the_seven_functions_and_the_provincial_nomination(bench: Bench) -> None:
    procedure = bench.rules().procedure
    assert procedure.functions == (
        "information",
        "technology",
        "startup",
        "training",
        "financing",
        "consulting",
        "legal",
    )
    assert [(clause, target) for clause, target, _ in procedure.nomination] == [("5", "provincial_platform")]


def test_every_reading_is_declared_with_its_default() -> None:
    assert {item.id: (item.clause, item.default) for item in loaded("liaocheng").interpretations} == {
        "liaocheng.professionals": ("8(7)", "union"),
        "liaocheng.complaint_window": ("20(4)", "term"),
    }


def test_every_declared_reading_is_followed_somewhere() -> None:
    followed = {
        item
        for rules in loaded("liaocheng").rules.values()
        for clause in rules.clauses
        for item in getattr(clause, "follows", ())
    }
    assert followed == {item.id for item in loaded("liaocheng").asked}


def test_the_articles_are_1_to_23_and_none_is_forgotten() -> None:
    articles = {item.clause: item.coverage for item in loaded("liaocheng").articles}
    assert list(articles) == [str(number) for number in range(1, 24)]
    informational = [clause for clause, how in articles.items() if how is Coverage.INFORMATIONAL]
    assert informational == ["1", "2", "3", "4", "22", "23"]
    assert [clause for clause, how in articles.items() if how is Coverage.INTERPRETED] == ["8", "20"]


def test_the_counties_lists_carry_known_columns() -> None:
    tables = loaded("liaocheng").summary_tables
    assert [(table.id, table.clause, table.track) for table in tables] == [
        ("recommended_comprehensive", "11", "comprehensive"),
        ("recommended_specialized", "11", "specialized"),
    ]
    for table in tables:
        assert table.columns[0].header == "序号"
        assert not table.imported


@pytest.mark.parametrize(
    ("parameter", "number"),
    [
        ("8(1).operating_since", 1),
        ("8(1).total_assets_cny", 2_000_000),
        ("8(last).total_assets_cny", 1_000_000),
        ("8(3).smes_served_last_year", 80),
        ("8(3).smes_served_last_year_growth", 10),
        ("8(7).staff_college_plus_share", 80),
        ("8(7).staff_college_plus_and_mid_title_share", 80),
        ("8(7).staff_full_time", 15),
        ("8(last).staff_full_time", 10),
        ("9(5).financing_facilitated_cny", 150_000_000),
        ("13.working_days", 5),
        ("18.years", 3),
        ("20(3).months", 12),
        ("20(4).verified_complaints", 3),
        ("20(4).ban_years", 3),
    ],
)
def test_the_numbers_of_the_text_can_be_overridden_by_name(parameter: str, number: int) -> None:
    rules = loaded("liaocheng").rules["comprehensive", "measures"]
    assert {item.id: item.default for item in rules.parameters()}[parameter] == Decimal(number)


def test_the_rules_read_like_their_articles() -> None:
    said = {(item.clause, item.title.zh): sentence(item.test).zh for item in COMPREHENSIVE.rules().conditions}
    assert said["8(1)", "资产总额"] == "资产总额不少于 200 万元"
    assert said["8(5)", "已获认定"].startswith("获得县级平台认定，或")
    assert "下列 7 项中至少满足 4 项" in said["10(1)", "四项以上服务功能"]


def test_what_the_text_states_is_no_choice() -> None:
    assert {item.id: item.clause for item in loaded("liaocheng").stated} == {
        "liaocheng.served": "8(3)",
        "liaocheng.growth": "8(3)",
        "liaocheng.event_year": "20(3)",
        "liaocheng.report_due": "17",
        "liaocheng.mode": "20",
    }
