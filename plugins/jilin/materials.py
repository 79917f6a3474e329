"""Articles 8(2) and 8(3): what is handed in."""

from core.plugin_api import Material, T
from plugins.jilin.documents import EXPERT, PROVIDER

COPY = T("复印件", "a copy")

PROVIDER_FORM = Material(
    "8(2)",
    "application_form",
    T("《吉林市中小企业服务商申请表》", "Application form for service providers"),
)
SUMMARY = Material(
    "8(2)",
    "service_summary",
    T("本年度服务中小企业情况总结", "Summary of this year's services to SMEs"),
)
LICENCE = Material("8(2)", "business_licence", T("营业执照", "Business licence"), note=COPY)
QUALIFICATIONS = Material(
    "8(2)",
    "qualification_certificates",
    T("相关资质证明材料", "Certificates of the qualifications concerned"),
    note=COPY,
)

EXPERT_FORM = Material(
    "8(3)",
    "application_form",
    T("《吉林市志愿服务中小企业专家申请表》", "Application form for volunteer experts"),
)
DEGREE = Material("8(3)", "highest_degree", T("最高学历证明", "Proof of the highest degree"), note=COPY)
PROFESSION = Material(
    "8(3)",
    "professional_proof",
    T("专业领域认证或专业成果证明", "Professional certification, or proof of professional results"),
    note=COPY,
)

MATERIALS: dict[str, tuple[Material, ...]] = {
    PROVIDER: (PROVIDER_FORM, SUMMARY, LICENCE, QUALIFICATIONS),
    EXPERT: (EXPERT_FORM, DEGREE, PROFESSION),
}
