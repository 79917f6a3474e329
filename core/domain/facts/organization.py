"""Facts about an organisation."""

from core.domain.facts import choices as c
from core.domain.facts.make import (
    PERSONS,
    SMES,
    SQUARE_METRES,
    choice,
    day,
    day_or_never,
    decimal,
    flag,
    integer,
    level,
    money,
    percent,
    several,
    text,
)
from core.rules.terms import Fact, Kind
from core.rules.text import T

name = text("name", "机构名称", "Name")
uscc = text("uscc", "统一社会信用代码", "Unified social credit code", Kind.USCC)
region = text("region", "行政区划代码", "Administrative division code", Kind.REGION)
legal_form = choice("legal_form", "机构性质", "Legal form", c.LEGAL_FORMS)
independent_legal_person = flag("independent_legal_person", "具有独立法人资格", "Independent legal person")
non_profit_purpose = flag("non_profit_purpose", "不以营利为主要目的", "Profit is not the main purpose")
established_on = day("established_on", "成立日期", "Date of establishment")
operating_since = day("operating_since", "开始运营日期", "Start of operation")
registered_capital_cny = money("registered_capital_cny", "注册资本", "Registered capital")
total_assets_cny = money("total_assets_cny", "资产总额", "Total assets")

fixed_premises = flag("fixed_premises", "有固定的经营服务场所", "Fixed service premises")
premises_area_m2 = decimal("premises_area_m2", "服务场所面积", "Area of the service premises", SQUARE_METRES)
facilities_adequate = flag(
    "facilities_adequate", "有必要的服务设施、仪器设备", "The service facilities and equipment it needs"
)

staff_full_time = integer(
    "staff_full_time", "从事中小企业服务的专职人员数", "Full-time staff who serve SMEs", PERSONS
)
staff_college_plus = integer(
    "staff_college_plus", "大专及以上学历的专职人员数", "Staff with a college diploma or above", PERSONS
)
staff_bachelor_plus = integer(
    "staff_bachelor_plus", "本科及以上学历的专职人员数", "Staff with a bachelor's degree or above", PERSONS
)
staff_mid_title_plus = integer(
    "staff_mid_title_plus",
    "中级及以上技术职称的专职人员数",
    "Staff with an intermediate title or above",
    PERSONS,
)
staff_college_plus_and_mid_title = integer(
    "staff_college_plus_and_mid_title",
    "兼有大专及以上学历和中级及以上职称的专职人员数",
    "Staff with both a college diploma or above and an intermediate title or above",
    PERSONS,
)
staff_bachelor_plus_and_mid_title = integer(
    "staff_bachelor_plus_and_mid_title",
    "兼有本科及以上学历和中级及以上职称的专职人员数",
    "Staff with both a bachelor's degree or above and an intermediate title or above",
    PERSONS,
)
staff_field_experienced = integer(
    "staff_field_experienced",
    "具有本专业领域相关工作经验的专职人员数",
    "Staff with work experience in the field served",
    PERSONS,
)
leader_qualified = flag(
    "leader_qualified",
    "主要负责人诚信守法，有经验和管理水平",
    "The head is honest, law-abiding, experienced and able to manage",
)
management_team_stable = flag(
    "management_team_stable", "管理（服务）团队稳定、健全", "Stable and complete management or service team"
)

smes_served_last_year = integer("smes_served_last_year", "上年服务中小企业数", "SMEs served last year", SMES)
smes_served_prior_year = integer(
    "smes_served_prior_year", "再上一年服务中小企业数", "SMEs served in the year before last", SMES
)
avg_annual_small_micro_served = decimal(
    "avg_annual_small_micro_served",
    "年平均服务中小微企业数",
    "Micro, small and medium enterprises served a year on average",
    T("家", "enterprises"),
)
satisfaction_pct = percent("satisfaction_pct", "用户满意度", "User satisfaction")
public_benefit_share_pct = percent(
    "public_benefit_share_pct",
    "公益性或低收费服务占总服务量的比例",
    "Share of public-benefit or low-fee services",
)
aggregated_organizations = integer(
    "aggregated_organizations", "集聚服务机构数", "Service organizations gathered", T("家", "organisations")
)
steady_growth = flag(
    "steady_growth",
    "服务企业数量稳步增长，声誉良好",
    "Steady growth of the enterprises served, and a good reputation",
)
industry_influence = flag(
    "industry_influence",
    "有一定的行业影响力、声誉和品牌影响力",
    "Influence in the industry, reputation and brand",
)

