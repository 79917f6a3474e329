"""Where the texts are open: the reading chosen, and those it was chosen over."""

from core.plugin_api import Interpretation, Stated, T

SHORTFALL = Interpretation(
    id="miit.shortfall",
    clause="A1.15",
    question=T(
        "年服务时长与年服务企业数，有一项不足即撤销，还是两项都不足才撤销？",
        "Does a status end when hours or enterprises are short, or only when both are?",
    ),
    values=(
        ("both", T("两项都不足才撤销", "only when both are short")),
        ("either", T("任何一项不足即撤销", "when either is short")),
    ),
    default="both",
    why=T(
        "义务条款（附件1第七条、附件2第六条）规定两项达到其一即可；履行了义务的，不应因此被撤销。",
        "The duty (A1.7(2), A2.6(2)) is met by either; who has met it cannot lose the status for it.",
    ),
)

YEAR_BASIS = Interpretation(
    id="miit.year_basis",
    clause="A1.7(2)",
    question=T("“每年”按哪一年计算？", "Over which year does the yearly duty run?"),
    values=(
        (
            "accreditation_year",
            T("自认定（聘任）之日起的每一整年", "each whole year from the start of the accreditation"),
        ),
        ("calendar_year", T("每一完整自然年", "each whole calendar year")),
    ),
    default="accreditation_year",
    why=T(
        "有效期自认定起三年，按认定年计算，每一年均完整，不因认定日期早晚而缩短。",
        "The term is three years: counted from its start, every year is whole and nobody's is cut short.",
    ),
)

SERVED = Stated(
    id="miit.served",
    clause="A1.7(2)",
    question=T("服务企业“家数”如何计数？", "How are the enterprises served counted?"),
    answer=T("期间内不同的企业，每家计一次", "distinct enterprises in the period, each once"),
    why=T(
        "条文以“家”计，而不以“家次”计；故不采用多次服务重复计数的读法。",
        "The texts count enterprises, not visits; counting an enterprise once per visit is rejected.",
    ),
)

INACTIVITY = Stated(
    id="miit.inactivity",
    clause="N5",
    question=T("“半年未开展活动、未报送数据”从何时起算？", "From when does half a year of silence run?"),
    answer=T(
        "自认定之日或最近一次已报送活动之日起六个月；同一沉默期每满半年警告一次",
        "six months from the start or the last reported activity; a warning per half-year of a spell",
    ),
    why=T(
        "按日历半年计算，年中认定的单位会在几天后被警告；未报送的活动无从知晓，等同未开展。",
        "By calendar half-years, one accredited in June would be warned within days; an activity that is not "
        "reported cannot be known.",
    ),
)

EXTENSION = Stated(
    id="miit.extension",
    clause="A1.12",
    question=T("“到期后”何时可以申请顺延？", "When may an extension be asked for?"),
    answer=T(
        "到期前 90 日起至到期后 90 日内；新的有效期与原有效期相接",
        "from 90 days before the end until 90 days after; the new term begins where the old ended",
    ),
    why=T(
        "条文未定申请期限；允许提前申请，志愿服务不致中断。天数可以调整。",
        "The texts set no days; an early request lets the service go on without a gap. The days can be set.",
    ),
)

MODE = Interpretation(
    id="miit.mode",
    clause="A1.15",
    question=T(
        "全年服务未达标的撤销是否自动生效？", "Does a revocation for the yearly duty take effect by itself?"
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
    SHORTFALL,
    YEAR_BASIS,
    SERVED,
    INACTIVITY,
    EXTENSION,
    MODE,
)
