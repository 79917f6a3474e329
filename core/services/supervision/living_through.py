"""Takes accreditations through their due days: what the daily check does with a batch, an event with one.

Each lives through its days in order, so that a run after forty days ends like forty daily runs. What is done
is written once (`RegisterEvent` is unique by clause and period): whatever was stopped is simply run again.
Only of reminders that a later one has overtaken meanwhile nobody is told any more.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from core.domain.supervision.day import step
from core.domain.supervision.schedule import next_due
from core.domain.supervision.standing import (
    Action,
    Ask,
    Glimpse,
    Metrics,
    Question,
    SupervisionRules,
    low_bar,
)
from core.domain.supervision.triggers import reads_dates
from core.domain.supervision.windows import questions
from core.logs import masked
from core.rules.obligations import ConductDuty, Mode, OnRequest
from core.rules.terms import Number
from core.services.base.work import Work
from core.services.supervision.actions import Target, carry_out, targets
from core.services.supervision.guards import decided_to_wait
from core.services.supervision.standings import Subject, load_subjects
from core.storage.arrays import table_of
from core.storage.metrics import Window, enterprises_served, glimpses, sums
from core.storage.models import Accreditation, ExitCase
from core.storage.models.exits import ExitState

NOTHING_SEEN = Glimpse()


@dataclass(slots=True)
class Tally:
    """What a run did, by programme, clause and kind of event, and which accreditations failed."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[dict[str, object]] = field(default_factory=list)
    checked: int = 0

    def add(self, subject: Subject, action: Action) -> None:
        """Count an action."""
        self.counts[f"{subject.program}|{action.clause}|{action.kind}"] += 1

    def take(self, other: Tally) -> None:
        """Count what another batch came to."""
        self.counts.update(other.counts)
        self.failures.extend(other.failures)
        self.checked += other.checked


@dataclass(frozen=True, slots=True)
class Page:
    """The supervision rules of a track on a day, and what they read of the records beside the windows."""

    rules: SupervisionRules
    low: Number | None
    dates: bool
    """Whether they look at when something was done."""
    changes_on: date | None
    """From when other settings hold: no day beyond it can be told from these rules."""


class RuleBook:
    """The supervision rules of a track on a day, worked out once per run and set of overrides."""

    def __init__(self, w: Work) -> None:
        self._w = w
        self._known: dict[tuple[str, str, str, date], Page] = {}

    def page(self, subject: Subject, day: date) -> Page:
        """The rules that an accreditation is under on a day."""
        key = (subject.program, subject.track, subject.edition, day)
        if key not in self._known:
            found = self._w.rules(subject.program, subject.track, day, edition=subject.edition)
            # Only a person can tell how these are kept, or ask for that.
            duties = tuple(duty for duty in found.duties if not isinstance(duty, ConductDuty))
            exits = tuple(rule for rule in found.exits if not isinstance(rule.trigger, OnRequest))
            rules = SupervisionRules(found.procedure.term, duties, exits, self._w.calendar)
            low = low_bar(rules)
            dates = any(reads_dates(rule.trigger) for rule in rules.exits)
            changes_on = self._w.next_change(subject.program, subject.track, day)
            self._known[key] = Page(rules, low, dates, changes_on)
        return self._known[key]


def check_now(w: Work, accreditation_id: int) -> None:
    """Live through what is due of one accreditation up to today, within the caller's transaction.

    Called after every event that can fire at once: a finding, a verified complaint, a record, a result.
    """
    w.session.flush()
    accreditation = w.session.get_one(Accreditation, accreditation_id, with_for_update=True)
    catch_up(w, accreditation, min(accreditation.next_due_on or w.today, w.today), w.today)


def catch_up(w: Work, accreditation: Accreditation, first: date, last: date) -> None:
    """Live through the days; an automatic revocation is left to the daily check, which has the brake."""
    until = w.session.scalar(
        select(func.min(ExitCase.objection_until)).where(
            ExitCase.accreditation_id == accreditation.id,
            ExitCase.mode == Mode.AUTOMATIC,
            ExitCase.state == ExitState.PROPOSED,
            ExitCase.human_requested.is_(False),
            ~decided_to_wait(),
        )
    )
    end = last if until is None else min(last, until)
    if first <= end:
        live_through(w, [(accreditation.id, first)], end, Tally(), isolate=False)


def live_through(
    w: Work, items: Sequence[tuple[int, date]], as_of: date, tally: Tally, *, isolate: bool = True
) -> None:
    """Take each (accreditation id, first day) through its due days up to `as_of`, and set its next due day.

    With `isolate`, one accreditation that fails is undone, recorded and left due; the others go on.
    """
    batch = _Batch(w, as_of, tally, isolate=isolate)
    days = dict(items)
    subjects = load_subjects(w, list(days))
    while days:
        days = batch.one_round(subjects, days)
    tally.checked += len(batch.final)
    set_due(w.session, batch.final)


@dataclass(slots=True)
class _Turn:
    """One accreditation on one of its days: the rules it is under, and what they ask and are answered."""

    subject: Subject
    day: date
    page: Page
    questions: tuple[Question, ...]
    glimpse: Glimpse = NOTHING_SEEN
    answers: dict[Ask, Metrics] = field(default_factory=dict)


