"""What the outbox holds for an address, as its reader would see it."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.services.messaging.template import SECRET_MARK
from core.storage.models import OutboxMessage


def letters(session: Session, address: str) -> list[OutboxMessage]:
    """The messages to an address, the oldest first."""
    session.rollback()
    query = select(OutboxMessage).where(OutboxMessage.recipient == address).order_by(OutboxMessage.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def code(session: Session, address: str) -> str:
    """The code in the last letter."""
    return letters(session, address)[-1].secret


def link(session: Session, address: str) -> str:
    """The path of the link in the last letter."""
    last = letters(session, address)[-1]
    word = next(word for word in last.body.split() if word.endswith(SECRET_MARK))
    return "/" + word.replace(SECRET_MARK, last.secret).split("/", 3)[3]
