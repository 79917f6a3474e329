"""A second factor that was lost: one person opens the reset, another confirms it, and the user is told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, select
from sqlalchemy.exc import IntegrityError

from core.domain.acts import Act
from core.domain.errors import Conflict, Invalid, NotFound, Refused
from core.domain.messages import MessageEvent
from core.rules.phrases import RELOAD_TO_ACT
from core.rules.text import T
from core.services.base.access import allowed, require, require_second
from core.services.base.words import unwritten
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.services.people import users
from core.storage.models import FactorReset, User

LONGEST_REASON = 500
DAYS = 7
"""After so many days an unconfirmed reset is void: it was opened for somebody who waits at the door."""
_ANOTHER = T("须由申请人以外的第二人确认", "somebody other than who asked for it has to confirm it")
_BY_OPERATOR = T(
    "请由其他系统管理员办理；仅有一名的，由服务器操作人员以 accredit user confirm-factor 确认",
    "ask another administrator; where there is only one, an operator of the machine confirms it by "
    "accredit user confirm-factor",
)
_NONE = T("没有待确认的停用申请", "no reset waits to be confirmed")


def waiting(w: Work, user_id: int) -> FactorReset | None:
    """The user's open reset; None where there is none, or it has become void."""
    found = w.session.scalar(
        select(FactorReset).where(FactorReset.user_id == user_id, FactorReset.closed_at.is_(None))
    )
    return found if found is not None and not _is_void(w, found) else None


def to_confirm(w: Work) -> Select[int, Any]:
    """How many resets wait for the actor as their second person, and since when the oldest."""
    query = select(func.count(), func.min(func.date(FactorReset.opened_at)))
    return query.where(waits_for(w))


def waits_for(w: Work) -> ColumnElement[bool]:
    """The resets that the actor may confirm: opened by somebody else, for somebody else, and not void yet."""
    row = FactorReset
    if not allowed(w.actor, Act.USER_EDIT, None, None):
        return false()
    return and_(
        row.closed_at.is_(None),
        row.opened_at >= w.now - timedelta(days=DAYS),
        row.opened_by_id.is_distinct_from(w.actor.user_id),
        row.user_id.is_distinct_from(w.actor.user_id),
    )


def open_reset(w: Work, user_id: int, reason: str) -> int:
    """Ask for the second factor of a user to be taken away, with how it was made sure who asks."""
    require(w, Act.USER_EDIT, None, None)
    user = users.locked(w, user_id)
    if not user.tf_primary_method:
        raise Refused(T("该账号没有设置双重验证", "the account has no second factor"))
    if user_id == w.actor.user_id:
        raise Refused(
            T("不能为自己的账号申请", "nobody asks this for their own account"),
            mend=T("请由其他系统管理员办理", "ask another administrator"),
        )
    if errors := unwritten(reason, "reason", longest=LONGEST_REASON):
        raise Invalid(errors)
    before = w.session.scalar(
        select(FactorReset).where(FactorReset.user_id == user_id, FactorReset.closed_at.is_(None))
    )
    if before is not None:
        if not _is_void(w, before):
            raise _opened(before.opened_by)
        _close(w, before)
        w.session.flush()
    made = FactorReset(
        user_id=user_id,
        reason=reason.strip(),
        opened_by=w.actor.name,
        opened_by_id=w.actor.user_id,
        opened_at=w.now,
    )
    try:
        with w.session.begin_nested():
            w.session.add(made)
    except IntegrityError as error:
        raise _opened("") from error
    _tell(w, user, MessageEvent.ACCOUNT_FACTOR_RESET_OPENED, made)
    return made.id


def confirm(w: Work, user_id: int) -> None:
    """Take the factor away, as a second person; the user logs in by the password and sets up another."""
    reset, user = _open(w, user_id)
    require_second(w, _ANOTHER, reset.opened_by_id, user_id, name=reset.opened_by, mend=_BY_OPERATOR)
    reset.confirmed = True
    _close(w, reset)
    users.forget_factor(w, user)
    _tell(w, user, MessageEvent.ACCOUNT_FACTOR_RESET, reset)


def withdraw(w: Work, user_id: int) -> None:
    """Let the factor be: whoever opened the reset, or whoever doubts it."""
    reset, _user = _open(w, user_id)
    _close(w, reset)


def _open(w: Work, user_id: int) -> tuple[FactorReset, User]:
    require(w, Act.USER_EDIT, None, None)
    user = users.locked(w, user_id)
    found = waiting(w, user_id)
    if found is None:
        raise NotFound(_NONE) if w.actor.system else Conflict(_NONE, mend=RELOAD_TO_ACT)
    return found, user


def _close(w: Work, reset: FactorReset) -> None:
    reset.closed_by, reset.closed_by_id, reset.closed_at = w.actor.name, w.actor.user_id, w.now


def _is_void(w: Work, reset: FactorReset) -> bool:
    return w.now - reset.opened_at > timedelta(days=DAYS)


def _opened(by: str) -> Conflict:
    who = T(f"（{by}）", f" ({by})") if by else T("", "")
    return Conflict(
        T(f"已有待确认的停用申请{who.zh}", f"a reset waits to be confirmed already{who.en}"),
        mend=T("请由第二人确认", "have a second person confirm it"),
    )


def _tell(w: Work, user: User, event: MessageEvent, reset: FactorReset) -> None:
    notify(w, event, key=f"{event}/{reset.id}", user_id=user.id, values={})
