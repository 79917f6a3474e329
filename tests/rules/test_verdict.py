"""Verdicts: every condition is reported; required ones decide, unknown and waivable ones leave it open."""

from core.domain import facts
from core.rules.clauses import Condition, ConditionKind, Relaxation, Waiver
from core.rules.evaluate import Outcome
from core.rules.text import T
from core.rules.verdict import Eligibility, judge
from tests.rules.strategies import AS_OF

TITLE = T("条件", "Condition")
PREMISES = Condition("8(4)", TITLE, facts.fixed_premises.holds())
STAFF = Condition(
    "8(7)",
    TITLE,
    facts.staff_full_time.at_least(15),
    relaxed=Relaxation("8", facts.distinctive_strengths.holds(), facts.staff_full_time.at_least(10)),
)
RECOGNITION = facts.highest_recognition_level.at_least("county")
WAIVABLE = Condition(
    "5(3)", TITLE, facts.smes_served_last_year.at_least(50), waiver=Waiver("5", TITLE, RECOGNITION)
)
ALWAYS_WAIVABLE = Condition(
    "5(3)", TITLE, facts.smes_served_last_year.at_least(50), waiver=Waiver("5", TITLE)
)
PREFERRED = Condition("A1.5", TITLE, facts.national_demonstration_platform.holds(), ConditionKind.PREFERRED)
CONDITIONAL = Condition(
    "9(2)", TITLE, facts.tech_equipment_shared.holds(), only_if=facts.tech_has_shareable_equipment.holds()
)


def one(condition, **values):
    (result,) = judge([condition], values, AS_OF).results
    return result


def verdict(*conditions, **values):
    return judge(conditions, values, AS_OF).outcome


def test_all_required_met_is_eligible():
    assert verdict(PREMISES, fixed_premises=True) is Eligibility.ELIGIBLE
    assert verdict() is Eligibility.ELIGIBLE


def test_one_failure_is_ineligible_and_the_rest_is_still_reported():
    found = judge([PREMISES, STAFF, PREFERRED], {"fixed_premises": False}, AS_OF)
    assert found.outcome is Eligibility.INELIGIBLE
    assert [result.outcome for result in found.results] == [Outcome.NOT_MET, Outcome.UNKNOWN, Outcome.UNKNOWN]


def test_an_unknown_is_neither_yes_nor_no():
    assert verdict(PREMISES) is Eligibility.UNDETERMINED


def test_preferred_conditions_never_change_the_verdict():
    for values in ({}, {"national_demonstration_platform": False}, {"national_demonstration_platform": True}):
        assert verdict(PREMISES, PREFERRED, fixed_premises=True, **values) is Eligibility.ELIGIBLE


def test_a_relaxation_holds_by_itself_once_its_ground_is_there():
    assert one(STAFF, staff_full_time=9, distinctive_strengths=True).outcome is Outcome.NOT_MET
    assert one(STAFF, staff_full_time=10, distinctive_strengths=True).outcome is Outcome.MET
    assert one(STAFF, staff_full_time=10, distinctive_strengths=False).outcome is Outcome.NOT_MET
    assert one(STAFF, staff_full_time=10).outcome is Outcome.UNKNOWN
    assert one(STAFF, staff_full_time=15).outcome is Outcome.MET


def test_a_waivable_failure_leaves_the_verdict_open_while_its_ground_may_be_there():
    for level, waivable, expected in (
        ("county", True, Eligibility.UNDETERMINED),
        (None, True, Eligibility.UNDETERMINED),
        ("none", False, Eligibility.INELIGIBLE),
    ):
        values = {"smes_served_last_year": 49} | ({"highest_recognition_level": level} if level else {})
        assert one(WAIVABLE, **values).waivable is waivable
        assert verdict(WAIVABLE, **values) is expected


def test_a_waiver_without_ground_is_always_there():
    assert one(ALWAYS_WAIVABLE, smes_served_last_year=49).waivable


def test_what_is_met_or_unknown_needs_no_waiver():
    assert not one(WAIVABLE, smes_served_last_year=50, highest_recognition_level="county").waivable
    assert not one(WAIVABLE, highest_recognition_level="county").waivable
    assert not one(PREMISES, fixed_premises=False).waivable


def test_a_condition_applies_only_where_it_is_asked():
    assert one(CONDITIONAL, tech_has_shareable_equipment=False).outcome is Outcome.NOT_APPLICABLE
    assert one(CONDITIONAL, tech_has_shareable_equipment=True).outcome is Outcome.UNKNOWN
    assert one(CONDITIONAL, tech_equipment_shared=False).outcome is Outcome.UNKNOWN
    assert one(CONDITIONAL, tech_equipment_shared=True).outcome is Outcome.MET
    shared = {"tech_has_shareable_equipment": True, "tech_equipment_shared": False}
    assert one(CONDITIONAL, **shared).outcome is Outcome.NOT_MET
    assert verdict(CONDITIONAL, tech_has_shareable_equipment=False) is Eligibility.ELIGIBLE


def test_what_was_observed_names_each_fact_once():
    result = one(STAFF, staff_full_time=12)
    assert result.observed == (("staff_full_time", 12), ("distinctive_strengths", None))
    assert result.relaxed is not None
    conditional = one(CONDITIONAL, tech_equipment_shared=True)
    assert conditional.observed == (("tech_equipment_shared", True), ("tech_has_shareable_equipment", None))
