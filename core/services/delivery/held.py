"""What the brake holds: looked at as one flood, and let go or discarded as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from sqlalchemy import ColumnElement, Select, select

from core.domain.acts import Act
from core.domain.errors import Conflict, NotFound, Refused
from core.domain.messages import PERIOD_BEGINS
from core.rules.phrases import RELOAD_TO_ACT
from core.rules.text import T
from core.services.base.access import require, scope
from core.services.base.decided import already
from core.services.base.queue import wake_sender
from core.services.base.words import NOTHING_THERE, written
from core.services.base.work import Work
from core.storage.models import ExitCase, OutboxMessage
from core.storage.models.exits import ExitState
from core.storage.models.operations import MessageState
from core.storage.trail.recording import record

NOTHING_BEGINS = (ExitState.DISMISSED, ExitState.OVERTURNED)
"""Exit cases from which no time runs any more."""
_NOT_HELD = T(
    "这批消息已不在暂停之列，您的操作没有生效",
    "These messages are no longer held; nothing of yours was changed",
)


@dataclass(frozen=True)
class Flood:
    """The held messages of one event and programme that the actor reaches; of none, what is left of them."""

    about: OutboxMessage
    """The message by which it was asked for."""
    held: Sequence[OutboxMessage]
    begins: Sequence[OutboxMessage]
    """Those with which a period would begin: they are not discarded."""

    @cached_property
    def recipients(self) -> int:
        """How many different addresses and numbers they go to."""
        return len({message.recipient.casefold() for message in self.held})

    @cached_property
    def written(self) -> tuple[datetime, datetime]:
        """When the first and the last of them were written."""
        moments = [message.created_at for message in self.held or (self.about,)]
        return min(moments), max(moments)


def look(w: Work, message_id: int) -> Flood:
    """The flood that a message is of."""
    return _flood(w, message_id, Act.MESSAGE_RELEASE)


def release(w: Work, message_id: int) -> int:
    """Let a held message go, and all of its flood.

    Returns how many go out; none where the message is no longer held.
    """
    flood = _flood(w, message_id, Act.MESSAGE_RELEASE, lock=True)
    for message in flood.held:
        message.state = MessageState.PENDING
        message.next_attempt_at = w.now
    if flood.held:
        _write_down(w, flood, MessageState.PENDING, "message.released")
        wake_sender(w.session)
    return len(flood.held)


def discard(w: Work, message_id: int, reason: str, *, number: int) -> int:
    """Never send a held message, nor any of its flood, which has `number` messages as it was looked at.

    Refused as a whole where a period would begin with one of them; Conflict where they are others by now.
    """
    reason = written(reason)
    flood = _flood(w, message_id, Act.MESSAGE_DISCARD, lock=True)
    if not flood.held:
        raise already(w, flood.about, _NOT_HELD, "state")
    if len(flood.held) != number:
        now = len(flood.held)
        raise Conflict(
            T(
                f"暂停的消息现为 {now} 条，与您核对时的 {number} 条不同，没有作废",
                f"{now} messages are held now, not the {number} that you looked at; none was discarded",
            ),
            mend=RELOAD_TO_ACT,
        )
    if flood.begins:
        many = len(flood.begins)
        raise Refused(
            T(
                f"其中 {many} 条一经送达即起算期限，不能作废",
                f"with {many} of them a period begins; they cannot be discarded",
            ),
            mend=T(
                "请解除暂停；所述事项有误的，先在案件中驳回退出，或放行后另行更正",
                "release them; where what they tell is wrong, dismiss the exits first, "
                "or put it right in the case after they went out",
            ),
        )
    for message in flood.held:
        message.state = MessageState.DISCARDED
        message.last_error = reason
    _write_down(w, flood, MessageState.DISCARDED, "message.discarded", reason=[None, reason])
    return len(flood.held)


def _flood(w: Work, message_id: int, act: Act, *, lock: bool = False) -> Flood:
    about = w.session.get(OutboxMessage, message_id)
    if about is None:
        raise NotFound(NOTHING_THERE)
    require(w, act, about.program, about.region)
    reached = scope(w.actor, act, OutboxMessage.program, OutboxMessage.region)
    query = _alike(about, reached)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    held = w.session.scalars(query).all()
    begin = [message for message in held if message.event in PERIOD_BEGINS]
    cases = {message.exit_case_id for message in begin if message.exit_case_id is not None}
    over = select(ExitCase.id).where(ExitCase.id.in_(cases), ExitCase.state.in_(NOTHING_BEGINS))
    settled = set(w.session.scalars(over)) if cases else set()
    return Flood(about, held, [message for message in begin if message.exit_case_id not in settled])


def _alike(about: OutboxMessage, reached: ColumnElement[bool]) -> Select[OutboxMessage]:
    return (
        select(OutboxMessage)
        .where(
            OutboxMessage.state == MessageState.HELD,
            OutboxMessage.event == about.event,
            OutboxMessage.program == about.program,
            reached,
        )
        .order_by(OutboxMessage.id)
    )


def _write_down(w: Work, flood: Flood, state: MessageState, action: str, **more: list[object]) -> None:
    """One event for all, at the message by which they were asked for."""
    w.session.flush()
    shown: dict[str, list[object]] = {
        "state": [MessageState.HELD, state],
        "messages": [None, len(flood.held)],
        **more,
    }
    record(w.session, OutboxMessage.__tablename__, flood.about.id, shown, action=action)
