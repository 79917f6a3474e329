"""One's own messages: those to oneself and to the parties that one acts for, each occasion once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, false, func, or_, select, update
from sqlalchemy.dialects.postgresql import distinct_on

from core.domain.errors import NotFound
from core.domain.messages import MessageEvent
from core.services.base.paging import FIRST, Page, Wish, page_of, page_of_rows
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.messaging.template import without_footer
from core.services.messaging.texts.applications import APPLICATIONS, CONFIDENTIAL
from core.storage.models import Accreditation, Application, OutboxMessage, Party
from core.storage.models.operations import MessageState

OUTSIDE = frozenset({*CONFIDENTIAL, "digest"})
"""Events that stand in no inbox: codes and links are for one address, and a digest repeats what waits."""


@dataclass(frozen=True, slots=True)
class Line:
    """A message as the list shows it."""

    id: int
    event: str
    subject: str
    party_id: int | None
    party: str
    at: datetime
    read: bool
    discarded: bool


@dataclass(frozen=True, slots=True)
class Letter:
    """A message as its page shows it."""

    id: int
    event: str
    subject: str
    body: str
    language: str
    party: str
    at: datetime
    accreditation_id: int | None
    exit_case_id: int | None
    application_id: int | None
    discarded: bool


def page(w: Work, wish: Wish = FIRST, *, party_id: int | None = None, unread: bool = False) -> Page[Line]:
    """A page of the messages, the latest first."""
    found = _occasions(w, party_id).subquery()
    query = (
        select(found, Party.name.label("party"))
        .outerjoin(Party, Party.id == found.c.party_id)
        .order_by(found.c.created_at.desc(), found.c.id.desc())
    )
    listed = page_of_rows(w, query.where(~found.c.seen) if unread else query, wish)
    return listed.told(
        Line(
            row.id,
            row.event,
            row.subject,
            row.party_id,
            row.party or "",
            row.created_at,
            row.seen,
            row.state is MessageState.DISCARDED,
        )
        for row in listed.rows
    )


def about(w: Work, accreditation: Accreditation, wish: Wish = FIRST) -> Page[OutboxMessage]:
    """A page of the messages to the user about an accreditation, the latest first, each once."""
    mine = or_(OutboxMessage.user_id.is_(None), OutboxMessage.user_id == w.actor.user_id)
    once = (
        select(OutboxMessage.id)
        .ext(distinct_on(OutboxMessage.event, OutboxMessage.created_at))
        .where(
            OutboxMessage.accreditation_id == accreditation.id,
            OutboxMessage.party_id == accreditation.party_id,
            mine,
        )
        .order_by(OutboxMessage.event, OutboxMessage.created_at, OutboxMessage.channel, OutboxMessage.id)
    )
    query = select(OutboxMessage).where(OutboxMessage.id.in_(once))
    return page_of(w, query.order_by(OutboxMessage.created_at.desc(), OutboxMessage.id.desc()), wish)


def unread(w: Work) -> int:
    """How many messages the user has not read."""
    if w.actor.user_id is None:
        return 0
    found = _occasions(w).subquery()
    return w.session.scalar(select(func.count()).where(~found.c.seen)) or 0


def read(w: Work, message_id: int) -> Letter:
    """One message, marked as read; NotFound for what is not one's own."""
    query = select(OutboxMessage).where(OutboxMessage.id == message_id, _mine(w))
    found = w.session.scalar(query)
    if found is None:
        raise NotFound(NOTHING_THERE)
    if found.read_at is None and found.user_id in (None, w.actor.user_id):
        found.read_at = w.now
    party = w.session.get(Party, found.party_id) if found.party_id is not None else None
    return Letter(
        found.id,
        found.event,
        found.subject,
        without_footer(found.body, found.language),
        found.language,
        party.name if party is not None else "",
        found.created_at,
        _held(w, found),
        found.exit_case_id,
        _applied(w, found),
        found.state is MessageState.DISCARDED,
    )


def mark_all(w: Work) -> int:
    """Mark every message as read; returns how many were not."""
    found = _occasions(w).subquery()
    fresh = select(found.c.id).where(~found.c.seen)
    done = w.session.execute(
        update(OutboxMessage)
        .where(OutboxMessage.id.in_(fresh))
        .values(read_at=w.now)
        .returning(OutboxMessage.id)
        .execution_options(synchronize_session=False)
    )
    return len(done.all())


def _held(w: Work, message: OutboxMessage) -> int | None:
    """The accreditation that it is about, where the user acts for its party."""
    if message.accreditation_id is None:
        return None
    status = w.session.get_one(Accreditation, message.accreditation_id)
    return status.id if status.party_id in w.actor.parties else None


def _applied(w: Work, message: OutboxMessage) -> int | None:
    """The application that it is about, where the user acts for its party; the message's key names it."""
    event, _, rest = message.key.partition("/")
    number = rest.partition("/")[0]
    if event not in (*APPLICATIONS, MessageEvent.DECISION_CORRECTED) or not number.isdecimal():
        return None
    found = w.session.get(Application, int(number))
    return found.id if found is not None and found.party_id in w.actor.parties else None


def _mine(w: Work) -> ColumnElement[bool]:
    own = OutboxMessage.user_id == w.actor.user_id
    of_parties = OutboxMessage.party_id.in_(w.actor.parties)
    return or_(own, of_parties) & OutboxMessage.event.not_in(OUTSIDE)


def _occasions(
    w: Work, party_id: int | None = None
) -> Select[int, str, str, int | None, datetime, bool, MessageState]:
    """One copy of each message: the user's own where there is one, else the first."""
    occasion = func.regexp_replace(OutboxMessage.key, "[#~].*$", "")
    # A copy to somebody else tells nothing of whether this user has read it.
    to_another = OutboxMessage.user_id != w.actor.user_id
    seen = or_(
        OutboxMessage.read_at.is_not(None),
        func.coalesce(to_another, false()),
        OutboxMessage.state == MessageState.DISCARDED,
    )
    others = case((OutboxMessage.user_id == w.actor.user_id, 0), else_=1)
    query = (
        select(
            OutboxMessage.id,
            OutboxMessage.event,
            OutboxMessage.subject,
            OutboxMessage.party_id,
            OutboxMessage.created_at,
            seen.label("seen"),
            OutboxMessage.state,
        )
        .ext(distinct_on(occasion))
        .where(_mine(w))
        .order_by(occasion, others, OutboxMessage.id)
    )
    return query.where(OutboxMessage.party_id == party_id) if party_id is not None else query
