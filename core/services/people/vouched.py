"""What the register vouches for of a party: whether it may be edited, and what it was on a day."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from core.domain.errors import Refused
from core.domain.folding import folded
from core.domain.lifecycle.states import IN_FORCE, ApplicationState
from core.rules.text import T
from core.services.base.work import Work
from core.storage.arrays import among
from core.storage.models import Accreditation, Application, FormerValue, Grant, Party
from core.storage.models.changes import Vouched
from core.storage.one_party import ids_of

SEEKING = tuple(state for state in ApplicationState if state.is_open and state is not ApplicationState.DRAFT)
"""The states of an application that an authority or a recommender has before it."""


@dataclass(frozen=True, slots=True)
class Former:
    """A value as it was; since when is None where the register does not know."""

    field: Vouched
    value: str
    since: date | None
    until: date
    """First day on which it no longer held."""


def holds_or_seeks(w: Work, party_id: int) -> bool:
    """Whether the party, however registered, holds a status or has an application before an authority."""
    theirs = ids_of(party_id)
    held = exists().where(Accreditation.party_id.in_(theirs), Accreditation.state.in_(IN_FORCE))
    sought = exists().where(Application.party_id.in_(theirs), Application.state.in_(SEEKING))
    return bool(w.session.scalar(select(or_(held, sought))))


def is_known(w: Work, party_id: int) -> bool:
    """Whether the party ever held a status, seeks one, or recommends: then its old values are kept."""
    theirs = ids_of(party_id)
    held = exists().where(Accreditation.party_id.in_(theirs))
    sought = exists().where(Application.party_id.in_(theirs), Application.state.in_(SEEKING))
    recommends = exists().where(Grant.party_id.in_(theirs))
    return bool(w.session.scalar(select(or_(held, sought, recommends))))


def why_closed(party: Party) -> T | None:
    """Why nothing is begun with a party that is no more; None for one that is."""
    if party.closed_on is None:
        return None
    day = party.closed_on.isoformat()
    return T(f"该主体已于 {day} 终止", f"the party ended on {day}")


def require_going_on(party: Party) -> None:
    """Refuse to begin anything with a party that is no more."""
    why = why_closed(party)
    if why is not None:
        raise Refused(why, mend=T("请由承继单位办理", "leave it to its successor"))


def take_over(w: Work, party: Party, values: Mapping[Vouched, str], request_id: int | None = None) -> None:
    """Give a locked party other values from today on, and keep the old ones with their dates."""
    for field, value in values.items():
        old = getattr(party, field.value)
        if old:
            w.session.add(
                FormerValue(
                    party_id=party.id,
                    field=field,
                    value=old,
                    held_from=_since(w, party.id, field),
                    held_until=w.today,
                    request_id=request_id,
                )
            )
        setattr(party, field.value, value)
    w.session.flush()


def _since(w: Work, party_id: int, field: Vouched) -> date | None:
    query = select(FormerValue.held_until).where(_of(field), FormerValue.party_id == party_id)
    return w.session.scalar(query.order_by(FormerValue.held_until.desc(), FormerValue.id.desc()).limit(1))


def not_taken(registered: Mapping[Any, Any], given: Mapping[str, Any]) -> tuple[T, ...]:
    """What a row of a table has otherwise than the register, which it does not change."""
    return tuple(
        T(
            f"{field.label.zh}“{new}”与登记的“{old}”不同，未采用；变更须凭证明材料申请",
            f"{field.label.en} {new} was not taken: registered is {old}; a change is asked for, with proof",
        )
        for field in Vouched
        if (new := given.get(field)) and (old := registered[field]) and folded(new) != folded(old)
    )


def value_on(w: Work, party: Party, field: Vouched, day: date) -> str:
    """What the party was called, where it was or for whom it worked on a day."""
    return values_on(w, party, day, field)[field]


def values_on(w: Work, party: Party, day: date, *fields: Vouched) -> dict[Vouched, str]:
    """What several fields of the party were on a day, in one query."""
    query = (
        select(FormerValue.field, FormerValue.value)
        .where(FormerValue.party_id == party.id, FormerValue.field.in_(fields), FormerValue.held_until > day)
        .ext(distinct_on(FormerValue.field))
        .order_by(FormerValue.field, FormerValue.held_until, FormerValue.id)
    )
    then = {row.field: row.value for row in w.session.execute(query)}
    return {field: then.get(field, getattr(party, field.value) or "") for field in fields}


def name_on(w: Work, party: Party, day: date) -> str:
    """What the party was called on a day: what was written that day keeps that name."""
    return value_on(w, party, Vouched.NAME, day)


def other_names_on(w: Work, party_ids: Collection[int], day: date) -> dict[int, str]:
    """What those of the parties were called on a day that have other names by now."""
    query = (
        select(FormerValue.party_id, FormerValue.value)
        .where(
            among(FormerValue.party_id, sorted(party_ids)),
            _of(Vouched.NAME),
            FormerValue.held_until > day,
        )
        .ext(distinct_on(FormerValue.party_id))
        .order_by(FormerValue.party_id, FormerValue.held_until, FormerValue.id)
    )
    return {row.party_id: row.value for row in w.session.execute(query)}


def formers(w: Work, party_ids: Collection[int], *fields: Vouched) -> dict[int, tuple[Former, ...]]:
    """The former values of parties, the oldest first; of all fields unless some are named."""
    value = FormerValue
    query = (
        select(value.party_id, value.field, value.value, value.held_from, value.held_until)
        .where(among(value.party_id, sorted(party_ids)), value.field.in_(fields or tuple(Vouched)))
        .order_by(value.held_until, value.id)
    )
    found: dict[int, tuple[Former, ...]] = {}
    for row in w.session.execute(query):
        former = Former(row.field, row.value, row.held_from, row.held_until)
        found[row.party_id] = (*found.get(row.party_id, ()), former)
    return found


def _of(field: Vouched) -> ColumnElement[bool]:
    return FormerValue.field == field
