"""Where the text is open: the reading chosen, those rejected, and why."""

from core.plugin_api import Interpretation, Stated, T

INTERPRETATIONS = (
    Stated(
        id="liaocheng.served",
        clause="8(3)",
        question=T("“年服务中小企业80家”怎样计数", "What the 80 SMEs served in a year count"),
        answer=T("当年服务的不同企业，每家只计一次", "Distinct enterprises of the year, each once"),
        why=T(
            "条文数的是企业的家数，不是服务的次数",
            "The text counts enterprises, not acts of service",
        ),
    ),
    Stated(
        id="liaocheng.growth",
        clause="8(3)",
        question=T(
            "“近两年服务企业数量增长”比较哪两个数", "Which numbers the growth of the last two years compares"
        ),
        answer=T(
            "上年比再上一年；再上一年为零的，上年有服务即为增长",
            "Last year over the year before it; from zero, any service last year is growth",
        ),
        why=T(
            "两年之间只有一次增长；要求每年都增长，就须有条文未提及的第三年数据",
            "Two years have one growth between them; growth in each would need a third year's figures",
        ),
    ),
    Interpretation(
        id="liaocheng.professionals",
        clause="8(7)",
        question=T(
            "“大专及以上学历和中级及以上技术职称专业人员”中的“和”是“或”还是“且”",
            "Whether professionals have a college degree “and” an intermediate title, or either of them",
        ),
        values=(
            ("union", T("有学历或有职称，每人只计一次", "A degree or a title, each person once")),
            ("intersection", T("学历和职称须同时具备", "A degree and a title, both")),
        ),
        default="union",
        why=T(
            "同类办法（湖北、上海）明文规定两者同时符合的不得重复计算，只有取“或”才有此问题",
            "Hubei and Shanghai forbid counting anyone with both twice: only “either” raises that question",
        ),
    ),
    Interpretation(
        id="liaocheng.complaint_window",
        clause="20(4)",
        question=T("三次投诉在多长时间内累计", "Over what time the three complaints add up"),
        values=(
            ("term", T("本次认定的有效期内", "within the term of this accreditation")),
            ("calendar_year", T("同一公历年度内", "Within one calendar year")),
        ),
        default="term",
        why=T(
            "条文未设期限；认定按期进行，每期重新起算",
            "The text names no time; recognition goes by terms, and each term starts anew",
        ),
    ),
    Stated(
        id="liaocheng.event_year",
        clause="20(3)",
        question=T("“1年内”从何时起算", "From when the year without an event runs"),
        answer=T(
            "自认定之日、最近一次参加之日或最近一次有正当理由的缺席之日起每 12 个月；其间主管部门至少有一次"
            "面向该平台的活动",
            "Each 12 months from the start, the last event attended or the last justified absence in which "
            "the department held an event open to the platform",
        ),
        why=T(
            "按公历年度计算，年底认定的平台会在几天后即告期满",
            "By calendar year, a platform recognized in late December would be in breach within days",
        ),
    ),
    Stated(
        id="liaocheng.report_due",
        clause="17",
        question=T("年度工作总结何时到期", "When the annual summary is due"),
        answer=T(
            "认定覆盖满六个月的公历年度，于次年一月最后一日前报送",
            "By the end of January, for a calendar year with six whole months of recognition",
        ),
        why=T(
            "条文只说每年报送；不利后果（二十条第五项）须有明确的最后一日",
            "The text says yearly and no more; the loss of status in article 20(5) needs a plain last day",
        ),
    ),
    Stated(
        id="liaocheng.mode",
        clause="20",
        question=T(
            "数据可认定的情形是否自动取消资格",
            "Whether an exit that the records show takes effect by itself",
        ),
        answer=T("由两名工作人员确认", "Two officers confirm it"),
        why=T(
            "取消资格同时三年内不得再次申报，后果严重，须由人决定",
            "With it goes a three-year ban: an effect so heavy is for people to decide",
        ),
    ),
)
