"""The tasks of a reviewer who can no longer review: shown, and handed over to another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from core.domain.errors import DomainError, Invalid
from core.services.base.bulk import BulkResult
from core.services.base.work import Work
from core.services.people.departed import left
from core.services.review.panels import replace_reviewer
from core.services.review.rounds import Round, within
from core.storage.models import ReviewAssignment, User

MOST_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Departed:
    """A reviewer whose account is closed, or who is no reviewer any more, with so many tasks left."""

    user_id: int
    name: str
    left: int


def departed(w: Work, item: Round) -> list[Departed]:
    """Who left tasks behind in a round."""
    query = (
        select(User, func.count())
        .join(ReviewAssignment, ReviewAssignment.reviewer_id == User.id)
        .join(ReviewAssignment.application)
        .where(left(w), within(w, item))
        .group_by(User.id)
        .order_by(User.sort_name, User.id)
    )
    return [Departed(user.id, str(user), number) for user, number in w.session.execute(query)]


def hand_over(w: Work, item: Round, from_id: int, to_id: int) -> Sequence[BulkResult]:
    """Give the tasks that a reviewer left in a round to another; where that one cannot, it says why."""
    query = (
        select(ReviewAssignment.id, ReviewAssignment.application_id)
        .join(ReviewAssignment.reviewer)
        .join(ReviewAssignment.application)
        .where(ReviewAssignment.reviewer_id == from_id, left(w), within(w, item))
        .order_by(ReviewAssignment.application_id)
        .limit(MOST_AT_ONCE)
    )
    results = []
    for task_id, application_id in w.session.execute(query).all():
        try:
            with w.session.begin_nested():
                replace_reviewer(w, task_id, to_id)
        except Invalid as error:
            results.append(BulkResult(application_id, next(iter(error.errors.values()))))
        except DomainError as error:
            results.append(BulkResult(application_id, error.text))
        else:
            results.append(BulkResult(application_id, None))
    return results
