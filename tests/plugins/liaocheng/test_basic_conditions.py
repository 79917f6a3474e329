"""Articles 8 and 10(2): every bound, every statement, and each of them unknown."""

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
from tests.plugins.liaocheng.profile import COMPREHENSIVE, SPECIALIZED

BOTH = pytest.mark.parametrize("bench", [COMPREHENSIVE, SPECIALIZED], ids=str)

STATEMENTS = {
    "8(1)": (
        "independent_legal_person",
        "service_qualification",
        "finances_sound",
        "operations_standardized",
        "good_prospects",
    ),
    "8(2)": ("primarily_serves_smes", "served_area_influential"),
    "8(4)": ("fixed_premises", "facilities_adequate", "resource_mobilization"),
    "8(6)": (
        "management_system",
        "service_process",
        "fee_standard_reasonable",
        "quality_assurance",
        "small_micro_discount",
        "development_plan",
        "annual_targets",
    ),
    "8(7)": ("management_team_stable", "leader_qualified"),
}

# Clause, fact, just below the bound, the bound, just above it.
BOUNDS: list[tuple[str, str, Value, Value, Value]] = [
    ("8(1)", "operating_since", date(2023, 5, 21), date(2023, 5, 20), date(2023, 5, 19)),
    ("8(1)", "total_assets_cny", Decimal("1999999.99"), 2_000_000, 2_000_001),
    ("8(3)", "smes_served_last_year", 79, 80, 81),
    ("8(3)", "satisfaction_pct", Decimal("79.99"), 80, Decimal("80.01")),
    ("8(4)", "aggregated_organizations", 2, 3, 4),
    ("8(6)", "public_benefit_share_pct", Decimal("19.99"), 20, Decimal("20.01")),
]


@BOTH
def test_a_platform_with_everything_is_eligible(bench: Bench) -> None:
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
    ("last_year", "prior_year", "outcome"),
    [
        (109, 100, NOT_MET),
        (110, 100, MET),
        (111, 100, MET),
        (80, 73, NOT_MET),  # 80.3 would be needed: no rounding
        (100, 0, MET),
        (90, 100, NOT_MET),
        (120, None, UNKNOWN),
        (79, None, NOT_MET),  # too few whatever the growth
        (None, 70, UNKNOWN),
    ],
)
def test_growth_is_ten_percent_over_the_year_before(
    last_year: int | None, prior_year: int | None, outcome: object
) -> None:
    changes: Changes = {"smes_served_last_year": last_year, "smes_served_prior_year": prior_year}
    assert by_clause(COMPREHENSIVE.verdict(changes))["8(3)"] is outcome


def test_reputation_is_asked_twice_of_a_specialized_platform() -> None:
    assert short(COMPREHENSIVE.verdict({"industry_influence": False})) == {"8(3)": NOT_MET}
    assert short(SPECIALIZED.verdict({"industry_influence": False})) == {"8(3)": NOT_MET, "10(2)": NOT_MET}
    assert short(SPECIALIZED.verdict({"industry_influence": None})) == {"8(3)": UNKNOWN, "10(2)": UNKNOWN}


@pytest.mark.parametrize(
    ("county", "city_or_association", "outcome"),
    [
        (True, True, MET),
        (True, False, MET),
        (False, True, MET),
        (True, None, MET),
        (None, True, MET),
        (False, None, UNKNOWN),
        (None, False, UNKNOWN),
        (None, None, UNKNOWN),
        (False, False, NOT_MET),
    ],
)
def test_either_recognition_is_enough(
    county: bool | None, city_or_association: bool | None, outcome: object
) -> None:
    changes: Changes = {
        "county_platform_recognized": county,
        "city_or_association_recognized": city_or_association,
    }
    assert by_clause(COMPREHENSIVE.verdict(changes))["8(5)"] is outcome


def staff(total: int | None, degree: int | None, title: int | None, both: int | None) -> Changes:
    return {
        "staff_full_time": total,
        "staff_college_plus": degree,
        "staff_mid_title_plus": title,
        "staff_college_plus_and_mid_title": both,
        "staff_field_experienced": total,
    }


@pytest.mark.parametrize(
    ("people", "outcome"),
    [
        (staff(14, 14, 14, 14), NOT_MET),
        (staff(15, 12, 0, 0), MET),
        (staff(16, 13, 0, 0), MET),
        (staff(20, 10, 10, 5), NOT_MET),  # 15 of 20
        (staff(20, 10, 10, 4), MET),  # 16 of 20
        (staff(20, 10, 10, 3), MET),
        (staff(20, 10, 6, None), UNKNOWN),  # between 10 and 16
        (staff(20, 10, 5, None), NOT_MET),  # 15 at most
        (staff(20, 16, 5, None), MET),  # 16 at least
        (staff(20, 16, None, None), MET),
        (staff(20, 15, None, None), UNKNOWN),
        (staff(20, None, None, None), UNKNOWN),
        (staff(14, None, None, None), NOT_MET),
        (staff(None, 16, 10, 8), UNKNOWN),
        (staff(0, 0, 0, 0), NOT_MET),
    ],
)
def test_fifteen_people_of_whom_four_in_five_are_professionals(people: Changes, outcome: object) -> None:
    assert by_clause(COMPREHENSIVE.verdict(people))["8(7)"] is outcome


@pytest.mark.parametrize(
    ("people", "union", "intersection"),
    [
        (staff(20, 16, 10, 10), MET, NOT_MET),
        (staff(20, 20, 15, 15), MET, NOT_MET),
        (staff(20, 20, 16, 16), MET, MET),
        (staff(20, 20, 17, 17), MET, MET),
        (staff(20, 20, 20, None), MET, UNKNOWN),
        (staff(20, 10, 10, 5), NOT_MET, NOT_MET),
    ],
)
def test_professionals_may_be_read_as_degree_and_title(
    people: Changes, union: object, intersection: object
) -> None:
    for reading, outcome in (("union", union), ("intersection", intersection)):
        verdict = COMPREHENSIVE.verdict(people, readings={"liaocheng.professionals": reading})
        assert by_clause(verdict)["8(7)"] is outcome


@pytest.mark.parametrize(("experienced", "outcome"), [(15, NOT_MET), (16, MET), (17, MET), (None, UNKNOWN)])
def test_four_in_five_know_the_field_of_a_specialized_platform(
    experienced: int | None, outcome: object
) -> None:
    verdict = SPECIALIZED.verdict({"staff_field_experienced": experienced})
    assert by_clause(verdict)["10(2)"] is outcome
    assert short(COMPREHENSIVE.verdict({"staff_field_experienced": experienced})) == {}


def test_a_share_of_no_staff_is_not_met() -> None:
    assert short(SPECIALIZED.verdict(staff(0, 0, 0, 0))) == {"8(7)": NOT_MET, "10(2)": NOT_MET}


def test_everything_unknown_is_undetermined_and_nothing_is_met() -> None:
    for bench in (COMPREHENSIVE, SPECIALIZED):
        verdict = bench.verdict(dict.fromkeys(bench.base))
        assert verdict.outcome is UNDETERMINED
        assert set(by_clause(verdict).values()) == {UNKNOWN}
