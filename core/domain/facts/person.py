"""Facts about a person who is or would be an expert; `region` is the organisation's too."""

from core.domain.facts import choices as c
from core.domain.facts.make import YEARS, decimal, flag, level, several, text
from core.domain.facts.organization import region
from core.rules.terms import Fact, Kind
from core.rules.text import T

person_name = text("name", "姓名", "Name")
employer = text("employer", "所在单位", "Employer")
id_number = text("id_number", "居民身份证号", "Resident identity number", Kind.ID_NUMBER)
mobile = text("mobile", "手机号码", "Mobile number", Kind.MOBILE)
email = text("email", "电子邮箱", "E-mail", Kind.EMAIL)

education = level("education", "学历", "Education", c.EDUCATION_LEVELS)
sme_service_years = decimal(
    "sme_service_years", "从事中小企业服务工作年数", "Years of work in serving SMEs", YEARS
)
title_level = level("title_level", "专业技术职称", "Professional title", c.TITLE_LEVELS)
award_level = level("award_level", "获奖或表彰的最高级别", "Highest level of award", c.AWARD_LEVELS)
expertise_fields = several("expertise_fields", "擅长领域", "Fields of expertise", c.EXPERTISE_FIELDS)

law_abiding = flag(
    "law_abiding",
    "拥护党的领导、遵纪守法、品德良好、热心公益",
    "Upholds the Party's leadership, law-abiding, of good character, devoted to public benefit",
    judged=True,
)
professional_ethics = flag(
    "professional_ethics",
    "有良好的学术道德、职业道德和操守，服从安排",
    "Sound academic and professional ethics, follows assignments",
    judged=True,
)
good_health = flag("good_health", "身心健康", "In good health", judged=True)
high_professional_level = flag(
    "high_professional_level", "有较高的专业技术水平", "High professional and technical level", judged=True
)
academic_or_industry_insight = flag(
    "academic_or_industry_insight",
    "在院校院所任职，或熟悉领域国内外发展情况",
    "Holds a post at a university or institute, or knows the field's development at home and abroad",
    judged=True,
)
volunteer_record = flag(
    "volunteer_record",
    "积极参与志愿服务或具备服务经验",
    "Active in volunteer service, or experienced in serving",
)
unpaid_commitment = flag(
    "unpaid_commitment",
    "自愿无偿贡献时间、精力、智慧和经验",
    "Gives time, effort, knowledge and experience without pay, by free will",
)

GROUPS: tuple[tuple[T, tuple[Fact, ...]], ...] = (
    (T("基本信息", "Identity"), (person_name, id_number, employer, region, mobile, email)),
    (
        T("专业能力", "Professional standing"),
        (
            education,
            title_level,
            award_level,
            sme_service_years,
            expertise_fields,
            high_professional_level,
            academic_or_industry_insight,
        ),
    ),
    (
        T("品行与志愿服务", "Conduct and volunteer service"),
        (law_abiding, professional_ethics, good_health, volunteer_record, unpaid_commitment),
    ),
)
