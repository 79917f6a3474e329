"""Articles 4 to 8: every bound, every statement, and each of them unknown."""

from datetime import date
from decimal import Decimal

import pytest

from core.rules.terms import Value
from tests.plugins.hubei.profile import COMPREHENSIVE, SPECIALIZED
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

BOTH = pytest.mark.parametrize("bench", [COMPREHENSIVE, SPECIALIZED], ids=str)

STATEMENTS = {
    "5(1)": ("service_qualification", "finances_sound", "operations_standardized", "good_prospects"),
    "5(2)": ("fixed_premises", "facilities_adequate"),
    "5(3)": ("industry_influence", "primarily_serves_smes", "small_micro_discount"),
    "5(4)": (
        "management_system",
        "service_process",
        "fee_standard_reasonable",
        "quality_assurance",
        "development_plan",
        "annual_targets",
    ),
    "5(5)": ("resource_mobilization", "stable_partnerships"),
    "8": ("distinctive_strengths",),
}

# Clause, fact, just below the bound, the bound, just above it.
BOUNDS: list[tuple[str, str, Value, Value, Value]] = [
    ("5(1)", "operating_since", date(2022, 5, 16), date(2022, 5, 15), date(2022, 5, 14)),
    ("5(1)", "registered_capital_cny", Decimal("99999.99"), 100_000, 100_001),
    ("5(2)", "premises_area_m2", Decimal("79.99"), 80, Decimal("80.01")),
    ("5(3)", "smes_served_last_year", 49, 50, 51),
    ("5(3)", "satisfaction_pct", Decimal("79.99"), 80, Decimal("80.01")),
    ("5(3)", "public_benefit_share_pct", Decimal("9.99"), 10, Decimal("10.01")),
    ("5(5)", "aggregated_organizations", 2, 3, 4),
    # A penalty exactly three years old still bars; from the next day it does not.
    ("5(6)", "last_adverse_record_on", date(2021, 5, 15), date(2021, 5, 14), "never"),
    ("5(6)", "last_penalty_on", date(2021, 5, 15), date(2021, 5, 14), "never"),
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
        (None, "partnership", MET),
        (False, "partnership", MET),
        (False, "partnership_law_firm", MET),
        (False, "law_firm", NOT_MET),
        (False, "enterprise", NOT_MET),
        (False, "other", NOT_MET),
        (False, None, UNKNOWN),
        (None, "enterprise", UNKNOWN),
        (None, None, UNKNOWN),
    ],
)
def test_a_legal_person_or_a_partnership(
    legal_person: bool | None, form: str | None, outcome: object
) -> None:
    verdict = SPECIALIZED.verdict({"independent_legal_person": legal_person, "legal_form": form})
    assert by_clause(verdict)["5(1)"] is outcome


def staff(total: int | None, degree: int | None, title: int | None, both: int | None) -> Changes:
    return {
        "staff_full_time": total,
        "staff_bachelor_plus": degree,
        "staff_mid_title_plus": title,
        "staff_bachelor_plus_and_mid_title": both,
    }


@pytest.mark.parametrize(
    ("people", "outcome"),
    [
        (staff(7, 7, 7, 7), NOT_MET),
        (staff(8, 6, 0, 0), MET),
        (staff(9, 7, 0, 0), MET),
        (staff(20, 9, 8, 4), NOT_MET),  # 13 of 20
        (staff(20, 9, 8, 3), MET),  # 14 of 20
        (staff(20, 9, 8, 2), MET),
        (staff(20, 9, 9, 9), NOT_MET),  # nobody counted twice
        (staff(20, 10, 8, None), UNKNOWN),  # between 10 and 18
        (staff(20, 7, 6, None), NOT_MET),  # 13 at most
        (staff(20, 14, None, None), MET),
        (staff(20, 13, None, None), UNKNOWN),
        (staff(7, None, None, None), NOT_MET),
        (staff(None, 14, 9, 6), UNKNOWN),
        (staff(0, 0, 0, 0), NOT_MET),
    ],
)
def test_eight_people_of_whom_seven_in_ten_are_professionals(people: Changes, outcome: object) -> None:
    assert by_clause(COMPREHENSIVE.verdict(people))["5(2)"] is outcome


