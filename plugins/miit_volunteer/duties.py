"""N4, N5, A1.2, A1.7 to A1.13, A2.6 to A2.11: what workstations and experts owe."""

from core.plugin_api import ConductDuty, Duty, ServiceDuty, T, Year, any_of, by_reading
from core.plugin_api import metrics as m
from plugins.miit_volunteer.documents import EXPERT, WORKSTATION

COMMON = (
    ConductDuty(
        "N4",
        T(
            "参加“一起益企”行动和服务月活动，用志愿日记及时报送成果",
            "Join the campaigns of the year, and report results by the volunteer diary in time",
        ),
    ),
    ConductDuty(
        "N5",
        T(
            "规范开展活动，准确使用名称，不向企业收费",
            "Serve by the rules, use the title accurately, charge enterprises nothing",
        ),
    ),
)

# A1.7(2) and A2.6(2) say "a year" and "150 (30) enterprises": we count years from the start date
# (miit.year_basis; rejected by default: calendar years), and each enterprise once (miit.served; rejected: per
# visit).
YEAR = by_reading("miit.year_basis", accreditation_year=Year.ACCREDITATION, calendar_year=Year.CALENDAR)

WORKSTATION_SERVICE = ServiceDuty(
    clause="A1.7(2)",
    title=T("年志愿服务时长或服务企业数", "Yearly hours of volunteer service, or enterprises"),
    test=any_of(m.service_hours.at_least(60), m.enterprises_served.at_least(150)),
    year=YEAR,
    follows=("miit.served",),
)

EXPERT_SERVICE = ServiceDuty(
    clause="A2.6(2)",
    title=T("年志愿服务时长或服务企业数", "Yearly hours of volunteer service, or enterprises"),
    test=any_of(m.service_hours.at_least(12), m.enterprises_served.at_least(30)),
    year=YEAR,
    follows=("miit.served",),
)

WORKSTATION_DUTIES: tuple[Duty, ...] = (
    ConductDuty("A1.2", T("为志愿服务提供场地、设备等支持", "Premises and equipment for volunteer service")),
    ConductDuty("A1.7(1)", T("遵守办法，发扬志愿精神", "Keep the measures and the volunteer spirit")),
    ConductDuty("A1.7(2)", T("接受组织方的指导和安排", "Follow the organizers' guidance and assignments")),
    WORKSTATION_SERVICE,
    ConductDuty("A1.7(3)", T("尊重企业意愿，保守秘密", "Respect the enterprises' wishes, keep secrets")),
    ConductDuty("A1.7(4)", T("不以工作站名义从事有偿活动", "Nothing paid in the workstation's name")),
    ConductDuty("A1.8", T("提供或对接社会服务资源", "Provide or connect outside service resources")),
    ConductDuty("A1.9", T("安排专人负责志愿服务", "A named person for volunteer work")),
    ConductDuty("A1.10", T("收集服务需求，参加培训和交流", "Collect needs, attend training and exchanges")),
    ConductDuty("A1.11", T("参加能力培训，持续改进", "Attend capability training, keep improving")),
    ConductDuty(
        "A1.13",
        T(
            "在志愿平台注册，发布活动、填写日记",
            "Register on the platform, publish activities, keep the diary",
        ),
    ),
)

EXPERT_DUTIES: tuple[Duty, ...] = (
    ConductDuty("A2.6(1)", T("遵守办法", "Keep the measures")),
    ConductDuty("A2.6(2)", T("接受组织方的指导和安排", "Follow the organizers' guidance and assignments")),
    EXPERT_SERVICE,
    ConductDuty("A2.6(3)", T("尊重企业意愿，保守秘密", "Respect the enterprises' wishes, keep secrets")),
    ConductDuty("A2.6(4)", T("不以志愿服务名义从事有偿活动", "Nothing paid in the name of volunteering")),
    ConductDuty(
        "A2.7",
        T("线上线下开展公益咨询和个性化诊断", "Free advice and individual diagnosis, online or on site"),
    ),
    ConductDuty("A2.10", T("参加志愿服务规范培训", "Attend the training on standards of volunteering")),
    ConductDuty(
        "A2.11",
        T("在志愿平台注册，填写日记、记录时长", "Register on the platform, keep the diary with hours"),
    ),
)

DUTIES: dict[str, tuple[Duty, ...]] = {
    WORKSTATION: (*COMMON, *WORKSTATION_DUTIES),
    EXPERT: (*COMMON, *EXPERT_DUTIES),
}
