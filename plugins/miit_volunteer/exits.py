"""N5, A1.15, A2.13: warnings and revocations; A1.6, A2.5: release at own request."""

from core.plugin_api import (
    Effect,
    ExitRule,
    FindingKind,
    Mode,
    OnFinding,
    OnRequest,
    PaidService,
    Silence,
    T,
    YearlyTest,
    all_of,
    any_of,
    by_reading,
)
from core.plugin_api import metrics as m
from plugins.miit_volunteer.documents import EXPERT, WORKSTATION
from plugins.miit_volunteer.duties import YEAR

# Half a year runs from the start or the last reported activity (miit.inactivity; rejected: by calendar).
SILENCE = ExitRule(
    clause="N5",
    title=T("半年未开展活动、未报送数据", "Half a year without an activity or a reported record"),
    trigger=Silence(months=6),
    effect=Effect.WARN,
    follows=("miit.inactivity",),
)

# N5 forbids a fee and ties no exit to it: the finding decides whether the record counts. Only a violation of
# law with bad influence (A1.15, A2.13) ends the status.
PAID = ExitRule(
    clause="N5",
    title=T("志愿服务中向企业收费", "A fee charged for volunteer service"),
    trigger=PaidService(),
    effect=Effect.OPEN_FINDING,
)


def _shortfall(clause: str, *, hours: int, enterprises: int) -> ExitRule:
    """Short of the yearly duty, in the words of A1.15 and A2.13.

    They join the two with "or", while the duty is met by either: we revoke only where both are short
    (miit.shortfall; rejected by default: one of them is enough). The records decide, so it takes effect by
    itself when nobody objects (miit.mode; rejected by default: officers confirm it).
    """
    few_hours = m.service_hours.less_than(hours)
    few_enterprises = m.enterprises_served.less_than(enterprises)
    return ExitRule(
        clause=clause,
        title=T("全年服务未达标", "Short of the yearly duty over a full year"),
        trigger=YearlyTest(
            by_reading(
                "miit.shortfall",
                both=all_of(few_hours, few_enterprises),
                either=any_of(few_hours, few_enterprises),
            ),
            year=YEAR,
        ),
        effect=Effect.REVOKE,
        mode=by_reading("miit.mode", automatic=Mode.AUTOMATIC, confirm=Mode.CONFIRM),
        follows=("miit.served",),
    )


def _violation(clause: str) -> ExitRule:
    return ExitRule(
        clause=clause,
        title=T("违反法律法规造成不良影响", "Violation of law with bad influence"),
        trigger=OnFinding((FindingKind.VIOLATION,)),
        effect=Effect.REVOKE,
    )


def _own_request(clause: str) -> ExitRule:
    return ExitRule(
        clause=clause,
        title=T("申请退出", "Release at the party's own request"),
        trigger=OnRequest(),
        effect=Effect.WITHDRAW,
    )


EXIT_RULES: dict[str, tuple[ExitRule, ...]] = {
    WORKSTATION: (
        SILENCE,
        PAID,
        _shortfall("A1.15", hours=60, enterprises=150),
        _violation("A1.15"),
        _own_request("A1.6"),
    ),
    EXPERT: (
        SILENCE,
        PAID,
        _shortfall("A2.13", hours=12, enterprises=30),
        _violation("A2.13"),
        _own_request("A2.5"),
    ),
}
