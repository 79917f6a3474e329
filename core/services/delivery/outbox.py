"""Sends what `notify` has written: one run at a time, each message once, and again where that failed.

Each attempt is counted before it is made. A crash between sending and marking sends it again, later and under
the same Message-ID.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import assert_never

import pluggy
import structlog
from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session, aliased, sessionmaker

from core.domain.calendar import CalendarUnknownError
from core.domain.clock import local_date
from core.domain.errors import DomainError
from core.hooks import specs
from core.hooks.loaded import LoadedProgram
from core.logs import masked
from core.plugin_api import PROJECT
from core.services.base.evidence import long_date
from core.services.base.queue import wake_sender
from core.services.base.work import SYSTEM, Work, work
from core.services.delivery.brake import brake
from core.services.delivery.late import tell_of_late
from core.services.delivery.letters import Carrier, DeliveryError, Gateway, Hindrance, Letter
from core.services.endings.exits import told
from core.services.messaging.template import SECRET_MARK, UNTIL, with_footer
from core.services.messaging.writing import EMAIL, sound_alarm
from core.services.supervision.reminding import is_outdated, with_days_left
from core.storage.models import ExitCase, OutboxMessage
from core.storage.models.exits import OPEN_EXIT_STATES
from core.storage.models.operations import MessageChannel, MessageState
from core.storage.processes.turns import Turn, turn_if_free

BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    *6 * (timedelta(hours=4),),
)
"""How long to wait after each failed attempt, more than a day in all; after the last one a person looks."""
MOST_ATTEMPTS = len(BACK_OFF) + 1
FORGIVEN = timedelta(days=7)
"""For so long an attempt does not count that says nothing of the message, as nothing could be sent at all."""
LIMIT = 1000
SENDING = Turn("sending", 0x61636D73, 300)
"""One run at a time sends, whoever starts it; handing one message over takes less than the patience."""
ACTION = "message.send"
PROPOSAL = "exit.proposed"
"""The message with whose sending the time to object begins."""
COPY_MARK = "#"

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Counts:
    """What a run did: sent, put off, and given up."""

    sent: int = 0
    retried: int = 0
    failed: int = 0
    waited: list[float] = field(default_factory=list)
    """Seconds from the writing of each message that was sent."""

    def to_json(self) -> dict[str, int]:
        """The counts by name."""
        return {"sent": self.sent, "retried": self.retried, "failed": self.failed}


OUTDATED = "提醒的事项已过，不再发送"


def send_due(
    factory: sessionmaker[Session],
    now: datetime,
    gateways: Mapping[MessageChannel, Gateway],
    *,
    limit: int = LIMIT,
) -> Counts:
    """Send up to `limit` messages that are due at one moment; see `send_by_clock`."""
    return send_by_clock(factory, lambda: now, gateways, limit=limit)


def send_by_clock(
    factory: sessionmaker[Session],
    now: Callable[[], datetime],
    gateways: Mapping[MessageChannel, Gateway],
    *,
    limit: int = LIMIT,
) -> Counts:
    """Send up to `limit` messages, also those that come due meanwhile; nothing where another run is at it.

    A gateway that is down is left alone for this run.
    """
    counts, working = Counts(), set(gateways)
    with turn_if_free(factory, SENDING) as session:
        if session is None:
            return counts
        with ExitStack() as stack:
            carriers = {channel: stack.enter_context(gateways[channel].opened()) for channel in gateways}
            for _ in range(limit):
                with work(session, SYSTEM, now(), ACTION) as w:
                    claimed = _claim(w, working)
                if claimed is None:
                    break
                session.expunge_all()
                with work(session, SYSTEM, now(), ACTION) as w:
                    message = _held(w, *claimed)
                    if message is not None:
                        channel = MessageChannel(message.channel)
                        if _attempt(w, message, carriers[channel]) is Hindrance.DOWN:
                            working.discard(channel)
                        _count(w, counts, message)
                session.expunge_all()
        with work(session, SYSTEM, now(), ACTION) as w:
            _tell_again(w)
            tell_of_late(w)
    with factory.begin() as session:
        # Whoever came in vain while this run had the turn, or what is above the limit, must not wait.
        if session.scalar(select(_due(now(), working).exists())):
            wake_sender(session)
    return counts


def _claim(w: Work, channels: Collection[str]) -> tuple[int, int] | None:
    """Count the attempt on the next message that is due: its id and the number of the attempt."""
    query = (
        _due(w.now, channels)
        .order_by(OutboxMessage.next_attempt_at, OutboxMessage.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    message = w.session.scalars(query).one_or_none()
    while message is not None and brake(w, message):
        message = w.session.scalars(query).one_or_none()
    if message is None:
        return None
    message.attempts += 1
    message.next_attempt_at = w.now + BACK_OFF[min(message.attempts, len(BACK_OFF)) - 1]
    return message.id, message.attempts


def _due(now: datetime, channels: Collection[str]) -> Select[OutboxMessage]:
    return select(OutboxMessage).where(
        OutboxMessage.state == MessageState.PENDING,
        OutboxMessage.next_attempt_at <= now,
        OutboxMessage.channel.in_(channels),
    )


def _held(w: Work, message_id: int, attempt: int) -> OutboxMessage | None:
    """The message, locked, unless another sender has taken it up meanwhile."""
    query = select(OutboxMessage).where(
        OutboxMessage.id == message_id,
        OutboxMessage.state == MessageState.PENDING,
        OutboxMessage.attempts == attempt,
    )
    return w.session.scalars(query.with_for_update(skip_locked=True)).one_or_none()


def _attempt(w: Work, message: OutboxMessage, carrier: Carrier) -> Hindrance | None:
    """Send one message and write down how it went."""
    if message.attempts > MOST_ATTEMPTS:  # the last one was counted, and never came to its end
        _give_up(w, message)
        return None
    if is_outdated(w, message):
        message.state, message.attempts = MessageState.DISCARDED, 0
        message.last_error = OUTDATED
        return None
    message.body = _with_date(w, message) if message.event == PROPOSAL else with_days_left(w, message)
    said = message.body.replace(SECRET_MARK, message.secret) if message.secret else message.body
    reply_to = w.reply_to(message.program)
    if message.channel == EMAIL:
        said = with_footer(said, message.language, answered=bool(reply_to))
    letter = Letter(message.key, message.recipient, message.subject, said, w.now, message.event, reply_to)
    try:
        _hand_over(carrier, letter)
    except DeliveryError as error:
        message.last_error = masked(str(error))  # a server may quote whom it refuses
        if error.hindrance is Hindrance.DOWN and w.now < message.created_at + FORGIVEN:
            message.attempts -= 1
            message.next_attempt_at = w.now + BACK_OFF[0]
        elif error.hindrance is Hindrance.REFUSED or message.attempts >= MOST_ATTEMPTS:
            _give_up(w, message)
        log.warning("message.not_sent", key=message.key, channel=message.channel, error=message.last_error)
        return error.hindrance
    message.state = MessageState.SENT
    message.secret = ""
    message.sent_at = w.now
    message.last_error = ""
    if message.event == PROPOSAL and message.exit_case_id is not None:
        _tell(w, message)
    if COPY_MARK not in message.key:
        _ask_plugins(w, message)
    return None


def _give_up(w: Work, message: OutboxMessage) -> None:
    message.state = MessageState.FAILED
    message.secret = ""
    try:
        with w.session.begin_nested():
            sound_alarm(w, message)
    except Exception:
        # The message is given up all the same, and stands on the dashboard.
        log.exception("message.no_alarm", key=message.key)


def _hand_over(carrier: Carrier, letter: Letter) -> None:
    try:
        carrier.send(letter)
    except DeliveryError:
        raise
    except Exception as error:
        # One message that a library stumbles over must not keep the others waiting.
        log.exception("message.gateway_failed", key=letter.key)
        raise DeliveryError(Hindrance.LATER, repr(error)) from error


def _count(w: Work, counts: Counts, message: OutboxMessage) -> None:
    match message.state:
        case MessageState.SENT:
            counts.sent += 1
            counts.waited.append((w.now - message.created_at).total_seconds())
        case MessageState.FAILED:
            counts.failed += 1
        case MessageState.PENDING | MessageState.HELD | MessageState.DISCARDED:
            counts.retried += 1
        case _:
            assert_never(message.state)


def _with_date(w: Work, message: OutboxMessage) -> str:
    """The body with the last day to object in the place of its description, if that day is known."""
    days = w.operation("objection_working_days")
    described = UNTIL.get(message.language).format(number=days)
    case = w.session.get(ExitCase, message.exit_case_id) if message.exit_case_id is not None else None
    until = case.objection_until if case is not None else None
    if until is None:
        try:
            until = w.calendar.add_working_days(w.today, int(days))
        except CalendarUnknownError:
            return message.body
    return message.body.replace(described, long_date(until, message.language))


def _tell(w: Work, message: OutboxMessage) -> None:
    """Let the time to object begin with the day of sending; the message is sent whatever the case says."""
    case_id, sent_at = message.exit_case_id, message.sent_at
    try:
        with w.session.begin_nested():
            told(w, case_id, local_date(sent_at))  # type: ignore[arg-type]  # the caller has looked
    except DomainError as error:
        message.last_error = f"告知日期未能登记：{error.text.zh}"
        log.warning("message.not_told", key=message.key, exit_case=case_id, error=error.text.en)
    except Exception:
        # Were this raised, the message would be sent again and again; the next run makes up for it.
        log.exception("message.not_told", key=message.key, exit_case=case_id)


def _tell_again(w: Work) -> None:
    """What could not be written down when its message was sent.

    Of a case that was opened again the word of before tells nothing: the latest one does.
    """
    later = aliased(OutboxMessage)
    told_anew = exists().where(
        later.exit_case_id == OutboxMessage.exit_case_id,
        later.event == PROPOSAL,
        later.created_at > OutboxMessage.created_at,
    )
    query = (
        select(OutboxMessage)
        .join(ExitCase, OutboxMessage.exit_case_id == ExitCase.id)
        .where(
            ExitCase.state.in_(OPEN_EXIT_STATES),
            ExitCase.told_on.is_(None),
            OutboxMessage.event == PROPOSAL,
            OutboxMessage.state == MessageState.SENT,
            OutboxMessage.last_error == "",
            ~told_anew,
        )
        .order_by(OutboxMessage.sent_at, OutboxMessage.id)
    )
    for message in w.session.scalars(query).all():
        _tell(w, message)


def _ask_plugins(w: Work, message: OutboxMessage) -> None:
    """Offer the message to the programme's own channels; what goes wrong there stays there."""
    loaded = w.catalogue.programs.get(message.program or "")
    if loaded is None:
        return
    content = {
        "to": message.recipient,
        "subject": message.subject,
        "body": message.body,
        "event": message.event,
    }
    try:
        _channels(loaded).hook.notify(message=content)
    except Exception:  # a third party's channel must not keep the register's own from working
        log.exception("message.plugin_failed", program=message.program, key=message.key)


@lru_cache(maxsize=64)
def _channels(loaded: LoadedProgram) -> pluggy.PluginManager:
    manager = pluggy.PluginManager(PROJECT)
    manager.add_hookspecs(specs)
    manager.register(loaded.plugin, loaded.source)
    return manager
