"""Article 7: who may be recommended and recruited."""

from core.plugin_api import Condition, ConditionKind, T, all_of, any_of, by_reading
from core.plugin_api import facts as f
from plugins.jilin.documents import EXPERT, PROVIDER

STANDING = Condition(
    clause="7(1)1",
    title=T("法人资格、场所与资源", "Legal standing, premises and resources"),
    test=all_of(
        f.independent_legal_person.holds(),
        f.fixed_premises.holds(),
        f.resource_mobilization.holds(),
    ),
)

OPERATION = Condition(
    clause="7(1)2",
    title=T("服务经验与经营状况", "Experience and sound operation"),
    test=all_of(
        f.sme_service_experience.holds(),
        f.operating_since.elapsed(years=2),
        f.management_team_stable.holds(),
        f.finances_sound.holds(),
        f.management_system.holds(),
        f.fee_standard_reasonable.holds(),
        f.adverse_credit_record.fails(),
    ),
)

RESPONSIBILITY = Condition(
    clause="7(1)3",
    title=T("社会责任与公益服务", "Social responsibility and public benefit"),
    test=all_of(
        f.social_responsibility.holds(),
        f.small_micro_discount.holds(),
        f.public_benefit_active.holds(),
    ),
)

SUPPORT = Condition(
    clause="7(1)4",
    title=T("能力或场地支持优先", "Preference: capability or premises to offer"),
    test=f.venue_or_capability_support.holds(),
    kind=ConditionKind.PREFERRED,
)

# "30 enterprises a year": each once (jilin.served; rejected: once per visit).
PLAN_AND_RESULTS = Condition(
    clause="7(1)5",
    title=T("规划、目标与服务业绩", "Plan, targets and results"),
    test=all_of(
        f.development_plan.holds(),
        f.annual_targets.holds(),
        f.avg_annual_small_micro_served.at_least(30),
        f.satisfaction_pct.at_least(90),
    ),
    follows=("jilin.served",),
)

GROWTH = Condition(
    clause="7(1)5",
    title=T("稳步增长、声誉良好优先", "Preference: steady growth and good reputation"),
    test=f.steady_growth.holds(),
    kind=ConditionKind.PREFERRED,
)

CHARACTER = Condition(
    clause="7(2)1",
    title=T("遵纪守法、身心健康", "Law-abiding and in good health"),
    test=all_of(f.law_abiding.holds(), f.good_health.holds()),
)

ETHICS = Condition(
    clause="7(2)2",
    title=T("职业道德与操守", "Professional ethics"),
    test=f.professional_ethics.holds(),
)

QUALIFICATION = Condition(
    clause="7(2)3",
    title=T("学历、年限与专业水平", "Education, years of service and professional level"),
    test=all_of(
        f.education.at_least("bachelor"),
        f.sme_service_years.at_least(5),
        f.high_professional_level.holds(),
    ),
)

# 7(2)4 strings four items together: senior title, post, insight, award. We read that a senior title suffices
# and a post or insight needs an award with it; rejected by default: each item suffices alone (`any_one`), or
# nothing counts without the award (`award_always`).
DISTINCTION = Condition(
    clause="7(2)4",
    title=T("高级职称或获奖者优先", "Preference: senior title, or standing with an award"),
    test=all_of(
        by_reading(
            "jilin.expert_preference",
            title_or_awarded=any_of(
                f.title_level.at_least("senior"),
                all_of(f.academic_or_industry_insight.holds(), f.award_level.at_least("province")),
            ),
            any_one=any_of(
                f.title_level.at_least("senior"),
                f.academic_or_industry_insight.holds(),
                f.award_level.at_least("province"),
            ),
            award_always=all_of(
                any_of(f.title_level.at_least("senior"), f.academic_or_industry_insight.holds()),
                f.award_level.at_least("province"),
            ),
        ),
    ),
    kind=ConditionKind.PREFERRED,
)

VOLUNTEERING = Condition(
    clause="7(2)5",
    title=T("志愿服务经历优先", "Preference: volunteer record or service experience"),
    test=f.volunteer_record.holds(),
    kind=ConditionKind.PREFERRED,
)

CONDITIONS: dict[str, tuple[Condition, ...]] = {
    PROVIDER: (STANDING, OPERATION, RESPONSIBILITY, SUPPORT, PLAN_AND_RESULTS, GROWTH),
    EXPERT: (CHARACTER, ETHICS, QUALIFICATION, DISTINCTION, VOLUNTEERING),
}
