"""Parts one and two: every bound, every statement, and each of them unknown."""

from datetime import date
from decimal import Decimal

import pytest

from core.rules.terms import Value
from tests.plugins.judging import (
    ELIGIBLE,
    INELIGIBLE,
    MET,
    NOT_MET,
    UNDETERMINED,
    UNKNOWN,
    Bench,
    Changes,
    by_clause,
    short,
)
from tests.plugins.shanghai.profile import COMPREHENSIVE, SPECIALIZED

BOTH = pytest.mark.parametrize("bench", [COMPREHENSIVE, SPECIALIZED], ids=str)

STATEMENTS = {
    "2.1(1)": ("service_qualification", "finances_sound", "operations_standardized", "good_prospects"),
    "2.1(2)": ("fixed_premises", "facilities_adequate"),
    "2.1(3)": ("industry_influence", "primarily_serves_smes", "small_micro_discount"),
    "2.1(4)": (
        "management_system",
        "service_process",
        "fee_standard_reasonable",
        "quality_assurance",
        "development_plan",
        "annual_targets",
    ),
    "2.1(5)": ("resource_mobilization", "stable_partnerships"),
}

# Clause, fact, just below the bound, the bound, just above it.
BOUNDS: list[tuple[str, str, Value, Value, Value]] = [
    ("2.1(1)", "operating_since", date(2016, 9, 16), date(2016, 9, 15), date(2016, 9, 14)),
    ("2.1(1)", "registered_capital_cny", Decimal("99999.99"), 100_000, 100_001),
    ("2.1(2)", "premises_area_m2", Decimal("79.99"), 80, Decimal("80.01")),
    ("2.1(3)", "smes_served_last_year", 99, 100, 101),
    ("2.1(3)", "satisfaction_pct", Decimal("79.99"), 80, Decimal("80.01")),
    ("2.1(3)", "public_benefit_share_pct", Decimal("9.99"), 10, Decimal("10.01")),
    ("2.1(5)", "aggregated_organizations", 2, 3, 4),
    # A penalty exactly three years old still bars; from the next day it does not.
    ("2.1(6)", "last_penalty_on", date(2014, 9, 15), date(2014, 9, 14), "never"),
]


@BOTH
def test_a_body_with_everything_is_eligible(bench: Bench) -> None:
    verdict = bench.verdict()
    assert (verdict.outcome, short(verdict)) == (ELIGIBLE, {})


@BOTH
@pytest.mark.parametrize(("clause", "fact"), [(c, fact) for c, group in STATEMENTS.items() for fact in group])
def test_each_statement_is_required(bench: Bench, clause: str, fact: str) -> None:
    refused, unknown = bench.verdict({fact: False}), bench.verdict({fact: None})
    assert (refused.outcome, short(refused)) == (INELIGIBLE, {clause: NOT_MET})
    assert (unknown.outcome, short(unknown)) == (UNDETERMINED, {clause: UNKNOWN})


@BOTH
@pytest.mark.parametrize(("clause", "fact", "below", "at", "above"), BOUNDS, ids=lambda item: str(item))
def test_each_bound_includes_its_number(
    bench: Bench, clause: str, fact: str, below: Value, at: Value, above: Value
) -> None:
    assert short(bench.verdict({fact: below})) == {clause: NOT_MET}
    assert short(bench.verdict({fact: at})) == {}
    assert short(bench.verdict({fact: above})) == {}
    assert short(bench.verdict({fact: None})) == {clause: UNKNOWN}


@pytest.mark.parametrize(
    ("legal_person", "form", "outcome"),
    [
        (True, "enterprise", MET),
        (True, None, MET),
        (False, "law_firm", MET),
        (False, "partnership_law_firm", MET),
        (None, "law_firm", MET),
        (False, "partnership", NOT_MET),
        (False, "enterprise", NOT_MET),
        (False, None, UNKNOWN),
        (None, "enterprise", UNKNOWN),
        (None, None, UNKNOWN),
    ],
)
def test_a_legal_person_with_law_firms_excepted(
    legal_person: bool | None, form: str | None, outcome: object
) -> None:
    verdict = SPECIALIZED.verdict({"independent_legal_person": legal_person, "legal_form": form})
    assert by_clause(verdict)["2.1(1)"] is outcome


def staff(total: int | None, degree: int | None, title: int | None, both: int | None) -> Changes:
    return {
        "staff_full_time": total,
        "staff_college_plus": degree,
        "staff_mid_title_plus": title,
        "staff_college_plus_and_mid_title": both,
    }


