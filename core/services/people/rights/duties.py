"""Separate duties: administration, decision and audit do not meet in one account on one day.

Accounts of a time before this rule keep what they were granted, and use the duty that they were given first
(`User.held`), until somebody takes the other away.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import DATERANGE
from sqlalchemy.orm import aliased
from sqlalchemy.types import Date

from core.domain.acts import Act
from core.domain.errors import Refused
from core.domain.roles import Role
from core.rules.text import T
from core.services.base.access import ACTS
from core.services.base.work import Work
from core.storage.models import Grant, User

MIXED = T("同时担任两类不得兼任的职责", "Has two duties that are kept apart")
RULE = T(
    "系统管理、认定办理和审计不得由同一账号兼任",
    "administration, decision and audit are kept apart",
)
One, Other = aliased(Grant), aliased(Grant)


def require_one_duty(
    w: Work, user_id: int, role: Role, starts_on: date | None, ends_on: date | None = None
) -> None:
    """Refuse a role whose duty is another than one that the account has on a day of it; names the account."""
    days = func.daterange(literal(starts_on, Date), literal(ends_on, Date))
    others = [item for item in Role if item.duty and role.duty and item.duty is not role.duty]
    meets = _days(Grant).op("&&")(days)
    query = select(Grant).where(Grant.user_id == user_id, Grant.role.in_(others), meets)
    found = w.session.scalars(query.order_by(Grant.id).limit(1)).first()
    if found is None:
        return
    label, who = found.role.label, w.session.get_one(User, user_id)
    raise Refused(
        T(
            f"账号“{who}”在同一日是{label.zh}，{RULE.zh}",
            f"the account of {who} is {label.en} on the same day; {RULE.en}",
        ),
        field="role",
        mend=T(
            "请先收回该角色、改选其止日之后起始，或为此另立账号",
            "take that role away, begin on the day it ends, or use another account",
        ),
    )


def mixed(day: date) -> ColumnElement[bool]:
    """The users who have two duties on some day from the given one on."""
    return exists().where(
        One.user_id == User.id,
        Other.user_id == User.id,
        Other.id > One.id,
        func.accredit_duty(One.role) != func.accredit_duty(Other.role),
        _days(One).op("&&")(_days(Other)),
        or_(One.ends_on.is_(None), One.ends_on > day),
        or_(Other.ends_on.is_(None), Other.ends_on > day),
    )


def is_mixed(w: Work, user_id: int) -> bool:
    """Whether the account has two duties today or later, so that only the first can be used."""
    return w.session.scalar(select(User.id).where(User.id == user_id, mixed(w.today))) is not None


def waiting(w: Work) -> Select[int, Any]:
    """How many such accounts there are, for whoever looks after accounts or over them."""
    query = select(func.count(), literal(None, Date)).select_from(User).where(User.active)
    return query.where(mixed(w.today) if w.actor.has(*ACTS[Act.USER_VIEW]) else literal(value=False))


def _days(grant: Any) -> ColumnElement[Any]:
    return func.daterange(grant.starts_on, grant.ends_on, type_=DATERANGE)
