"""Who was first: what the loser of a race is told, from the audit trail."""

from __future__ import annotations

from typing import Any

from sqlalchemy import inspect, select

from core.domain.clock import SHANGHAI
from core.domain.errors import Conflict
from core.rules.phrases import RELOAD_TO_ACT
from core.rules.text import T
from core.services.base.access import STAFF
from core.services.base.work import SYSTEM, Work
from core.storage.models import AuditEvent

CHANGED = T("他人已先办理，您的操作没有生效", "Someone else was first; nothing of yours was changed")
_AUTHORITY = T("认定机关", "the authority")
_SYSTEM = T("系统", "the system")


def already(w: Work, row: Any, message: T = CHANGED, column: str = "") -> Conflict:
    """The conflict with who changed the row, or one column of it, and when.

    Names are for staff; whoever acts for a party is told of the authority.
    """
    query = select(AuditEvent.actor, AuditEvent.at).where(
        AuditEvent.subject == row.__tablename__,
        AuditEvent.subject_id == str(inspect(row).identity[0]),
    )
    if column:
        query = query.where(AuditEvent.changes.has_key(column))
    last = w.session.execute(query.order_by(AuditEvent.id.desc()).limit(1)).one_or_none()
    if last is None:
        return Conflict(message, mend=RELOAD_TO_ACT)
    at = f"{last.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
    who = T(last.actor, last.actor) if w.actor.system or w.actor.has(*STAFF) else _AUTHORITY
    if last.actor == SYSTEM.name:
        who = _SYSTEM
    said = T(f"{message.zh}（{who.zh}，{at}）", f"{message.en} ({who.en}, {at})")
    return Conflict(said, mend=RELOAD_TO_ACT)
