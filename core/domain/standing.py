"""Where an accreditation stands on a day: plain values that supervision reads, and what it does in return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum

from core.rules.clauses import Duty, ExitRule, ValidityTerm
from core.rules.terms import Number, Value
from core.rules.text import T


class EventKind(StrEnum):
    """What can stand in the timeline of an accreditation."""

    ACCREDITED = "accredited"
    REMINDER = "reminder"
    WARNING = "warning"
    SHORTFALL = "shortfall"
    FINDING_OPENED = "finding_opened"
    REVERIFICATION_DUE = "reverification_due"
    RECTIFICATION_ORDERED = "rectification_ordered"
    RECTIFICATION_CLOSED = "rectification_closed"
    EXIT_PROPOSED = "exit_proposed"
    EXIT_DISMISSED = "exit_dismissed"
    EXIT_OVERTURNED = "exit_overturned"
    REVOKED = "revoked"
    EXPIRED = "expired"
    EXTENDED = "extended"
    EXTENSION_REFUSED = "extension_refused"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class SupervisionRules:
    """The resolved clauses of a track that supervision works with."""

    term: ValidityTerm
    duties: tuple[Duty, ...]
    exits: tuple[ExitRule, ...]


@dataclass(frozen=True, slots=True)
class Order:
    """An order to rectify; `passed` is None while there is no result."""

    clause: str
    ordered_on: date
    deadline: date
    passed: bool | None = None
    result_on: date | None = None
    ref: int = 0


@dataclass(frozen=True, slots=True)
class Case:
    """A proposed exit. `until` is the last day to object, known once the party was told; `stopped` asks for a person."""

    clause: str
    period: str
    proposed_on: date
    automatic: bool
    open: bool = True
    until: date | None = None
    stopped: bool = False
    dismissed_on: date | None = None
    ban_years: int = 0
    title: T = T("", "")
    ref: int = 0


@dataclass(frozen=True, slots=True)
class Established:
    """An established finding."""

    kind: str
    on: date
    ref: int


@dataclass(frozen=True, slots=True)
class Paid:
    """A service record with a fee that no finding has been opened for yet."""

    on: date
    ref: int


@dataclass(frozen=True, slots=True)
class Report:
    """An annual report: when it came and the year it is about."""

    on: date
    year: int


Done = tuple[EventKind, str, str]


@dataclass(frozen=True, slots=True)
class Standing:
    """An accreditation as supervision sees it; dated items after the evaluation day are not looked at yet."""

    started_on: date
    valid_from: date
    valid_through: date
    active: bool = True
    done: frozenset[Done] = frozenset()
    """(kind, clause, period) of what stands in the timeline already: nothing is done twice."""
    orders: tuple[Order, ...] = ()
    cases: tuple[Case, ...] = ()
    findings: tuple[Established, ...] = ()
    complaints: tuple[date, ...] = ()
    """Days on which complaints were verified."""
    paid: tuple[Paid, ...] = ()
    reports: tuple[Report, ...] = ()
    excused: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Glimpse:
    """The dates that supervision needs of the counted service records, without reading them all."""

    last_active_on: date | None = None
    """Last counted record on or before the day."""
    last_attended_on: date | None = None
    """Last one organised by the authority, on or before the day."""
    next_low_on: date | None = None
    """First counted record of low satisfaction after the day."""


@dataclass(frozen=True, slots=True)
class Ask:
    """A request for the metrics of the counted records from `first` to `last`, both included."""

    first: date
    last: date


Metrics = Mapping[str, Value]
Answers = Mapping[Ask, Metrics]


@dataclass(frozen=True, slots=True)
class Action:
    """Something that supervision does on a day; the caller carries it out and records it once."""

    kind: EventKind
    clause: str
    period: str
    title: T
    rule: ExitRule | None = None
    evidence: Mapping[str, object] = field(default_factory=dict)
    ref: int = 0
    """The finding, order, case or record that it is about."""

    @property
    def key(self) -> Done:
        """What makes it unique within the accreditation."""
        return (self.kind, self.clause, self.period)


def low_bar(rules: SupervisionRules) -> Number | None:
    """The term on a record's satisfaction that makes it low, where the programme has one."""
    for rule in rules.exits:
        low = getattr(rule.trigger, "low", None)
        if isinstance(low, Number):
            return low
    return None


def figures(metrics: Metrics) -> dict[str, object]:
    """Metrics as JSON-able figures for an evidence snapshot."""
    return {
        name: (
            float(value)
            if isinstance(value, Decimal)
            else value.isoformat()
            if isinstance(value, date)
            else value
        )
        for name, value in metrics.items()
    }
