"""Where the text is open: the reading chosen, and those it was chosen over."""

from core.plugin_api import Interpretation, Stated, T

EXPERT_PREFERENCE = Interpretation(
    id="jilin.expert_preference",
    clause="7(2)4",
    question=T(
        "专家优先条件所列职称、任职、了解行业和获奖四项如何组合？",
        "How do title, post, insight and award combine in the preference for experts?",
    ),
    values=(
        (
            "title_or_awarded",
            T(
                "正高级职称；或在院校院所任职（或熟悉领域发展）并获省级以上奖励",
                "a senior title; or a post or insight together with a provincial or national award",
            ),
        ),
        ("any_one", T("四项具备其一即可", "any one of the four")),
        (
            "award_always",
            T("职称、任职或了解行业之一，并须获省级以上奖励", "title, post or insight, and always the award"),
        ),
    ),
    default="title_or_awarded",
    why=T(
        "职称须经评审，本身足以证明水平；任职和了解行业范围较宽，故与获奖并读。此项只影响排序。",
        "A title is itself the result of an assessment; post and insight are broad, so the award goes with "
        "them. It only ranks.",
    ),
)

YEAR_BASIS = Interpretation(
    id="jilin.year_basis",
    clause="10(1)",
    question=T("“年服务时长”按哪一年计算？", "Over which year does the yearly duty run?"),
    values=(
        (
            "accreditation_year",
            T("自聘任之日起的每一整年", "each whole year from the start of the accreditation"),
        ),
        ("calendar_year", T("每一完整自然年", "each whole calendar year")),
    ),
    default="accreditation_year",
    why=T(
        "聘任期限为两年，按聘任年计算，每一年均完整，不因聘任日期早晚而缩短。",
        "The term is two years: counted from its start, every year is whole and nobody's is cut short.",
    ),
)

SERVED = Stated(
    id="jilin.served",
    clause="10(1)",
    question=T("“30户企业”如何计数？", "How are the 30 enterprises counted?"),
    answer=T("期间内不同的企业，每户计一次", "distinct enterprises in the period, each once"),
    why=T(
        "条文以“户”计，而不以“户次”计；故不采用多次服务重复计数的读法。",
        "The text counts enterprises, not visits; counting an enterprise once per visit is rejected.",
    ),
)

REPORT_DUE = Stated(
    id="jilin.report_due",
    clause="10(1)",
    question=T("每年一次的报告最迟何时提交？", "By when is the yearly report due?"),
    answer=T("每一聘任年结束之前", "by the end of each accreditation year"),
    why=T(
        "报告与年服务要求同在一项，期间亦应一致；条文未定日期，故不采用次年一月的固定期限。",
        "The report stands in one item with the yearly duty, so it runs over the same year; a fixed day in "
        "January has no support in the text.",
    ),
)

EXTENSION = Stated(
    id="jilin.extension",
    clause="10(3)",
    question=T("延期多久，何时可以申请？", "How long is an extension, and when may it be asked for?"),
    answer=T(
        "与首次聘期相同；到期前 90 日起至到期后 90 日内申请",
        "as long as the first term; asked for from 90 days before its end until 90 days after",
    ),
    why=T(
        "条文只说“到期后可以申请延期”，未定期限；按同样的聘期顺延，并允许提前申请以免中断。年数和天数均可调整。",
        "The text only says that one may apply once the term has ended: the same term again, and an early "
        "request so that nothing lapses. Years and days can be set.",
    ),
)

MODE = Interpretation(
    id="jilin.mode",
    clause="11(1)",
    question=T(
        "考核未达标的解除是否自动生效？", "Does a revocation for the yearly duty take effect by itself?"
    ),
    values=(
        ("automatic", T("异议期满无异议即生效", "yes, when nobody has objected in time")),
        ("confirm", T("须由两名工作人员确认", "no, two officers confirm it")),
    ),
    default="automatic",
    why=T(
        "是否达标由记录计算得出，不含裁量；当事人提出异议时一律由人决定。",
        "The records decide it, nothing is left to judgement; an objection always goes to a person.",
    ),
)

INTERPRETATIONS: tuple[Interpretation | Stated, ...] = (
    EXPERT_PREFERENCE,
    YEAR_BASIS,
    SERVED,
    REPORT_DUE,
    EXTENSION,
    MODE,
)
