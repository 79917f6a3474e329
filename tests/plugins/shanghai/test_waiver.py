"""Part 2.1, last paragraph: which failures may be set aside, and on what ground."""

import pytest

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
from tests.plugins.shanghai.profile import COMPREHENSIVE, SPECIALIZED

FAILURES: dict[str, Changes] = {
    "2.1(1)": {"finances_sound": False},
    "2.1(2)": {"premises_area_m2": 79},
    "2.1(3)": {"satisfaction_pct": 79},
    "2.1(4)": {"development_plan": False},
    "2.1(5)": {"aggregated_organizations": 2},
    "2.1(6)": {"under_investigation": True},
}


@pytest.mark.parametrize("clause", FAILURES)
@pytest.mark.parametrize("level", ["county", "city", "province", "national"])
def test_each_of_the_six_may_be_set_aside_under_a_recognition(clause: str, level: str) -> None:
    verdict = SPECIALIZED.verdict({**FAILURES[clause], "highest_recognition_level": level})
    assert (verdict.outcome, short(verdict), waivable(verdict)) == (UNDETERMINED, {clause: NOT_MET}, {clause})


@pytest.mark.parametrize("clause", FAILURES)
def test_without_a_recognition_nothing_may(clause: str) -> None:
    verdict = SPECIALIZED.verdict({**FAILURES[clause], "highest_recognition_level": "none"})
    assert (verdict.outcome, waivable(verdict)) == (INELIGIBLE, set())


@pytest.mark.parametrize("clause", FAILURES)
def test_a_recognition_not_known_leaves_the_verdict_open(clause: str) -> None:
    verdict = SPECIALIZED.verdict({**FAILURES[clause], "highest_recognition_level": None})
    assert (verdict.outcome, waivable(verdict)) == (UNDETERMINED, {clause})


def test_a_recognition_itself_is_no_condition() -> None:
    assert COMPREHENSIVE.verdict({"highest_recognition_level": None}).outcome is ELIGIBLE


@pytest.mark.parametrize(
    ("clause", "changes"),
    [("1", {"non_profit_purpose": False}), ("2.2(1)", {"core_guiding_role": False})],
)
def test_nothing_outside_the_basic_conditions_may_be_set_aside(clause: str, changes: Changes) -> None:
    verdict = COMPREHENSIVE.verdict({**changes, "highest_recognition_level": "national"})
    assert (verdict.outcome, short(verdict), waivable(verdict)) == (INELIGIBLE, {clause: NOT_MET}, set())


@pytest.mark.parametrize("functions", [frozenset({"market", "training"}), frozenset()])
def test_a_recognition_opens_no_second_category(functions: frozenset[str]) -> None:
    changes: Changes = {"service_functions": functions, "highest_recognition_level": "national"}
    verdict = SPECIALIZED.verdict(changes)
    assert (verdict.outcome, waivable(verdict)) == (INELIGIBLE, set())


def test_a_waivable_failure_beside_an_unknown_is_undetermined() -> None:
    changes: Changes = {
        "highest_recognition_level": "county",
        "finances_sound": None,
        "smes_served_last_year": 99,
    }
    verdict = COMPREHENSIVE.verdict(changes)
    assert verdict.outcome is UNDETERMINED
    assert short(verdict) == {"2.1(1)": UNKNOWN, "2.1(3)": NOT_MET}
    assert waivable(verdict) == {"2.1(3)"}


@pytest.mark.parametrize("level", ["none", "county", None])
@pytest.mark.parametrize("reading", ["all", "not_integrity"])
def test_how_far_the_last_paragraph_reaches_follows_the_reading(reading: str, level: str | None) -> None:
    for clause, changes in FAILURES.items():
        verdict = SPECIALIZED.verdict(
            {**changes, "highest_recognition_level": level}, readings={"shanghai.relaxable": reading}
        )
        open_to_waiver = level != "none" and (reading == "all" or clause != "2.1(6)")
        assert waivable(verdict) == ({clause} if open_to_waiver else set())
        assert verdict.outcome is (UNDETERMINED if open_to_waiver else INELIGIBLE)


@pytest.mark.parametrize("level", ["none", "county", None])
@pytest.mark.parametrize("reading", ["firm", "waivable"])
def test_in_principle_waives_the_number_of_smes_alone(reading: str, level: str | None) -> None:
    readings = {"shanghai.in_principle": reading}
    few = SPECIALIZED.verdict({"smes_served_last_year": 99, "highest_recognition_level": level}, readings)
    open_to_waiver = reading == "waivable" or level != "none"
    assert (few.outcome, waivable(few)) == (
        (UNDETERMINED, {"2.1(3)"}) if open_to_waiver else (INELIGIBLE, set())
    )
    both: Changes = {
        "smes_served_last_year": 99,
        "industry_influence": False,
        "highest_recognition_level": level,
    }
    more = SPECIALIZED.verdict(both, readings)
    assert more.outcome is (INELIGIBLE if level == "none" else UNDETERMINED)
    assert waivable(more) == (set() if level == "none" else {"2.1(3)"})
