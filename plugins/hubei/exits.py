"""Articles 15 and 18: what is put right, and what ends an accreditation."""

from core.plugin_api import (
    Accumulation,
    Effect,
    ExitRule,
    FindingKind,
    Mode,
    OnFinding,
    Span,
    T,
    Year,
    YearlyTest,
    all_of,
    by_reading,
    metrics,
    none_of,
)

RECTIFY_DAYS = 30
"""The text asks for rectification and names no time; a setting."""

# Articles 18(1) and 18(4) speak of the yearly assessment by centres, associations and departments: both count
# what these verified or recorded themselves. Rejected: an order to rectify on a body's own unverified entry.
EXIT_RULES = (
    ExitRule(
        clause="15",
        title=T("有效期内违法违规", "Violation during the term"),
        trigger=OnFinding((FindingKind.VIOLATION,)),
        effect=Effect.REVOKE,
        mode=Mode.CONFIRM,
    ),
    ExitRule(
        clause="18(1)",
        title=T("年度内多场活动满意度低", "Several events of low satisfaction in a year"),
        trigger=Accumulation(
            metrics.low_satisfaction_events.at_least(3),
            span=Span.CALENDAR_YEAR,
            low=by_reading(
                "hubei.low_satisfaction",
                below=metrics.record_satisfaction_pct.less_than(80),
                at_or_below=metrics.record_satisfaction_pct.at_most(80),
            ),
            only_verified=True,
        ),
        effect=Effect.RECTIFY,
        mode=Mode.CONFIRM,
        rectify_days=RECTIFY_DAYS,
        follows=("hubei.low_satisfaction", "hubei.mode"),
    ),
    ExitRule(
        clause="18(2)",
        title=T("重大纠纷或质量问题损害声誉", "Serious dispute or quality problem that harms reputation"),
        trigger=OnFinding((FindingKind.REPUTATIONAL_DAMAGE,)),
        effect=Effect.REVOKE,
        mode=Mode.CONFIRM,
    ),
    ExitRule(
        clause="18(3)",
        title=T("承担刑事责任", "Being held criminally liable"),
        trigger=OnFinding((FindingKind.CRIMINAL_LIABILITY,)),
        effect=Effect.REVOKE,
        mode=Mode.CONFIRM,
    ),
    ExitRule(
        clause="18(4)",
        title=T("不服从协调开展服务活动", "Refuses coordinated services"),
        trigger=OnFinding((FindingKind.REFUSAL_OF_COORDINATION,)),
        effect=Effect.REVOKE,
        mode=Mode.CONFIRM,
    ),
    ExitRule(
        clause="18(4)",
        title=T("年度公益服务不达标", "Too few public-benefit services in a year"),
        trigger=YearlyTest(
            all_of(
                metrics.services.at_least(1),
                none_of(metrics.public_benefit_services.share_of(metrics.services, percent=10)),
            ),
            year=by_reading(
                "hubei.year_basis",
                accreditation_year=Year.ACCREDITATION,
                calendar_year=Year.CALENDAR,
            ),
            only_verified=True,
        ),
        effect=Effect.RECTIFY,
        mode=Mode.CONFIRM,
        rectify_days=RECTIFY_DAYS,
        follows=("hubei.public_benefit_bar", "hubei.year_basis", "hubei.mode"),
    ),
)
