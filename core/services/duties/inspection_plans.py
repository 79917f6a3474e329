"""What is to inspect, as its recommenders list it: planned, held, not planned this year, to verify again.

What somebody who left had planned is handed over to another.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, assert_never

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import aliased, contains_eager

from core.domain.acts import Act
from core.domain.errors import Conflict, DomainError, NotFound, Refused
from core.domain.lifecycle.states import IN_FORCE
from core.domain.roles import Role, division_prefix
from core.rules.text import T
from core.services.base.access import ACTS, scope
from core.services.base.naming import accreditation_named
from core.services.base.paging import FIRST, AnyRow, Page, Wish, page_of_rows
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.duties.inspections import open_reverifications, why_not_inspector
from core.services.people.departed import left_inspections
from core.services.supervision.locking import part_for
from core.storage.models import Accreditation, Grant, Inspection, RegisterEvent, User

MOST_INSPECTORS = 100
"""Whom a plan can be given to, beside the user."""
MOST_AT_ONCE = 500
"""Inspections that are handed over in one go."""
_INSPECTOR = aliased(User)


class Kind(StrEnum):
    """The lists that there are."""

    PLANNED = "planned"
    OPEN = "open"
    AGAIN = "again"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Narrow:
    """What of a list is wanted; nothing given: all of it."""

    program: str = ""
    text: str = ""
    """The accreditation's number, or the party's name or USCC."""


@dataclass(frozen=True, slots=True)
class Departed:
    """Somebody whose account is closed, or who inspects no more, with so many inspections left."""

    user_id: int
    name: str
    left: int


@dataclass(frozen=True, slots=True)
class HandedOver:
    """What came of one inspection; `why_not` is None where another has it now."""

    number: str
    why_not: T | None


def listed(w: Work, kind: Kind, narrow: Narrow, wish: Wish = FIRST) -> Page[AnyRow]:
    """A page of a list, within the actor's territory: the thing itself, and who or what belongs beside it.

    An inspection stands beside its inspector, an accreditation beside the day it was last inspected, a
    record beside the day for which an inspection of it is planned.
    """
    query = _query(w, kind)
    if narrow.program:
        query = query.where(Accreditation.program == narrow.program)
    if narrow.text:
        query = query.where(accreditation_named(narrow.text))
    return page_of_rows(w, query, wish)


def inspection(w: Work, inspection_id: int) -> Inspection:
    """An inspection; whoever shows it looks whether its accreditation may be read."""
    found = w.session.get(Inspection, inspection_id)
    if found is None:
        raise NotFound(NOTHING_THERE)
    return found


def inspector_of(w: Work, item: Inspection) -> User | None:
    """Who holds it, or held it."""
    return w.session.get(User, item.inspector_id) if item.inspector_id is not None else None


def inspectors(w: Work) -> list[User]:
    """The user, and the recommenders within its own programmes and regions."""
    near = [grant for grant in w.actor.grants if grant.role in ACTS[Act.INSPECTION_EDIT]]
    regions = [
        Grant.region.startswith(division_prefix(grant.region)) for grant in near if grant.region is not None
    ]
    query = (
        select(User)
        .join(Grant)
        .where(User.active, Grant.role == Role.RECOMMENDER, Grant.held_on(w.today))
        .where(
            or_(*(Grant.program == grant.program for grant in near if grant.program), Grant.program.is_(None))
        )
        .distinct()
        .order_by(User.sort_name, User.id)
        .limit(MOST_INSPECTORS)
    )
    if regions and all(grant.region for grant in near):
        query = query.where(or_(*regions))
    if near and all(grant.role is Role.RECOMMENDER for grant in near):
        query = query.where(or_(*(Grant.recommender_id == grant.recommender for grant in near)))
    own = w.session.get(User, w.actor.user_id) if w.actor.user_id is not None else None
    return list(dict.fromkeys([*([own] if own is not None else []), *w.session.scalars(query)]))


def departed(w: Work) -> list[Departed]:
    """Who left planned inspections behind in the actor's territory."""
    query = (
        select(User, func.count())
        .join(Inspection, Inspection.inspector_id == User.id)
        .join(Inspection.accreditation)
        .where(left_inspections(w))
        .group_by(User.id)
        .order_by(User.sort_name, User.id)
    )
    return [Departed(user.id, str(user), number) for user, number in w.session.execute(query)]


