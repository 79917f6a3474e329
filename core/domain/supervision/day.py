"""What supervision does on one day with one accreditation: pure, so that check, replay and tests agree.

`windows` names the metrics that a day needs, `step` turns them into actions. Both look only at what is dated
on or before the day. An action whose key is done already is not given again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import assert_never

from core.domain.calendar import WorkingCalendar
from core.domain.supervision.periods import moved, reminds, year_ended, year_of
from core.domain.supervision.reports import after_the_end, overdue_note, report_reminder
from core.domain.supervision.standing import (
    Action,
    Answers,
    Ask,
    EventKind,
    Glimpse,
    Standing,
    SupervisionRules,
    seen_on,
)
from core.domain.supervision.triggers import (
    at_year_end,
    exit_action,
    findings_to_open,
    in_silence,
    left_open,
    measured,
    proposals,
)
from core.rules.evaluate import Outcome, evaluate
from core.rules.obligations import (
    ConductDuty,
    Effect,
    ExitRule,
    Mode,
    ReportDuty,
    Reverification,
    ServiceDuty,
    Year,
)
from core.rules.periods import DAY
from core.rules.text import T
from core.rules.walk import chosen


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
        for rule in rules.exits:
            actions += at_year_end(rule, standing, day, answers, only_record=expired)
        if not expired and not revoked:
            actions += _proposals(rules, standing, glimpse, day, answers)
            actions += _notes(rules, standing, day)
            if not _pending(standing, actions):
                for rule in rules.exits:
                    actions += in_silence(rule, standing, glimpse, day)
            actions += _reminders(rules, standing, day, answers)
    elif standing.left_on is not None and day <= standing.valid_through:
        for rule in rules.exits:
            actions += left_open(rule, rules, standing, day)
    elif standing.expired:
        actions += after_the_end(rules, standing, day)
    return _once(standing, actions)


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


def _proposals(
    rules: SupervisionRules, standing: Standing, glimpse: Glimpse, day: date, answers: Answers
) -> Iterator[Action]:
    for rule in rules.exits:
        yield from proposals(rule, rules, standing, glimpse, day, answers)
        if rule.effect is Effect.RECTIFY:
            yield from _unmet_orders(rule, rules.calendar, standing, day)


def _unmet_orders(
    rule: ExitRule, calendar: WorkingCalendar, standing: Standing, day: date
) -> Iterator[Action]:
    for order in standing.orders:
        if order.clause != rule.clause:
            continue
        failed = order.passed is False and order.result_on is not None
        if failed or order.lapsed(day, calendar):
            evidence: dict[str, object] = {
                "ordered_on": order.ordered_on.isoformat(),
                "deadline": order.deadline.isoformat(),
                **moved(calendar, order.deadline),
                "result": "failed" if failed else "none",
            }
            yield from exit_action(standing, rule, f"order/{order.ordered_on}", evidence, ref=order.ref)


def _notes(rules: SupervisionRules, standing: Standing, day: date) -> Iterator[Action]:
    """Findings opened about paid services, tasks, and overdue reports that no exit rule takes up."""
    for rule in rules.exits:
        yield from findings_to_open(rule, standing)
    for duty in rules.duties:
        match duty:
            case Reverification():
                last = _years_over(duty, standing, day)
                if last is not None:
                    yield Action(EventKind.REVERIFICATION_DUE, duty.clause, f"{last}", duty.title)
            case ReportDuty():
                yield from overdue_note(duty, rules, standing, day)
            case ServiceDuty() | ConductDuty():
                pass  # an exit rule may judge the year; people judge the conduct
            case _:
                assert_never(duty)


def _years_over(duty: Reverification, standing: Standing, day: date) -> date | None:
    """The last of the years after which the record is verified again; a term extended late ended on it."""
    ended = year_ended(standing, Year.ACCREDITATION, day)
    last = ended[1] if ended is not None else standing.valid_from
    before = standing.former is not None and last < standing.former.taken_on
    years = last.year - standing.started_on.year
    return last if last < day and not before and years and years % duty.years == 0 else None


def _pending(standing: Standing, actions: list[Action]) -> bool:
    return any(case.open for case in standing.cases) or any(
        action.kind is EventKind.EXIT_PROPOSED for action in actions
    )


def _reminders(rules: SupervisionRules, standing: Standing, day: date, answers: Answers) -> Iterator[Action]:
    left = (standing.valid_through - day).days
    if left in rules.term.reminders:
        title = T(f"有效期还有 {left} 天届满", f"The term ends in {left} days")
        shown: dict[str, object] = {"valid_through": standing.valid_through.isoformat(), "days": left}
        # The next stage, or the day after the end.
        then = max((stage for stage in rules.term.reminders if stage < left), default=-1)
        yield Action(
            EventKind.REMINDER,
            rules.term.clause,
            f"term/{standing.valid_through}/{left}",
            title,
            evidence=shown,
            stale_from=standing.valid_through - timedelta(days=then),
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
                    evidence = measured(duty.test, answers[ask], ask)
                    period = f"duty/{last}"
                    yield Action(
                        EventKind.REMINDER,
                        duty.clause,
                        period,
                        title,
                        evidence=evidence,
                        stale_from=last + DAY,
                    )
            case ReportDuty():
                yield from report_reminder(duty, rules, standing, day)
            case Reverification() | ConductDuty():
                pass  # falls to the recommender; has no day
            case _:
                assert_never(duty)
