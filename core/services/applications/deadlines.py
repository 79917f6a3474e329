"""Single deadlines moved: one application has more time than its call gives."""

from __future__ import annotations

from datetime import datetime

from core.domain.acts import Act
from core.domain.errors import Invalid, Refused
from core.domain.lifecycle.states import ApplicationState
from core.domain.messages import MessageEvent
from core.rules.text import T
from core.services.applications.case import lock
from core.services.applications.handling import require_state
from core.services.base.access import require
from core.services.base.words import unwritten
from core.services.base.work import Work
from core.services.calls.calls import stamp
from core.services.messaging.writing import notify


def extend_deadline(w: Work, application_id: int, until: datetime, reason: str) -> None:
    """Give one application more time to be submitted and recommended, with a reason."""
    application = lock(w, application_id).application
    require(w, Act.APPLICATION_EXTEND_DEADLINE, *application.place)
    require_state(application, ApplicationState.DRAFT, ApplicationState.RETURNED, ApplicationState.SUBMITTED)
    if application.call is None:
        raise Refused(T("该申请没有截止时间", "this application has no deadline"))
    errors = unwritten(reason, "reason", longest=500)
    present = max(application.call.submit_by, application.deadline_extended_to or application.call.submit_by)
    if until.tzinfo is None:
        errors["until"] = T("请给出带时区的时间", "give a moment with its time zone")
    elif until <= max(present, w.now):
        errors["until"] = T(
            f"应晚于现在和原截止时间 {stamp(present)}",
            f"give a moment after now and after {stamp(present)}",
        )
    if errors:
        raise Invalid(errors)
    application.deadline_extended_to, application.deadline_reason = until, reason.strip()
    notify(
        w,
        MessageEvent.APPLICATION_DEADLINE_EXTENDED,
        key=f"application.deadline_extended/{application.id}/{until.isoformat()}",
        party_id=application.party_id,
        values={
            "program": application.program,
            "track": application.track,
            "deadline": until,
            "reason": reason.strip(),
        },
    )