service_functions = several(
    "service_functions", "申报的服务功能", "Service functions claimed", c.SERVICE_FUNCTIONS
)
function_requirements_met = flag(
    "function_requirements_met",
    "满足所申报类别的功能要求",
    "Meets the function requirements of the category applied for",
    judged=True,
)
core_guiding_role = flag(
    "core_guiding_role",
    "在服务体系中发挥核心和引导作用，熟悉政策，公益服务积极",
    "Core and guiding role in the service system: knows the policies, active in public-benefit services",
    judged=True,
)
distinctive_strengths = flag(
    "distinctive_strengths",
    "具有突出的特色优势和示范性",
    "Outstanding strengths that set an example",
    judged=True,
)
venue_or_capability_support = flag(
    "venue_or_capability_support",
    "具备政策、人才、市场、技术、法律服务能力，或能提供场地及公益指导",
    "Able to serve in policy, talent, market, technology or law, or to offer premises and free guidance",
)
primarily_serves_smes = flag(
    "primarily_serves_smes", "主要面向本地区中小企业提供服务", "Mainly serves the SMEs of the area"
)
served_area_influential = flag(
    "served_area_influential",
    "服务的区域或行业对本省经济发展具有一定的影响力",
    "The area or industry served matters to the province's economy",
)
service_qualification = flag(
    "service_qualification",
    "具备从事相关服务的资质或能力",
    "Qualified or able to provide the services",
)
sme_service_experience = flag(
    "sme_service_experience",
    "具备中小企业服务经验（成熟的服务模式或举办活动经验）",
    "Experience in serving SMEs (a mature service model, or experience in holding events)",
)
resource_mobilization = flag(
    "resource_mobilization",
    "有组织带动（整合）社会服务资源的能力",
    "Able to bring together outside service resources",
)
stable_partnerships = flag(
    "stable_partnerships",
    "与院校、院所、协会、专业机构有稳定、广泛的合作关系",
    "Stable and broad cooperation with universities, institutes, associations and professional bodies",
)

county_platform_recognized = flag(
    "county_platform_recognized", "获得县级平台认定", "Recognized as a platform at county level"
)
city_or_association_recognized = flag(
    "city_or_association_recognized",
    "获得市级及以上行政部门或行业协会的相关认定",
    "Recognized by a department at city level or above, or by an industry association",
)
highest_recognition_level = level(
    "highest_recognition_level",
    "有关部门认定、表彰、资金支持的最高级别",
    "Highest level of official recognition, commendation or funding",
    c.RECOGNITION_LEVELS,
)
national_demonstration_platform = flag(
    "national_demonstration_platform",
    "国家中小企业公共服务示范平台或国家小型微型企业创业创新示范基地",
    "National SME public service demonstration platform, or national small and micro start-up base",
)