@pytest.mark.parametrize(
    ("people", "outcome"),
    [
        (staff(9, 9, 9, 9), NOT_MET),
        (staff(10, 7, 0, 0), MET),
        (staff(11, 8, 0, 0), MET),
        (staff(11, 7, 0, 0), NOT_MET),  # 63.6%
        (staff(20, 9, 8, 4), NOT_MET),  # 13 of 20
        (staff(20, 9, 8, 3), MET),  # 14 of 20
        (staff(20, 9, 9, 9), NOT_MET),  # nobody counted twice
        (staff(20, 10, 8, None), UNKNOWN),  # between 10 and 18
        (staff(20, 7, 6, None), NOT_MET),  # 13 at most
        (staff(20, 14, None, None), MET),
        (staff(9, None, None, None), NOT_MET),
        (staff(None, 14, 9, 6), UNKNOWN),
        (staff(0, 0, 0, 0), NOT_MET),
    ],
)
def test_ten_people_of_whom_seven_in_ten_are_professionals(people: Changes, outcome: object) -> None:
    assert by_clause(COMPREHENSIVE.verdict(people))["2.1(2)"] is outcome


@pytest.mark.parametrize(
    ("penalty", "investigation", "outcome"),
    [
        ("never", True, NOT_MET),
        (None, True, NOT_MET),
        (date(2017, 1, 1), None, NOT_MET),
        ("never", None, UNKNOWN),
        (None, False, UNKNOWN),
        (date(2014, 9, 14), False, MET),
    ],
)
def test_a_penalty_or_an_investigation_decides_alone(
    penalty: Value | None, investigation: bool | None, outcome: object
) -> None:
    changes: Changes = {"last_penalty_on": penalty, "under_investigation": investigation}
    assert by_clause(SPECIALIZED.verdict(changes))["2.1(6)"] is outcome


def test_an_adverse_record_that_is_no_penalty_bars_nobody_here() -> None:
    assert short(SPECIALIZED.verdict({"last_adverse_record_on": date(2017, 9, 1)})) == {}


@pytest.mark.parametrize(
    ("non_profit", "functions", "outcome"),
    [
        (True, {"legal"}, NOT_MET),
        (True, {"legal", "market"}, MET),
        (True, {"legal", "market", "training"}, MET),
        (True, set(), NOT_MET),
        (False, {"legal", "market"}, NOT_MET),
        (None, {"legal", "market"}, UNKNOWN),
        (None, {"legal"}, NOT_MET),
        (True, None, UNKNOWN),
    ],
)
def test_a_comprehensive_body_is_not_for_profit_and_has_several_functions(
    non_profit: bool | None, functions: set[str] | None, outcome: object
) -> None:
    changes: Changes = {
        "non_profit_purpose": non_profit,
        "service_functions": None if functions is None else frozenset(functions),
    }
    assert by_clause(COMPREHENSIVE.verdict(changes))["1"] is outcome
    assert "1" not in by_clause(SPECIALIZED.verdict())


@pytest.mark.parametrize(("role", "outcome"), [(True, MET), (False, NOT_MET), (None, UNKNOWN)])
def test_a_comprehensive_body_has_a_core_and_guiding_role(role: bool | None, outcome: object) -> None:
    assert by_clause(COMPREHENSIVE.verdict({"core_guiding_role": role}))["2.2(1)"] is outcome
    assert "2.2(1)" not in by_clause(SPECIALIZED.verdict())


@pytest.mark.parametrize(
    ("functions", "requirements", "outcome"),
    [
        ({"market"}, True, MET),
        ({"market", "training"}, True, NOT_MET),  # one at most
        (set(), True, NOT_MET),
        ({"digital"}, True, NOT_MET),  # none of the eight
        ({"market"}, False, NOT_MET),
        ({"market"}, None, UNKNOWN),
        ({"market", "training"}, None, NOT_MET),
        (None, True, UNKNOWN),
        (None, False, NOT_MET),
    ],
)
def test_a_specialized_body_applies_in_one_category(
    functions: set[str] | None, requirements: bool | None, outcome: object
) -> None:
    changes: Changes = {
        "service_functions": None if functions is None else frozenset(functions),
        "function_requirements_met": requirements,
    }
    assert by_clause(SPECIALIZED.verdict(changes))["2.2(2)"] is outcome
    assert "2.2(2)" not in by_clause(COMPREHENSIVE.verdict())


@pytest.mark.parametrize(
    "function",
    ["information", "technology", "startup", "training", "financing", "market", "consulting", "legal"],
)
def test_each_of_the_eight_categories_fits_the_conditions(function: str) -> None:
    assert short(SPECIALIZED.verdict({"service_functions": frozenset({function})})) == {}


def test_everything_unknown_is_undetermined_and_nothing_is_met() -> None:
    for bench in (COMPREHENSIVE, SPECIALIZED):
        verdict = bench.verdict(dict.fromkeys(bench.base))
        assert verdict.outcome is UNDETERMINED
        assert set(by_clause(verdict).values()) == {UNKNOWN}
