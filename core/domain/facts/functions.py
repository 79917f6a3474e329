"""Facts about an organisation's service functions; each is asked only where the function is claimed."""

from core.domain.facts.make import TIMES, flag, integer, money
from core.rules.terms import Fact
from core.rules.text import T

info_system_open = flag("info_system_open", "有开放的信息服务系统", "Open information service system")
info_online_offline = flag(
    "info_online_offline", "在线服务，线上线下联动", "Online service, joined with service on site"
)
info_events = integer("info_events", "年组织信息服务活动次数", "Information events a year", TIMES)

tech_collaboration = flag(
    "tech_collaboration",
    "组织技术服务资源并有协同机制",
    "Organizes technical resources, with a mechanism to work together",
)
tech_expert_and_project_db = flag(
    "tech_expert_and_project_db",
    "有专家库和新产品新技术项目库",
    "Databases of experts and of new products and technologies",
)
tech_has_shareable_equipment = flag(
    "tech_has_shareable_equipment",
    "仪器设备具备开放条件",
    "Equipment that could be shared",
    denied=T("仪器设备不具备开放条件", "No equipment that could be shared"),
)
tech_equipment_shared = flag("tech_equipment_shared", "仪器设备已开放共享", "Equipment is open and shared")
tech_events = integer(
    "tech_events",
    "年技术洽谈、项目推介、知识产权等活动次数",
    "Technology talks, project and intellectual property events a year",
    TIMES,
)

startup_counselling = flag("startup_counselling", "有创业辅导能力", "Able to counsel start-ups")
startup_project_db = flag("startup_project_db", "有创业项目库", "Database of start-up projects")
startup_guide = flag("startup_guide", "有《创业指南》", "Start-up guide")
startup_hotline = flag("startup_hotline", "有创业服务热线", "Start-up hotline")
startup_agency_services = flag(
    "startup_agency_services", "提供政务代理服务", "Handles administrative procedures for start-ups"
)
startup_events = integer(
    "startup_events", "年创业项目洽谈、推介次数", "Start-up project talks and presentations a year", TIMES
)

training_capability = flag("training_capability", "有深度培训能力", "Able to train in depth")
training_evaluation = flag("training_evaluation", "有培训服务评价机制", "Evaluates its training")
training_person_times = integer(
    "training_person_times", "年培训人次", "Training attendances a year", T("人次", "attendances")
)

financing_services = flag(
    "financing_services",
    "提供对接、担保、信用评价、咨询、培训等融资服务",
    "Financing services: matching, guarantee, credit rating, advice, training",
)
financing_supermarket = flag("financing_supermarket", "有融资超市", "Financing supermarket")
financing_public_benefit_fees = flag(
    "financing_public_benefit_fees", "融资服务公益性收费", "Public-benefit fees for financing services"
)
financing_innovative_products = flag(
    "financing_innovative_products", "有创新融资产品", "Innovative financing products"
)
financing_facilitated_cny = money(
    "financing_facilitated_cny", "年引导新增融资额", "New financing brought about a year"
)
financing_matching_events = integer(
    "financing_matching_events", "年银企对接次数", "Bank-enterprise matching events a year", TIMES
)
financing_lectures = integer("financing_lectures", "年融资讲座次数", "Lectures on financing a year", TIMES)

consulting_capability = flag(
    "consulting_capability", "有诊断、方案、辅导能力", "Able to diagnose, plan and coach"
)
consulting_collaboration_evaluation = flag(
    "consulting_collaboration_evaluation",
    "有咨询服务协同和评价机制",
    "Mechanisms to work together and to evaluate consulting",
)
consulting_free_diagnosis_events = integer(
    "consulting_free_diagnosis_events",
    "年公益性诊断咨询次数",
    "Free diagnosis and consulting events a year",
    TIMES,
)

legal_capability = flag("legal_capability", "有较强的法律服务能力", "Strong in legal services")
legal_guide = flag("legal_guide", "有《中小企业法律服务指南》", "Legal service guide for SMEs")
legal_hotline = flag("legal_hotline", "有法律服务热线", "Legal hotline")
legal_diagnosis = flag(
    "legal_diagnosis", "开展法律诊断、法律体检、法律援助", "Legal diagnosis, legal check-ups and legal aid"
)
legal_events = integer("legal_events", "年法律体检或宣讲次数", "Legal check-ups or lectures a year", TIMES)

BY_FUNCTION: dict[str, tuple[Fact, ...]] = {
    "information": (info_system_open, info_online_offline, info_events),
    "technology": (
        tech_collaboration,
        tech_expert_and_project_db,
        tech_has_shareable_equipment,
        tech_equipment_shared,
        tech_events,
    ),
    "startup": (
        startup_counselling,
        startup_project_db,
        startup_guide,
        startup_hotline,
        startup_agency_services,
        startup_events,
    ),
    "training": (training_capability, training_evaluation, training_person_times),
    "financing": (
        financing_services,
        financing_supermarket,
        financing_public_benefit_fees,
        financing_innovative_products,
        financing_facilitated_cny,
        financing_matching_events,
        financing_lectures,
    ),
    "consulting": (
        consulting_capability,
        consulting_collaboration_evaluation,
        consulting_free_diagnosis_events,
    ),
    "legal": (legal_capability, legal_guide, legal_hotline, legal_diagnosis, legal_events),
}
"""Choice of `service_functions` -> the facts asked where it is claimed; `digital` and `market` ask none."""
