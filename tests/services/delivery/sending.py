"""The moment at which messages are sent here, by whom, and what became of them."""

from sqlalchemy import select

from core.domain.clock import moment
from core.storage.models import OutboxMessage

AT = "2026-03-02T09:00"
NOW = moment(AT)
SENDER = "认定登记系统 <register@authority.example>"


def stored(session):
    session.rollback()
    session.expire_all()
    return session.scalars(select(OutboxMessage).order_by(OutboxMessage.id)).all()
