"""What a change of a parameter or a reading would come to, counted before it is made.

Facts are those that were known of each case; a condition that is only unknown fails nobody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any, assert_never

from sqlalchemy import ColumnElement, Select, and_, false, func, not_, or_, select

from core.domain.acts import Act
from core.domain.errors import Invalid
from core.domain.lifecycle.states import IN_FORCE, ApplicationState
from core.hooks.loaded import TrackRules
from core.rules.clauses import Condition, ConditionKind
from core.rules.evaluate import Outcome
from core.rules.text import T
from core.rules.walk import Parameter, Settings, parameters
from core.services.base.access import require, scope
from core.services.base.words import home
from core.services.base.work import Work
from core.services.settings.units import unit_of
from core.services.settings.values import kept, number_error
from core.storage.models import Accreditation, Application
from core.storage.models.operations import SettingKind
from core.storage.rule_sql import FactSource, outcome_for

IN_WORK = (ApplicationState.SUBMITTED, ApplicationState.RECOMMENDED, ApplicationState.UNDER_REVIEW)


@dataclass(frozen=True, slots=True)
class Turned:
    """Of a group of cases: how many there are, and for how many the conditions turn out otherwise."""

    number: int = 0
    fail_now: int = 0
    """That passed under the present value."""
    pass_now: int = 0
    """That failed under the present value."""

    def __add__(self, other: Turned) -> Turned:
        return Turned(
            self.number + other.number, self.fail_now + other.fail_now, self.pass_now + other.pass_now
        )


@dataclass(frozen=True, slots=True)
class Reminded:
    """Of the accreditations in force: for how many the day of a reminder before the end is still to come."""

    number: int = 0
    to_come: int = 0

    def __add__(self, other: Reminded) -> Reminded:
        return Reminded(self.number + other.number, self.to_come + other.to_come)


@dataclass(frozen=True, slots=True)
class Effect:
    """What a change would come to; without conditions it bears on none of eligibility."""

    conditions: tuple[tuple[str, T], ...]
    in_force: Turned
    """Who holds a status, by the facts that it was granted on."""
    in_work: Turned
    """Applications that are handed in and not decided."""
    reminded: Reminded | None = None
    """Of a reminder before the end of the term alone."""


def effect_of(w: Work, program: str, track: str, kind: SettingKind, name: str, value: str) -> Effect:
    """The effect of a value on the conditions, within the actor's reach; Invalid where it cannot be one."""
    require(w, Act.SETTING_VIEW, program, home(w, program))
    loaded = w.program(program)
    tracks = [track] if track else [item.id for item in loaded.program.tracks]
    named: dict[str, T] = {}
    held = waiting = Turned()
    reminded: Reminded | None = None
    for one in tracks:
        for edition in {item.id for item in loaded.program.editions}:
            if (one, edition) not in loaded.rules:
                continue
            pairs = _changed(w, program, one, edition, kind, name, value)
            if pairs:
                named |= {before.clause: before.title for before, _ in pairs}
                held += _count(w, _holders(w, program, one, edition), pairs)
                waiting += _count(w, _applications(w, program, one, edition), pairs)
            reminder = _reminder(loaded.rules[one, edition], name)
            if kind is SettingKind.PARAMETER and reminder is not None:
                days = int(Decimal(kept(value, unit_of(reminder))))
                reminded = (reminded or Reminded()) + _to_remind(w, program, one, edition, days)
    return Effect(tuple(named.items()), held, waiting, reminded)


def _reminder(rules: TrackRules, name: str) -> Parameter | None:
    """The number, if it is one of the reminders before the end of a term."""
    numbers = parameters(rules.procedure.term)
    return next((item for item in numbers if item.operational and item.id == name), None)


def _to_remind(w: Work, program: str, track: str, edition: str, days: int) -> Reminded:
    coming = Accreditation.valid_through >= w.today + timedelta(days=days) if days else false()
    query = _in_force(w, program, track, edition, select(func.count(), func.count().filter(coming)))
    return Reminded(*w.session.execute(query).one())


def _changed(
    w: Work, program: str, track: str, edition: str, kind: SettingKind, name: str, value: str
) -> list[tuple[Condition, Condition]]:
    """The required conditions that the value changes, as they stand and as they would."""
    present = w.settings(program, track, w.today)
    rules = w.program(program).rules[track, edition]
    match kind:
        case SettingKind.PARAMETER:
            number = next((item for item in rules.parameters() if item.id == name), None)
            if number is None:
                return []
            why = number_error(rules, number, value)
            if why is not None:
                raise Invalid({"value": why})
            new = Settings(
                {**present.parameters, name: Decimal(kept(value, unit_of(number)))}, present.readings
            )
        case SettingKind.INTERPRETATION:
            new = Settings(present.parameters, {**present.readings, name: value})
        case SettingKind.OPERATION:
            return []  # of the register: no condition reads it
        case _:
            assert_never(kind)
    before = w.program(program).track_rules(track, edition, present).conditions
    after = w.program(program).track_rules(track, edition, new).conditions
    return [
        (old, other)
        for old, other in zip(before, after, strict=True)
        if old != other and old.kind is ConditionKind.REQUIRED
    ]


def _applications(w: Work, program: str, track: str, edition: str) -> Select[Any]:
    seen = scope(w.actor, Act.APPLICATION_VIEW, Application.program, Application.region)
    return select(func.count()).where(
        Application.program == program,
        Application.track == track,
        Application.edition == edition,
        Application.state.in_(IN_WORK),
        seen,
    )


def _holders(w: Work, program: str, track: str, edition: str) -> Select[Any]:
    query = select(func.count()).join(Accreditation, Accreditation.application_id == Application.id)
    return _in_force(w, program, track, edition, query)


def _in_force(
    w: Work, program: str, track: str, edition: str, query: Select[*tuple[Any, ...]]
) -> Select[*tuple[Any, ...]]:
    held = Accreditation
    seen = scope(w.actor, Act.ACCREDITATION_VIEW, held.program, held.region)
    return query.where(
        held.program == program,
        held.track == track,
        held.edition == edition,
        held.state.in_(IN_FORCE),
        seen,
    )


def _count(w: Work, cases: Select[Any], pairs: Sequence[tuple[Condition, Condition]]) -> Turned:
    source = FactSource(Application.facts)

    def failing(conditions: Sequence[Condition]) -> ColumnElement[bool]:
        return or_(*(outcome_for(item, source, w.today) == Outcome.NOT_MET.value for item in conditions))

    before = failing([old for old, _ in pairs])
    after = failing([new for _, new in pairs])
    query = cases.add_columns(
        func.count().filter(and_(not_(before), after)), func.count().filter(and_(before, not_(after)))
    ).select_from(Application)
    number, fail_now, pass_now = w.session.execute(query).one()
    return Turned(number, fail_now, pass_now)