finances_sound = flag("finances_sound", "财务收支状况良好", "Sound finances")
operations_standardized = flag("operations_standardized", "经营规范", "Operates by the rules")
good_prospects = flag(
    "good_prospects",
    "具有良好的发展前景和可持续发展能力",
    "Good prospects and able to sustain its development",
)
management_system = flag(
    "management_system", "有健全的管理制度、经营制度", "Complete rules of management and operation"
)
service_process = flag("service_process", "有规范的服务流程", "Standard service process")
fee_standard_reasonable = flag("fee_standard_reasonable", "有合理的收费标准", "Reasonable fee standard")
quality_assurance = flag("quality_assurance", "有完善的服务质量保证措施", "Service quality is assured")
development_plan = flag(
    "development_plan", "有明确的发展（服务）规划", "Clear plan of development or service"
)
annual_targets = flag("annual_targets", "有年度服务目标", "Yearly service targets")
small_micro_discount = flag(
    "small_micro_discount",
    "对小微企业（中小企业）收费有优惠规定",
    "Rules on reduced fees for small and micro (or small and medium) enterprises",
)
social_responsibility = flag(
    "social_responsibility", "具备承担社会责任的素质", "Fit to bear social responsibility"
)
public_benefit_active = flag(
    "public_benefit_active", "主动承担公益性服务", "Takes on public-benefit services of its own accord"
)
volunteer_plan_or_system = flag(
    "volunteer_plan_or_system",
    "有中小企业志愿服务方案或管理制度",
    "Plan or management system for volunteer service to SMEs",
)

adverse_credit_record = flag(
    "adverse_credit_record",
    "有不良信用记录",
    "Adverse credit record",
    denied=T("没有不良信用记录", "No adverse credit record"),
)
last_adverse_record_on = day_or_never(
    "last_adverse_record_on",
    "最近一次不良记录、失信行为的日期",
    "Date of the last adverse record",
    denied=T("没有不良记录、失信行为", "no adverse record"),
)
last_penalty_on = day_or_never(
    "last_penalty_on",
    "最近一次行政处罚的日期",
    "Date of the last administrative penalty",
    denied=T("没有受过行政处罚", "no administrative penalty"),
)
under_investigation = flag(
    "under_investigation",
    "正在协助接受案件调查",
    "Currently part of a case under investigation",
    denied=T("目前没有协助接受案件调查", "Not part of a case under investigation at present"),
)

GROUPS: tuple[tuple[T, tuple[Fact, ...]], ...] = (
    (
        T("基本信息", "Identity"),
        (
            name,
            uscc,
            region,
            legal_form,
            independent_legal_person,
            non_profit_purpose,
            established_on,
            operating_since,
            registered_capital_cny,
            total_assets_cny,
        ),
    ),
    (
        T("场所与人员", "Premises and staff"),
        (
            fixed_premises,
            premises_area_m2,
            facilities_adequate,
            staff_full_time,
            staff_college_plus,
            staff_bachelor_plus,
            staff_mid_title_plus,
            staff_college_plus_and_mid_title,
            staff_bachelor_plus_and_mid_title,
            staff_field_experienced,
            leader_qualified,
            management_team_stable,
        ),
    ),
    (
        T("服务业绩", "Service results"),
        (
            smes_served_last_year,
            smes_served_prior_year,
            avg_annual_small_micro_served,
            satisfaction_pct,
            public_benefit_share_pct,
            aggregated_organizations,
            steady_growth,
            industry_influence,
        ),
    ),
    (
        T("服务能力", "Service capability"),
        (
            service_functions,
            function_requirements_met,
            core_guiding_role,
            distinctive_strengths,
            venue_or_capability_support,
            primarily_serves_smes,
            served_area_influential,
            service_qualification,
            sme_service_experience,
            resource_mobilization,
            stable_partnerships,
        ),
    ),
    (
        T("认定与表彰", "Recognition"),
        (
            county_platform_recognized,
            city_or_association_recognized,
            highest_recognition_level,
            national_demonstration_platform,
        ),
    ),
    (
        T("管理与责任", "Management and responsibility"),
        (
            finances_sound,
            operations_standardized,
            good_prospects,
            management_system,
            service_process,
            fee_standard_reasonable,
            quality_assurance,
            development_plan,
            annual_targets,
            small_micro_discount,
            social_responsibility,
            public_benefit_active,
            volunteer_plan_or_system,
        ),
    ),
    (
        T("信用", "Integrity"),
        (adverse_credit_record, last_adverse_record_on, last_penalty_on, under_investigation),
    ),
)
