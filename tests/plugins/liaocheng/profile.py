"""A platform that meets every condition of each Liaocheng track."""

from datetime import date

from core.rules.terms import Value
from tests.plugins.judging import Bench

AS_OF = date(2024, 5, 20)

PLATFORM: dict[str, Value] = {
    "legal_form": "enterprise",
    "independent_legal_person": True,
    "operating_since": date(2016, 3, 1),
    "service_qualification": True,
    "total_assets_cny": 5_000_000,
    "finances_sound": True,
    "operations_standardized": True,
    "good_prospects": True,
    "primarily_serves_smes": True,
    "served_area_influential": True,
    "smes_served_last_year": 120,
    "smes_served_prior_year": 70,
    "satisfaction_pct": 92,
    "industry_influence": True,
    "fixed_premises": True,
    "facilities_adequate": True,
    "resource_mobilization": True,
    "aggregated_organizations": 5,
    "county_platform_recognized": True,
    "city_or_association_recognized": True,
    "management_system": True,
    "service_process": True,
    "fee_standard_reasonable": True,
    "quality_assurance": True,
    "small_micro_discount": True,
    "public_benefit_share_pct": 30,
    "development_plan": True,
    "annual_targets": True,
    "management_team_stable": True,
    "leader_qualified": True,
    "distinctive_strengths": True,
    "staff_full_time": 20,
    "staff_field_experienced": 19,
    "staff_college_plus": 16,
    "staff_mid_title_plus": 10,
    "staff_college_plus_and_mid_title": 8,
}

FUNCTIONS: dict[str, dict[str, Value]] = {
    "information": {"info_system_open": True, "info_online_offline": True, "info_events": 6},
    "technology": {
        "tech_collaboration": True,
        "tech_expert_and_project_db": True,
        "tech_has_shareable_equipment": True,
        "tech_equipment_shared": True,
        "tech_events": 6,
    },
    "startup": {
        "startup_counselling": True,
        "startup_project_db": True,
        "startup_guide": True,
        "startup_hotline": True,
        "startup_agency_services": True,
        "startup_events": 6,
    },
    "training": {"training_capability": True, "training_evaluation": True, "training_person_times": 1_500},
    "financing": {
        "financing_services": True,
        "financing_supermarket": True,
        "financing_public_benefit_fees": True,
        "financing_innovative_products": True,
        "financing_facilitated_cny": 200_000_000,
        "financing_matching_events": 6,
        "financing_lectures": 6,
    },
    "consulting": {
        "consulting_capability": True,
        "consulting_collaboration_evaluation": True,
        "consulting_free_diagnosis_events": 6,
    },
    "legal": {
        "legal_capability": True,
        "legal_guide": True,
        "legal_hotline": True,
        "legal_diagnosis": True,
        "legal_events": 6,
    },
}


def claiming(*functions: str) -> dict[str, Value]:
    """The facts of an application that claims the functions and has what each of them asks."""
    facts: dict[str, Value] = {"service_functions": frozenset(functions)}
    for function in functions:
        facts |= FUNCTIONS[function]
    return facts


COMPREHENSIVE = Bench(
    "liaocheng",
    "comprehensive",
    "measures",
    AS_OF,
    PLATFORM | claiming("information", "technology", "startup", "training"),
)
SPECIALIZED = Bench("liaocheng", "specialized", "measures", AS_OF, PLATFORM | claiming("financing"))
