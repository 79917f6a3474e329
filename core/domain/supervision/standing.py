"""Where an accreditation stands on a day: plain values that supervision reads, and what it does in return."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum

from core.domain.calendar import WorkingCalendar
from core.domain.supervision.former import Former
from core.rules.clauses import ValidityTerm
from core.rules.evaluate import Outcome, evaluate
from core.rules.obligations import Accumulation, Duty, ExitRule, FindingKind, ReportKind
from core.rules.terms import Number, Term, Value
from core.rules.text import EMPTY, T


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
    DUPLICATE = "duplicate"
    SEPARATED = "separated"
    CHANGED = "changed"
    CEASED = "ceased"
    ANNULLED = "annulled"
    """The approval that it came from was corrected."""
    RESTORED = "restored"
    """What it had ended by was corrected."""

    @property
    def label(self) -> T:
        """The event's name for a screen."""
        return _EVENT_KIND_LABELS[self]


_EVENT_KIND_LABELS = {
    EventKind.ACCREDITED: T("认定", "Accredited"),
    EventKind.REMINDER: T("提醒", "Reminder"),
    EventKind.WARNING: T("警告", "Warning"),
    EventKind.SHORTFALL: T("年度未达标", "Year's shortfall"),
    EventKind.FINDING_OPENED: T("立案", "Finding opened"),
    EventKind.REVERIFICATION_DUE: T("应复核", "Re-verification due"),
    EventKind.RECTIFICATION_ORDERED: T("责令整改", "Ordered to rectify"),
    EventKind.RECTIFICATION_CLOSED: T("整改结束", "Rectification closed"),
    EventKind.EXIT_PROPOSED: T("拟退出", "Exit proposed"),
    EventKind.EXIT_DISMISSED: T("退出驳回", "Exit dismissed"),
    EventKind.EXIT_OVERTURNED: T("退出撤销", "Exit overturned"),
    EventKind.REVOKED: T("撤销认定", "Revoked"),
    EventKind.EXPIRED: T("到期", "Expired"),
    EventKind.EXTENDED: T("延续", "Extended"),
    EventKind.EXTENSION_REFUSED: T("不予延续", "Extension refused"),
    EventKind.WITHDRAWN: T("主动退出", "Withdrawn"),
    EventKind.DUPLICATE: T("重复登记终止", "Ended as a duplicate"),
    EventKind.SEPARATED: T("合并撤销", "Merger undone"),
    EventKind.CHANGED: T("登记事项变更", "Change entered"),
    EventKind.CEASED: T("因主体终止失效", "Ended with its holder"),
    EventKind.ANNULLED: T("更正，认定无效", "Void by correction"),
    EventKind.RESTORED: T("更正，恢复认定", "Stands again by correction"),
}


PAID_SERVICE = FindingKind.PAID_SERVICE


@dataclass(frozen=True, slots=True)
class SupervisionRules:
    """The resolved clauses of a track that supervision works with, and the calendar that its days go by."""

    term: ValidityTerm
    duties: tuple[Duty, ...]
    exits: tuple[ExitRule, ...]
    calendar: WorkingCalendar


@dataclass(frozen=True, slots=True)
class Order:
    """An order to rectify; `passed` is None while there is no result."""

    clause: str
    ordered_on: date
    deadline: date
    passed: bool | None = None
    result_on: date | None = None
    ref: int = 0
    answered_on: date | None = None

    def lapsed(self, day: date, calendar: WorkingCalendar) -> bool:
        """Whether nothing was answered in time: an answer leaves the order to a person, however long."""
        follows = calendar.follows(self.deadline)
        return self.passed is None and follows is not None and follows <= day and not self.in_time(calendar)

    def in_time(self, calendar: WorkingCalendar) -> bool:
        """Whether there is an answer that came before the deadline was over."""
        return self.answered_on is not None and not calendar.is_over(self.deadline, self.answered_on)


@dataclass(frozen=True, slots=True)
class Case:
    """A proposed exit. `until` is the last day to object, once told; `stopped` waits for a person."""

    clause: str
    period: str
    proposed_on: date
    automatic: bool
    until: date | None = None
    stopped: bool = False
    closed_on: date | None = None
    """When it was decided, either way."""
    dismissed: bool = False
    title: T = EMPTY
    ref: int = 0
    fallen: bool = False
    """It ended because a correction took its ground: nobody weighed what else there is."""

    @property
    def open(self) -> bool:
        """Whether it is still to be decided."""
        return self.closed_on is None

    @property
    def dismissed_on(self) -> date | None:
        """When it was decided in the party's favour, if it was."""
        return self.closed_on if self.dismissed and not self.fallen else None


@dataclass(frozen=True, slots=True)
class Established:
    """An established finding."""

    kind: FindingKind
    on: date
    ref: int
    opened_on: date
    undone: int = 0
    """How often a correction had undone it before it was established again."""

    @property
    def period(self) -> str:
        """What a proposal on it is for: once each time that it is established."""
        return f"finding/{self.ref}/{self.undone + 1}" if self.undone else f"finding/{self.ref}"


@dataclass(frozen=True, slots=True)
class Complained:
    """A verified complaint: when it was found true, and when it had come."""

    on: date
    received_on: date