def hand_over(w: Work, from_id: int, to_id: int) -> list[HandedOver]:
    """Give the inspections that somebody left to another; where that one cannot, it says why."""
    query = (
        select(Inspection.id, Accreditation.number)
        .join(User, User.id == Inspection.inspector_id)
        .join(Inspection.accreditation)
        .where(Inspection.inspector_id == from_id, left_inspections(w))
        .order_by(Inspection.accreditation_id, Inspection.id)
        .limit(MOST_AT_ONCE)
    )
    results = []
    for number, name in w.session.execute(query).all():
        try:
            with w.session.begin_nested():
                _give(w, number, from_id, to_id)
        except DomainError as error:
            results.append(HandedOver(name, error.text))
        else:
            results.append(HandedOver(name, None))
    return results


def _give(w: Work, inspection_id: int, from_id: int, to_id: int) -> None:
    item, status = part_for(w, Inspection, inspection_id, Act.INSPECTION_EDIT)
    if item.held_on is not None or item.inspector_id != from_id:
        raise Conflict(T("已由他人登记或移交", "recorded or handed over by somebody else meanwhile"))
    why = why_not_inspector(w, to_id, status.accreditation)
    if why is not None:
        raise Refused(T(f"所选人员{why.zh}", f"who was chosen {why.en}"))
    item.inspector_id = to_id


def _query(w: Work, kind: Kind) -> Select[*tuple[Any, ...]]:
    match kind:
        case Kind.PLANNED:
            planned = _inspections(w).where(Inspection.held_on.is_(None))
            return planned.order_by(Inspection.planned_on, Inspection.id)
        case Kind.HELD:
            held = _inspections(w).where(Inspection.held_on.is_not(None))
            return held.order_by(Inspection.held_on.desc(), Inspection.id)
        case Kind.OPEN:
            return _not_planned(w)
        case Kind.AGAIN:
            return _to_verify(w)
        case _:
            assert_never(kind)


def _reach(w: Work) -> ColumnElement[bool]:
    return scope(w.actor, Act.INSPECTION_EDIT, Accreditation.program, Accreditation.region)


def _inspections(w: Work) -> Select[*tuple[Any, ...]]:
    return (
        select(Inspection, _INSPECTOR)
        .join(Inspection.accreditation)
        .join(Accreditation.party)
        .outerjoin(_INSPECTOR, Inspection.inspector_id == _INSPECTOR.id)
        .options(contains_eager(Inspection.accreditation).contains_eager(Accreditation.party))
        .where(_reach(w))
    )


def _not_planned(w: Work) -> Select[*tuple[Any, ...]]:
    """Accreditations in force without an inspection planned or held this year, with the last one's day."""
    first = date(w.today.year, 1, 1)
    when = func.coalesce(Inspection.held_on, Inspection.planned_on)
    this_year = exists().where(
        Inspection.accreditation_id == Accreditation.id, or_(when >= first, Inspection.held_on.is_(None))
    )
    last = (
        select(func.max(Inspection.held_on))
        .where(Inspection.accreditation_id == Accreditation.id)
        .scalar_subquery()
    )
    return (
        select(Accreditation, last.label("last"))
        .join(Accreditation.party)
        .options(contains_eager(Accreditation.party))
        .where(_reach(w), Accreditation.state.in_(IN_FORCE), ~this_year)
        .order_by(last.asc().nulls_first(), Accreditation.id)
    )


def _to_verify(w: Work) -> Select[*tuple[Any, ...]]:
    """Records to be verified again, with the inspection that is planned for it."""
    planned = (
        select(func.min(Inspection.planned_on))
        .where(
            Inspection.accreditation_id == RegisterEvent.accreditation_id,
            Inspection.clause == RegisterEvent.clause,
            Inspection.held_on.is_(None),
        )
        .scalar_subquery()
    )
    return (
        select(RegisterEvent, planned.label("planned"))
        .join(RegisterEvent.accreditation)
        .join(Accreditation.party)
        .options(contains_eager(RegisterEvent.accreditation).contains_eager(Accreditation.party))
        .where(*open_reverifications(), _reach(w))
        .order_by(RegisterEvent.happened_on, RegisterEvent.id)
    )
