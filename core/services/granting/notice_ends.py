"""What follows the end of a public notice: each application without an open objection goes on."""

from __future__ import annotations

import logging
from datetime import date

from sqlalchemy import exists, func, select

from core.domain.clock import local_date
from core.domain.errors import DomainError
from core.domain.lifecycle.states import Action, ApplicationState
from core.rules.periods import DAY
from core.services.applications.case import lock
from core.services.applications.moving import advance, require_system, tell
from core.services.base.access import of_program
from core.services.base.work import Work
from core.services.granting.accreditations import accredit
from core.storage.models import Application, NoticeItem, Objection, PublicNotice
from core.storage.models.notices import ObjectionState

log = logging.getLogger(__name__)


def close_due(w: Work, as_of: date, program: str | None = None) -> int:
    """Move on every application whose notice is over, but for open objections: how many were moved.

    An accreditation begins the day after the notice, or on the day its last objection was dismissed, whenever
    this runs. One that fails is left for the next run, and does not stop the others.
    """
    require_system(w)
    stopped = exists().where(
        Objection.notice_item_id == NoticeItem.id,
        Objection.state.in_((ObjectionState.OPEN, ObjectionState.UPHELD)),
    )
    due = w.session.execute(
        select(NoticeItem.application_id, func.max(PublicNotice.closes_on))
        .join(PublicNotice, PublicNotice.id == NoticeItem.notice_id)
        .join(Application, Application.id == NoticeItem.application_id)
        .where(
            Application.state == ApplicationState.ON_NOTICE,
            NoticeItem.struck_on.is_(None),
            ~stopped,
            of_program(PublicNotice.program, program),
        )
        .group_by(NoticeItem.application_id)
        .having(func.max(PublicNotice.closes_on) < as_of)
        .order_by(func.max(PublicNotice.closes_on), NoticeItem.application_id)
    ).all()
    moved = 0
    for application_id, closes_on in due:
        try:
            with w.session.begin_nested():
                _close(w, application_id, closes_on, as_of)
        except DomainError as error:
            log.warning("application %s stays on notice: %s", application_id, error)
        else:
            moved += 1
    _close_notices(w, as_of, program)
    return moved


def _close(w: Work, application_id: int, closes_on: date, as_of: date) -> None:
    case = lock(w, application_id)
    move = advance(case, Action.CLOSE_NOTICE, on=as_of)
    if move.target is ApplicationState.AGREEMENT:
        tell(case, move.message)
        return
    decided = w.session.scalar(
        select(func.max(Objection.decided_at))
        .join(NoticeItem, NoticeItem.id == Objection.notice_item_id)
        .where(NoticeItem.application_id == application_id, NoticeItem.struck_on.is_(None))
    )
    first = closes_on + DAY
    accredit(case, move, max(first, local_date(decided)) if decided is not None else first)


def _close_notices(w: Work, as_of: date, program: str | None) -> None:
    waiting = exists().where(
        NoticeItem.notice_id == PublicNotice.id,
        NoticeItem.application_id == Application.id,
        Application.state == ApplicationState.ON_NOTICE,
        NoticeItem.struck_on.is_(None),
    )
    over = (
        PublicNotice.closes_on < as_of,
        PublicNotice.closed_at.is_(None),
        ~waiting,
        of_program(PublicNotice.program, program),
    )
    for notice in w.session.scalars(select(PublicNotice).where(*over)):
        notice.closed_at = w.now