class _Batch:
    """One batch on its way through its days: a round takes each accreditation through one of them."""

    def __init__(self, w: Work, as_of: date, tally: Tally, *, isolate: bool) -> None:
        self.w = w
        self.as_of = as_of
        self.tally = tally
        self.isolate = isolate
        self.book = RuleBook(w)
        self.final: dict[int, date | None] = {}

    def one_round(self, subjects: dict[int, Subject], days: dict[int, date]) -> dict[int, date]:
        """Take each accreditation through its day; the days that come next."""
        turns: dict[int, _Turn] = {}
        for number, day in days.items():
            try:
                subject = subjects[number]
                page = self.book.page(subject, day)
                turns[number] = _Turn(subject, day, page, questions(page.rules, subject.standing, day))
            except Exception as error:  # noqa: BLE001  # recorded with the accreditation it is about
                self._failed(number, day, error)
        _look(self.w, turns)
        upcoming: dict[int, date] = {}
        acting: list[tuple[_Turn, Sequence[Action]]] = []
        for number, turn in turns.items():
            rules, standing = turn.page.rules, turn.subject.standing
            try:
                actions = step(rules, standing, turn.glimpse, turn.day, turn.answers)
                due = None if actions else _next_day(turn)
            except Exception as error:  # noqa: BLE001  # recorded with the accreditation it is about
                self._failed(number, turn.day, error)
                continue
            if actions:
                acting.append((turn, actions))
            elif due is not None and due <= self.as_of:
                upcoming[number] = due
            else:
                self.final[number] = due
        return upcoming | self._act(acting, subjects)

    def _act(
        self, acting: Sequence[tuple[_Turn, Sequence[Action]]], subjects: dict[int, Subject]
    ) -> dict[int, date]:
        """Do what is due; each comes to its day again, for what follows from it."""
        if not acting:
            return {}
        again: dict[int, date] = {}
        found = targets(self.w, [turn.subject.id for turn, _ in acting])
        for turn, actions in acting:
            number = turn.subject.id
            try:
                _do(self.w, found[number], actions, turn.day, self.as_of)
            except Exception as error:  # noqa: BLE001  # recorded with the accreditation it is about
                self._failed(number, turn.day, error)
                continue
            again[number] = turn.day
            for action in actions:
                self.tally.add(turn.subject, action)
        subjects.update(load_subjects(self.w, list(again)))
        return again

    def _failed(self, number: int, day: date, error: Exception) -> None:
        """One accreditation's fault is recorded and must not stop the others."""
        if not self.isolate:
            raise error
        said = masked(repr(error))
        self.tally.failures.append({"accreditation": number, "day": day.isoformat(), "error": said})


def _next_day(turn: _Turn) -> date | None:
    """The next due day, or an earlier one on which other settings come into force."""
    due = next_due(turn.page.rules, turn.subject.standing, turn.glimpse, turn.day)
    change = turn.page.changes_on
    return due if due is None or change is None else min(due, change)


def _do(w: Work, target: Target, actions: Sequence[Action], day: date, as_of: date) -> None:
    with w.session.begin_nested():
        for action in actions:
            carry_out(w, target, action, day, as_of)
        w.session.flush()


def _look(w: Work, turns: dict[int, _Turn]) -> None:
    """Put into each turn what the records show on its day: the dates, and the metrics that matter."""
    groups: dict[Number | None, list[_Turn]] = {}
    for turn in turns.values():
        groups.setdefault(turn.page.low, []).append(turn)
    for low, group in groups.items():
        looking = [turn for turn in group if turn.page.dates]
        items = [(turn.subject.id, turn.subject.standing.started_on, turn.day) for turn in looking]
        seen = glimpses(w.session, items, low)
        for turn in looking:
            turn.glimpse = seen[turn.subject.id]
        _measure(w, [(turn, question) for turn in group for question in turn.questions], low)


def _measure(w: Work, asked: Sequence[tuple[_Turn, Question]], low: Number | None) -> None:
    """Answer the questions that something may come of.

    To count the enterprises served costs more than all the rest: it is done where the rest leaves it open.
    """
    for only_verified in (False, True):
        some = [pair for pair in asked if pair[1].ask.only_verified is only_verified]
        windows = [(turn.subject.id, question.ask.first, question.ask.last) for turn, question in some]
        standings = {turn.subject.id: turn.subject.standing for turn, _ in some}
        measured = {
            window: standings[window[0]].with_former(Ask(*window[1:]), metrics)
            for window, metrics in sums(w.session, windows, low, only_verified=only_verified).items()
        }
        unsettled: list[Window] = []
        for (turn, question), window in zip(some, windows, strict=True):
            if question.may_fire(measured[window], turn.day):
                unsettled.append(window)
                turn.answers[question.ask] = measured[window]
        served = enterprises_served(w.session, unsettled, only_verified=only_verified)
        for window, number in served.items():
            all_served = {"enterprises_served": number}
            measured[window] |= standings[window[0]].with_former(Ask(*window[1:]), all_served)


def set_due(session: Session, days: dict[int, date | None]) -> None:
    """Set the next due days in one statement."""
    if not days:
        return
    listed = table_of("listed", id=(int, days), due=(date, days.values()))
    session.execute(
        update(Accreditation)
        .where(Accreditation.id == listed.c.id)
        .values(next_due_on=listed.c.due)
        .execution_options(synchronize_session=False)
    )
