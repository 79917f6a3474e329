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
        T("严选服务机构的含义", "What a selected body is"),
        ENCODED,
        T(
            "九类服务，即可申报、可记录的服务功能",
            "Its nine kinds of service: what can be claimed and recorded",
        ),
    ),
    Article(
        "3",
        T("原则", "Principles"),
        INFORMATIONAL,
        T(
            "公开公平公正自愿与动态管理的原则，由后文各条落实",
            "Openness, free will and dynamic management, carried out by the articles below",
        ),
    ),
    Article("4", T("两类申报主体", "The two kinds of applicants"), ENCODED),
    Article("5", T("基本条件", "Basic conditions"), INTERPRETED),
    Article("6", T("综合服务机构的功能", "What a comprehensive body does"), ENCODED),
    Article("7", T("专业服务机构的功能", "What a specialized body does"), ENCODED),
    Article("8", T("特色优势", "Distinctive strengths"), ENCODED),
    Article(
        "9",
        T("由谁推荐", "Who recommends"),
        ENCODED,
        T(
            "推荐单位的角色与辖区；协会、商会和省中心业务部门比照办理",
            "The recommenders' roles and territories; associations and the provincial departments likewise",
        ),
    ),
    Article("10", T("测评与初评", "Measurement and first review"), ENCODED),
    Article("11", T("申报材料", "Materials"), ENCODED),
    Article("12", T("评审与公示", "Review and public notice"), ENCODED),
    Article("13", T("称号与授牌", "Title and plaque"), ENCODED),
    Article("14", T("每年推选一次", "One selection a year"), ENCODED),
    Article("15", T("有效期与违法违规", "Term, and violations during it"), ENCODED),
    Article(
        "16",
        T("退出管理", "Who manages exits"),
        ENCODED,
        T("退出事项的办理页面，由省中心统筹", "Exit cases, which the provincial center decides"),
    ),
    Article(
        "17",
        T("推荐单位建议退出", "A recommender may suggest an exit"),
        ENCODED,
        T("推荐单位的退出建议，省中心须作出决定", "The recommender's proposal, which the center must decide"),
    ),
    Article("18", T("取消称号", "Loss of the title"), INTERPRETED),
    Article(
        "19",
        T("政策支持与推荐", "Support and nominations"),
        ENCODED,
        T(
            "证书与公开名录供采购、资金、表彰参考；联盟推荐名单；工作站申报预填",
            "Certificate and register as reference; alliance list; pre-filled workstation application",
        ),
    ),
    Article(
        "20",
        T("市州参照执行", "Cities may follow"),
        INFORMATIONAL,
        T("各市州自行开展，可由本办法派生", "Cities run their own selections; one can derive from this"),
    ),
    Article(
        "21",
        T("申报单位兼推荐单位", "Applicants that also recommend"),
        ENCODED,
        T("不得推荐自己；推荐后负监督职责", "Nobody recommends itself; who recommends also supervises"),
    ),
    Article(
        "22",
        T("解释权", "Who interprets"),
        INFORMATIONAL,
        T("解释由省中心作出；系统中的解读由其选定", "The center interprets; it chooses the readings here"),
    ),
)
