"""Articles 1 to 22 as documents: materials, stages, nominations, readings, lists, and the coverage."""

from decimal import Decimal

import pytest

from core.rules.clauses import Actor, Coverage, Intake, RecommenderKind, StageKind
from tests.plugins.hubei.profile import COMPREHENSIVE, SPECIALIZED
from tests.plugins.judging import Bench, loaded

BOTH = pytest.mark.parametrize("bench", [COMPREHENSIVE, SPECIALIZED], ids=str)


def test_the_programme_is_the_provinces_and_cities_recommend() -> None:
    program = loaded("hubei").program
    assert (program.id, program.region, program.recommender_level) == ("hubei", "420000", 4)
    assert program.authority.zh == "湖北省中小企业服务中心"
    assert [track.id for track in program.tracks] == ["comprehensive", "specialized"]
    patterns = [track.number_pattern.format(year=2024, sequence=7) for track in program.tracks]
    assert patterns == ["HB-Z-2024-0007", "HB-S-2024-0007"]


@BOTH
def test_the_materials_of_article_11(bench: Bench) -> None:
    materials = bench.rules().materials
    assert [(item.clause, item.key, item.required) for item in materials] == [
        ("11(1)", "application_report", True),
        ("11(2)", "licence", True),
        ("11(3)", "premises_proof", True),
        ("11(4)", "service_proof", True),
        ("11(5)", "other_proof", False),
        ("11(5)", "declaration", True),
        ("11(6)", "credit_checks", True),
    ]
    assert [item.template for item in materials if item.template] == ["附件1-2"]


@BOTH
def test_the_stages_of_articles_10_to_13(bench: Bench) -> None:
    procedure = bench.rules().procedure
    assert (procedure.clause, procedure.intake, procedure.window) == ("14", Intake.CALL, None)
    assert [(stage.kind, stage.clause, stage.actor, stage.working_days) for stage in procedure.stages] == [
        (StageKind.SUBMISSION, "11", Actor.APPLICANT, 0),
        (StageKind.RECOMMENDATION, "10", Actor.RECOMMENDER, 0),
        (StageKind.REVIEW, "12", Actor.REVIEWER, 0),
        (StageKind.NOTICE, "12", Actor.AUTHORITY, 5),
        (StageKind.ACCREDITATION, "13", Actor.AUTHORITY, 0),
    ]


@BOTH
def test_the_term_is_three_years_with_a_new_application_in_its_last(bench: Bench) -> None:
    term = bench.rules().procedure.term
    assert (term.clause, term.years, term.extension, term.withdrawal_clause) == ("15", 3, None, "withdrawal")
    assert term.reapply_in_final_year
    assert not term.by_agreement


@BOTH
def test_recommenders_propose_exits_and_never_recommend_themselves(bench: Bench) -> None:
    procedure = bench.rules().procedure
    assert (procedure.exit_proposal, procedure.self_recommendation_refused) == ("17", "21")
    assert len(procedure.functions) == 9


@BOTH
def test_associations_and_departments_recommend_likewise_and_measure_operation(bench: Bench) -> None:
    procedure = bench.rules().procedure
    assert procedure.other_recommenders == (
        ("9", RecommenderKind.MEMBERSHIP),
        ("9", RecommenderKind.ASSIGNMENT),
    )
    assert [fact.name for fact in procedure.measured or ()] == [
        "hubei_operation",
        "smes_served_last_year",
        "satisfaction_pct",
    ]


@pytest.mark.parametrize(
    ("bench", "target"),
    [(COMPREHENSIVE, "sme_service_alliance"), (SPECIALIZED, "miit_volunteer/workstation")],
    ids=str,
)
def test_the_nominations_of_article_19(bench: Bench, target: str) -> None:
    assert [(clause, to) for clause, to, _ in bench.rules().procedure.nomination] == [("19", target)]


def test_every_reading_is_declared_with_its_default() -> None:
    assert {item.id: (item.clause, item.default) for item in loaded("hubei").interpretations} == {
        "hubei.in_principle": ("5(3)", "firm"),
        "hubei.relaxable": ("5(last)", "all"),
        "hubei.low_satisfaction": ("18(1)", "below"),
        "hubei.year_basis": ("18(4)", "accreditation_year"),
    }


def test_every_declared_reading_is_followed_somewhere() -> None:
    followed = {
        item
        for rules in loaded("hubei").rules.values()
        for clause in rules.clauses
        for item in getattr(clause, "follows", ())
    }
    assert followed == {item.id for item in loaded("hubei").asked}


def test_the_articles_are_1_to_22_and_none_is_forgotten() -> None:
    articles = {item.clause: item.coverage for item in loaded("hubei").articles}
    assert list(articles) == [str(number) for number in range(1, 23)]
    informational = [clause for clause, how in articles.items() if how is Coverage.INFORMATIONAL]
    assert informational == ["1", "3", "20", "22"]
    assert [clause for clause, how in articles.items() if how is Coverage.INTERPRETED] == ["5", "18"]


def test_a_recommendation_list_for_each_track() -> None:
    assert [(table.id, table.clause, table.track) for table in loaded("hubei").summary_tables] == [
        ("recommended_comprehensive", "10", "comprehensive"),
        ("recommended_specialized", "10", "specialized"),
    ]


@pytest.mark.parametrize(
    ("parameter", "number"),
    [
        ("4.service_functions", 2),
        ("5(1).operating_since", 2),
        ("5(1).registered_capital_cny", 100_000),
        ("5(2).staff_full_time", 8),
        ("5(2).staff_bachelor_plus_share", 70),
        ("5(2).premises_area_m2", 80),
        ("5(3).smes_served_last_year", 50),
        ("5(3).satisfaction_pct", 80),
        ("5(3).public_benefit_share_pct", 10),
        ("5(5).aggregated_organizations", 3),
        ("5(6).last_penalty_on", 3),
        ("12.working_days", 5),
        ("15.years", 3),
        ("18(1).low_satisfaction_events", 3),
        ("18(1).record_satisfaction_pct", 80),
        ("18(1).rectify_days", 30),
        ("18(4).public_benefit_services_share", 10),
        ("18(4).rectify_days", 30),
    ],
)
def test_the_numbers_of_the_text_can_be_overridden_by_name(parameter: str, number: int) -> None:
    rules = loaded("hubei").rules["comprehensive", "measures"]
    assert {item.id: item.default for item in rules.parameters()}[parameter] == Decimal(number)


def test_what_the_text_states_is_no_choice() -> None:
    assert {item.id: item.clause for item in loaded("hubei").stated} == {
        "hubei.several": "4",
        "hubei.served": "5(3)",
        "hubei.public_benefit_bar": "18(4)",
        "hubei.mode": "18",
    }
