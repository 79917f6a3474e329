"""Every item of the text, and how it ends here."""

from core.plugin_api import Article, Coverage, T

ENCODED, INTERPRETED = Coverage.ENCODED, Coverage.INTERPRETED

ARTICLES = (
    Article("1", T("两类申报主体", "The two kinds of applicants"), ENCODED),
    Article("2.1(1)", T("主体资格与运营", "Legal status and operation"), ENCODED),
    Article("2.1(2)", T("服务队伍与场所", "Staff and premises"), ENCODED),
    Article("2.1(3)", T("服务业绩", "Service results"), INTERPRETED),
    Article("2.1(4)", T("管理制度与服务规划", "Management and plan"), ENCODED),
    Article("2.1(5)", T("资源带动与合作", "Resources and partnerships"), ENCODED),
    Article("2.1(6)", T("处罚与案件调查", "Penalties and investigations"), ENCODED),
    Article("2.1(last)", T("可适当放宽的情形", "When the conditions may be relaxed"), INTERPRETED),
    Article("2.2(1)", T("综合服务机构的服务内容", "What a comprehensive body does"), ENCODED),
    Article("2.2(2)", T("专业服务机构的服务内容", "What a specialized body does"), ENCODED),
    Article("3.1", T("活动、计划与报告", "Events, plan and report"), ENCODED),
    Article("3.2", T("互动平台", "The interactive platform"), ENCODED),
    Article("3.3", T("分类任务", "Tasks of each kind"), ENCODED),
    Article("3.4", T("参加主管部门活动", "Joining the departments' events"), ENCODED),
    Article("3.5", T("其他服务工作", "Other services"), ENCODED),
    Article(
        "3(last)",
        T("优先推荐", "Nominated first"),
        ENCODED,
        T(
            "资助资金和荣誉称号的推荐名单，履行任务的优先",
            "The nomination list for funding and honors, those who did their duties first",
        ),
    ),
    Article("4.1", T("申报表", "Declaration form"), ENCODED),
    Article("4.2", T("申请报告", "Application report"), ENCODED),
    Article("4.3", T("登记证书或执照", "Registration or licence"), ENCODED),
    Article("4.4", T("资质证书", "Qualifications"), ENCODED),
    Article("4.5", T("会计报表", "Financial statements"), ENCODED),
    Article("4.6", T("场所证明", "Proof of premises"), ENCODED),
    Article("4.7", T("专业人员证书", "Certificates of professionals"), ENCODED),
    Article("4.8", T("荣誉与报道", "Honors and media"), ENCODED),
    Article("4.9", T("真实性承诺", "Declaration of truth"), ENCODED),
    Article("5.1", T("网上和纸质同时申报", "Online and on paper"), ENCODED),
    Article("5.2", T("注册、认证与网上报送", "Account, verification and submission"), ENCODED),
    Article("5.3", T("区级审核与推荐", "District check and recommendation"), ENCODED),
    Article("5.4", T("评审、公布与协议", "Review, publication and agreement"), ENCODED),
)
