"""Takes accreditations through their due days: what the daily check does with a batch, an event with one.

Each lives through its days in order, so that a run after forty days ends like forty daily runs. What is done
is written once (`RegisterEvent` is unique by clause and period): whatever was stopped is simply run again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, literal, update
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Session
from sqlalchemy.types import BigInteger, Date

from core.domain.schedule import next_due
from core.domain.standing import Action, Answers, Ask, Glimpse, SupervisionRules, low_bar
from core.domain.supervision import asks, step
from core.rules.terms import Number
from core.services.actions import carry_out
from core.services.standings import Subject, load_subjects
from core.services.work import Work
from core.storage.metrics import glimpses, measure_windows
from core.storage.models import Accreditation


@dataclass(slots=True)
class Tally:
    """What a run did, by programme, clause and kind of event, and which accreditations failed."""

    counts: Counter[str] = field(default_factory=Counter)
    failures: list[dict[str, object]] = field(default_factory=list)
    checked: int = 0

    def add(self, subject: Subject, action: Action) -> None:
        """Count an action."""
        self.counts[f"{subject.program}|{action.clause}|{action.kind}"] += 1


class RuleBook:
    """The supervision rules of a track on a day, worked out once per run and set of overrides."""

    def __init__(self, w: Work) -> None:
        self._w = w
        self._known: dict[tuple[str, str, str, date], SupervisionRules] = {}

    def rules(self, subject: Subject, day: date) -> SupervisionRules:
        """The rules that an accreditation is under on a day."""
        key = (subject.program, subject.track, subject.edition, day)
        if key not in self._known:
            found = self._w.rules(subject.program, subject.track, day, edition=subject.edition)
            self._known[key] = SupervisionRules(found.procedure.term, found.duties, found.exits)
        return self._known[key]


def check_now(w: Work, accreditation_id: int) -> None:
    """Live through what is due of one accreditation up to today, within the caller's transaction.

    Called after every event that can fire at once: a finding, a verified complaint, a record, a result.
    """
    w.session.flush()
    accreditation = w.session.get_one(Accreditation, accreditation_id, with_for_update=True)
    due = min(accreditation.next_due_on or w.today, w.today)
    live_through(w, [(accreditation_id, due)], w.today, Tally(), isolate=False)


def live_through(
    w: Work, items: Sequence[tuple[int, date]], as_of: date, tally: Tally, *, isolate: bool = True
) -> None:
    """Take each (accreditation id, first day) through its due days up to `as_of`, and set its next due day.

    With `isolate`, one accreditation that fails is undone, recorded and left due; the others go on.
    """
    book = RuleBook(w)
    days = dict(items)
    subjects = load_subjects(w.session, list(days))
    final: dict[int, date | None] = {}
    while days:
        seen, answers = _look(w, book, subjects, days)
        changed: list[int] = []
        upcoming: dict[int, date] = {}
        for number, day in days.items():
            subject = subjects[number]
            try:
                rules = book.rules(subject, day)
                actions = step(rules, subject.standing, seen[number], day, answers.get(number, {}))
                if actions:
                    _do(w, subject, actions, day, tally)
                    changed.append(number)
                    upcoming[number] = day
                    continue
                due = next_due(rules, subject.standing, seen[number], day)
            except Exception as error:  # one accreditation's fault must not stop the others
                if not isolate:
                    raise
                tally.failures.append({"accreditation": number, "day": day.isoformat(), "error": repr(error)})
                continue
            if due is not None and due <= as_of:
                upcoming[number] = due
            else:
                final[number] = due
        if changed:
            w.session.flush()
            subjects.update(load_subjects(w.session, changed))
        days = upcoming
    tally.checked += len(final)
    set_due(w.session, final)


def _do(w: Work, subject: Subject, actions: Sequence[Action], day: date, tally: Tally) -> None:
    with w.session.begin_nested():
        accreditation = w.session.get_one(Accreditation, subject.id)
        for action in actions:
            carry_out(w, accreditation, action, day)
        w.session.flush()
    for action in actions:
        tally.add(subject, action)


def _look(
    w: Work, book: RuleBook, subjects: dict[int, Subject], days: dict[int, date]
) -> tuple[dict[int, Glimpse], dict[int, Answers]]:
    """What the records show on each accreditation's day: the dates, and the metrics asked for."""
    seen: dict[int, Glimpse] = {}
    answers: dict[int, Answers] = {}
    for low, group in _by_bar(book, subjects, days).items():
        items = [(number, subjects[number].standing.started_on, days[number]) for number in group]
        seen.update(glimpses(w.session, items, low))
        wanted = [
            (number, ask.first, ask.last)
            for number in group
            for ask in asks(
                book.rules(subjects[number], days[number]), subjects[number].standing, days[number]
            )
        ]
        if wanted:
            found = measure_windows(w.session, wanted, low)
            for number, first, last in wanted:
                window = dict(answers.get(number, {}))
                window[Ask(first, last)] = found[number, first, last]
                answers[number] = window
    return seen, answers


def _by_bar(
    book: RuleBook, subjects: dict[int, Subject], days: dict[int, date]
) -> dict[Number | None, list[int]]:
    groups: dict[Number | None, list[int]] = {}
    for number, day in days.items():
        groups.setdefault(low_bar(book.rules(subjects[number], day)), []).append(number)
    return groups


def set_due(session: Session, days: dict[int, date | None]) -> None:
    """Set the next due days in one statement."""
    if not days:
        return
    listed = (
        func.unnest(literal(list(days), ARRAY(BigInteger)), literal(list(days.values()), ARRAY(Date)))
        .table_valued("id", "due", name="listed")
        .render_derived()
    )
    session.execute(
        update(Accreditation)
        .where(Accreditation.id == listed.c.id)
        .values(next_due_on=listed.c.due)
        .execution_options(synchronize_session=False)
    )
