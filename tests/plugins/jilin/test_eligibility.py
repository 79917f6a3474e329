"""Article 7: every bound below, at and above it; every fact unknown and false; every reading."""

from datetime import date

import pytest

from core.rules.clauses import ConditionKind
from core.rules.evaluate import Outcome
from core.rules.sentence import sentence
from core.rules.verdict import Eligibility
from tests.plugins.profiles import Desk, says

MET, NOT_MET, UNKNOWN = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN
REQUIRED, PREFERRED = ConditionKind.REQUIRED, ConditionKind.PREFERRED

PROVIDER = {
    ("7(1)1", REQUIRED): {"independent_legal_person", "fixed_premises", "resource_mobilization"},
    ("7(1)2", REQUIRED): {
        "sme_service_experience",
        "operating_since",
        "management_team_stable",
        "finances_sound",
        "management_system",
        "fee_standard_reasonable",
        "adverse_credit_record",
    },
    ("7(1)3", REQUIRED): {"social_responsibility", "small_micro_discount", "public_benefit_active"},
    ("7(1)4", PREFERRED): {"venue_or_capability_support"},
    ("7(1)5", REQUIRED): {
        "development_plan",
        "annual_targets",
        "avg_annual_small_micro_served",
        "satisfaction_pct",
    },
    ("7(1)5", PREFERRED): {"steady_growth"},
}
EXPERT = {
    ("7(2)1", REQUIRED): {"law_abiding", "good_health"},
    ("7(2)2", REQUIRED): {"professional_ethics"},
    ("7(2)3", REQUIRED): {"education", "sme_service_years", "high_professional_level"},
    ("7(2)4", PREFERRED): {"title_level", "academic_or_industry_insight", "award_level"},
    ("7(2)5", PREFERRED): {"volunteer_record"},
}
READS = {"provider": PROVIDER, "expert": EXPERT}
FACTS = [
    (track, clause, kind, fact)
    for track, clauses in READS.items()
    for (clause, kind), facts in clauses.items()
    for fact in sorted(facts)
]

MEASURED = {
    "operating_since",
    "avg_annual_small_micro_served",
    "satisfaction_pct",
    "education",
    "sme_service_years",
}
STATEMENTS = [row for row in FACTS if row[1] != "7(2)4" and row[3] not in MEASURED]


@pytest.mark.parametrize("track", READS)
def test_the_conditions_are_those_of_the_text(track):
    assert Desk("jilin", track).reads() == READS[track]


@pytest.mark.parametrize("track", READS)
def test_the_base_profile_meets_everything(track):
    verdict = Desk("jilin", track).judge()
    assert verdict.outcome is Eligibility.ELIGIBLE
    assert {result.outcome for result in verdict.results} == {MET}


@pytest.mark.parametrize(("track", "clause", "kind", "fact"), FACTS)
def test_a_fact_that_is_unknown_leaves_its_clause_unknown(track, clause, kind, fact):
    desk = Desk("jilin", track)
    # A senior title decides 7(2)4 alone.
    changes = {"title_level": "none"} if clause == "7(2)4" else {}
    verdict = desk.judge(changes, without={fact})
    open_ones = {(r.condition.clause, r.condition.kind) for r in verdict.results if r.outcome is not MET}
    assert desk.outcome(clause, changes, {fact}, kind=kind) is (MET if fact == "title_level" else UNKNOWN)
    assert open_ones <= {(clause, kind)}
    assert verdict.outcome is (Eligibility.UNDETERMINED if kind is REQUIRED else Eligibility.ELIGIBLE)


@pytest.mark.parametrize(("track", "clause", "kind", "fact"), STATEMENTS)
def test_a_statement_that_does_not_hold_fails_its_clause(track, clause, kind, fact):
    desk = Desk("jilin", track)
    verdict = desk.judge({fact: not desk.facts[fact]})
    failed = {(r.condition.clause, r.condition.kind) for r in verdict.results if r.outcome is NOT_MET}
    assert failed == {(clause, kind)}
    assert verdict.outcome is (Eligibility.INELIGIBLE if kind is REQUIRED else Eligibility.ELIGIBLE)


