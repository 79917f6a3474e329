"""Parts one and two: who may apply in 2017.

Item 2.1(3) stands as two conditions, since its number of SMEs alone is asked "in principle"; so does 2.2(2),
where the year closes one category whatever its requirements.
"""

from core.plugin_api import (
    Condition,
    Op,
    T,
    Waiver,
    all_of,
    any_of,
    by_reading,
    facts,
    union_share,
)

EIGHT = (
    "information",
    "technology",
    "startup",
    "training",
    "financing",
    "market",
    "consulting",
    "legal",
)
"""Item 2.2(2): the eight categories, in its order."""

RECOGNIZED = Waiver(
    clause="2.1(last)",
    title=T(
        "获区级及以上认定、表彰或资助，能力较强、成效明显的，可适当放宽",
        "Relaxed for bodies recognized, commended or funded at district level or above, able and effective",
    ),
    ground=facts.highest_recognition_level.at_least("county"),  # a Shanghai district ranks with a county
)

IN_PRINCIPLE = Waiver(
    clause="2.1(3)",
    title=T(
        "服务家数为原则性要求，可酌情放宽", "The number of SMEs is asked in principle and may be relaxed"
    ),
)

LEGAL_STATUS = Condition(
    clause="2.1(1)",
    title=T("主体资格与运营", "Legal status and operation"),
    test=all_of(
        any_of(
            facts.independent_legal_person.holds(),
            facts.legal_form.one_of("law_firm", "partnership_law_firm"),
        ),
        facts.service_qualification.holds(),
        facts.operating_since.elapsed(years=1),
        facts.registered_capital_cny.at_least(100_000),
        facts.finances_sound.holds(),
        facts.operations_standardized.holds(),
        facts.good_prospects.holds(),
    ),
    waiver=RECOGNIZED,
    follows=("shanghai.relaxable",),
)

TEAM_AND_PREMISES = Condition(
    clause="2.1(2)",
    title=T("服务队伍与场所", "Staff and premises"),
    test=all_of(
        facts.staff_full_time.at_least(10),
        union_share(
            facts.staff_college_plus,
            facts.staff_mid_title_plus,
            both=facts.staff_college_plus_and_mid_title,
            whole=facts.staff_full_time,
            percent=70,
        ),
        facts.fixed_premises.holds(),
        facts.premises_area_m2.at_least(80),
        facts.facilities_adequate.holds(),
    ),
    waiver=RECOGNIZED,
    follows=("shanghai.relaxable",),
)

SMES_SERVED = Condition(
    clause="2.1(3)",
    title=T("服务中小企业家数", "Number of SMEs served"),
    test=facts.smes_served_last_year.at_least(100),
    waiver=by_reading("shanghai.in_principle", firm=RECOGNIZED, waivable=IN_PRINCIPLE),
    follows=("shanghai.served", "shanghai.in_principle", "shanghai.relaxable"),
)

SERVICE_QUALITY = Condition(
    clause="2.1(3)",
    title=T("行业影响与服务质量", "Influence and quality of service"),
    test=all_of(
        facts.industry_influence.holds(),
        facts.satisfaction_pct.at_least(80),
        facts.primarily_serves_smes.holds(),
        facts.small_micro_discount.holds(),
        facts.public_benefit_share_pct.at_least(10),
    ),
    waiver=RECOGNIZED,
    follows=("shanghai.relaxable",),
)

MANAGEMENT = Condition(
    clause="2.1(4)",
    title=T("管理制度与服务规划", "Management and plan"),
    test=all_of(
        facts.management_system.holds(),
        facts.service_process.holds(),
        facts.fee_standard_reasonable.holds(),
        facts.quality_assurance.holds(),
        facts.development_plan.holds(),
        facts.annual_targets.holds(),
    ),
    waiver=RECOGNIZED,
    follows=("shanghai.relaxable",),
)

RESOURCES = Condition(
    clause="2.1(5)",
    title=T("资源带动与合作", "Resources and partnerships"),
    test=all_of(
        facts.resource_mobilization.holds(),
        facts.stable_partnerships.holds(),
        facts.aggregated_organizations.at_least(3),
    ),
    waiver=RECOGNIZED,
    follows=("shanghai.relaxable",),
)

INTEGRITY = Condition(
    clause="2.1(6)",
    title=T("无处罚和案件调查", "No penalty and no investigation"),
    test=all_of(
        facts.last_penalty_on.clear_for(years=3),
        facts.under_investigation.fails(),
    ),
    waiver=by_reading("shanghai.relaxable", all=RECOGNIZED, not_integrity=None),
    bars=True,
    follows=("shanghai.relaxable",),
)

BASIC = (
    LEGAL_STATUS,
    TEAM_AND_PREMISES,
    SMES_SERVED,
    SERVICE_QUALITY,
    MANAGEMENT,
    RESOURCES,
    INTEGRITY,
)

COMPREHENSIVE_KIND = Condition(
    clause="1",
    title=T("非营利与多种服务功能", "Not for profit, with several functions"),
    test=all_of(
        facts.non_profit_purpose.holds(),
        facts.service_functions.counts(Op.AT_LEAST, 2),
    ),
    follows=("shanghai.several",),
)

CORE_ROLE = Condition(
    clause="2.2(1)",
    title=T("核心和引导作用", "Core and guiding role"),
    test=facts.core_guiding_role.holds(),
)

ONE_CATEGORY = Condition(
    clause="2.2(2)",
    title=T("八类中限报一类", "One of the eight categories, and no more"),
    test=all_of(
        facts.service_functions.counts(Op.AT_LEAST, 1, within=EIGHT),
        facts.service_functions.counts(Op.AT_MOST, 1, within=EIGHT),
        facts.function_requirements_met.holds(),
    ),
)

CONDITIONS = {
    "comprehensive": (COMPREHENSIVE_KIND, *BASIC, CORE_ROLE),
    "specialized": (*BASIC, ONE_CATEGORY),
}
