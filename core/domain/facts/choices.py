"""The choices of enum, level and set facts, labelled in both languages; levels run from the lowest up."""

from core.domain.facts.make import Choices
from core.rules.text import T

LEGAL_FORMS: Choices = (
    ("enterprise", T("企业", "enterprise")),
    ("public_institution", T("事业单位", "public institution")),
    ("social_organization", T("社团法人（协会、商会）", "social organization (association, chamber)")),
    ("private_non_enterprise", T("民办非企业单位", "private non-enterprise unit")),
    ("partnership", T("合伙制机构", "partnership")),
    ("law_firm", T("个人或国资律师事务所", "individual or state-funded law firm")),
    ("partnership_law_firm", T("合伙制律师事务所", "partnership law firm")),
    ("other", T("其他", "other")),
)

SERVICE_FUNCTIONS: Choices = (
    ("information", T("信息服务", "information services")),
    ("digital", T("数字化服务", "digital services")),
    ("technology", T("技术创新和质量服务", "technology and quality")),
    ("startup", T("创业服务", "start-up services")),
    ("training", T("人才和培训服务", "talent and training")),
    ("financing", T("投融资服务", "investment and financing services")),
    ("market", T("市场开拓服务", "market development")),
    ("consulting", T("管理咨询服务", "management consulting services")),
    ("legal", T("法律服务", "legal services")),
)

RECOGNITION_LEVELS: Choices = (
    ("none", T("无", "none")),
    ("county", T("县（市、区）级", "county level")),
    ("city", T("市级", "city level")),
    ("province", T("省级", "provincial level")),
    ("national", T("国家级", "national level")),
)

AWARD_LEVELS: Choices = (
    ("none", T("无", "none")),
    ("city", T("市级", "city level")),
    ("province", T("省级", "provincial level")),
    ("national", T("国家级", "national level")),
)

EDUCATION_LEVELS: Choices = (
    ("below_college", T("大专以下", "below college")),
    ("college", T("大专", "college diploma")),
    ("bachelor", T("本科", "bachelor's degree")),
    ("master", T("硕士", "master's degree")),
    ("doctor", T("博士", "doctorate")),
)

TITLE_LEVELS: Choices = (
    ("none", T("无", "none")),
    ("junior", T("初级", "junior title")),
    ("intermediate", T("中级", "intermediate title")),
    ("associate_senior", T("副高级", "associate senior title")),
    ("senior", T("正高级（教授级）", "senior title (professor level)")),
)

EXPERTISE_FIELDS: Choices = (
    ("policy", T("政策解读", "policy reading")),
    ("legal", T("法律法规", "law")),
    ("financing", T("信贷融资", "credit and financing")),
    ("technology", T("科技创新", "technology and innovation")),
    ("startup", T("创业指导", "start-up guidance")),
    ("property_rights", T("产权保护", "property rights")),
    ("management", T("管理咨询", "management consulting")),
    ("finance_tax", T("财税管理", "finance and tax")),
    ("human_resources", T("人力资源", "human resources")),
    ("market", T("市场营销", "marketing")),
    ("risk_control", T("风险控制", "risk control")),
    ("digital", T("数字赋能", "digital transformation")),
    ("training", T("人员培训", "staff training")),
    ("exhibition", T("展览展销", "exhibitions and sales fairs")),
)
