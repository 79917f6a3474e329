"""What the night does: lists of what is over are drawn up, and goes what needs none.

That is messages on accounts, which no programme keeps, and who gave an account up.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import exists, func, select

from core.domain.lifecycle.keeping import Kept
from core.hooks.catalogue import catalogue
from core.services.base.work import SYSTEM, work
from core.services.keeping import lists
from core.services.keeping.destroying import BATCH, destroy
from core.services.keeping.due import months
from core.storage.engine import Sessions
from core.storage.models import OutboxMessage, PersonKey, User
from core.storage.models.operations import MessageState
from core.storage.trail.persons import forget

REASON = "保管期满，系统按月拟定"
OVER = (MessageState.SENT, MessageState.DISCARDED)


def clear_messages(sessions: Sessions, now: datetime) -> int:
    """Take away what was written on accounts and kept for as long as messages are; how many, a batch each."""
    total = 0
    while True:
        with sessions() as session, work(session, SYSTEM, now, "message.cleared") as w:
            before = w.now - func.make_interval(0, months(w, Kept.MESSAGES))
            old = (
                OutboxMessage.program.is_(None),
                OutboxMessage.party_id.is_(None),
                OutboxMessage.state.in_(OVER),
                OutboxMessage.created_at < before,
            )
            query = select(OutboxMessage.id).where(*old).order_by(OutboxMessage.id)
            numbers = session.scalars(query.limit(BATCH).with_for_update(skip_locked=True)).all()
            destroy(session, OutboxMessage, numbers)
        total += len(numbers)
        if len(numbers) < BATCH:
            return total


def draw_up(sessions: Sessions, now: datetime) -> int:
    """Draw a list up of each kind of which something is over, once a month; two persons approve it, or none.

    Returns how many. One that was declined is not drawn up again before the next month.
    """
    drawn_up = 0
    for program in catalogue().programs:
        for kind in (kind for kind in Kept if kind.is_destroyed):
            with sessions() as session, work(session, SYSTEM, now, "destruction.propose") as w:
                if lists.was_drawn_up(w, program, kind) or not lists.are_due(w, program, kind):
                    continue
                lists.propose(w, program, kind, REASON)
                drawn_up += 1
    return drawn_up


def forget_given_up(sessions: Sessions, now: datetime) -> int:
    """Erase from the trail whoever gave an account up, in a unit of its own after that; how many keys went.

    Until then the trail could still read what the giving up has emptied. Done again it does
    what a stop has left.
    """
    person = func.concat("user:", User.id)
    given_up = User.given_up_at.is_not(None), exists().where(PersonKey.person == person)
    with sessions() as session, work(session, SYSTEM, now, "account.erased"):
        query = select(User.id).where(*given_up).order_by(User.id)
        return sum(forget(session, f"user:{number}") for number in session.scalars(query))
