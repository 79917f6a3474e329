"""A1.4, A1.5 and A2.3: every bound below, at and above it; every fact unknown and false."""

from datetime import date

import pytest

from core.rules.clauses import ConditionKind
from core.rules.evaluate import Outcome
from core.rules.sentence import sentence
from core.rules.verdict import Eligibility
from tests.plugins.profiles import Desk, says

MET, NOT_MET, UNKNOWN = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN
REQUIRED, PREFERRED = ConditionKind.REQUIRED, ConditionKind.PREFERRED

WORKSTATION = {
    ("A1.4(1)", REQUIRED): {"independent_legal_person", "established_on"},
    ("A1.4(2)", REQUIRED): {"sme_service_experience", "smes_served_last_year"},
    ("A1.4(3)", REQUIRED): {"fixed_premises", "facilities_adequate", "resource_mobilization"},
    ("A1.4(4)", REQUIRED): {"management_team_stable", "staff_full_time"},
    ("A1.4(5)", REQUIRED): {"volunteer_plan_or_system"},
    ("A1.5", PREFERRED): {"national_demonstration_platform"},
}
EXPERT = {
    ("A2.3(1)", REQUIRED): {"law_abiding", "professional_ethics"},
    ("A2.3(2)", REQUIRED): {"education", "sme_service_years", "expertise_fields"},
    ("A2.3(3)", REQUIRED): {"unpaid_commitment"},
}
READS = {"workstation": WORKSTATION, "expert": EXPERT}
FACTS = [
    (track, clause, kind, fact)
    for track, clauses in READS.items()
    for (clause, kind), facts in clauses.items()
    for fact in sorted(facts)
]
MEASURED = {
    "established_on",
    "smes_served_last_year",
    "staff_full_time",
    "education",
    "sme_service_years",
    "expertise_fields",
}
STATEMENTS = [row for row in FACTS if row[3] not in MEASURED]
NATIONAL = {"workstation": {"national_demonstration_platform": True}, "expert": {}}


@pytest.mark.parametrize("track", READS)
def test_the_conditions_are_those_of_the_text(track):
    assert Desk("miit_volunteer", track).reads() == READS[track]


@pytest.mark.parametrize("track", READS)
def test_the_base_profile_meets_everything(track):
    verdict = Desk("miit_volunteer", track).judge(NATIONAL[track])
    assert verdict.outcome is Eligibility.ELIGIBLE
    assert {result.outcome for result in verdict.results} == {MET}


@pytest.mark.parametrize(("track", "clause", "kind", "fact"), FACTS)
def test_a_fact_that_is_unknown_leaves_its_clause_unknown(track, clause, kind, fact):
    verdict = Desk("miit_volunteer", track).judge(NATIONAL[track], without={fact})
    left = {
        (r.condition.clause, r.condition.kind): r.outcome for r in verdict.results if r.outcome is not MET
    }
    assert left == {(clause, kind): UNKNOWN}
    assert verdict.outcome is (Eligibility.UNDETERMINED if kind is REQUIRED else Eligibility.ELIGIBLE)


@pytest.mark.parametrize(("track", "clause", "kind", "fact"), STATEMENTS)
def test_a_statement_that_does_not_hold_fails_its_clause(track, clause, kind, fact):
    verdict = Desk("miit_volunteer", track).judge(NATIONAL[track] | {fact: False})
    left = {
        (r.condition.clause, r.condition.kind): r.outcome for r in verdict.results if r.outcome is not MET
    }
    assert left == {(clause, kind): NOT_MET}
    assert verdict.outcome is (Eligibility.INELIGIBLE if kind is REQUIRED else Eligibility.ELIGIBLE)


@pytest.mark.parametrize(
    ("track", "clause", "fact", "below", "at", "above"),
    [
        ("workstation", "A1.4(1)", "established_on", "2021-03-11", "2021-03-10", "2021-03-09"),
        ("workstation", "A1.4(2)", "smes_served_last_year", 149, 150, 151),
        ("workstation", "A1.4(4)", "staff_full_time", 9, 10, 11),
        ("expert", "A2.3(2)", "education", "college", "bachelor", "master"),
        ("expert", "A2.3(2)", "sme_service_years", "4.99", 5, "5.01"),
        ("expert", "A2.3(2)", "expertise_fields", [], ["digital"], ["digital", "policy"]),
    ],
)
def test_a_bound_includes_itself(track, clause, fact, below, at, above):
    desk = Desk("miit_volunteer", track)
    assert desk.outcome(clause, {fact: below}) is NOT_MET
    assert desk.judge({fact: below}).outcome is Eligibility.INELIGIBLE
    assert desk.outcome(clause, {fact: at}) is MET
    assert desk.outcome(clause, {fact: above}) is MET


def test_two_years_since_a_leap_day_end_on_the_28th():
    desk = Desk("miit_volunteer", "workstation")
    leap = {"established_on": "2020-02-29"}
    assert desk.outcome("A1.4(1)", leap, as_of=date(2022, 2, 27)) is NOT_MET
    assert desk.outcome("A1.4(1)", leap, as_of=date(2022, 2, 28)) is MET


@pytest.mark.parametrize(("experience", "smes"), [(True, 149), (False, 150), (False, 149)])
def test_the_150_smes_go_with_a_model_as_with_experience(experience, smes):
    desk = Desk("miit_volunteer", "workstation")
    changes = {"sme_service_experience": experience, "smes_served_last_year": smes}
    assert desk.outcome("A1.4(2)", changes) is NOT_MET


def test_a_missing_figure_does_not_hide_a_failure_in_the_same_clause():
    desk = Desk("miit_volunteer", "workstation")
    assert desk.outcome("A1.4(4)", {"management_team_stable": False}, {"staff_full_time"}) is NOT_MET


def test_a_national_platform_ranks_and_decides_nothing():
    desk = Desk("miit_volunteer", "workstation")
    assert desk.outcome("A1.5", kind=PREFERRED) is NOT_MET
    assert desk.judge().outcome is Eligibility.ELIGIBLE
    failing = {"national_demonstration_platform": True, "staff_full_time": 9}
    assert desk.judge(failing).outcome is Eligibility.INELIGIBLE


def test_the_officer_reads_figure_and_bound():
    result = Desk("miit_volunteer", "workstation").result("A1.4(2)", {"smes_served_last_year": 149})
    assert result.condition.title.zh == "服务模式或经验与服务数量"
    assert ("smes_served_last_year", 149) in result.observed
    assert "上年服务中小企业数不少于 150 家" in says(result.condition.test)
    assert "SMEs served last year: at least 150 SMEs" in sentence(result.condition.test).en


def test_no_field_of_expertise_is_said_as_such():
    result = Desk("miit_volunteer", "expert").result("A2.3(2)", {"expertise_fields": []})
    assert ("expertise_fields", frozenset()) in result.observed
    assert "擅长领域不少于 1 项" in says(result.condition.test)
