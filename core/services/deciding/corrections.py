"""What was corrected of a case, as its page shows it to whoever may read the case."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from core.services.base.work import Work
from core.storage.models import DecisionCorrection


def of_application(w: Work, application_id: int) -> list[DecisionCorrection]:
    """Of the decisions on an application, and of its reviewers' scores; the latest first."""
    return _corrected(w, DecisionCorrection.application_id == application_id)


def of_accreditation(w: Work, accreditation_id: int) -> list[DecisionCorrection]:
    """Of the decisions on a status; the latest first."""
    return _corrected(w, DecisionCorrection.accreditation_id == accreditation_id)


def _corrected(w: Work, such: ColumnElement[bool]) -> list[DecisionCorrection]:
    query = select(DecisionCorrection).where(such).options(joinedload(DecisionCorrection.by))
    return list(w.session.scalars(query.order_by(DecisionCorrection.id.desc())))
