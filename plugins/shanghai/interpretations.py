"""Where the text is open: the reading chosen, those rejected, and why."""

from core.plugin_api import Interpretation, Stated, T

INTERPRETATIONS = (
    Stated(
        id="shanghai.several",
        clause="1",
        question=T("“多种服务功能”是几种", "How many functions are “several”"),
        answer=T("两种以上", "Two or more"),
        why=T(
            "“多种”至少是两种；条文没有更高的数，主管部门可在该条数值中另定",
            "Several is two at least; the text names no higher number, and the clause's bound can be set",
        ),
    ),
    Stated(
        id="shanghai.served",
        clause="2.1(3)",
        question=T("“年服务中小企业100家”怎样计数", "What the 100 SMEs served in a year count"),
        answer=T("当年服务的不同企业，每家只计一次", "Distinct enterprises of the year, each once"),
        why=T("条文数的是企业的家数，不是服务的次数", "The text counts enterprises, not acts of service"),
    ),
    Interpretation(
        id="shanghai.in_principle",
        clause="2.1(3)",
        question=T(
            "“原则上”年服务100家，未达到的能否放宽",
            "Whether fewer than the 100 SMEs asked “in principle” may be accepted",
        ),
        values=(
            (
                "firm",
                T(
                    "与其他条件相同，只能依基本条件末段放宽",
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
            "末段已写明何时可以放宽；“原则上”不再另开一门",
            "The last paragraph says when the conditions give way; “in principle” opens no second door",
        ),
    ),
    Interpretation(
        id="shanghai.relaxable",
        clause="2.1(last)",
        question=T(
            "“上述条件可适当放宽”及于哪些条件", "How far “the above conditions may be relaxed” reaches"
        ),
        values=(
            ("all", T("六项全部，如条文所写", "All six, as written")),
            (
                "not_integrity",
                T("第六项（处罚与调查）除外", "Never the sixth, on penalties and investigations"),
            ),
        ),
        default="all",
        why=T(
            "“上述条件”没有例外；是否放宽仍由市中小企业办逐项说明理由决定",
            "“The above conditions” knows no exception; each waiver still needs a written reason",
        ),
    ),
    Stated(
        id="shanghai.report_due",
        clause="3.1",
        question=T("年度计划和报告何时到期", "When the yearly plan and report are due"),
        answer=T(
            "协议覆盖满六个月的公历年度：计划于当年、报告于次年一月最后一日前报送；首年计划见申请材料",
            "For a calendar year with six whole months of agreement: the plan by the end of its January, the "
            "report by the end of the next; the first year's plan stands in the application",
        ),
        why=T(
            "条文只说定期报告全年情况，未定日期；全年结束后一个月为合理期间",
            "The text asks for the whole year's services and names no day; a month after the year is fair",
        ),
    ),
    Stated(
        id="shanghai.term",
        clause="5.4",
        question=T("条文未写有效期，以何为准", "The text sets no term: what counts"),
        answer=T("合作协议载明的期限，系统建议一年", "The dates of the agreement; one year is proposed"),
        why=T(
            "入选以签订合作协议完成，申报逐年开展",
            "Selection is completed by an agreement, and the call is for one year",
        ),
    ),
)
