"""Holiday tables that will be wanted and are missing: who is told, from the first of November before."""

from __future__ import annotations

from datetime import date

from sqlalchemy import String, cast, exists, extract, literal, select

from core.domain.messages import MessageEvent
from core.domain.roles import Role
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.storage.models import Grant, HolidayDay, OutboxMessage, User

WARNED = (Role.OFFICER, Role.LEAD, Role.SYSADMIN)
"""Who decides by the table, and who loads it."""
NOVEMBER = 11
"""The State Council announces the holidays of a year in the November before."""


def missing(w: Work) -> list[int]:
    """The years without a table, of this one and, from the first of November on, the next."""
    this = w.today.year
    wanted = [this, this + 1] if w.today.month >= NOVEMBER else [this]
    year = extract("year", HolidayDay.on)
    known = {int(found) for found in w.session.scalars(select(year).where(year.in_(wanted)).distinct())}
    return [item for item in wanted if item not in known]


def since(year: int) -> date:
    """From when a year's table is missed."""
    return date(year - 1, NOVEMBER, 1)


def warn(w: Work) -> int:
    """Write to everyone who has to know that a table is missing, once a year's table: how many were."""
    told = 0
    for year in missing(w):
        occasion = f"holidays/{year}/"
        written = exists().where(OutboxMessage.key == literal(occasion) + cast(User.id, String))
        concerned = exists().where(Grant.user_id == User.id, Grant.role.in_(WARNED), Grant.held_on(w.today))
        query = select(User.id).where(User.active, concerned, ~written).order_by(User.id)
        for user in w.session.scalars(query).all():
            event, values = MessageEvent.HOLIDAYS_MISSING, {"year": year}
            notify(w, event, key=f"{occasion}{user}", user_id=user, values=values)
            told += 1
    return told
