"""Reminders that are no use any more: what they are about is over or asked for, or a later one says it."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import exists, select

from core.domain.lifecycle.states import IN_FORCE, ApplicationState
from core.domain.messages import MessageEvent
from core.services.base.work import Work
from core.services.messaging.texts.supervision import DAYS_LEFT
from core.storage.models import Accreditation, Application, ExtensionRequest, OutboxMessage
from core.storage.models.supervision import ExtensionState

REMINDERS = frozenset({MessageEvent.REMINDER_TERM, MessageEvent.REMINDER_DUTY, MessageEvent.REMINDER_REPORT})
_PERIOD = re.compile(r"/(?:term|duty|report)/(\d{4}-\d{2}-\d{2})")


def is_asked_for(w: Work, accreditation: Accreditation) -> bool:
    """Whether the party asked for an extension that is not answered, or handed in a new application."""
    asked = exists().where(
        ExtensionRequest.accreditation_id == accreditation.id,
        ExtensionRequest.state == ExtensionState.OPEN,
    )
    applied = exists().where(
        Application.party_id == accreditation.party_id,
        Application.program == accreditation.program,
        Application.track == accreditation.track,
        Application.state.in_([state for state in ApplicationState if state.is_open]),
        Application.state != ApplicationState.DRAFT,
    )
    return bool(w.session.scalar(select(asked | applied)))


def is_outdated(w: Work, message: OutboxMessage) -> bool:
    """Whether a reminder that waited to be sent is no use any more."""
    found = _PERIOD.search(message.key)
    if message.event not in REMINDERS or found is None or message.accreditation_id is None:
        return False
    if date.fromisoformat(found[1]) < w.today:
        return True
    if message.event != MessageEvent.REMINDER_TERM:
        return False
    accreditation = w.session.get_one(Accreditation, message.accreditation_id)
    later = exists().where(
        OutboxMessage.event == MessageEvent.REMINDER_TERM,
        OutboxMessage.accreditation_id == accreditation.id,
        OutboxMessage.channel == message.channel,
        OutboxMessage.recipient == message.recipient,
        OutboxMessage.created_at > message.created_at,
    )
    return (
        accreditation.state not in IN_FORCE
        or accreditation.valid_through.isoformat() != found[1]
        or is_asked_for(w, accreditation)
        or bool(w.session.scalar(select(later)))
    )


def with_days_left(w: Work, message: OutboxMessage) -> str:
    """The body of a term's reminder with the days of today in the place of those of when it was written."""
    found = _PERIOD.search(message.key)
    if message.event != MessageEvent.REMINDER_TERM or found is None:
        return message.body
    left, template = (date.fromisoformat(found[1]) - w.today).days, DAYS_LEFT.get(message.language)
    written = re.escape(template).replace(re.escape("{days}"), r"\d+")
    return re.sub(written, template.format(days=left), message.body)
