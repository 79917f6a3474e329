"""How well messages leave: the share that was handed over in seconds, and what failed and must not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_DOWN, Decimal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.domain.messages import PERIOD_BEGINS
from core.services.messaging.writing import EMAIL, SMS
from core.storage.models import OutboxMessage
from core.storage.models.operations import MessageState

PROMPT = timedelta(seconds=10)
OVER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Promptness:
    """Of the messages that were written in the last day, how many left in time."""

    written: int
    prompt: int

    @property
    def percent(self) -> Decimal | None:
        """The share, rounded down to a tenth; None where nothing was written."""
        if not self.written:
            return None
        return (Decimal(100 * self.prompt) / self.written).quantize(Decimal("0.1"), ROUND_DOWN)


def promptness(session: Session, now: datetime) -> Promptness:
    """The share until a moment; what waits or has failed counts as late once its seconds are over."""
    created, sent = OutboxMessage.created_at, OutboxMessage.sent_at
    in_time = sent <= created + PROMPT
    query = select(func.count(), func.count().filter(in_time)).where(
        OutboxMessage.channel.in_((EMAIL, SMS)),
        created > now - OVER,
        in_time | (created < now - PROMPT),
    )
    written, prompt = session.execute(query).one()
    return Promptness(written, prompt)


def periods_not_begun(session: Session) -> int:
    """How many messages with which a period begins have failed, and wait for a person."""
    failed = (OutboxMessage.state == MessageState.FAILED, OutboxMessage.event.in_(PERIOD_BEGINS))
    return session.scalar(select(func.count()).select_from(OutboxMessage).where(*failed)) or 0
