"""A body that meets every condition of each Shanghai track in 2017."""

from datetime import date

from core.rules.terms import Value
from tests.plugins.judging import Bench

AS_OF = date(2017, 9, 15)

BODY: dict[str, Value] = {
    "independent_legal_person": True,
    "operating_since": date(2012, 3, 1),
    "service_qualification": True,
    "registered_capital_cny": 1_000_000,
    "finances_sound": True,
    "operations_standardized": True,
    "good_prospects": True,
    "fixed_premises": True,
    "premises_area_m2": 300,
    "facilities_adequate": True,
    "industry_influence": True,
    "smes_served_last_year": 180,
    "satisfaction_pct": 93,
    "primarily_serves_smes": True,
    "small_micro_discount": True,
    "public_benefit_share_pct": 25,
    "management_system": True,
    "service_process": True,
    "fee_standard_reasonable": True,
    "quality_assurance": True,
    "development_plan": True,
    "annual_targets": True,
    "resource_mobilization": True,
    "stable_partnerships": True,
    "aggregated_organizations": 6,
    "last_penalty_on": "never",
    "under_investigation": False,
    "highest_recognition_level": "none",
    "function_requirements_met": True,
    "staff_full_time": 20,
    "staff_college_plus": 14,
    "staff_mid_title_plus": 9,
    "staff_college_plus_and_mid_title": 6,
}

COMPREHENSIVE = Bench(
    "shanghai",
    "comprehensive",
    "2017",
    AS_OF,
    {
        **BODY,
        "legal_form": "social_organization",
        "non_profit_purpose": True,
        "core_guiding_role": True,
        "service_functions": frozenset({"consulting", "information", "training"}),
    },
)
SPECIALIZED = Bench(
    "shanghai",
    "specialized",
    "2017",
    AS_OF,
    {
        **BODY,
        "legal_form": "enterprise",
        "non_profit_purpose": False,
        "core_guiding_role": False,
        "service_functions": frozenset({"technology"}),
    },
)
