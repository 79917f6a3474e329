"""Annex 1, articles 4 and 5, and annex 2, article 3: who may become a workstation or an expert."""

from core.plugin_api import Condition, ConditionKind, Op, T, all_of
from core.plugin_api import facts as f
from plugins.miit_volunteer.documents import EXPERT, WORKSTATION

STANDING = Condition(
    clause="A1.4(1)",
    title=T("法人资格与成立年限", "Legal standing and age"),
    test=all_of(f.independent_legal_person.holds(), f.established_on.elapsed(years=2)),
)

# "A mature model, or experience with events, 150 SMEs": the number goes with either; one fact holds the two.
# Each SME counts once (miit.served; rejected: once per visit).
EXPERIENCE = Condition(
    clause="A1.4(2)",
    title=T("服务模式或经验与服务数量", "Service model or experience, and numbers"),
    test=all_of(f.sme_service_experience.holds(), f.smes_served_last_year.at_least(150)),
    follows=("miit.served",),
)

PREMISES = Condition(
    clause="A1.4(3)",
    title=T("场所、设施与资源整合能力", "Premises, facilities and resources"),
    test=all_of(
        f.fixed_premises.holds(),
        f.facilities_adequate.holds(),
        f.resource_mobilization.holds(),
    ),
)

TEAM = Condition(
    clause="A1.4(4)",
    title=T("服务团队与专职人员", "Service team and full-time staff"),
    test=all_of(f.management_team_stable.holds(), f.staff_full_time.at_least(10)),
)

PLAN = Condition(
    clause="A1.4(5)",
    title=T("志愿服务方案或管理制度", "Volunteer plan or management system"),
    test=f.volunteer_plan_or_system.holds(),
)

NATIONAL_PLATFORM = Condition(
    clause="A1.5",
    title=T("国家示范平台（基地）优先", "Preference: national platform or base"),
    test=f.national_demonstration_platform.holds(),
    kind=ConditionKind.PREFERRED,
)

CHARACTER = Condition(
    clause="A2.3(1)",
    title=T("品德、守法与学术职业道德", "Character, law and ethics"),
    test=all_of(f.law_abiding.holds(), f.professional_ethics.holds()),
)

QUALIFICATION = Condition(
    clause="A2.3(2)",
    title=T("学历、经验与擅长领域", "Education, experience and field"),
    test=all_of(
        f.education.at_least("bachelor"),
        f.sme_service_years.at_least(5),
        f.expertise_fields.counts(Op.AT_LEAST, 1),
    ),
)

COMMITMENT = Condition(
    clause="A2.3(3)",
    title=T("自愿无偿服务", "Unpaid service by free will"),
    test=f.unpaid_commitment.holds(),
)

CONDITIONS: dict[str, tuple[Condition, ...]] = {
    WORKSTATION: (STANDING, EXPERIENCE, PREMISES, TEAM, PLAN, NATIONAL_PLATFORM),
    EXPERT: (CHARACTER, QUALIFICATION, COMMITMENT),
}
