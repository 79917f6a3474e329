"""Article 20: what ends a recognition, with no new application for three years."""

from core.plugin_api import (
    Absence,
    Accumulation,
    Effect,
    ExitRule,
    FindingKind,
    Mode,
    OnFinding,
    ReportOverdue,
    Span,
    T,
    by_reading,
    metrics,
)

BAN_YEARS = 3

EXIT_RULES = (
    ExitRule(
        clause="20(1)",
        title=T("受行政主管机关处分", "Sanctioned by an administrative authority"),
        trigger=OnFinding((FindingKind.ADMINISTRATIVE_SANCTION,)),
        effect=Effect.REVOKE,
        mode=Mode.CONFIRM,
        ban_years=BAN_YEARS,
    ),
    ExitRule(
        clause="20(2)",
        title=T("受司法机关处罚", "Penalized by a judicial authority"),
        trigger=OnFinding((FindingKind.JUDICIAL_PENALTY,)),
        effect=Effect.REVOKE,
        mode=Mode.CONFIRM,
        ban_years=BAN_YEARS,
    ),
    ExitRule(
        clause="20(3)",
        title=T("一年内无故不参加主管部门活动", "No event of the competent department attended for a year"),
        trigger=Absence(months=12),
        effect=Effect.REVOKE,
        mode=Mode.CONFIRM,
        ban_years=BAN_YEARS,
        follows=("liaocheng.event_year", "liaocheng.mode"),
    ),
    ExitRule(
        clause="20(4)",
        title=T("运作不规范，屡被投诉属实", "Irregular operation, with complaints found true"),
        trigger=Accumulation(
            metrics.verified_complaints.at_least(3),
            span=by_reading(
                "liaocheng.complaint_window",
                term=Span.TERM,
                calendar_year=Span.CALENDAR_YEAR,
            ),
        ),
        effect=Effect.REVOKE,
        mode=Mode.CONFIRM,
        ban_years=BAN_YEARS,
        follows=("liaocheng.complaint_window", "liaocheng.mode"),
    ),
    ExitRule(
        clause="20(5)",
        title=T("不报送年度工作总结", "Annual summary not submitted"),
        trigger=ReportOverdue("17"),
        effect=Effect.REVOKE,
        mode=Mode.CONFIRM,
        ban_years=BAN_YEARS,
        follows=("liaocheng.report_due", "liaocheng.mode"),
    ),
)
