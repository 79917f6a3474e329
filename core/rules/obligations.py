"""What the accredited owe, and when a status is warned about, put right or ended."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

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


@dataclass(frozen=True, slots=True)
class ReportDuty:
    """One report a year.

    `ACCREDITATION`: by the end of each accreditation year. `CALENDAR`: by the last day of `due_month` after
    each calendar year of which the accreditation covered `covered_months` whole months.
    """

    clause: str
    title: T
    year: Year
    overdue: Overdue
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


@dataclass(frozen=True, slots=True)
class OnFinding:
    """A recorded finding of one of the kinds, on the day it is established."""

    kinds: tuple[FindingKind, ...]


@dataclass(frozen=True, slots=True)
class OnRequest:
    """The party's own request."""


@dataclass(frozen=True, slots=True)
class YearlyTest:
    """The test over the metrics of a whole year is met; judged the day after the year ends."""

    test: Term | ByReading[Term]
    year: Year | ByReading[Year] = Year.ACCREDITATION


@dataclass(frozen=True, slots=True)
class ReportOverdue:
    """The report of the duty with this clause has not come by its day."""

    duty: str


@dataclass(frozen=True, slots=True)
class Silence:
    """No counted record for `months` months since the start or the last one; once per full period."""

    months: int = field(metadata=PARAMETER)


@dataclass(frozen=True, slots=True)
class Absence:
    """No event of the authority attended within `months` months since the start, the last one attended, or a
    justified absence."""

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

    test: Number
    span: Span | ByReading[Span]
    low: Number | ByReading[Number] | None = None


@dataclass(frozen=True, slots=True)
class PaidService:
    """A service record with a fee above zero."""


Trigger: TypeAlias = (
    OnFinding | OnRequest | YearlyTest | ReportOverdue | Silence | Absence | Accumulation | PaidService
)


class Effect(StrEnum):
    """What an exit rule does when it fires."""

    WARN = "warn"
    RECTIFY = "rectify"
    OPEN_FINDING = "open_finding"
    REVOKE = "revoke"
    WITHDRAW = "withdraw"


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
