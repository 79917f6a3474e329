"""Every article of the text, and how it ends here."""

from core.plugin_api import Article, Coverage, T

ENCODED, INTERPRETED, INFORMATIONAL = Coverage.ENCODED, Coverage.INTERPRETED, Coverage.INFORMATIONAL

ARTICLES = (
    Article(
        "1",
        T("目的与依据", "Purpose and basis"),
        INFORMATIONAL,
        T("说明制定依据，无可计算内容", "States the basis of the text; nothing to compute"),
    ),
    Article(
        "2",
        T("平台的含义", "What a platform is"),
        INFORMATIONAL,
        T("定义；其要求由第八条至第十条落实", "A definition; articles 8 to 10 carry its demands"),
    ),
    Article(
        "3",
        T("管理分工", "Who manages"),
        INFORMATIONAL,
        T(
            "市局认定、县级协助；由角色与属地范围体现",
            "The city recognizes, the counties assist: seen in roles and territorial scope",
        ),
    ),
    Article(
        "4",
        T("原则", "Principles"),
        INFORMATIONAL,
        T(
            "公开公平公正与动态管理的原则，由后文各条落实",
            "Openness and dynamic management, carried out by the articles below",
        ),
    ),
    Article(
        "5",
        T("省级推荐", "Provincial nomination"),
        ENCODED,
        T("推荐名单，可导出", "A nomination list, exported"),
    ),
    Article(
        "6",
        T("七项服务功能", "The seven functions"),
        ENCODED,
        T("可申报、可记录的服务功能", "The functions that can be claimed and recorded"),
    ),
    Article(
        "7",
        T("两个类别", "The two kinds"),
        ENCODED,
        T("综合类与专业类两个申报类别", "The tracks comprehensive and specialized"),
    ),
    Article("8", T("基本条件", "Basic conditions"), INTERPRETED),
    Article("9", T("各项功能的要求", "What each function asks"), ENCODED),
    Article("10", T("分类条件", "Conditions of each kind"), ENCODED),
    Article("11", T("县级测评推荐", "Measured and recommended by the county"), ENCODED),
    Article("12", T("申报材料", "Materials"), ENCODED),
    Article("13", T("评审与公示", "Review and public notice"), ENCODED),
    Article("14", T("认定", "Accreditation"), ENCODED),
    Article("15", T("每年评审一次", "One review a year"), ENCODED),
    Article(
        "16",
        T("名单公布与数据库", "Published list and database"),
        ENCODED,
        T("公开名录与查询", "The public register and its search"),
    ),
    Article("17", T("平台的义务", "Duties of a platform"), ENCODED),
    Article("18", T("有效期", "Term"), ENCODED),
    Article(
        "19",
        T("县级定期检查", "Inspections by the county"),
        ENCODED,
        T(
            "县级检查登记，年底汇总报告与检查情况报告",
            "The county's inspection records, its yearly summary and inspection report",
        ),
    ),
    Article("20", T("监督与取消资格", "Supervision and loss of status"), INTERPRETED),
    Article(
        "21",
        T("县级平台参照执行", "Counties may follow"),
        ENCODED,
        T(
            "县级办法可由本办法派生，自定认定机关与数值（derive）",
            "A county programme derives from this one, with its own authority and numbers (derive)",
        ),
    ),
    Article(
        "22",
        T("解释权", "Who interprets"),
        INFORMATIONAL,
        T("解释由市局作出；系统中的解读由其选定", "The authority interprets; it chooses the readings here"),
    ),
    Article(
        "23",
        T("施行日期", "Entry into force"),
        INFORMATIONAL,
        T("自印发之日起施行，原文未载日期", "In force from its issue; the text carries no date"),
    ),
)
