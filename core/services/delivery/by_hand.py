"""A message sent again by a person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import assert_never

from sqlalchemy import select

from core.domain.acts import Act
from core.domain.errors import NotFound, Refused
from core.rules.text import T
from core.services.base.access import require
from core.services.base.queue import wake_sender
from core.services.base.work import Work
from core.services.messaging.texts.applications import CONFIDENTIAL
from core.storage.models import OutboxMessage, Party, User
from core.storage.models.operations import MessageChannel, MessageState

AGAIN = timedelta(minutes=2)
"""Asked for again so soon after it left, a message is not sent once more: a form that was sent twice."""
NO_MESSAGE = T("没有这条消息", "There is no such message")


def resend(w: Work, message_id: int) -> int:
    """Send a message again, to the address that is known now; returns the id of the message that goes out.

    One that failed is tried anew; one that was sent stays as it is, and a copy goes out. What has just left
    for that address, or waits as such a copy, is what is meant by a form that was sent twice.
    """
    message = w.session.get(OutboxMessage, message_id, with_for_update=True, populate_existing=True)
    if message is None:
        raise NotFound(NO_MESSAGE)
    require(w, Act.MESSAGE_RESEND, message.program, message.region)
    if message.state is MessageState.HELD:
        raise Refused(
            T("消息已暂停发送", "The message is held"),
            mend=T("请由负责人核对后解除暂停", "have the lead look at it and release it"),
        )
    if message.state is MessageState.DISCARDED:
        raise Refused(
            T("消息已作废，不再发送", "The message was discarded, and is never sent"),
            mend=T(
                "如仍需通知，请在案件中重新办理", "where the party is to be told after all, act in the case"
            ),
        )
    if message.event in CONFIDENTIAL and not message.secret:
        raise Refused(
            T("验证码或链接只发送一次", "A code or a link is sent once"),
            mend=T("请让对方重新获取", "have the person ask for another"),
        )
    address = _address(w, message) or message.recipient
    if not address:
        raise Refused(
            T("没有可用的联系方式", "There is no address to send it to"),
            mend=T("请先补充该主体的邮箱或手机号码", "add the party's e-mail address or mobile number first"),
        )
    if message.state is MessageState.SENT:
        copies = _copies(w, message)
        for known in (message, *copies):
            if known.recipient == address and _just_left(w, known):
                return known.id
        message = _copy(w, message, len(copies) + 1)
    message.recipient = address
    message.state = MessageState.PENDING
    message.attempts = 0
    message.last_error = ""
    message.next_attempt_at = w.now
    w.session.flush()
    wake_sender(w.session)
    return message.id


def _address(w: Work, message: OutboxMessage) -> str:
    """Where the message would go if it were written today."""
    user = w.session.get(User, message.user_id) if message.user_id is not None else None
    party = w.session.get(Party, message.party_id) if message.party_id is not None else None
    channel = MessageChannel(message.channel)
    known: tuple[str | None, ...]
    match channel:
        case MessageChannel.EMAIL:
            known = (user.email if user else "", party.email if party and not user else "")
        case MessageChannel.SMS:
            known = (user.mobile if user else "", party.mobile if party else "")
        case MessageChannel.INBOX:
            known = ()
        case _:
            assert_never(channel)
    return next((address for address in known if address), "")


def _copies(w: Work, message: OutboxMessage) -> Sequence[OutboxMessage]:
    query = select(OutboxMessage).where(OutboxMessage.key.startswith(f"{message.key}~", autoescape=True))
    return w.session.scalars(query).all()


def _just_left(w: Work, message: OutboxMessage) -> bool:
    if message.sent_at is None:
        return message.state is MessageState.PENDING
    return message.sent_at > w.now - AGAIN


def _copy(w: Work, message: OutboxMessage, number: int) -> OutboxMessage:
    copy = OutboxMessage(
        key=f"{message.key}~{number}",
        event=message.event,
        channel=message.channel,
        program=message.program,
        region=message.region,
        party_id=message.party_id,
        user_id=message.user_id,
        accreditation_id=message.accreditation_id,
        exit_case_id=message.exit_case_id,
        recipient=message.recipient,
        subject=message.subject,
        body=message.body,
        language=message.language,
        created_at=w.now,
        next_attempt_at=w.now,
    )
    w.session.add(copy)
    return copy
