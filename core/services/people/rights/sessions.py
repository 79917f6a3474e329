"""Who is logged in, on which device: kept in the database, so that what was ended is so on every machine."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, or_, select, update
from sqlalchemy.orm import Session, joinedload, object_session

from core.domain.errors import NotAllowed, NotFound
from core.rules.phrases import LOG_IN_FIRST
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.storage.models import LoginSession, User

SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is kept when a session was seen last."""
MOST_WRONG = 5
"""So many wrong codes in a row end a session: whoever holds it is not who has the second factor."""
LONGEST_DEVICE = 200


@dataclass(frozen=True, slots=True)
class Lifetime:
    """How long a session lasts without being used, and at most."""

    idle: timedelta
    absolute: timedelta


def begin(
    session: Session, user_id: int, now: datetime, lifetime: Lifetime, *, address: str, device: str
) -> tuple[LoginSession, str]:
    """Keep that somebody has logged in; the session, and the key that its browser shows.

    What nobody uses any more, of anyone, goes.
    """
    session.execute(delete(LoginSession).where(or_(*_over(now, lifetime))))
    key = secrets.token_urlsafe(32)
    made = LoginSession(
        user_id=user_id,
        key_hash=hashed(key),
        address=address[:64],
        device=device[:LONGEST_DEVICE],
        started_at=now,
        seen_at=now,
    )
    session.add(made)
    session.flush()
    return made, key


def find(session: Session, key: str, now: datetime, lifetime: Lifetime) -> LoginSession | None:
    """The session of a key with its user, in one reading; None where it was ended or its time is over."""
    query = select(LoginSession).where(LoginSession.key_hash == hashed(key))
    found = session.scalar(query.options(joinedload(LoginSession.user, innerjoin=True)))
    if found is None or now - found.seen_at >= lifetime.idle or now - found.started_at >= lifetime.absolute:
        return None
    return found


def seen(session: Session, found: LoginSession, now: datetime) -> bool:
    """Keep that it was used, once a minute at most; whether that was written."""
    if now - found.seen_at < SEEN_EVERY:
        return False
    kept = update(LoginSession).where(LoginSession.id == found.id, LoginSession.seen_at < now)
    session.execute(kept.values(seen_at=now))
    return True


def show_factor(session: Session, found: LoginSession, now: datetime) -> None:
    """Keep that the second factor was shown."""
    kept = update(LoginSession).where(LoginSession.id == found.id)
    session.execute(kept.values(factor_at=now, wrong_codes=0))


def show_wrong_code(session: Session, found: LoginSession) -> bool:
    """Count a code that was wrong; whether the session ends by it."""
    counted = update(LoginSession).where(LoginSession.id == found.id)
    count = counted.values(wrong_codes=LoginSession.wrong_codes + 1).returning(LoginSession.wrong_codes)
    if (session.scalar(count) or 0) < MOST_WRONG:
        return False
    session.execute(delete(LoginSession).where(LoginSession.id == found.id))
    return True


def is_fresh(found: LoginSession, now: datetime, within: timedelta) -> bool:
    """Whether the second factor was shown within that time."""
    return found.factor_at is not None and now - found.factor_at <= within


def own(w: Work, lifetime: Lifetime) -> Sequence[LoginSession]:
    """The sessions of whoever acts, the last used first."""
    query = select(LoginSession).where(LoginSession.user_id == _own_id(w))
    over = or_(*_over(w.now, lifetime))
    return w.session.scalars(query.where(~over).order_by(LoginSession.seen_at.desc(), LoginSession.id)).all()


def end(w: Work, session_id: int) -> None:
    """End one of one's own sessions."""
    gone = delete(LoginSession).where(LoginSession.id == session_id, LoginSession.user_id == _own_id(w))
    if w.session.scalar(gone.returning(LoginSession.id)) is None:
        raise NotFound(NOTHING_THERE)


def end_others(w: Work, kept_id: int) -> int:
    """End all of one's own sessions but this; how many there were."""
    others = delete(LoginSession).where(LoginSession.user_id == _own_id(w), LoginSession.id != kept_id)
    return len(w.session.scalars(others.returning(LoginSession.id)).all())


def end_key(session: Session, key: str) -> None:
    """End the session of a key: its browser logs out."""
    session.execute(delete(LoginSession).where(LoginSession.key_hash == hashed(key)))


def end_all(user: User) -> None:
    """End every session of an account: its password, its factor or what it may do has changed."""
    session = object_session(user)
    if session is not None:
        session.execute(delete(LoginSession).where(LoginSession.user_id == user.id))


def hashed(key: str) -> str:
    """How a key is kept."""
    return hashlib.sha256(key.encode()).hexdigest()


def _over(now: datetime, lifetime: Lifetime) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return LoginSession.seen_at <= now - lifetime.idle, LoginSession.started_at <= now - lifetime.absolute


def _own_id(w: Work) -> int:
    if w.actor.user_id is None:
        raise NotAllowed(LOG_IN_FIRST)
    return w.actor.user_id