@pytest.mark.parametrize(
    ("track", "clause", "fact", "below", "at", "above"),
    [
        ("provider", "7(1)2", "operating_since", "2022-06-29", "2022-06-28", "2022-06-27"),
        ("provider", "7(1)5", "avg_annual_small_micro_served", "29.99", 30, "30.01"),
        ("provider", "7(1)5", "satisfaction_pct", "89.99", 90, "90.01"),
        ("expert", "7(2)3", "education", "college", "bachelor", "master"),
        ("expert", "7(2)3", "sme_service_years", "4.99", 5, "5.01"),
    ],
)
def test_a_bound_includes_itself(track, clause, fact, below, at, above):
    desk = Desk("jilin", track)
    assert desk.outcome(clause, {fact: below}) is NOT_MET
    assert desk.judge({fact: below}).outcome is Eligibility.INELIGIBLE
    assert desk.outcome(clause, {fact: at}) is MET
    assert desk.outcome(clause, {fact: above}) is MET


def test_two_years_of_operation_from_a_leap_day_end_on_the_28th():
    desk = Desk("jilin", "provider")
    leap = {"operating_since": "2020-02-29"}
    assert desk.outcome("7(1)2", leap, as_of=date(2022, 2, 27)) is NOT_MET
    assert desk.outcome("7(1)2", leap, as_of=date(2022, 2, 28)) is MET


def test_an_adverse_credit_record_is_what_fails_and_is_said_so():
    result = Desk("jilin", "provider").result("7(1)2", {"adverse_credit_record": True})
    assert result.outcome is NOT_MET
    assert ("adverse_credit_record", True) in result.observed
    assert "没有不良信用记录" in says(result.condition.test)


def test_the_officer_reads_figure_and_bound():
    result = Desk("jilin", "provider").result("7(1)5", {"avg_annual_small_micro_served": 12})
    assert result.condition.title.zh == "规划、目标与服务业绩"
    assert ("avg_annual_small_micro_served", 12) in result.observed
    assert "年平均服务中小微企业数不少于 30 家；用户满意度不少于 90%" in says(result.condition.test)
    assert "User satisfaction: at least 90%" in sentence(result.condition.test).en


def test_who_has_served_nobody_and_has_no_growth_is_told_both():
    desk = Desk("jilin", "provider")
    verdict = desk.judge({"avg_annual_small_micro_served": 0, "steady_growth": False})
    failed = [(r.condition.clause, r.condition.kind) for r in verdict.results if r.outcome is NOT_MET]
    assert failed == [("7(1)5", REQUIRED), ("7(1)5", PREFERRED)]


TITLE, POST, AWARD = (
    ("title_level", "senior"),
    ("academic_or_industry_insight", True),
    ("award_level", "province"),
)
NOTHING = {"title_level": "associate_senior", "academic_or_industry_insight": False, "award_level": "city"}


@pytest.mark.parametrize(
    ("reading", "enough", "too_little"),
    [
        ("title_or_awarded", [[TITLE], [POST, AWARD]], [[], [POST], [AWARD]]),
        ("any_one", [[TITLE], [POST], [AWARD]], [[]]),
        ("award_always", [[TITLE, AWARD], [POST, AWARD]], [[], [TITLE], [POST], [AWARD], [TITLE, POST]]),
    ],
)
def test_the_preference_for_experts_follows_the_reading(reading, enough, too_little):
    desk = Desk("jilin", "expert", {"jilin.expert_preference": reading})
    for given in enough:
        assert desk.outcome("7(2)4", NOTHING | dict(given), kind=PREFERRED) is MET
    for given in too_little:
        assert desk.outcome("7(2)4", NOTHING | dict(given), kind=PREFERRED) is NOT_MET
        assert desk.judge(NOTHING | dict(given)).outcome is Eligibility.ELIGIBLE


def test_by_default_a_title_suffices_and_a_national_award_counts_too():
    desk = Desk("jilin", "expert")
    assert desk.outcome("7(2)4", NOTHING | dict([TITLE]), kind=PREFERRED) is MET
    national = NOTHING | dict([POST]) | {"award_level": "national"}
    assert desk.outcome("7(2)4", national, kind=PREFERRED) is MET
