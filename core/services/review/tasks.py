"""A reviewer's own tasks."""

from __future__ import annotations

from enum import StrEnum
from typing import assert_never

from sqlalchemy import case, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from core.domain.errors import NotFound
from core.rules.text import T
from core.services.base.paging import FIRST, Page, Wish, page_of
from core.services.base.work import Work
from core.services.review.panels import IN_REVIEW
from core.storage.models import Application, ReviewAssignment


class Show(StrEnum):
    """Which of the tasks are listed."""

    OPEN = ""
    DONE = "done"
    ALL = "all"


def listed(w: Work, show: Show, wish: Wish = FIRST) -> Page[ReviewAssignment]:
    """A page of the actor's tasks: those to be done first, the oldest before."""
    left = ReviewAssignment.finished_at.is_(None) & ReviewAssignment.counts
    query = (
        select(ReviewAssignment)
        .join(ReviewAssignment.application)
        .join(Application.party)
        .options(contains_eager(ReviewAssignment.application).contains_eager(Application.party))
        .where(ReviewAssignment.reviewer_id == w.actor.user_id)
        .order_by(
            case((left, 0), else_=1),
            case((left, ReviewAssignment.assigned_at)),
            ReviewAssignment.id.desc(),
        )
    )
    match show:
        case Show.OPEN:
            return page_of(w, query.where(left, Application.state.in_(IN_REVIEW)), wish)
        case Show.DONE:
            return page_of(w, query.where(~left), wish)
        case Show.ALL:
            return page_of(w, query, wish)
    assert_never(show)


def own(w: Work, assignment_id: int) -> ReviewAssignment:
    """One of the actor's tasks, with the application and the scores given; NotFound for another's."""
    query = (
        select(ReviewAssignment)
        .where(ReviewAssignment.id == assignment_id, ReviewAssignment.reviewer_id == w.actor.user_id)
        .options(
            selectinload(ReviewAssignment.scores),
            joinedload(ReviewAssignment.application).joinedload(Application.party),
            joinedload(ReviewAssignment.application).joinedload(Application.call),
        )
    )
    found = w.session.scalar(query)
    if found is None:
        raise NotFound(T("没有这项任务", "There is no such task"))
    return found
