"""Where the text is open: the reading chosen, those rejected, and why."""

from core.plugin_api import Interpretation, Stated, T

INTERPRETATIONS = (
    Stated(
        id="hubei.several",
        clause="4",
        question=T("“多种服务功能”是几种", "How many functions are “several”"),
        answer=T("两种以上", "Two or more"),
        why=T(
            "“多种”至少是两种；条文没有更高的数，认定机关可在该条数值中另定",
            "Several is two at least; the text names no higher number, and the clause's bound can be set",
        ),
    ),
    Stated(
        id="hubei.served",
        clause="5(3)",
        question=T("“年服务中小企业50家”怎样计数", "What the 50 SMEs served in a year count"),
        answer=T("当年服务的不同企业，每家只计一次", "Distinct enterprises of the year, each once"),
        why=T("条文数的是企业的家数，不是服务的次数", "The text counts enterprises, not acts of service"),
    ),
    Interpretation(
        id="hubei.in_principle",
        clause="5(3)",
        question=T(
            "“原则上”年服务50家，未达到的能否放宽",
            "Whether fewer than the 50 SMEs asked “in principle” may be accepted",
        ),
        values=(
            (
                "firm",
                T(
                    "与其他条件相同，只能依本条末段放宽",
                    "A condition like the others, set aside only under the last paragraph",
                ),
            ),
            (
                "waivable",
                T("没有认定、表彰也可酌情放宽", "May be set aside without any recognition"),
            ),
        ),
        default="firm",
        why=T(
            "本条末段已写明何时可以放宽；“原则上”不再另开一门",
            "The last paragraph says when the article gives way; “in principle” opens no second door",
        ),
    ),
    Interpretation(
        id="hubei.relaxable",
        clause="5(last)",
        question=T(
            "“上述条件可适当放宽”及于哪些条件", "How far “the above conditions may be relaxed” reaches"
        ),
        values=(
            ("all", T("六项全部，如条文所写", "All six, as written")),
            ("not_integrity", T("第六项（信用）除外", "Never the sixth, on integrity")),
        ),
        default="all",
        why=T(
            "“上述条件”没有例外；是否放宽仍由认定机关逐项说明理由决定",
            "“The above conditions” knows no exception; each waiver still needs a written reason",
        ),
    ),
    Interpretation(
        id="hubei.low_satisfaction",
        clause="18(1)",
        question=T("满意度“80%以下”是否包括80%", "Whether satisfaction of “80% or less” takes in 80% itself"),
        values=(
            ("below", T("低于80%，不含80%", "Below 80%")),
            ("at_or_below", T("80%及以下", "80% or below")),
        ),
        default="below",
        why=T(
            "申报条件以“80%以上”（含80%）为合格；同一数值不能既合格又应整改",
            "Article 5(3) accepts 80%; the same figure cannot be both good enough and a failure",
        ),
    ),
    Stated(
        id="hubei.public_benefit_bar",
        clause="18(4)",
        question=T(
            "“年自主公益服务不达标”的标准", "Which bar the year's own public-benefit services must reach"
        ),
        answer=T(
            "申报条件的比例：当年服务次数的10%",
            "The share of article 5(3): 10% of the year's services",
        ),
        why=T(
            "本项未写数值；全文关于公益服务只有这一个比例",
            "This item names no number; the text has one share for public-benefit services, and no other",
        ),
    ),
    Interpretation(
        id="hubei.year_basis",
        clause="18(4)",
        question=T("公益服务按哪种年度考核", "Which year the public-benefit services are judged over"),
        values=(
            ("accreditation_year", T("自认定之日起的每个整年", "Each whole year from the start date")),
            ("calendar_year", T("整公历年度", "Whole calendar years")),
        ),
        default="accreditation_year",
        why=T(
            "每家机构都按整年考核，不因认定日期早晚而长短不一",
            "Every body is judged over whole years, whatever the day it was accredited",
        ),
    ),
    Stated(
        id="hubei.mode",
        clause="18",
        question=T("撤销是否自动生效", "Whether a revocation takes effect by itself"),
        answer=T("由两名工作人员确认", "Two officers confirm it"),
        why=T(
            "“仍不胜任”“仍不愿意整改”都须由人判断",
            "“Still incompetent” and “still unwilling” are for people to judge",
        ),
    ),
)
