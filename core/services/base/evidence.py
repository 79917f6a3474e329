"""Evidence snapshots as sentences: the figures of a warning, an order or a proposed exit, for people."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal

from core.domain.clock import SHANGHAI
from core.domain.supervision.metrics import METRICS
from core.rules.obligations import FindingKind
from core.rules.phrases import NO, YES
from core.rules.sentence import plain
from core.rules.text import T

_LABELS: dict[str, T] = {
    "rule": T("规定", "Rule"),
    "finding": T("查实事项", "Finding"),
    "established_on": T("查实日期", "Established on"),
    "since": T("起算日期", "Since"),
    "months": T("持续月数", "Months elapsed"),
    "ordered_on": T("责令整改日期", "Rectification ordered on"),
    "deadline": T("整改期限", "Rectify by"),
    "result": T("整改结果", "Result of the rectification"),
    "due_on": T("应交日期", "Due on"),
    "moved_to": T("休息日，顺延至（《民法典》第二百零三条）", "A day off, moved to (Civil Code, art. 203)"),
    "returned_on": T("退回日期", "Returned on"),
    "year": T("年度", "Year"),
    "service_date": T("服务日期", "Service date"),
    "proposed_on": T("提出日期", "Proposed on"),
    "objection_until": T("异议截止", "Objection until"),
    "valid_through": T("最后有效日", "Last day of the term"),
    "days": T("剩余天数", "Days left"),
    "reason": T("理由", "Reason"),
}
_RESULTS = {"failed": T("未通过", "not passed"), "none": T("逾期未提交", "none in time")}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)


def long_date(day: date, language: str) -> str:
    """A date as it is written in a letter."""
    if language == "en":
        return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日"


def show(value: object, language: str) -> str:
    """Any value that a message or an evidence snapshot holds, in one language."""
    match value:
        case None:
            return "—"
        case T():
            return value.get(language)
        case bool():
            return (YES if value else NO).get(language)
        case datetime():
            local = value.astimezone(SHANGHAI)
            return f"{long_date(local.date(), language)} {local:%H:%M}"
        case date():
            return long_date(value, language)
        case Decimal() | int():
            return plain(value)
        case float():
            return plain(Decimal(str(value)))
        case Mapping():
            return evidence_text(value).get(language)
        case list() | tuple() | set() | frozenset():
            return ("、" if language != "en" else ", ").join(show(item, language) for item in value)
        case _:
            return str(value)


def evidence_text(evidence: Mapping[str, object]) -> T:
    """The snapshot as one sentence a language; identifiers of rows are left out."""
    return T("；".join(_parts(evidence, "zh")), "; ".join(_parts(evidence, "en")))


def _parts(evidence: Mapping[str, object], language: str) -> list[str]:
    colon = ": " if language == "en" else "："
    parts = []
    if "first" in evidence:
        last = evidence.get("last", evidence.get("due_on"))
        span = f"{_day(evidence['first'], language)}{T('至', ' to ').get(language)}{_day(last, language)}"
        parts.append(f"{T('期间', 'Period').get(language)}{colon}{span}")
    figures = evidence.get("figures")
    measured = dict(figures) if isinstance(figures, Mapping) else {}
    measured |= {name: value for name, value in evidence.items() if name in METRICS}
    parts += [
        f"{METRICS[name].label.get(language)}{colon}{_figure(name, value, language)}"
        for name, value in measured.items()
        if name in METRICS and value is not None
    ]
    for name, label in _LABELS.items():
        if name in evidence:
            parts.append(f"{label.get(language)}{colon}{_value(name, evidence[name], language)}")
    return parts


def _value(name: str, value: object, language: str) -> str:
    if name == "finding" and str(value) in list(FindingKind):
        return FindingKind(str(value)).label.get(language)
    if name == "result" and str(value) in _RESULTS:
        return _RESULTS[str(value)].get(language)
    if isinstance(value, Mapping):
        return str(value.get(language, value.get("zh", "")))
    return _day(value, language)


def _figure(name: str, value: object, language: str) -> str:
    fact = METRICS[name]
    return f"{_day(value, language)} {fact.unit.get(language)}".strip()


def _day(value: object, language: str) -> str:
    """A value, where an ISO date is written out."""
    if isinstance(value, str):
        try:
            return long_date(date.fromisoformat(value), language)
        except ValueError:
            return value
    return show(value, language)
