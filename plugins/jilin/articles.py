"""Every article of the text and how it ends in the product."""

from core.plugin_api import Article, Coverage, T

ENCODED, INTERPRETED, INFORMATIONAL = Coverage.ENCODED, Coverage.INTERPRETED, Coverage.INFORMATIONAL

ARTICLES: tuple[Article, ...] = (
    Article(
        "1",
        T("目的和依据", "Purpose and basis"),
        INFORMATIONAL,
        T("只说明目的和依据，没有可计算的内容。", "Purpose and legal basis only: nothing to compute."),
    ),
    Article(
        "2",
        T("原则和服务领域", "Principles and service areas"),
        ENCODED,
        T(
            "十二个服务领域作为申报和服务记录的选项。",
            "The twelve service areas are the choices of applications and service records.",
        ),
    ),
    Article(
        "3",
        T("适用范围", "Scope"),
        INFORMATIONAL,
        T(
            "只说明适用于推荐、招募和管理。",
            "Says only that recommending, recruiting and managing are covered.",
        ),
    ),
    Article(
        "4",
        T("服务商和专家的定义", "Who providers and experts are"),
        ENCODED,
        T("同一资源库下的两个类别：服务商、专家。", "One register with two tracks, providers and experts."),
    ),
    Article(
        "5",
        T("属地管理", "Territorial responsibility"),
        ENCODED,
        T(
            "县级中心只能查看、评估和监管本区域的服务商和专家。",
            "A county center sees, evaluates and supervises its own territory only.",
        ),
    ),
    Article("6", T("主要职责", "Tasks"), ENCODED),
    Article("7", T("申请条件", "Conditions of application"), INTERPRETED),
    Article("8", T("推荐、招募程序", "Recommendation and recruitment"), ENCODED),
    Article(
        "9",
        T("义务", "Duties"),
        ENCODED,
        T(
            "第（五）项另以提醒方式请当事人确认或更新信息，并记录确认时间。",
            "For item (5) the party is prompted to confirm or update its data, and the day is recorded.",
        ),
    ),
    Article("10", T("聘期与工作考核", "Term and assessment"), INTERPRETED),
    Article("11", T("解除招募资格", "End of the recruitment"), INTERPRETED),
    Article(
        "12",
        T("两库合并", "Two registers become one"),
        ENCODED,
        T(
            "原机构资源库和专家库导入同一资源库，并按统一社会信用代码或身份证号去重。",
            "Both former registers are imported here, each party once, by credit code or identity number.",
        ),
    ),
    Article(
        "13",
        T("修改和调整", "Amendment"),
        INFORMATIONAL,
        T(
            "修改以新版本录入，本条无可计算的内容。",
            "Amendments come as new editions; nothing to compute here.",
        ),
    ),
    Article(
        "14",
        T("解释权", "Who interprets"),
        INFORMATIONAL,
        T(
            "由市中心解释；其选择的读法见各项解释设置。",
            "The city center interprets; the readings it chose are the settings listed as interpretations.",
        ),
    ),
    Article(
        "15",
        T("施行日期", "Entry into force"),
        INFORMATIONAL,
        T(
            "自发布之日起施行，文本未载发布日期；唯一版本适用于所有日期。",
            "In force from publication, on a day not given: the one edition holds for all days.",
        ),
    ),
)
