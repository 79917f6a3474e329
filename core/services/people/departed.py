"""Reviews and inspections that nobody will do: who should is gone, or has the role no more."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select

from core.domain.acts import Act
from core.domain.lifecycle.states import IN_FORCE, ApplicationState
from core.domain.roles import Role
from core.services.base.access import ACTS, scope
from core.services.base.work import Work
from core.storage.models import Accreditation, Application, Grant, Inspection, ReviewAssignment, User

_IN_REVIEW = (ApplicationState.RECOMMENDED, ApplicationState.UNDER_REVIEW)


def left(w: Work) -> ColumnElement[bool]:
    """The open tasks of whoever cannot do them any more, joined with reviewer and application."""
    reviews = exists().where(Grant.user_id == User.id, Grant.role == Role.REVIEWER, Grant.held_on(w.today))
    return and_(_open(), or_(~User.active, ~reviews))


def waiting(w: Work) -> Select[int, Any]:
    """How many of them the actor has to give to others, and since when the oldest."""
    return (
        select(func.count(), func.min(func.date(ReviewAssignment.assigned_at)))
        .select_from(ReviewAssignment)
        .join(ReviewAssignment.reviewer)
        .join(ReviewAssignment.application)
        .where(left(w), scope(w.actor, Act.APPLICATION_ASSIGN, Application.program, Application.region))
    )


def left_inspections(w: Work) -> ColumnElement[bool]:
    """The planned inspections that the actor has to give to others, joined with user and status."""
    inspects = exists().where(
        Grant.user_id == User.id, Grant.role.in_(ACTS[Act.INSPECTION_EDIT]), Grant.held_on(w.today)
    )
    return and_(
        Inspection.held_on.is_(None),
        Accreditation.state.in_(IN_FORCE),
        or_(~User.active, ~inspects),
        scope(w.actor, Act.INSPECTION_EDIT, Accreditation.program, Accreditation.region),
    )


def inspections_waiting(w: Work) -> Select[int, Any]:
    """How many of them there are, and for when the first was planned."""
    return (
        select(func.count(), func.min(Inspection.planned_on))
        .select_from(Inspection)
        .join(User, User.id == Inspection.inspector_id)
        .join(Inspection.accreditation)
        .where(left_inspections(w))
    )


def work_of(w: Work, user_id: int) -> tuple[int, int]:
    """How many reviews and planned inspections an account has before it, for who opens or closes it."""
    reviews = (
        select(func.count())
        .select_from(ReviewAssignment)
        .join(ReviewAssignment.application)
        .where(ReviewAssignment.reviewer_id == user_id, _open())
    )
    planned = select(func.count()).where(Inspection.inspector_id == user_id, Inspection.held_on.is_(None))
    return w.session.scalar(reviews) or 0, w.session.scalar(planned) or 0


def _open() -> ColumnElement[bool]:
    return and_(
        ReviewAssignment.finished_at.is_(None),
        ReviewAssignment.counts,
        Application.state.in_(_IN_REVIEW),
    )
