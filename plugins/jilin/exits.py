"""Article 11: when the recruitment ends."""

from core.plugin_api import (
    Effect,
    ExitRule,
    FindingKind,
    Mode,
    OnFinding,
    OnRequest,
    T,
    Year,
    YearlyTest,
    all_of,
    by_reading,
    none_of,
)
from plugins.jilin.duties import YEARLY_SERVICE

# The numbers are those of 10(1), cited: the text has them once. Which year: jilin.year_basis. The records
# decide, so it takes effect by itself when nobody objects (jilin.mode; rejected: officers confirm it).
SHORTFALL = ExitRule(
    clause="11(1)",
    title=T("全年未达到考核要求", "Yearly duty not met over a full year"),
    trigger=YearlyTest(
        none_of(all_of(YEARLY_SERVICE, clause="10(1)", title=T("年服务要求", "the yearly duty"))),
        year=by_reading(
            "jilin.year_basis", accreditation_year=Year.ACCREDITATION, calendar_year=Year.CALENDAR
        ),
    ),
    effect=Effect.REVOKE,
    mode=by_reading("jilin.mode", automatic=Mode.AUTOMATIC, confirm=Mode.CONFIRM),
    follows=("jilin.served",),
)

INCOMPETENCE = ExitRule(
    clause="11(1)",
    title=T("不能胜任或不能正常开展服务", "Not up to the work, or not carrying it out"),
    trigger=OnFinding((FindingKind.INCOMPETENCE,)),
    effect=Effect.REVOKE,
)

IRREGULARITY = ExitRule(
    clause="11(2)",
    title=T("不规范运营或违约", "Irregular operation or breach of contract"),
    trigger=OnFinding((FindingKind.IRREGULAR_OPERATION, FindingKind.BREACH_OF_CONTRACT)),
    effect=Effect.REVOKE,
)

VIOLATION = ExitRule(
    clause="11(3)",
    title=T("违纪、违法", "Violation of discipline or law"),
    trigger=OnFinding((FindingKind.VIOLATION,)),
    effect=Effect.REVOKE,
)

OWN_REQUEST = ExitRule(
    clause="11(4)",
    title=T("本人（机构）申请退出", "Release at the party's own request"),
    trigger=OnRequest(),
    effect=Effect.WITHDRAW,
)

OTHER = ExitRule(
    clause="11(5)",
    title=T("其他情况（须书面说明理由）", "Another reason, given in writing"),
    trigger=OnFinding((FindingKind.OTHER,)),
    effect=Effect.REVOKE,
)

EXIT_RULES: tuple[ExitRule, ...] = (SHORTFALL, INCOMPETENCE, IRREGULARITY, VIOLATION, OWN_REQUEST, OTHER)