@dataclass(frozen=True, slots=True)
class Paid:
    """A service record with a fee that no finding has been opened for yet."""

    on: date
    ref: int


@dataclass(frozen=True, slots=True)
class Report:
    """A yearly report or plan: when it came, which year it is about, when it was returned as insufficient."""

    on: date
    year: int
    kind: ReportKind = ReportKind.REPORT
    returned_on: date | None = None


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
    complaints: tuple[Complained, ...] = ()
    paid: tuple[Paid, ...] = ()
    reports: tuple[Report, ...] = ()
    excused: tuple[date, ...] = ()
    former: Former | None = None
    """Of a status that was granted before this register, and taken in."""
    expired: bool = False
    """Whether it ended with its term."""
    left_on: date | None = None
    """When the party gave it back."""
    held_events: tuple[tuple[date, date], ...] | None = None
    """The days of each event of the authority that is open to the party; None where they go on throughout."""

    def knows_since(self, first: date) -> bool:
        """Whether the services of every day from `first` on are known."""
        return self.former is None or self.former.tells_since(first)

    def with_former(self, ask: Ask, metrics: Metrics) -> dict[str, Value]:
        """The metrics of a window, with what services before the take-in add to each of them."""
        return with_former(self.former, ask, metrics)

    def as_left(self) -> Standing:
        """What was open when the party left, and is still decided: as if the status stood."""
        left = self.left_on or date.min
        return replace(
            self,
            findings=tuple(item for item in self.findings if item.opened_on <= left),
            complaints=tuple(item for item in self.complaints if item.received_on <= left),
        )

    def event_within(self, after: date, before: date) -> bool:
        """Whether an event of the authority was open to the party between two days, neither included."""
        return self.held_events is None or any(
            first < before and last > after for first, last in self.held_events
        )

    def told_by(self, told: date | None) -> date:
        """From when something counts that the table of a take-in may have told of; else from the start."""
        if self.former is None:
            return self.started_on
        return max(self.started_on, told or self.former.taken_on)


def with_former(former: Former | None, ask: Ask, metrics: Metrics) -> dict[str, Value]:
    """The metrics of a window, with what services before a take-in add to each of them."""
    more = former.within(ask.first, ask.last) if former is not None else {}
    return {
        name: value + more[name] if name in more and isinstance(value, int | Decimal) else value
        for name, value in metrics.items()
    }


def seen_on(standing: Standing, day: date) -> Standing:
    """The standing as it could be seen on a day: later events left out, later results not known yet."""
    if max(_dates(standing), default=day) <= day:
        return standing
    return replace(
        standing,
        orders=tuple(
            order
            if order.result_on is None or order.result_on <= day
            else replace(order, passed=None, result_on=None)
            for order in standing.orders
            if order.ordered_on <= day
        ),
        cases=tuple(
            case
            if case.closed_on is None or case.closed_on <= day
            else replace(case, closed_on=None, dismissed=False, fallen=False)
            for case in standing.cases
            if case.proposed_on <= day
        ),
        findings=tuple(item for item in standing.findings if item.on <= day),
        complaints=tuple(item for item in standing.complaints if item.on <= day),
        paid=tuple(item for item in standing.paid if item.on <= day),
        reports=tuple(
            item if item.returned_on is None or item.returned_on <= day else replace(item, returned_on=None)
            for item in standing.reports
            if item.on <= day
        ),
        excused=tuple(on for on in standing.excused if on <= day),
    )


def _dates(standing: Standing) -> list[date]:
    """When whatever stands in it came up and came to an end."""
    dated: tuple[Established | Complained | Paid | Report, ...] = (
        *standing.findings,
        *standing.complaints,
        *standing.paid,
        *standing.reports,
    )
    dates = [*standing.excused, *(item.on for item in dated)]
    dates += [item.returned_on for item in standing.reports if item.returned_on is not None]
    for order in standing.orders:
        dates += (order.ordered_on, order.result_on or order.ordered_on)
    for case in standing.cases:
        dates += (case.proposed_on, case.closed_on or case.proposed_on)
    return dates


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
    only_verified: bool = False


Metrics = Mapping[str, Value]
Answers = Mapping[Ask, Metrics]


@dataclass(frozen=True, slots=True)
class Question:
    """A test over the metrics of a window, and the outcome under which nothing comes of it."""

    ask: Ask
    test: Term
    calm: Outcome

    def may_fire(self, metrics: Metrics, day: date) -> bool:
        """Whether something can come of it, on metrics of which some need not be known yet."""
        return evaluate(self.test, metrics, day).outcome is not self.calm


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
    stale_from: date | None = None
    """Of a reminder: from this day on a later word takes its place, and it is not sent any more."""

    @property
    def key(self) -> Done:
        """What makes it unique within the accreditation."""
        return (self.kind, self.clause, self.period)


def low_bar(rules: SupervisionRules) -> Number | None:
    """The term on a record's satisfaction that makes it low, where the programme has one."""
    for rule in rules.exits:
        if isinstance(rule.trigger, Accumulation) and isinstance(rule.trigger.low, Number):
            return rule.trigger.low
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
