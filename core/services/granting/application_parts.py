"""What belongs to one application, as its case shows it to whoever may read the application.

Words, tasks and decisions are as few as the steps of the procedure; objections and states come in pages.
"""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from core.services.base.paging import FIRST, Page, Wish, page_of
from core.services.base.work import Work
from core.storage.models import (
    Accreditation,
    Agreement,
    AuditEvent,
    Decision,
    NoticeItem,
    Objection,
    Recommendation,
    ReviewAssignment,
)


def recommendations(w: Work, application_id: int) -> list[Recommendation]:
    """The recommender's words, the latest first."""
    query = select(Recommendation).where(Recommendation.application_id == application_id)
    query = query.options(joinedload(Recommendation.by)).order_by(Recommendation.id.desc())
    return list(w.session.scalars(query))


def assignments(w: Work, application_id: int) -> list[ReviewAssignment]:
    """The reviewers' tasks with their scores."""
    query = select(ReviewAssignment).where(ReviewAssignment.application_id == application_id)
    query = query.options(joinedload(ReviewAssignment.reviewer), selectinload(ReviewAssignment.scores))
    return list(w.session.scalars(query.order_by(ReviewAssignment.id)))


def notices(w: Work, application_id: int) -> list[NoticeItem]:
    """The notices that it stands or stood on."""
    query = select(NoticeItem).where(NoticeItem.application_id == application_id)
    return list(w.session.scalars(query.options(joinedload(NoticeItem.notice)).order_by(NoticeItem.id)))


def objections(w: Work, application_id: int, wish: Wish = FIRST) -> Page[Objection]:
    """A page of the objections to it, in the order in which they came: anyone can file one."""
    query = select(Objection).join(Objection.notice_item).where(NoticeItem.application_id == application_id)
    return page_of(w, query.order_by(Objection.id), wish)


def objection(w: Work, application_id: int, number: int) -> Objection | None:
    """One of the objections to it."""
    query = select(Objection).join(Objection.notice_item)
    return w.session.scalar(query.where(NoticeItem.application_id == application_id, Objection.id == number))


def decisions(w: Work, application_id: int) -> list[Decision]:
    """What was decided, with what it rests on, the latest first."""
    query = select(Decision).where(Decision.application_id == application_id)
    return list(w.session.scalars(query.options(joinedload(Decision.by)).order_by(Decision.id.desc())))


def agreement(w: Work, application_id: int) -> Agreement | None:
    """The agreement signed."""
    return w.session.scalar(select(Agreement).where(Agreement.application_id == application_id))


def accreditation(w: Work, application_id: int) -> Accreditation | None:
    """What it became."""
    return w.session.scalar(
        select(Accreditation)
        .where(Accreditation.application_id == application_id)
        .order_by(Accreditation.id.desc())
    )


def states(w: Work, application_id: int, wish: Wish = FIRST) -> Page[AuditEvent]:
    """A page of the changes of its state by the audit trail, the latest first."""
    query = select(AuditEvent).where(
        AuditEvent.subject == "application",
        AuditEvent.subject_id == str(application_id),
        AuditEvent.changes.has_key("state"),
    )
    return page_of(w, query.order_by(AuditEvent.id.desc()), wish)
