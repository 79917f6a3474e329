"""Article 5, last paragraph: which failures may be set aside, and on what ground."""

import pytest

from tests.plugins.hubei.profile import COMPREHENSIVE, SPECIALIZED
from tests.plugins.judging import (
    ELIGIBLE,
    INELIGIBLE,
    NOT_MET,
    UNDETERMINED,
    UNKNOWN,
    Changes,
    short,
    waivable,
)

FAILURES: dict[str, Changes] = {
    "5(1)": {"finances_sound": False},
    "5(2)": {"premises_area_m2": 79},
    "5(3)": {"satisfaction_pct": 79},
    "5(4)": {"development_plan": False},
    "5(5)": {"aggregated_organizations": 2},
    "5(6)": {"under_investigation": True},
}
GROUNDS = ("county", "city", "province", "national")


@pytest.mark.parametrize("clause", FAILURES)
@pytest.mark.parametrize("level", GROUNDS)
def test_each_of_the_six_may_be_set_aside_under_a_recognition(clause: str, level: str) -> None:
    verdict = COMPREHENSIVE.verdict({**FAILURES[clause], "highest_recognition_level": level})
    assert (verdict.outcome, short(verdict), waivable(verdict)) == (UNDETERMINED, {clause: NOT_MET}, {clause})


@pytest.mark.parametrize("clause", FAILURES)
def test_without_a_recognition_nothing_may(clause: str) -> None:
    verdict = COMPREHENSIVE.verdict({**FAILURES[clause], "highest_recognition_level": "none"})
    assert (verdict.outcome, waivable(verdict)) == (INELIGIBLE, set())


@pytest.mark.parametrize("clause", FAILURES)
def test_a_recognition_not_known_leaves_the_verdict_open(clause: str) -> None:
    verdict = COMPREHENSIVE.verdict({**FAILURES[clause], "highest_recognition_level": None})
    assert (verdict.outcome, waivable(verdict)) == (UNDETERMINED, {clause})


def test_a_recognition_itself_is_no_condition() -> None:
    assert SPECIALIZED.verdict({"highest_recognition_level": None}).outcome is ELIGIBLE


@pytest.mark.parametrize(
    ("clause", "changes"),
    [
        ("4", {"non_profit_purpose": False}),
        ("6", {"core_guiding_role": False}),
        ("8", {"distinctive_strengths": False}),
    ],
)
def test_nothing_outside_article_5_may_be_set_aside(clause: str, changes: Changes) -> None:
    verdict = COMPREHENSIVE.verdict({**changes, "highest_recognition_level": "national"})
    assert (verdict.outcome, short(verdict), waivable(verdict)) == (INELIGIBLE, {clause: NOT_MET}, set())


def test_a_specialized_bodys_category_may_not_be_set_aside() -> None:
    changes: Changes = {"function_requirements_met": False, "highest_recognition_level": "national"}
    verdict = SPECIALIZED.verdict(changes)
    assert (verdict.outcome, waivable(verdict)) == (INELIGIBLE, set())


def test_a_waivable_failure_beside_an_unknown_is_undetermined() -> None:
    changes: Changes = {"highest_recognition_level": "county", "finances_sound": None, "satisfaction_pct": 79}
    verdict = SPECIALIZED.verdict(changes)
    assert verdict.outcome is UNDETERMINED
    assert short(verdict) == {"5(1)": UNKNOWN, "5(3)": NOT_MET}
    assert waivable(verdict) == {"5(3)"}


def test_a_waivable_failure_beside_a_firm_one_is_ineligible() -> None:
    changes: Changes = {
        "highest_recognition_level": "county",
        "satisfaction_pct": 79,
        "distinctive_strengths": False,
    }
    verdict = SPECIALIZED.verdict(changes)
    assert (verdict.outcome, waivable(verdict)) == (INELIGIBLE, {"5(3)"})


@pytest.mark.parametrize("level", ["none", "county", None])
@pytest.mark.parametrize("reading", ["all", "not_integrity"])
def test_how_far_the_last_paragraph_reaches_follows_the_reading(reading: str, level: str | None) -> None:
    for clause, changes in FAILURES.items():
        verdict = SPECIALIZED.verdict(
            {**changes, "highest_recognition_level": level}, readings={"hubei.relaxable": reading}
        )
        open_to_waiver = level != "none" and (reading == "all" or clause != "5(6)")
        assert waivable(verdict) == ({clause} if open_to_waiver else set())
        assert verdict.outcome is (UNDETERMINED if open_to_waiver else INELIGIBLE)


@pytest.mark.parametrize("level", ["none", "county", None])
@pytest.mark.parametrize("reading", ["firm", "waivable"])
def test_in_principle_waives_the_number_of_smes_alone(reading: str, level: str | None) -> None:
    readings = {"hubei.in_principle": reading}
    few = SPECIALIZED.verdict({"smes_served_last_year": 49, "highest_recognition_level": level}, readings)
    open_to_waiver = reading == "waivable" or level != "none"
    assert (few.outcome, waivable(few)) == (
        (UNDETERMINED, {"5(3)"}) if open_to_waiver else (INELIGIBLE, set())
    )
    both: Changes = {
        "smes_served_last_year": 49,
        "industry_influence": False,
        "highest_recognition_level": level,
    }
    more = SPECIALIZED.verdict(both, readings)
    assert more.outcome is (INELIGIBLE if level == "none" else UNDETERMINED)
    assert waivable(more) == (set() if level == "none" else {"5(3)"})


def test_the_condition_says_under_which_clause_it_may_be_set_aside() -> None:
    clauses = {
        (item.condition.clause, item.condition.title.zh): item.condition.waiver
        for item in SPECIALIZED.verdict(readings={"hubei.in_principle": "waivable"}).results
    }
    number = clauses["5(3)", "服务中小企业家数"]
    assert number is not None
    assert (number.clause, number.ground) == ("5(3)", None)  # type: ignore[union-attr]  # resolved
    quality = clauses["5(3)", "行业影响与服务质量"]
    assert quality is not None
    assert quality.clause == "5(last)"  # type: ignore[union-attr]  # resolved
