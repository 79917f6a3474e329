"""What the accredited owe, and when a status is warned about, put right or ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import ClassVar, TypeAlias

from core.rules.numbers import OPERATIONAL, PARAMETER
from core.rules.terms import ByReading, Number, Term
from core.rules.text import T


class Year(StrEnum):
    """Which years a yearly duty runs over."""

    ACCREDITATION = "accreditation_year"
    CALENDAR = "calendar_year"


@dataclass(frozen=True, slots=True)
class ConductDuty:
    """A duty that people watch over: nothing to compute."""

    clause: str
    title: T


@dataclass(frozen=True, slots=True)
class ServiceDuty:
    """A yearly duty over the metrics of the service records; only whole years are judged."""

    clause: str
    title: T
    test: Term
    year: Year | ByReading[Year] = Year.ACCREDITATION
    follows: tuple[str, ...] = ()
    duty_reminder: int = field(default=90, metadata=OPERATIONAL)
    """Days before the end of a year on which it is pointed out if not met yet; 0 for not at all."""


class Overdue(StrEnum):
    """What an overdue report leads to by itself; an exit rule may lead further."""

    WARNING = "warning"
    REMINDER = "reminder"
    NOTHING = "nothing"


class ReportKind(StrEnum):
    """What a yearly paper is about."""

    REPORT = "report"
    PLAN = "plan"

    @property
    def label(self) -> T:
        """The kind's name for a screen."""
        return _REPORT_KIND_LABELS[self]


_REPORT_KIND_LABELS = {
    ReportKind.REPORT: T("年度报告", "Annual report"),
    ReportKind.PLAN: T("年度计划", "Plan of the year"),
}


@dataclass(frozen=True, slots=True)
class ReportDuty:
    """One report a year.

    `ACCREDITATION`: by the end of each accreditation year. `CALENDAR`: by the last day of `due_month` after
    each calendar year of which the accreditation covered `covered_months` whole months; a plan within the
    year itself, where the status was held from its first day on.
    """

    clause: str
    title: T
    year: Year
    overdue: Overdue
    kind: ReportKind = ReportKind.REPORT
    needs_case: bool = False
    """Whether a success case or experience belongs to it."""
    covered_months: int = field(default=6, metadata=PARAMETER)
    due_month: int = field(default=1, metadata=PARAMETER)
    follows: tuple[str, ...] = ()
    report_reminder: int = field(default=30, metadata=OPERATIONAL)
    """Days before it is due on which one that has not come is pointed out; 0 for not at all."""

    def __post_init__(self) -> None:
        if self.year is Year.ACCREDITATION:
            # Its own year ends it: neither number is the text's, and none can be changed.
            object.__setattr__(self, "covered_months", 0)
            object.__setattr__(self, "due_month", 0)


@dataclass(frozen=True, slots=True)
class Reverification:
    """The record is verified again every `years` years from the start: a task for the recommender."""

    clause: str
    title: T
    years: int = field(metadata=PARAMETER)


Duty: TypeAlias = ConductDuty | ServiceDuty | ReportDuty | Reverification


class FindingKind(StrEnum):
    """What can be found against the accredited; which kinds lead to an exit is the programme's word."""

    ADMINISTRATIVE_SANCTION = "administrative_sanction"
    JUDICIAL_PENALTY = "judicial_penalty"
    CRIMINAL_LIABILITY = "criminal_liability"
    VIOLATION = "violation"
    BREACH_OF_CONTRACT = "breach_of_contract"
    IRREGULAR_OPERATION = "irregular_operation"
    INCOMPETENCE = "incompetence"
    REPUTATIONAL_DAMAGE = "reputational_damage"
    REFUSAL_OF_COORDINATION = "refusal_of_coordination"
    PAID_SERVICE = "paid_service"
    OTHER = "other"

    @property
    def label(self) -> T:
        """The kind's name for a screen."""
        return _FINDING_LABELS[self]


_FINDING_LABELS = {
    FindingKind.ADMINISTRATIVE_SANCTION: T("行政处分、处罚", "Administrative sanction"),
    FindingKind.JUDICIAL_PENALTY: T("司法处罚", "Judicial penalty"),
    FindingKind.CRIMINAL_LIABILITY: T("刑事责任", "Criminal liability"),
    FindingKind.VIOLATION: T("违法违纪", "Violation of law or discipline"),
    FindingKind.BREACH_OF_CONTRACT: T("违反合同约定", "Breach of contract"),
    FindingKind.IRREGULAR_OPERATION: T("不规范运营", "Irregular operation"),
    FindingKind.INCOMPETENCE: T("不能胜任", "Incompetence"),
    FindingKind.REPUTATIONAL_DAMAGE: T("造成名誉损失", "Reputational damage"),
    FindingKind.REFUSAL_OF_COORDINATION: T("不服从协调", "Refusal of coordination"),
    FindingKind.PAID_SERVICE: T("违规收费", "Fee charged for a service"),
    FindingKind.OTHER: T("其他", "Other"),
}


