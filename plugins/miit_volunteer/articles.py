"""Every item of the notice and every article of its annexes, and how it ends in the product."""

from core.plugin_api import Article, Coverage, T

ENCODED, INTERPRETED, INFORMATIONAL = Coverage.ENCODED, Coverage.INTERPRETED, Coverage.INFORMATIONAL

PURPOSE = T("只说明目的和依据，没有可计算的内容。", "Purpose and legal basis only: nothing to compute.")
AUTHORITY = T(
    "由中心解释；其选择的读法见各项解释设置。",
    "The center interprets; the readings it chose are the settings listed as interpretations.",
)
IN_FORCE = T(
    "自发布之日起施行，文本未载日期；唯一版本适用于所有日期。",
    "In force from publication, on a day not given; the one edition holds for all days.",
)
RIGHTS = T(
    "参加活动、提出建议、接受培训等权利无可计算的内容。",
    "The rights to take part, suggest and be trained leave nothing to compute.",
)
ASSESSMENT = T(
    "服务次数、时长和满意度由服务记录得出。",
    "Numbers, hours and satisfaction come from the service records.",
)

NOTICE: tuple[Article, ...] = (
    Article(
        "N1",
        T("在线申报与经验说明", "Online application with a statement of experience"),
        ENCODED,
        T("申请人在门户在线提交。", "Applicants submit online, in the portal."),
    ),
    Article(
        "N2",
        T("受委托机构推荐汇总", "Recommendation in a summary table"),
        ENCODED,
        T(
            "汇总表（附件3、4）连同盖章扫描件上传，逐行直接纳入，行内错误逐一报告，有错则全部不纳入。",
            "The summary table is uploaded with its sealed scan; its rows are included directly, or none "
            "while a row has an error.",
        ),
    ),
    Article("N3", T("截止、审核、公示与证书", "Deadline, review, notice and certificate"), ENCODED),
    Article(
        "N4",
        T("专项行动与成果报送", "Campaigns and reporting of results"),
        ENCODED,
        T("服务记录可归入专项行动。", "Service records can belong to a campaign."),
    ),
    Article("N5", T("规范服务、禁止收费与警告", "Proper conduct, no fees, warnings"), ENCODED),
)

WORKSTATIONS: tuple[Article, ...] = (
    Article("A1.1", T("目的和依据", "Purpose and basis"), INFORMATIONAL, PURPOSE),
    Article("A1.2", T("工作站的任务", "What a workstation does"), ENCODED),
    Article(
        "A1.3",
        T("工作站的范围", "Which workstations may apply"),
        INFORMATIONAL,
        T(
            "列举“包括但不限于”，不排除任何机构；条件见第四条。",
            "A list that excludes nobody (“not limited to”); the conditions are in article 4.",
        ),
    ),
    Article("A1.4", T("基本条件", "Basic conditions"), ENCODED),
    Article("A1.5", T("申报流程", "Application procedure"), ENCODED),
    Article("A1.6", T("权利", "Rights"), ENCODED, RIGHTS),
    Article("A1.7", T("义务", "Duties"), INTERPRETED),
    Article("A1.8", T("服务资源", "Service resources"), ENCODED),
    Article("A1.9", T("专人负责", "A person in charge"), ENCODED),
    Article("A1.10", T("需求与培训", "Needs and training"), ENCODED),
    Article("A1.11", T("能力培训", "Capability training"), ENCODED),
    Article("A1.12", T("有效期与顺延", "Term and extension"), ENCODED),
    Article(
        "A1.13",
        T("志愿服务平台", "The platform"),
        ENCODED,
        T("门户中的活动发布和服务日记。", "Activities and the service diary in the portal."),
    ),
    Article("A1.14", T("考核与表彰", "Assessment and commendation"), ENCODED, ASSESSMENT),
    Article("A1.15", T("撤销称号", "Revocation of the title"), INTERPRETED),
    Article("A1.16", T("解释权", "Who interprets"), INFORMATIONAL, AUTHORITY),
    Article("A1.17", T("施行日期", "Entry into force"), INFORMATIONAL, IN_FORCE),
)

EXPERTS: tuple[Article, ...] = (
    Article("A2.1", T("目的和依据", "Purpose and basis"), INFORMATIONAL, PURPOSE),
    Article(
        "A2.2",
        T("志愿专家的范围", "Which experts may apply"),
        INFORMATIONAL,
        T(
            "列举可招募的专家类型，不设条件；条件见第三条。",
            "Lists kinds of experts and sets no condition; the conditions are in article 3.",
        ),
    ),
    Article("A2.3", T("招募条件", "Conditions of recruitment"), ENCODED),
    Article("A2.4", T("招募流程", "Recruitment procedure"), ENCODED),
    Article("A2.5", T("权利", "Rights"), ENCODED, RIGHTS),
    Article("A2.6", T("义务", "Duties"), INTERPRETED),
    Article("A2.7", T("服务形式", "Forms of service"), ENCODED),
    Article(
        "A2.8",
        T("中心负责培训和考核", "The center trains and assesses"),
        ENCODED,
        T(
            "培训见第十条，考核见第十二条；" + ASSESSMENT.zh,
            "Training is in article 10, assessment in article 12. " + ASSESSMENT.en,
        ),
    ),
    Article(
        "A2.9",
        T("聘书、聘期与顺延", "Appointment, term and extension"),
        ENCODED,
        T("聘书即授予的电子证书。", "The appointment letter is the electronic certificate."),
    ),
    Article("A2.10", T("规范培训", "Training on standards"), ENCODED),
    Article(
        "A2.11",
        T("志愿服务平台", "The platform"),
        ENCODED,
        T("门户中的服务日记，记录时长。", "The service diary in the portal, with hours."),
    ),
    Article("A2.12", T("考核与表彰", "Assessment and commendation"), ENCODED, ASSESSMENT),
    Article("A2.13", T("取消资格", "Disqualification"), INTERPRETED),
    Article("A2.14", T("解释权", "Who interprets"), INFORMATIONAL, AUTHORITY),
    Article("A2.15", T("施行日期", "Entry into force"), INFORMATIONAL, IN_FORCE),
)

TABLES: tuple[Article, ...] = (
    Article("A3", T("工作站汇总表", "Summary table of workstations"), ENCODED),
    Article("A4", T("专家汇总表", "Summary table of experts"), ENCODED),
)

ARTICLES: tuple[Article, ...] = (*NOTICE, *WORKSTATIONS, *EXPERTS, *TABLES)
