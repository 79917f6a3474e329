"""What was corrected of a case, as its page shows it to whoever may read the case."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import joinedload

from core.services.base.work import Work
from core.storage.models import Accreditation, DecisionCorrection
from core.storage.models.deciding import CorrectedKind
from core.storage.one_party import ids_of


def of_application(w: Work, application_id: int) -> list[DecisionCorrection]:
    """Of the decisions on an application, and of its reviewers' scores; the latest first."""
    return _corrected(w, DecisionCorrection.application_id == application_id)


def of_accreditation(w: Work, accreditation_id: int) -> list[DecisionCorrection]:
    """Of the decisions on a status, and of what had ended its holder; the latest first."""
    row, held = DecisionCorrection, Accreditation
    holder = select(held.party_id).where(held.id == accreditation_id)
    closure = (row.kind == CorrectedKind.CLOSURE) & row.party_id.in_(ids_of(holder))
    return _corrected(w, (row.accreditation_id == accreditation_id) | closure)


def of_party(w: Work, party_id: int) -> list[DecisionCorrection]:
    """Of the decisions on a party itself, under whichever registration; the latest first."""
    return _corrected(w, DecisionCorrection.party_id.in_(ids_of(party_id)))


def of_request(w: Work, request_id: int) -> list[DecisionCorrection]:
    """Of the end of a party that was granted by a request."""
    row = DecisionCorrection
    return _corrected(w, (row.kind == CorrectedKind.CLOSURE) & (row.subject_id == request_id))


def _corrected(w: Work, such: ColumnElement[bool]) -> list[DecisionCorrection]:
    query = select(DecisionCorrection).where(such).options(joinedload(DecisionCorrection.by))
    return list(w.session.scalars(query.order_by(DecisionCorrection.id.desc())))
