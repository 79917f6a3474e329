"""The brake: a flood of messages of one event waits for a person, lest a mistake reaches everybody."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import func, select, update

from core.domain.messages import MessageEvent
from core.domain.roles import Role
from core.services.base.work import Work
from core.services.messaging.texts import accounts
from core.services.messaging.writing import EMAIL, SMS, tell_staff
from core.storage.models import OutboxMessage
from core.storage.models.operations import MessageState
from core.storage.trail.recording import record

WITHIN = timedelta(hours=1)
NEVER_HELD = frozenset(
    {
        *accounts.ACCOUNTS,
        MessageEvent.MESSAGE_FAILED,
        MessageEvent.MESSAGE_HELD,
        MessageEvent.MESSAGE_LATE,
        MessageEvent.EXIT_HELD,
    }
)
"""A person waits for these, or they are alarms themselves."""
RELEASING = frozenset({Role.LEAD})

log = structlog.get_logger(__name__)


def brake(w: Work, message: OutboxMessage) -> bool:
    """Whether a message that was about to go out is held, with all that were written like it and wait.

    Only first attempts are: what was tried, released or sent again by a person goes on.
    """
    tried = message.next_attempt_at != message.created_at
    if message.program is None or message.event in NEVER_HELD or tried:
        return False
    alike = (
        OutboxMessage.event == message.event,
        OutboxMessage.program == message.program,
        OutboxMessage.channel.in_((EMAIL, SMS)),
    )
    created, this = OutboxMessage.created_at, message.created_at
    before, after = func.count().filter(created <= this), func.count().filter(created >= this)
    about_then = (created > this - WITHIN, created < this + WITHIN)
    numbers = w.session.execute(select(before, after).where(*alike, *about_then)).one()
    if max(numbers) <= w.operation("most_messages"):
        return False
    waiting = (OutboxMessage.state == MessageState.PENDING, OutboxMessage.attempts == 0)
    fresh = OutboxMessage.next_attempt_at == OutboxMessage.created_at
    held = w.session.scalars(
        update(OutboxMessage)
        .where(*alike, *waiting, fresh)
        .values(state=MessageState.HELD)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    ).all()
    shown: dict[str, list[object]] = {
        "state": [MessageState.PENDING, MessageState.HELD],
        "messages": [None, len(held)],
    }
    record(w.session, OutboxMessage.__tablename__, message.id, shown, action="message.held")
    log.error("message.held", about=message.event, program=message.program, messages=len(held))
    tell_staff(
        w,
        RELEASING,
        MessageEvent.MESSAGE_HELD,
        key=f"message_held/{message.program}/{message.event}/{message.created_at.date()}",
        program=message.program,
        region=None,
        values={"program": message.program, "subject": message.subject, "messages": len(held)},
    )
    return True
