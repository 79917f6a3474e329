"""The text of the programme, whose it is and whom it accredits: articles 2 to 5."""

from core.plugin_api import Edition, Kind, PartyKind, Program, SetFact, T, Track

SERVICE_AREAS = SetFact(
    "jilin_service_areas",
    Kind.SET,
    T("服务领域", "Service areas"),
    choices=(
        ("policy", T("政策解读", "policy reading")),
        ("training", T("人员培训", "staff training")),
        ("coaching", T("专题辅导", "coaching on special topics")),
        ("management", T("管理咨询", "management consulting")),
        ("information", T("信息咨询", "information consulting")),
        ("marketing", T("市场营销", "marketing")),
        ("financing", T("投资融资", "investment and financing")),
        ("finance_tax", T("财会税务", "accounting and tax")),
        ("property_rights", T("产权交易", "property rights trading")),
        ("technology", T("技术支持", "technical support")),
        ("exhibition", T("展览展销", "exhibitions and sales fairs")),
        ("legal", T("法律咨询", "legal advice")),
    ),
)
"""The twelve areas of article 2, in its order."""

PROVIDER = "provider"
EXPERT = "expert"

PROGRAM = Program(
    id="jilin",
    title=T(
        "吉林市中小企业服务商及志愿服务中小企业专家",
        "Jilin City SME Service Providers and Volunteer Experts",
    ),
    authority=T("吉林市中小企业服务中心", "Jilin City SME Service Center"),
    recommenders=T("县（市、区）中小企业服务中心", "SME service centers of the counties and districts"),
    register=T("吉林市中小企业服务信息资源库", "Jilin City SME Service Information Resource Register"),
    region="220200",
    recommender_level=6,
    # The text speaks of no certificate number: the patterns are the programme's own.
    tracks=(
        Track(
            PROVIDER,
            T("中小企业服务商", "SME service provider"),
            PartyKind.ORGANIZATION,
            "JL-F-{year}-{sequence:04d}",
        ),
        Track(
            EXPERT,
            T("志愿服务中小企业专家", "Volunteer expert for SMEs"),
            PartyKind.PERSON,
            "JL-Z-{year}-{sequence:04d}",
        ),
    ),
    # In force from its publication (article 15), whose day the text does not give.
    editions=(Edition("interim", T("管理暂行办法", "Interim measures")),),
    service_areas=SERVICE_AREAS,
    extra_facts=(SERVICE_AREAS,),
)
