"""What supervision does on one day with one accreditation: pure, so that check, replay and tests agree.

`windows` names the metrics that a day needs, `step` turns them into actions. Both look only at what is dated
on or before the day. An action whose key is done already is not given again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import assert_never

from core.domain.supervision.schedule import (
    DAY,
    absence_anchor,
    reminds,
    report_due,
    silence_day,
    spell_start,
    year_ended,
    year_of,
)
from core.domain.supervision.standing import (
    Action,
    Answers,
    Ask,
    EventKind,
    Glimpse,
    Metrics,
    Standing,
    SupervisionRules,
    figures,
    seen_on,
)
from core.domain.supervision.windows import spans, yearly_test
from core.rules.evaluate import Outcome, evaluate
from core.rules.obligations import (
    Absence,
    Accumulation,
    ConductDuty,
    Effect,
    ExitRule,
    Mode,
    OnFinding,
    OnRequest,
    Overdue,
    PaidService,
    ReportDuty,
    ReportOverdue,
    Reverification,
    ServiceDuty,
    Silence,
    Year,
    YearlyTest,
)
from core.rules.sentence import sentence
from core.rules.terms import NoneOf, Term
from core.rules.text import T
from core.rules.walk import chosen, needs

COMPLAINTS = "verified_complaints"


def step(
    rules: SupervisionRules, standing: Standing, glimpse: Glimpse, day: date, answers: Answers
) -> tuple[Action, ...]:
    """Everything that fires on `day`, in the order in which it is to be done.

    `answers` may leave out the windows that nothing comes of.
    """
    standing = seen_on(standing, day)
    actions = [action for action in _expiry(rules, standing, day) if action.key not in standing.done]
    actions += _effects(standing, day)
    if standing.active:
        expired = day > standing.valid_through
        revoked = any(action.kind is EventKind.REVOKED for action in actions)
        actions += _years(rules, standing, day, answers, only_record=expired)
        if not expired and not revoked:
            actions += _proposals(rules, standing, glimpse, day, answers)
            actions += _notes(rules, standing, day)
            if not _pending(standing, actions):
                actions += _silence(rules, standing, glimpse, day)
            actions += _reminders(rules, standing, day, answers)
    return _once(standing, actions)


def exit_action(
    standing: Standing, rule: ExitRule, period: str, evidence: dict[str, object], *, ref: int = 0
) -> Iterator[Action]:
    """A proposal to revoke under the rule, unless a case under its clause is open."""
    if not any(case.open and case.clause == rule.clause for case in standing.cases):
        yield Action(EventKind.EXIT_PROPOSED, rule.clause, period, rule.title, rule, evidence, ref)


def is_automatic(rule: ExitRule) -> bool:
    """Whether a case under the rule takes effect by itself: never where a ban follows."""
    return rule.mode is Mode.AUTOMATIC and rule.ban_years == 0


def _once(standing: Standing, actions: list[Action]) -> tuple[Action, ...]:
    kept: dict[object, Action] = {}
    proposed: set[str] = set()
    for action in actions:
        if action.key in standing.done or action.key in kept:
            continue
        if action.kind is EventKind.EXIT_PROPOSED:
            if action.clause in proposed:
                continue
            proposed.add(action.clause)
        kept[action.key] = action
    return tuple(kept.values())


def _expiry(rules: SupervisionRules, standing: Standing, day: date) -> Iterator[Action]:
    if standing.active and day > standing.valid_through:
        title = T("认定有效期届满", "The term has ended")
        through = standing.valid_through.isoformat()
        yield Action(
            EventKind.EXPIRED, rules.term.clause, through, title, evidence={"valid_through": through}
        )


def _effects(standing: Standing, day: date) -> Iterator[Action]:
    for case in standing.cases:
        if case.open and case.automatic and not case.stopped and case.until is not None and case.until < day:
            evidence = {
                "proposed_on": case.proposed_on.isoformat(),
                "objection_until": case.until.isoformat(),
            }
            yield Action(EventKind.REVOKED, case.clause, case.period, case.title, None, evidence, case.ref)


def _years(
    rules: SupervisionRules, standing: Standing, day: date, answers: Answers, *, only_record: bool
) -> Iterator[Action]:
    for rule in rules.exits:
        if not isinstance(rule.trigger, YearlyTest):
            continue
        ended = year_ended(standing, chosen(rule.trigger.year), day)
        if ended is None:
            continue
        test, metrics = yearly_test(rule.trigger), answers.get(Ask(*ended))
        if metrics is None or evaluate(test, metrics, day).outcome is not Outcome.MET:
            continue
        period = f"{ended[0]}/{ended[1]}"
        evidence = _measured(test, metrics, *ended)
        if only_record:
            yield Action(EventKind.SHORTFALL, rule.clause, period, rule.title, rule, evidence)
        else:
            yield from _fire(standing, rule, period, evidence)


def _fire(standing: Standing, rule: ExitRule, period: str, evidence: dict[str, object]) -> Iterator[Action]:
    match rule.effect:
        case Effect.RECTIFY:
            busy = any(order.clause == rule.clause and order.passed is None for order in standing.orders)
            pending = any(case.open and case.clause == rule.clause for case in standing.cases)
            if not busy and not pending:
                yield Action(EventKind.RECTIFICATION_ORDERED, rule.clause, period, rule.title, rule, evidence)
        case Effect.WARN:
            yield Action(EventKind.WARNING, rule.clause, period, rule.title, rule, evidence)
        case Effect.REVOKE | Effect.OPEN_FINDING | Effect.WITHDRAW:
            yield from exit_action(standing, rule, period, evidence)
        case _:
            assert_never(rule.effect)


def _proposals(
    rules: SupervisionRules, standing: Standing, glimpse: Glimpse, day: date, answers: Answers
) -> Iterator[Action]:
    for rule in rules.exits:
        match rule.trigger:
            case OnFinding(kinds=kinds):
                for finding in standing.findings:
                    if finding.kind in kinds:
                        evidence: dict[str, object] = {
                            "finding": finding.kind,
                            "established_on": finding.on.isoformat(),
                        }
                        yield from exit_action(
                            standing, rule, f"finding/{finding.ref}", evidence, ref=finding.ref
                        )
            case Accumulation() as trigger:
                yield from _accumulated(rule, trigger, standing, day, answers)
            case Absence(months=months):
                anchor = absence_anchor(standing, glimpse, rule.clause, day)
                if period_over_on(anchor, months, day):
                    shown = {"since": anchor.isoformat(), "months": months, "authority_events_attended": 0}
                    yield from exit_action(standing, rule, f"since/{anchor}", dict(shown))
            case ReportOverdue(duty=clause):
                for duty in rules.duties:
                    if isinstance(duty, ReportDuty) and duty.clause == clause:
                        for period, shown in _overdue(duty, standing, day):
                            yield from _fire(standing, rule, period, shown)
            case YearlyTest() | PaidService() | Silence():
                pass  # in `_years`, `_notes`, `_silence`: each has its own place in a day's order
            case OnRequest():
                pass  # a person's act
            case _:
                assert_never(rule.trigger)
        if rule.effect is Effect.RECTIFY:
            yield from _unmet_orders(rule, standing, day)


def period_over_on(anchor: date, months: int, day: date) -> bool:
    """Whether a period of months since `anchor` ended on the day before `day`."""
    return silence_day(anchor, months, day - DAY) == (1, day)


def _unmet_orders(rule: ExitRule, standing: Standing, day: date) -> Iterator[Action]:
    for order in standing.orders:
        if order.clause != rule.clause:
            continue
        failed = order.passed is False and order.result_on is not None
        lapsed = order.passed is None and order.deadline < day
        if failed or lapsed:
            evidence: dict[str, object] = {
                "ordered_on": order.ordered_on.isoformat(),
                "deadline": order.deadline.isoformat(),
                "result": "failed" if failed else "none",
            }
            yield from exit_action(standing, rule, f"order/{order.ordered_on}", evidence, ref=order.ref)


def _accumulated(
    rule: ExitRule, trigger: Accumulation, standing: Standing, day: date, answers: Answers
) -> Iterator[Action]:
    for period, ask in spans(rule, trigger, standing, day):
        name = trigger.test.fact.name
        if name == COMPLAINTS:
            number = sum(ask.first <= on <= ask.last for on in standing.complaints)
            metrics: Metrics | None = {name: number}
        else:
            metrics = answers.get(ask)
        if metrics is not None and evaluate(trigger.test, metrics, day).outcome is Outcome.MET:
            yield from _fire(standing, rule, period, _measured(trigger.test, metrics, ask.first, ask.last))


def _overdue(duty: ReportDuty, standing: Standing, day: date) -> Iterator[tuple[str, dict[str, object]]]:
    match duty.year:
        case Year.ACCREDITATION:
            ended = year_ended(standing, Year.ACCREDITATION, day)
            if ended is not None and not _came_within(standing, *ended):
                first, last = ended
                yield f"{first}/{last}", {"first": first.isoformat(), "due_on": last.isoformat()}
        case Year.CALENDAR:
            due = report_due(duty, standing, day)
            if due is not None and due[1] + DAY == day and not _reported(standing, *due):
                year, last = due
                yield f"report/{year}", {"year": year, "due_on": last.isoformat()}
        case _:
            assert_never(duty.year)


def _came_within(standing: Standing, first: date, last: date) -> bool:
    return any(first <= report.on <= last for report in standing.reports)


def _reported(standing: Standing, year: int, by: date) -> bool:
    return any(report.year == year and report.on <= by for report in standing.reports)


def _notes(rules: SupervisionRules, standing: Standing, day: date) -> Iterator[Action]:
    """Findings opened about paid services, tasks, and overdue reports that no exit rule takes up."""
    for rule in rules.exits:
        if isinstance(rule.trigger, PaidService):
            for paid in standing.paid:
                shown: dict[str, object] = {"record": paid.ref, "service_date": paid.on.isoformat()}
                yield Action(
                    EventKind.FINDING_OPENED,
                    rule.clause,
                    f"record/{paid.ref}",
                    rule.title,
                    rule,
                    shown,
                    paid.ref,
                )
    for duty in rules.duties:
        match duty:
            case Reverification():
                ended = year_ended(standing, Year.ACCREDITATION, day)
                if ended is not None and (ended[1].year - standing.started_on.year) % duty.years == 0:
                    yield Action(EventKind.REVERIFICATION_DUE, duty.clause, f"{ended[1]}", duty.title)
            case ReportDuty():
                yield from _report_note(duty, standing, day)
            case ServiceDuty() | ConductDuty():
                pass  # an exit rule may judge the year; people judge the conduct
            case _:
                assert_never(duty)


def _report_note(duty: ReportDuty, standing: Standing, day: date) -> Iterator[Action]:
    match duty.overdue:
        case Overdue.WARNING:
            kind = EventKind.WARNING
        case Overdue.REMINDER:
            kind = EventKind.REMINDER
        case Overdue.NOTHING:
            return
        case _:
            assert_never(duty.overdue)
    title = T(f"逾期未提交：{duty.title.zh}", f"Overdue: {duty.title.en}")
    for period, evidence in _overdue(duty, standing, day):
        yield Action(kind, duty.clause, period, title, evidence=evidence)


def _pending(standing: Standing, actions: list[Action]) -> bool:
    return any(case.open for case in standing.cases) or any(
        action.kind is EventKind.EXIT_PROPOSED for action in actions
    )


def _silence(rules: SupervisionRules, standing: Standing, glimpse: Glimpse, day: date) -> Iterator[Action]:
    for rule in rules.exits:
        if isinstance(rule.trigger, Silence):
            start = spell_start(standing, glimpse)
            number, due = silence_day(start, rule.trigger.months, day - DAY)
            if due == day:
                shown: dict[str, object] = {
                    "since": start.isoformat(),
                    "months": number * rule.trigger.months,
                }
                yield Action(
                    EventKind.WARNING, rule.clause, f"silence/{start}/{number}", rule.title, rule, shown
                )


def _reminders(rules: SupervisionRules, standing: Standing, day: date, answers: Answers) -> Iterator[Action]:
    left = (standing.valid_through - day).days
    if left in rules.term.reminders:
        title = T(f"有效期还有 {left} 天届满", f"The term ends in {left} days")
        shown: dict[str, object] = {"valid_through": standing.valid_through.isoformat(), "days": left}
        yield Action(
            EventKind.REMINDER,
            rules.term.clause,
            f"term/{standing.valid_through}/{left}",
            title,
            evidence=shown,
        )
    for duty in rules.duties:
        match duty:
            case ServiceDuty():
                first, last = year_of(standing, chosen(duty.year), day)
                if not reminds(duty.duty_reminder, last, day):
                    continue
                ask = Ask(first, day)
                if ask not in answers:
                    continue
                if evaluate(duty.test, answers[ask], day).outcome is not Outcome.MET:
                    title = T(
                        f"本年度义务尚未完成：{duty.title.zh}", f"Not yet met this year: {duty.title.en}"
                    )
                    evidence = _measured(duty.test, answers[ask], first, day)
                    yield Action(EventKind.REMINDER, duty.clause, f"duty/{last}", title, evidence=evidence)
            case ReportDuty():
                yield from _report_reminder(duty, standing, day)
            case Reverification() | ConductDuty():
                pass  # falls to the recommender; has no day
            case _:
                assert_never(duty)


def _report_reminder(duty: ReportDuty, standing: Standing, day: date) -> Iterator[Action]:
    match duty.year:
        case Year.ACCREDITATION:
            first, last = year_of(standing, Year.ACCREDITATION, day)
            missing = not _came_within(standing, first, day)
        case Year.CALENDAR:
            # Asked of the day that is reminded of: it may lie in the year after.
            due = report_due(duty, standing, day + timedelta(days=duty.report_reminder))
            if due is None:
                return
            last = due[1]
            missing = not _reported(standing, due[0], day)
        case _:
            assert_never(duty.year)
    if missing and reminds(duty.report_reminder, last, day):
        title = T(f"报告即将到期：{duty.title.zh}", f"Report due soon: {duty.title.en}")
        yield Action(
            EventKind.REMINDER, duty.clause, f"report/{last}", title, evidence={"due_on": last.isoformat()}
        )


def _measured(test: Term, metrics: Metrics, first: date, last: date) -> dict[str, object]:
    """The snapshot: the days, what the rule reads of what was measured on them, and the rule."""
    asked = sentence(test.terms[0] if isinstance(test, NoneOf) and len(test.terms) == 1 else test)
    read = {fact.name: metrics[fact.name] for fact in needs(test) if fact.name in metrics}
    span = {"first": first.isoformat(), "last": last.isoformat()}
    return {**span, "figures": figures(read), "rule": asked.to_json()}
