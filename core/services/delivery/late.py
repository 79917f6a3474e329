"""Notices with which a period begins, and which wait for hours: whoever answers for the cases is told."""

from __future__ import annotations

from datetime import timedelta

import structlog
from sqlalchemy import func, or_, select

from core.domain.clock import local_date
from core.domain.messages import PERIOD_BEGINS, MessageEvent
from core.services.base.work import Work
from core.services.messaging.template import REGISTER
from core.services.messaging.writing import ALARMED, tell_staff
from core.storage.models import OutboxMessage
from core.storage.models.operations import MessageState

LATE = timedelta(hours=2)

log = structlog.get_logger(__name__)


def tell_of_late(w: Work) -> None:
    """Once a day for each programme and division; what was only just released by a person is not late."""
    since = w.now - LATE
    query = (
        select(
            OutboxMessage.program,
            OutboxMessage.region,
            func.count(),
            func.min(OutboxMessage.created_at),
        )
        .where(
            OutboxMessage.state == MessageState.PENDING,
            OutboxMessage.event.in_(PERIOD_BEGINS),
            OutboxMessage.created_at <= since,
            or_(OutboxMessage.next_attempt_at <= since, OutboxMessage.last_error != ""),
        )
        .group_by(OutboxMessage.program, OutboxMessage.region)
        .order_by(OutboxMessage.program, OutboxMessage.region)
    )
    for program, region, number, oldest in w.session.execute(query).all():
        log.warning("message.late", program=program, region=region, messages=number)
        tell_staff(
            w,
            ALARMED,
            MessageEvent.MESSAGE_LATE,
            key=f"late/{program}/{region}/{w.today}",
            program=program,
            region=region,
            values={"program": program or REGISTER, "messages": number, "since": local_date(oldest)},
        )