class Effect(StrEnum):
    """What an exit rule does when it fires."""

    WARN = "warn"
    RECTIFY = "rectify"
    OPEN_FINDING = "open_finding"
    REVOKE = "revoke"
    WITHDRAW = "withdraw"


@dataclass(frozen=True, slots=True)
class OnFinding:
    """A recorded finding of one of the kinds, on the day it is established."""

    row: ClassVar[T] = T("查实的问题", "Established findings")
    spoken: ClassVar[str] = "a finding"
    effects: ClassVar[tuple[Effect, ...]] = (Effect.REVOKE,)

    kinds: tuple[FindingKind, ...]


@dataclass(frozen=True, slots=True)
class OnRequest:
    """The party's own request."""

    row: ClassVar[T] = T("自愿退出", "Voluntary withdrawal")
    spoken: ClassVar[str] = "the party's own request"
    effects: ClassVar[tuple[Effect, ...]] = (Effect.WITHDRAW,)


@dataclass(frozen=True, slots=True)
class YearlyTest:
    """The test over the metrics of a whole year is met; judged the day after the year ends."""

    row: ClassVar[T] = T("年度考核不达标", "Short of the yearly duty")
    spoken: ClassVar[str] = "a yearly test"
    effects: ClassVar[tuple[Effect, ...]] = (Effect.WARN, Effect.RECTIFY, Effect.REVOKE)

    test: Term | ByReading[Term]
    year: Year | ByReading[Year] = Year.ACCREDITATION
    only_verified: bool = False
    """Whether a record counts only once staff vouch for it: a body's own entry brings nothing about."""


@dataclass(frozen=True, slots=True)
class ReportOverdue:
    """The report of the duty with this clause has not come by its day."""

    row: ClassVar[T] = T("逾期不报年度报告", "Report not submitted")
    spoken: ClassVar[str] = "an overdue report"
    effects: ClassVar[tuple[Effect, ...]] = (Effect.WARN, Effect.RECTIFY, Effect.REVOKE)

    duty: str


@dataclass(frozen=True, slots=True)
class Silence:
    """No counted record for `months` months since the start or the last one; once per full period."""

    row: ClassVar[T] = T("长期没有服务活动", "No activity for long")
    spoken: ClassVar[str] = "silence"
    effects: ClassVar[tuple[Effect, ...]] = (Effect.WARN,)

    months: int = field(metadata=PARAMETER)


@dataclass(frozen=True, slots=True)
class Absence:
    """No event of the authority attended within `months` months since the start, the last one attended, or a
    justified absence."""

    row: ClassVar[T] = T("不参加主管部门活动", "Absent from the authority's events")
    spoken: ClassVar[str] = "absence"
    effects: ClassVar[tuple[Effect, ...]] = (Effect.REVOKE,)

    months: int = field(metadata=PARAMETER)


class Span(StrEnum):
    """Over what time an accumulation counts."""

    TERM = "term"
    CALENDAR_YEAR = "calendar_year"


@dataclass(frozen=True, slots=True)
class Accumulation:
    """Events add up: fires on the day on which the test over their number is met.

    `low` says which satisfaction makes a service event low, for `low_satisfaction_events`.
    """

    row: ClassVar[T] = T("累计次数", "Adding up")
    spoken: ClassVar[str] = "an accumulation"
    effects: ClassVar[tuple[Effect, ...]] = (Effect.RECTIFY, Effect.REVOKE)

    test: Number
    span: Span | ByReading[Span]
    low: Number | ByReading[Number] | None = None
    only_verified: bool = False
    """As in `YearlyTest`."""


@dataclass(frozen=True, slots=True)
class PaidService:
    """A service record with a fee above zero."""

    row: ClassVar[T] = T("违规收费", "Fee charged for a service")
    spoken: ClassVar[str] = "a paid service"
    effects: ClassVar[tuple[Effect, ...]] = (Effect.OPEN_FINDING,)


Trigger: TypeAlias = (
    OnFinding | YearlyTest | ReportOverdue | Silence | Absence | Accumulation | PaidService | OnRequest
)
"""What an exit rule waits for; a comparison shows them in this order.

Each says what can come of it (`effects`: supervision does nothing else), how an error speaks of it
(`spoken`), and in which row of a comparison its rules stand (`row`).
"""


class Mode(StrEnum):
    """Whether a proposed revocation takes effect by itself or two officers confirm it."""

    AUTOMATIC = "automatic"
    CONFIRM = "confirm"

    @property
    def label(self) -> T:
        """The mode's name for a screen."""
        return _MODE_LABELS[self]


_MODE_LABELS = {
    Mode.AUTOMATIC: T("期满自动生效", "Takes effect by itself"),
    Mode.CONFIRM: T("两人确认", "Two officers confirm"),
}


@dataclass(frozen=True, slots=True)
class ExitRule:
    """When a status is warned about, put right or ended."""

    clause: str
    title: T
    trigger: Trigger
    effect: Effect
    mode: Mode | ByReading[Mode] = Mode.CONFIRM
    ban_years: int = field(default=0, metadata=PARAMETER)
    rectify_days: int = field(default=0, metadata=PARAMETER)
    """Calendar days that an order to rectify gives."""
    follows: tuple[str, ...] = ()
