"""Justified reasons for not taking part in the authority's events."""

from __future__ import annotations

from datetime import date

from core.domain.acts import Act
from core.domain.errors import Invalid, Refused
from core.domain.reading import why_not_past
from core.rules.obligations import Absence
from core.rules.text import T
from core.services.base.words import unwritten
from core.services.base.work import Work
from core.services.supervision.living_through import check_now
from core.services.supervision.locking import lock_for
from core.storage.models import ExcusedAbsence


def excuse(w: Work, accreditation_id: int, on: date, reason: str) -> int:
    """Record that the party was excused on a day: the months of its absence count anew from there."""
    status = lock_for(w, accreditation_id, Act.ABSENCE_EXCUSE)
    if not any(isinstance(rule.trigger, Absence) for rule in status.rules.exits):
        raise Refused(
            T("本项目没有以缺席为由的退出条款", "No exit rule of this programme is about absence"),
            mend=T("无需登记", "there is nothing to record"),
        )
    errors = unwritten(reason, "reason")
    why = why_not_past(on, w.today, status.accreditation.started_on)
    if why is not None:
        errors["on"] = why
    if errors:
        raise Invalid(errors)
    absence = ExcusedAbsence(
        accreditation_id=status.id, on=on, reason=reason.strip(), recorded_by_id=w.actor.user_id
    )
    w.session.add(absence)
    w.session.flush()
    check_now(w, status.id)
    return absence.id
