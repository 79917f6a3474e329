"""Supervision metrics: what counted service records and other events come to over a period."""

from core.rules.terms import DateFact, Fact, Kind, NumberFact
from core.rules.text import T


def _count(name: str, zh: str, en: str, unit: T) -> NumberFact:
    return NumberFact(name, Kind.INTEGER, T(zh, en), unit=unit)


_EVENTS = T("次", "")

service_hours = NumberFact(
    "service_hours", Kind.DECIMAL, T("服务时长", "Service hours"), unit=T("小时", "hours")
)
enterprises_served = _count("enterprises_served", "服务企业数", "Enterprises served", T("家", "enterprises"))
services = _count("services", "服务次数", "Services", _EVENTS)
last_active_on = DateFact("last_active_on", Kind.DATE, T("最近一次服务日期", "Date of the last service"))
authority_events_attended = _count(
    "authority_events_attended",
    "参加主管部门组织活动次数",
    "Events of the competent department attended",
    _EVENTS,
)
low_satisfaction_events = _count(
    "low_satisfaction_events", "满意度偏低的服务次数", "Services with low satisfaction", _EVENTS
)
public_benefit_services = _count(
    "public_benefit_services", "公益性服务次数", "Public-benefit services", _EVENTS
)
paid_services = _count("paid_services", "收费服务次数", "Services with a fee", _EVENTS)
verified_complaints = _count("verified_complaints", "查实的投诉数", "Verified complaints", T("件", ""))
annual_reports = _count("annual_reports", "已提交的年度报告数", "Annual reports submitted", T("份", ""))
findings = _count("findings", "认定的违规事实数", "Recorded findings", T("项", ""))

record_satisfaction_pct = NumberFact(
    "record_satisfaction_pct", Kind.PERCENT, T("单次服务满意度", "Satisfaction with one service")
)
"""Satisfaction of one service record: what makes its event a low one."""

METRICS: dict[str, Fact] = {
    metric.name: metric
    for metric in (
        service_hours,
        enterprises_served,
        services,
        last_active_on,
        authority_events_attended,
        low_satisfaction_events,
        public_benefit_services,
        paid_services,
        verified_complaints,
        annual_reports,
        findings,
        record_satisfaction_pct,
    )
}
"""Every metric by its name."""
