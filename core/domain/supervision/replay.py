"""One accreditation's life, day by day, from a list of events: what supervision would have done, and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from core.domain.calendar import CalendarUnknownError
from core.domain.lifecycle.states import AccreditationState
from core.domain.supervision.day import is_automatic, step
from core.domain.supervision.enterprises import number_served
from core.domain.supervision.reports import wanted_on
from core.domain.supervision.schedule import next_due
from core.domain.supervision.standing import (
    Action,
    Answers,
    Ask,
    Case,
    Complained,
    Done,
    Established,
    EventKind,
    Glimpse,
    Metrics,
    Order,
    Paid,
    Report,
    Standing,
    SupervisionRules,
    low_bar,
)
from core.domain.supervision.windows import asks
from core.rules.evaluate import compare
from core.rules.obligations import ExitRule, FindingKind, ReportDuty, ReportKind
from core.rules.periods import period_end
from core.rules.terms import Number
from core.rules.text import T

VERIFIED = "verified"
COUNTED = ("submitted", VERIFIED)


@dataclass(frozen=True, slots=True)
class Record:
    """A service record as supervision counts it."""

    on: date
    hours: Decimal
    enterprises: frozenset[str]
    counted: bool = True
    verified: bool = True
    satisfaction: Decimal | None = None
    fee: Decimal = Decimal(0)
    by_authority: bool = False
    public_benefit: bool = False


class HappeningKind(StrEnum):
    """What people do in the life of an accreditation; supervision answers with events."""

    SERVICE = "service"
    ANNUAL_REPORT = "annual_report"
    COMPLAINT = "complaint"
    FINDING = "finding"
    WITHDRAWAL = "withdrawal"
    RENEWAL = "renewal"
    RECTIFICATION_RESULT = "rectification_result"
    JUSTIFIED_ABSENCE = "justified_absence"
    ORDER_ANSWER = "order_answer"
    REPORT_RETURNED = "report_returned"


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of a life, with its fields, parsed."""

    on: date
    kind: HappeningKind
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the timeline."""

    on: date
    what: str
    clause: str
    title: T


def measure(records: Sequence[Record], ask: Ask, low: Number | None) -> Metrics:
    """The metrics of the counted records of a window."""
    within = [
        record
        for record in records
        if (record.verified if ask.only_verified else record.counted) and ask.first <= record.on <= ask.last
    ]
    enterprises: set[str] = set()
    for record in within:
        enterprises |= record.enterprises
    return {
        "service_hours": sum((record.hours for record in within), Decimal(0)),
        "enterprises_served": number_served(enterprises),
        "services": len(within),
        "authority_events_attended": sum(record.by_authority for record in within),
        "public_benefit_services": sum(record.public_benefit for record in within),
        "paid_services": sum(record.fee > 0 for record in within),
        "low_satisfaction_events": sum(is_low(record, low) for record in within),
    }


def is_low(record: Record, low: Number | None) -> bool:
    """Whether a record's satisfaction is below the programme's bar; a record without one is not low."""
    return (
        low is not None
        and record.satisfaction is not None
        and compare(low.op, record.satisfaction, low.bound)
    )


def glimpse(records: Sequence[Record], day: date, low: Number | None) -> Glimpse:
    """The dates that supervision needs of the records, as of a day."""
    counted = [record for record in records if record.counted]
    return Glimpse(
        max((record.on for record in counted if record.on <= day), default=None),
        max((record.on for record in counted if record.on <= day and record.by_authority), default=None),
        min((record.on for record in counted if record.on > day and is_low(record, low)), default=None),
    )


class Life:
    """The state of a replay: lives through the days of an accreditation."""

    def __init__(
        self,
        rules: SupervisionRules,
        accredited_on: date,
        objection_days: int,
        events_held: tuple[date, ...] | None = None,
    ) -> None:
        self.rules = rules
        self.objection_days = objection_days
        self.low = low_bar(rules)
        self.records: list[Record] = []
        self.timeline: list[Entry] = []
        self.standing = Standing(
            accredited_on,
            accredited_on,
            period_end(accredited_on, years=rules.term.years),
            held_events=None if events_held is None else tuple((on, on) for on in events_held),
        )
        self.state = AccreditationState.ACTIVE
        self.years_missing: set[int] = set()
        """Years without a holiday table: cases wait for them, and the end of the life is not known."""
        self._refs = 0

    def live(self, happenings: Sequence[Happening], until: date) -> list[Entry]:
        """Live through every day up to `until`, a day's events before its check; returns the timeline."""
        waiting = sorted(happenings, key=lambda item: item.on)
        former = self.standing.former
        day: date | None = self.standing.started_on if former is None else former.taken_on
        while day is not None and day <= until:
            while waiting and waiting[0].on <= day:
                self._happen(waiting.pop(0))
            self._check(day)
            due = next_due(self.rules, self.standing, self._glimpse(day), day)
            coming = waiting[0].on if waiting else None
            day = min((item for item in (due, coming) if item is not None), default=None)
        self._wait_for_tables(until)
        return self.timeline

    def _wait_for_tables(self, until: date) -> None:
        """Note the years without a holiday table on which it hangs what came of a last day."""
        standing, calendar = self.standing, self.rules.calendar
        named = [order.deadline for order in standing.orders if order.passed is None]
        for duty in self.rules.duties:
            if isinstance(duty, ReportDuty):
                for year in range(standing.started_on.year, until.year + 1):
                    asked = wanted_on(duty, calendar, standing, date(year, 12, 31))
                    named += [wanted.due_on for wanted in asked if not wanted.there]
        over = min(until, self.timeline[-1].on if self.timeline and not standing.active else until)
        missing = {calendar.missing(day) for day in named if day < over}
        self.years_missing |= {year for year in missing if year is not None}

    def _glimpse(self, day: date) -> Glimpse:
        return glimpse(self.records, day, self.low)

    def _check(self, day: date) -> None:
        answers: Answers = {
            ask: self.standing.with_former(ask, measure(self.records, ask, self.low))
            for ask in asks(self.rules, self.standing, day)
        }
        for action in step(self.rules, self.standing, self._glimpse(day), day, answers):
            self._do(action, day)

    def _do(self, action: Action, day: date) -> None:
        self._note(day, action.kind, action.clause, action.title, action.key)
        standing = self.standing
        match action.kind:
            case EventKind.EXPIRED:
                self.state = AccreditationState.EXPIRED
                self.standing = replace(standing, active=False, expired=True)
            case EventKind.REVOKED:
                self.state = AccreditationState.REVOKED
                cases = tuple(
                    replace(case, closed_on=day) if case.ref == action.ref else case
                    for case in standing.cases
                )
                self.standing = replace(standing, active=False, expired=False, left_on=None, cases=cases)
            case EventKind.RECTIFICATION_ORDERED:
                deadline = day + timedelta(days=_rule_of(action).rectify_days)
                order = Order(action.clause, day, deadline, ref=self._next_ref())
                self.standing = replace(standing, orders=(*standing.orders, order))
            case EventKind.EXIT_PROPOSED:
                self._propose(action, day)
            case (
                EventKind.REMINDER
                | EventKind.WARNING
                | EventKind.SHORTFALL
                | EventKind.FINDING_OPENED
                | EventKind.REVERIFICATION_DUE
                | EventKind.ACCREDITED
                | EventKind.RECTIFICATION_CLOSED
                | EventKind.EXIT_DISMISSED
                | EventKind.EXIT_OVERTURNED
                | EventKind.EXTENDED
                | EventKind.EXTENSION_REFUSED
                | EventKind.WITHDRAWN
                | EventKind.DUPLICATE
                | EventKind.SEPARATED
                | EventKind.CHANGED
                | EventKind.CEASED
                | EventKind.ANNULLED
                | EventKind.RESTORED
            ):
                pass  # stands in the timeline; what people do about it is a happening
            case _:
                assert_never(action.kind)

    def _propose(self, action: Action, day: date) -> None:
        rule = _rule_of(action)
        try:
            until = self.rules.calendar.add_working_days(day, self.objection_days)
        except CalendarUnknownError as error:
            until = None
            self.years_missing.add(error.year)
        case = Case(
            action.clause, action.period, day, is_automatic(rule), until=until,
            title=action.title, ref=self._next_ref(),
        )  # fmt: skip
        about = (action.clause, action.period)
        orders = tuple(
            replace(order, passed=False)
            if order.passed is None and (order.clause, f"order/{order.ordered_on}") == about
            else order
            for order in self.standing.orders
        )  # fmt: skip
        self.standing = replace(self.standing, cases=(*self.standing.cases, case), orders=orders)

    def _happen(self, event: Happening) -> None:
        standing, data = self.standing, event.data
        match event.kind:
            case HappeningKind.SERVICE:
                self._record(event)
            case HappeningKind.ANNUAL_REPORT:
                year = data.get("year")
                about = year if isinstance(year, int) else event.on.year
                report = Report(event.on, about, ReportKind(str(data.get("kind", ReportKind.REPORT))))
                self.standing = replace(standing, reports=(*standing.reports, report))
            case HappeningKind.COMPLAINT:
                if data.get("verified"):
                    complaint = Complained(event.on, _opened(event))
                    self.standing = replace(standing, complaints=(*standing.complaints, complaint))
            case HappeningKind.FINDING:
                kind = FindingKind(str(data["kind"]))
                finding = Established(kind, event.on, self._next_ref(), _opened(event))
                self.standing = replace(standing, findings=(*standing.findings, finding))
            case HappeningKind.JUSTIFIED_ABSENCE:
                self.standing = replace(standing, excused=(*standing.excused, event.on))
            case HappeningKind.WITHDRAWAL:
                self._withdraw(event.on)
            case HappeningKind.RENEWAL:
                self._renew(event.on)
            case HappeningKind.RECTIFICATION_RESULT:
                self._result(event)
            case HappeningKind.ORDER_ANSWER:
                self._answer(event)
            case HappeningKind.REPORT_RETURNED:
                self._return(event)
            case _:
                assert_never(event.kind)

    def _record(self, event: Happening) -> None:
        record = event.data["record"]
        assert isinstance(record, Record)  # noqa: S101  # made by the parser
        self.records.append(record)
        if record.counted and record.fee > 0:
            paid = Paid(event.on, self._next_ref())
            self.standing = replace(self.standing, paid=(*self.standing.paid, paid))

    def _withdraw(self, day: date) -> None:
        if not self.standing.active:
            return
        self.state = AccreditationState.WITHDRAWN
        self.standing = replace(self.standing, active=False, left_on=day)
        title = T("自愿退出", "Voluntary withdrawal")
        self._note(day, EventKind.WITHDRAWN, self.rules.term.withdrawal_clause, title)

    def _renew(self, day: date) -> None:
        standing, extension = self.standing, self.rules.term.extension
        if self.state not in (AccreditationState.ACTIVE, AccreditationState.EXPIRED):
            self._note(
                day,
                EventKind.EXTENSION_REFUSED,
                self.rules.term.clause,
                T("认定已终止，不能延期", "The status has ended"),
            )
            return
        if extension is None:
            title = T("本项目不设延续，请重新申报", "There is no extension: file a new application")
            self._note(day, EventKind.EXTENSION_REFUSED, self.rules.term.clause, title)
            return
        through = extended_through(self.rules, standing.started_on, standing.valid_through)
        if not extension_open(self.rules, standing.valid_through, day):
            title = T("不在可申请延期的时间内", "Outside the time in which an extension can be asked for")
            self._note(day, EventKind.EXTENSION_REFUSED, extension.clause, title)
            return
        self.state = AccreditationState.ACTIVE
        self.standing = replace(
            standing, active=True, expired=False, valid_from=standing.valid_through, valid_through=through
        )
        self._note(day, EventKind.EXTENDED, extension.clause, T("有效期顺延", "The term is extended"))

    def _oldest_order(self, event: Happening) -> Order | None:
        """The open order that an event is about: of its clause where it names one."""
        clause = event.data.get("clause")
        waiting = [
            order
            for order in self.standing.orders
            if order.passed is None and (not clause or order.clause == clause)
        ]
        return min(waiting, key=lambda order: (order.ordered_on, order.ref), default=None)

    def _put(self, old: Order, new: Order) -> None:
        orders = tuple(new if order is old else order for order in self.standing.orders)
        self.standing = replace(self.standing, orders=orders)

    def _answer(self, event: Happening) -> None:
        oldest = self._oldest_order(event)
        if oldest is not None:
            self._put(oldest, replace(oldest, answered_on=event.on))

    def _return(self, event: Happening) -> None:
        """Return what came about a year and stands: the report, unless the event names the plan."""
        kind = ReportKind(str(event.data.get("kind", ReportKind.REPORT)))
        reports = tuple(
            replace(report, returned_on=event.on)
            if report.returned_on is None and (report.year, report.kind) == (event.data.get("year"), kind)
            else report
            for report in self.standing.reports
        )
        self.standing = replace(self.standing, reports=reports)

    def _result(self, event: Happening) -> None:
        oldest = self._oldest_order(event)
        if oldest is None:
            return
        passed = bool(event.data.get("ok"))
        self._put(oldest, replace(oldest, passed=passed, result_on=event.on))
        if passed:
            title = T("整改通过", "Rectification passed")
            self._note(event.on, EventKind.RECTIFICATION_CLOSED, oldest.clause, title)

    def _note(self, day: date, kind: EventKind, clause: str, title: T, key: Done | None = None) -> None:
        self.timeline.append(Entry(day, kind.value, clause, title))
        if key is not None:
            self.standing = replace(self.standing, done=self.standing.done | {key})

    def _next_ref(self) -> int:
        self._refs += 1
        return self._refs


def _opened(event: Happening) -> date:
    """When what was found true on a day had come up: that day, unless the event says an earlier one."""
    opened = event.data.get("opened_on")
    return opened if isinstance(opened, date) else event.on


def _rule_of(action: Action) -> ExitRule:
    assert action.rule is not None  # noqa: S101  # `step` gives it with every order and every proposal
    return action.rule


def extension_open(rules: SupervisionRules, valid_through: date, day: date) -> bool:
    """Whether an extension can be asked for on a day."""
    window = extension_window(rules, valid_through)
    return window is not None and window[0] <= day and not rules.calendar.is_over(window[1], day)


def extension_window(rules: SupervisionRules, valid_through: date) -> tuple[date, date] | None:
    """The first day on which an extension can be asked for, and the day named as the last."""
    extension = rules.term.extension
    if extension is None:
        return None
    before, after = timedelta(days=extension.days_before), timedelta(days=extension.days_after)
    return valid_through - before, valid_through + after


def extended_through(rules: SupervisionRules, started_on: date, valid_through: date) -> date:
    """The end of the extended term: it begins where the old one ended, chained to the original start."""
    extension = rules.term.extension
    years = valid_through.year - started_on.year + (extension.years if extension is not None else 0)
    return period_end(started_on, years=years)
