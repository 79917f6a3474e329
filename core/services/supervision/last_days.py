"""Last days that the holiday table moves: what is looked at again once the table has changed."""

from __future__ import annotations

from sqlalchemy import ColumnElement, exists, func, or_, update

from core.domain.lifecycle.states import IN_FORCE
from core.rules.obligations import ReportDuty
from core.services.base.work import Work
from core.storage.models import Accreditation, Rectification
from core.storage.models.supervision import RectificationState


def look_again(w: Work) -> None:
    """Let the daily check look today at whatever has a last day: the table moves it otherwise than before.

    Called in the transaction that changes the table.
    """
    day = w.today
    w.session.execute(
        update(Accreditation)
        .where(Accreditation.state.in_(IN_FORCE), or_(_ordered(), Accreditation.program.in_(_reporting(w))))
        .values(next_due_on=func.least(func.coalesce(Accreditation.next_due_on, day), day))
        .execution_options(synchronize_session=False)
    )


def _ordered() -> ColumnElement[bool]:
    order = Rectification
    return exists().where(order.accreditation_id == Accreditation.id, order.state == RectificationState.OPEN)


def _reporting(w: Work) -> list[str]:
    """The programmes that ask for reports."""
    return sorted(
        {
            loaded.program.id
            for loaded, _ in w.catalogue.tracks()
            for rules in loaded.rules.values()
            if any(isinstance(duty, ReportDuty) for duty in rules.duties)
        }
    )
