"""How far a round has come: by reviewer and by application."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import case, func, select
from sqlalchemy.orm import joinedload

from core.domain.clock import local_date
from core.domain.errors import NotFound
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.review import panels, reviews
from core.services.review.rounds import Round, applications_of, within
from core.storage.models import Application, ReviewAssignment, User


@dataclass(frozen=True, slots=True)
class OfReviewer:
    """One reviewer's part of a round."""

    name: str
    given: int
    finished: int
    undeclared: int
    conflicts: int
    due: date | None
    """Of the first task that is not done."""

    @property
    def open(self) -> int:
        """What is still to be done."""
        return self.given - self.finished - self.conflicts


@dataclass(frozen=True, slots=True)
class OfApplication:
    """One application's panel."""

    application: Application
    panel: reviews.Panel
    tasks: Sequence[tuple[ReviewAssignment, date]]


def by_reviewer(w: Work, item: Round) -> list[OfReviewer]:
    """The reviewers who have tasks in the round."""
    task = ReviewAssignment
    out = ~task.counts
    left = task.finished_at.is_(None) & task.counts
    query = (
        select(
            User,
            func.count(),
            func.count(task.finished_at).filter(task.counts),
            func.count().filter(task.conflict.is_(None)),
            func.count().filter(out),
            func.min(case((left, task.assigned_at))),
        )
        .join(task, task.reviewer_id == User.id)
        .join(task.application)
        .where(within(w, item), Application.state.in_(panels.IN_REVIEW))
        .group_by(User.id)
        .order_by(User.sort_name, User.id)
    )
    return [
        OfReviewer(
            str(user),
            given,
            finished,
            undeclared,
            conflicts,
            panels.due_on(w, local_date(first)) if first is not None else None,
        )
        for user, given, finished, undeclared, conflicts, first in w.session.execute(query)
    ]


def by_application(w: Work, applications: Sequence[Application]) -> list[OfApplication]:
    """Each application with its panel and tasks."""
    found: Mapping[int, reviews.Panel] = reviews.panels_of(w, applications)
    query = (
        select(ReviewAssignment)
        .options(joinedload(ReviewAssignment.reviewer))
        .where(ReviewAssignment.application_id.in_([item.id for item in applications]))
        .order_by(ReviewAssignment.id)
    )
    tasks: dict[int, list[tuple[ReviewAssignment, date]]] = {}
    for task in w.session.scalars(query):
        due = panels.due_on(w, local_date(task.assigned_at))
        tasks.setdefault(task.application_id, []).append((task, due))
    return [OfApplication(item, found[item.id], tasks.get(item.id, [])) for item in applications]


def in_review(w: Work, item: Round) -> list[int]:
    """The applications of the round that reviewers have."""
    query = applications_of(w, item, *panels.IN_REVIEW).with_only_columns(Application.id)
    return list(w.session.scalars(query))


def require_task(w: Work, item: Round, assignment_id: int) -> None:
    """Refuse a task that is none of the round."""
    query = (
        select(ReviewAssignment.id)
        .join(ReviewAssignment.application)
        .where(ReviewAssignment.id == assignment_id, within(w, item))
    )
    if w.session.scalar(query) is None:
        raise NotFound(NOTHING_THERE)
