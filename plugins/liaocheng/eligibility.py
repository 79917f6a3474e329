"""Chapter three, articles 7 to 10: who may be recognized.

Articles 8(1) and 8(7) stand as two conditions each: the last paragraph of article 8 eases one number of each,
and everything else of them stays as it is.
"""

from core.plugin_api import (
    Condition,
    Relaxation,
    T,
    all_of,
    any_of,
    at_least,
    by_reading,
    facts,
    grown_by,
    union_share,
)
from plugins.liaocheng.functions import SEVEN

SPONSORED_AND_OUTSTANDING = all_of(
    facts.legal_form.one_of("public_institution", "social_organization"),
    facts.distinctive_strengths.holds(),
)

LEGAL_STATUS = Condition(
    clause="8(1)",
    title=T("主体资格与运营", "Legal status and operation"),
    test=all_of(
        facts.independent_legal_person.holds(),
        facts.service_qualification.holds(),
        facts.operating_since.elapsed(years=1),
        facts.finances_sound.holds(),
        facts.operations_standardized.holds(),
        facts.good_prospects.holds(),
    ),
)

ASSETS = Condition(
    clause="8(1)",
    title=T("资产总额", "Total assets"),
    test=facts.total_assets_cny.at_least(2_000_000),
    relaxed=Relaxation(
        clause="8(last)",
        ground=SPONSORED_AND_OUTSTANDING,
        test=facts.total_assets_cny.at_least(1_000_000),
    ),
)

SERVICE_AREA = Condition(
    clause="8(2)",
    title=T("服务对象与区域", "Whom and what area it serves"),
    test=all_of(
        facts.primarily_serves_smes.holds(),
        facts.served_area_influential.holds(),
    ),
)

SERVICE_RESULTS = Condition(
    clause="8(3)",
    title=T("服务业绩", "Service results"),
    test=all_of(
        facts.smes_served_last_year.at_least(80),
        facts.satisfaction_pct.at_least(80),
        grown_by(facts.smes_served_last_year, facts.smes_served_prior_year, percent=10),
        facts.industry_influence.holds(),
    ),
    follows=("liaocheng.served", "liaocheng.growth"),
)

PREMISES_AND_RESOURCES = Condition(
    clause="8(4)",
    title=T("场所设施与资源带动", "Premises, facilities and resources"),
    test=all_of(
        facts.fixed_premises.holds(),
        facts.facilities_adequate.holds(),
        facts.resource_mobilization.holds(),
        facts.aggregated_organizations.at_least(3),
    ),
)

RECOGNITION = Condition(
    clause="8(5)",
    title=T("已获认定", "Recognized before"),
    test=any_of(
        facts.county_platform_recognized.holds(),
        facts.city_or_association_recognized.holds(),
    ),
)

MANAGEMENT_AND_FEES = Condition(
    clause="8(6)",
    title=T("管理、收费与规划", "Management, fees and plan"),
    test=all_of(
        facts.management_system.holds(),
        facts.service_process.holds(),
        facts.fee_standard_reasonable.holds(),
        facts.quality_assurance.holds(),
        facts.small_micro_discount.holds(),
        facts.public_benefit_share_pct.at_least(20),
        facts.development_plan.holds(),
        facts.annual_targets.holds(),
    ),
)

TEAM = Condition(
    clause="8(7)",
    title=T("管理团队与专业人员", "Management team and professionals"),
    test=all_of(
        facts.management_team_stable.holds(),
        facts.leader_qualified.holds(),
        by_reading(
            "liaocheng.professionals",
            union=union_share(
                facts.staff_college_plus,
                facts.staff_mid_title_plus,
                both=facts.staff_college_plus_and_mid_title,
                whole=facts.staff_full_time,
                percent=80,
            ),
            intersection=facts.staff_college_plus_and_mid_title.share_of(facts.staff_full_time, percent=80),
        ),
    ),
    follows=("liaocheng.professionals",),
)

STAFF = Condition(
    clause="8(7)",
    title=T("从业人数", "Number of staff"),
    test=facts.staff_full_time.at_least(15),
    relaxed=Relaxation(
        clause="8(last)",
        ground=SPONSORED_AND_OUTSTANDING,
        test=facts.staff_full_time.at_least(10),
    ),
)

BASIC = (
    LEGAL_STATUS,
    ASSETS,
    SERVICE_AREA,
    SERVICE_RESULTS,
    PREMISES_AND_RESOURCES,
    RECOGNITION,
    MANAGEMENT_AND_FEES,
    TEAM,
    STAFF,
)

FOUR_FUNCTIONS = Condition(
    clause="10(1)",
    title=T("四项以上服务功能", "Four service functions or more"),
    test=at_least(4, *SEVEN),
)

ONE_FUNCTION = Condition(
    clause="9",
    title=T("专业服务功能", "A specialized service function"),
    test=at_least(1, *SEVEN),
)

FIELD_STANDING = Condition(
    clause="10(2)",
    title=T("专业领域声誉与经验", "Standing and experience in the field"),
    test=all_of(
        facts.industry_influence.holds(),
        facts.staff_field_experienced.share_of(facts.staff_full_time, percent=80),
    ),
)

CONDITIONS = {
    "comprehensive": (*BASIC, FOUR_FUNCTIONS),
    "specialized": (*BASIC, ONE_FUNCTION, FIELD_STANDING),
}
