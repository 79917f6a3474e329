"""What an import does to each duty and brings about at once: done, looked at, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, Protocol, TypeVar

from sqlalchemy import func, select

from core.rules.text import T
from core.services.base.work import Work
from core.services.previews.values import Values
from core.services.supervision.living_through import Tally, live_through
from core.services.supervision.status import Status
from core.storage.models import Accreditation, RegisterEvent

R = TypeVar("R")


class Duty(Protocol):
    """A duty as far as it is kept."""

    @property
    def clause(self) -> str:
        """Where it stands."""

    @property
    def title(self) -> T:
        """What it is called."""

    @property
    def first(self) -> date:
        """The first day of its period."""

    @property
    def met(self) -> bool:
        """Whether enough is done."""

    @property
    def text(self) -> T:
        """What is done, and what is missing."""


Measure = Callable[[Work, Sequence[Status]], Mapping[int, Sequence[Duty]]]
"""How far accreditations are with each of their duties, by accreditation."""


@dataclass(frozen=True, slots=True)
class DutyEffect:
    """How far accreditations are with a duty before the table is taken, and after; all of one text."""

    numbers: tuple[str, ...]
    title: T
    before: T | None
    """None for a status that comes to be by it."""
    after: T
    met: bool


@dataclass(frozen=True, slots=True)
class Consequence:
    """What the rules have happen as soon as the table is taken."""

    number: str
    what: T
    title: T


@dataclass(frozen=True, slots=True)
class Effects:
    """What a table comes to."""

    duties: Sequence[DutyEffect] = ()
    consequences: Sequence[Consequence] = ()


@dataclass(frozen=True, slots=True)
class Look(Generic[R]):
    """A table before it is taken."""

    comes_to: R
    """What the import would give."""
    values: Values
    effects: Effects
    remarks: Sequence[T] = ()
    """How the table was read."""


def tried(w: Work, change: Callable[[], R]) -> R:
    """What a change gives, which is taken back: nothing is left of it, whether it succeeds or not.

    What the database would refuse of it is refused here, too.
    """
    trial = w.session.begin_nested()
    try:
        given = change()
        w.session.flush()
        return given
    finally:
        if trial.is_active:
            trial.rollback()
        w.forget_settings()


def effects(
    w: Work,
    measure: Measure,
    held: Sequence[int],
    happens: Callable[[], object],
    *,
    new: bool = False,
) -> Effects:
    """What happens to statuses, within the caller's trial.

    `happens` does it, and whatever the rules make of it; `new` are statuses that the table itself makes.
    """
    before = {} if new else measure(w, _statuses(w, held))
    newest = w.session.scalar(select(func.max(RegisterEvent.id))) or 0
    happens()
    w.session.flush()
    statuses = _statuses(w, held)
    after = measure(w, statuses)
    numbers = {status.id: status.accreditation.number for status in statuses}
    query = select(RegisterEvent).where(
        RegisterEvent.id > newest, RegisterEvent.accreditation_id.in_(numbers)
    )
    came = [
        Consequence(numbers[event.accreditation_id], event.kind.label, T(event.title_zh, event.title_en))
        for event in w.session.scalars(query.order_by(RegisterEvent.id))
    ]
    return Effects(tuple(_grouped(numbers, before, after, new=new)), tuple(came))


def first_day(w: Work, ids: Sequence[int]) -> None:
    """Live through today with statuses that come to be today, as the next daily check would."""
    live_through(w, [(number, w.today) for number in ids], w.today, Tally())


def _statuses(w: Work, ids: Sequence[int]) -> list[Status]:
    query = select(Accreditation).where(Accreditation.id.in_(ids)).order_by(Accreditation.id)
    return [Status(w, item) for item in w.session.scalars(query)]


def _grouped(
    numbers: Mapping[int, str],
    before: Mapping[int, Sequence[Duty]],
    after: Mapping[int, Sequence[Duty]],
    *,
    new: bool,
) -> Iterable[DutyEffect]:
    """A line for each duty: one for all accreditations of which the same is to be said."""
    found: dict[tuple[T, T | None, T, bool], list[str]] = {}
    for key, number in numbers.items():
        was = {(duty.clause, duty.first): duty.text for duty in before.get(key, ())}
        for duty in after.get(key, ()):
            known = None if new else was.get((duty.clause, duty.first), duty.text)
            found.setdefault((duty.title, known, duty.text, duty.met), []).append(number)
    for (title, known, text, met), listed in found.items():
        yield DutyEffect(tuple(listed), title, known, text, met)
