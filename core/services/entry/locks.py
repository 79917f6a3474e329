"""Locks that came of wrong guesses: told to whoever owns the account, seen and lifted by an administrator."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from core.domain.acts import Act
from core.domain.clock import local_date
from core.domain.errors import Invalid, Refused
from core.domain.messages import MessageEvent
from core.rules.text import T
from core.services.base.access import require
from core.services.base.words import unwritten
from core.services.base.work import SYSTEM, Work, work
from core.services.entry import guesses
from core.services.entry.record import note
from core.services.messaging.writing import notify
from core.storage.engine import Sessions
from core.storage.models import Guess, User
from core.storage.models.accounts import AccessKind
from core.storage.trail.recording import record

LONGEST_REASON = 500
MOST_SHOWN = 20
"""Addresses that the page of an account lists, the latest first."""


def tell(sessions: Sessions, now: datetime) -> int:
    """Write to whoever was locked out since the last time; once a day for an account and what was guessed.

    Apart from the guess itself, so that its answer comes as soon where there is no such account.
    """
    untold = select(Guess).where(Guess.locked_until.is_not(None), ~Guess.told, Guess.user_id.is_not(None))
    with sessions() as session, work(session, SYSTEM, now, "guess.locked") as w:
        rows = w.session.scalars(untold.order_by(Guess.id).with_for_update(skip_locked=True)).all()
        for row in rows:
            row.told = True
            user = w.session.get(User, row.user_id)
            if user is None or row.locked_until is None or row.locked_until <= now:
                continue
            notify(
                w,
                MessageEvent.ACCOUNT_LOCKED,
                key=f"locked/{row.kind}/{user.id}/{local_date(now)}",
                user_id=user.id,
                values={"what": row.kind.label, "network": row.address, "until": row.locked_until},
            )
        return len(rows)


def of_account(w: Work, user_id: int) -> Sequence[Guess]:
    """Where an account was guessed at wrongly in the last day, for whoever looks at accounts."""
    require(w, Act.USER_VIEW, None, None)
    query = select(Guess).where(
        Guess.user_id == user_id, Guess.failures > 0, Guess.last_at > w.now - guesses.QUIET
    )
    return w.session.scalars(query.order_by(Guess.last_at.desc()).limit(MOST_SHOWN)).all()


def lift(w: Work, user_id: int, reason: str) -> None:
    """Let every lock of an account end now: by an administrator who knows that its owner asks for it."""
    require(w, Act.USER_EDIT, None, None)
    if errors := unwritten(reason, "reason", longest=LONGEST_REASON):
        raise Invalid(errors)
    if not of_account(w, user_id):
        raise Refused(T("该账号没有被限制登录", "nothing keeps this account from logging in"))
    guesses.forget(w.session, user_id)
    note(w, AccessKind.UNLOCKED, user_id)
    record(
        w.session, User.__tablename__, user_id, {"locked": [True, False], "reason": [None, reason.strip()]}
    )