@pytest.mark.parametrize(
    ("adverse", "penalty", "investigation", "outcome"),
    [
        ("never", "never", True, NOT_MET),
        (None, None, True, NOT_MET),
        (None, date(2024, 1, 1), None, NOT_MET),
        (date(2024, 1, 1), None, None, NOT_MET),
        ("never", "never", None, UNKNOWN),
        (None, "never", False, UNKNOWN),
        ("never", None, False, UNKNOWN),
        (date(2021, 5, 14), date(2020, 1, 1), False, MET),
    ],
)
def test_any_part_of_integrity_decides_against_it_alone(
    adverse: Value | None, penalty: Value | None, investigation: bool | None, outcome: object
) -> None:
    changes: Changes = {
        "last_adverse_record_on": adverse,
        "last_penalty_on": penalty,
        "under_investigation": investigation,
    }
    assert by_clause(SPECIALIZED.verdict(changes))["5(6)"] is outcome


@pytest.mark.parametrize(
    ("non_profit", "functions", "outcome"),
    [
        (True, {"legal"}, NOT_MET),
        (True, {"legal", "digital"}, MET),
        (True, {"legal", "digital", "market"}, MET),
        (True, set(), NOT_MET),
        (False, {"legal", "digital"}, NOT_MET),
        (None, {"legal", "digital"}, UNKNOWN),
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
    assert by_clause(COMPREHENSIVE.verdict(changes))["4"] is outcome


@pytest.mark.parametrize(("role", "outcome"), [(True, MET), (False, NOT_MET), (None, UNKNOWN)])
def test_a_comprehensive_body_has_a_core_and_guiding_role(role: bool | None, outcome: object) -> None:
    assert by_clause(COMPREHENSIVE.verdict({"core_guiding_role": role}))["6"] is outcome
    assert "6" not in by_clause(SPECIALIZED.verdict())


@pytest.mark.parametrize(
    ("functions", "requirements", "outcome"),
    [
        ({"digital"}, True, MET),
        ({"digital", "legal"}, True, MET),
        (set(), True, NOT_MET),
        ({"digital"}, False, NOT_MET),
        ({"digital"}, None, UNKNOWN),
        (set(), None, NOT_MET),
        (None, True, UNKNOWN),
        (None, False, NOT_MET),
    ],
)
def test_a_specialized_body_meets_what_its_category_asks(
    functions: set[str] | None, requirements: bool | None, outcome: object
) -> None:
    changes: Changes = {
        "service_functions": None if functions is None else frozenset(functions),
        "function_requirements_met": requirements,
    }
    assert by_clause(SPECIALIZED.verdict(changes))["7"] is outcome
    assert "7" not in by_clause(COMPREHENSIVE.verdict())


@pytest.mark.parametrize(
    "function",
    [
        "information",
        "digital",
        "technology",
        "startup",
        "training",
        "financing",
        "market",
        "consulting",
        "legal",
    ],
)
def test_each_of_the_nine_categories_can_be_claimed(function: str) -> None:
    assert short(SPECIALIZED.verdict({"service_functions": frozenset({function})})) == {}


def test_several_can_be_set_higher() -> None:
    numbers = {"4.service_functions": 4}
    assert short(COMPREHENSIVE.verdict(numbers=numbers)) == {"4": NOT_MET}


def test_everything_unknown_is_undetermined_and_nothing_is_met() -> None:
    for bench in (COMPREHENSIVE, SPECIALIZED):
        verdict = bench.verdict(dict.fromkeys(bench.base))
        assert verdict.outcome is UNDETERMINED
        assert set(by_clause(verdict).values()) == {UNKNOWN}
