"""What waits for a user, as an e-mail once a day or once a week; where nothing waits, nothing is sent."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import exists, select
from sqlalchemy.orm import Session, sessionmaker

from core.domain.errors import NotFound
from core.domain.messages import MessageEvent
from core.rules.text import EMPTY, T
from core.services.base.work import SYSTEM, Work, work
from core.services.messaging.writing import EMAIL, Recipient, notify
from core.services.people.users import actor_for
from core.services.todo.waiting import Waiting, waiting_for
from core.storage.models import JobRun, OutboxMessage, User
from core.storage.models.operations import JobState
from core.storage.models.people import Digest

ACTION = "message.digest"

log = structlog.get_logger(__name__)


def send_digests(factory: sessionmaker[Session], day: date, now: datetime, *, weekly: bool) -> dict[str, int]:
    """Write the digests of a day, one transaction a user, and the weekly ones too; a second run writes none.

    One that fails is told in the log, and the others go on.
    """
    wished = (Digest.DAILY, Digest.WEEKLY) if weekly else (Digest.DAILY,)
    with factory() as session:
        query = select(User.id).where(User.active, User.email.is_not(None), User.digest.in_(wished))
        users = list(session.scalars(query.order_by(User.id)))
    counts = {"digests": 0, "failed": 0}
    for user_id in users:
        try:
            with factory() as session, work(session, SYSTEM, now, ACTION) as w:
                counts["digests"] += write_digest(w, user_id, day)
        except Exception:
            log.exception("digest.failed", user=user_id)
            counts["failed"] += 1
    return counts


def is_first_of_week(session: Session, job: str, day: date) -> bool:
    """Whether no run of the job was done in this week before the day: usually on Mondays."""
    monday = day - timedelta(days=day.weekday())
    earlier = exists().where(
        JobRun.job == job, JobRun.state == JobState.DONE, JobRun.as_of >= monday, JobRun.as_of < day
    )
    return not session.scalar(select(earlier))


def write_digest(w: Work, user_id: int, day: date) -> bool:
    """Tell one user what waits, once a day; False where nothing does, or the account is closed."""
    user, key = w.session.get_one(User, user_id), f"digest/{user_id}/{day.isoformat()}"
    if w.session.scalar(select(exists().where(OutboxMessage.key == key))):
        return False
    try:
        actor = actor_for(w.session, user_id, w.today)
    except NotFound:
        return False
    found = waiting_for(Work(w.session, actor, w.now, w.action, w.catalogue))
    if not found or user.email is None:
        return False
    notify(
        w,
        MessageEvent.DIGEST,
        key=key,
        to=Recipient(EMAIL, user.email, user.language, str(user), user_id),
        values={"total": sum(item.number for item in found), "items": _lines(found)},
    )
    return True


def _lines(found: list[Waiting]) -> T:
    zh = "\n".join(f"· {item.title.zh}：{item.number} 项{_since(item).zh}" for item in found)
    en = "\n".join(f"· {item.title.en}: {item.number}{_since(item).en}" for item in found)
    return T(zh, en)


def _since(item: Waiting) -> T:
    if item.oldest is None:
        return EMPTY
    return T(f"（最早 {item.oldest.isoformat()}）", f" (since {item.oldest.isoformat()})")
