"""Reminders that are no use any more: what they are about is over or done, or a later one says it."""

from __future__ import annotations

import re
from datetime import date

from sqlalchemy import exists, select

from core.domain.lifecycle.states import IN_FORCE, AccreditationState, ApplicationState
from core.domain.messages import MessageEvent
from core.domain.supervision.periods import year_of
from core.domain.supervision.reports import wanted_on
from core.domain.supervision.standing import low_bar
from core.rules.evaluate import Outcome, evaluate
from core.rules.obligations import ReportDuty, ServiceDuty
from core.rules.walk import chosen
from core.services.base.work import Work
from core.services.messaging.texts.supervision import DAYS_LEFT
from core.services.supervision.standings import load_subjects, measured
from core.services.supervision.status import Status
from core.storage.models import Accreditation, Application, ExtensionRequest, OutboxMessage
from core.storage.models.supervision import ExtensionState
from core.storage.one_party import ids_of

REMINDERS = frozenset({MessageEvent.REMINDER_TERM, MessageEvent.REMINDER_DUTY, MessageEvent.REMINDER_REPORT})
_KEY = re.compile(r"reminder/\d+/(.*)/(term|duty|report|plan)/(\d{4}(?:-\d{2}-\d{2})?)")


def is_asked_for(w: Work, accreditation: Accreditation) -> bool:
    """Whether the party asked for an extension that is not answered, or handed in a new application."""
    asked = exists().where(
        ExtensionRequest.accreditation_id == accreditation.id,
        ExtensionRequest.state == ExtensionState.OPEN,
    )
    applied = exists().where(
        Application.party_id.in_(ids_of(accreditation.party_id)),
        Application.program == accreditation.program,
        Application.track == accreditation.track,
        Application.state.in_([state for state in ApplicationState if state.is_open]),
        Application.state != ApplicationState.DRAFT,
    )
    return bool(w.session.scalar(select(asked | applied)))


def is_outdated(w: Work, message: OutboxMessage) -> bool:
    """Whether a reminder that waited to be sent is no use any more."""
    found = _KEY.match(message.key)
    if message.event not in REMINDERS or found is None or message.accreditation_id is None:
        return False
    status = Status(w, w.session.get_one(Accreditation, message.accreditation_id))
    clause, about, named = found.groups()
    if about == "term":
        return _term_is_dealt_with(status, message, date.fromisoformat(named))
    if status.accreditation.program not in w.catalogue.programs:
        return False  # whether it is met cannot be told without its rules
    if about == "duty":
        return _duty_is_met(status, clause, date.fromisoformat(named))
    return _report_is_there(status, clause, about, named)


def _term_is_dealt_with(status: Status, message: OutboxMessage, last: date) -> bool:
    w, held = status.w, status.accreditation
    if last < w.today or held.state not in IN_FORCE or held.valid_through != last:
        return True
    later = exists().where(
        OutboxMessage.event == MessageEvent.REMINDER_TERM,
        OutboxMessage.accreditation_id == held.id,
        OutboxMessage.channel == message.channel,
        OutboxMessage.recipient == message.recipient,
        OutboxMessage.created_at > message.created_at,
    )
    return is_asked_for(w, held) or bool(w.session.scalar(select(later)))


def _duty_is_met(status: Status, clause: str, last: date) -> bool:
    """Whether the year is over, or all that the duty asks of it has been done since."""
    w, held = status.w, status.accreditation
    if last < w.today or held.state not in IN_FORCE:
        return True
    met = []
    for duty in status.clauses.duties:
        if isinstance(duty, ServiceDuty) and duty.clause == clause:
            window = (held.id, year_of(status.dates, chosen(duty.year), last)[0], w.today)
            metrics = measured(w.session, [window], low_bar(status.clauses))[window]
            met.append(evaluate(duty.test, metrics, w.today).outcome is Outcome.MET)
    return bool(met) and all(met)


def _report_is_there(status: Status, clause: str, kind: str, named: str) -> bool:
    """Whether its last day is over, or it came; of one that was overdue, the year alone is named."""
    w, held = status.w, status.accreditation
    if held.state not in IN_FORCE and held.state is not AccreditationState.EXPIRED:
        return True
    due = date.fromisoformat(named) if "-" in named else None
    if due is not None and (w.calendar.last_day(due) or due) < w.today:
        return True
    standing = load_subjects(w, [held.id])[held.id].standing
    # A report falls due in the year after the one that it is about, a plan within its own.
    within = due or date(int(named) + 1, 12, 31)
    return any(
        wanted.there
        for duty in status.clauses.duties
        if isinstance(duty, ReportDuty) and (duty.clause, duty.kind) == (clause, kind)
        for wanted in wanted_on(duty, w.calendar, standing, within)
        if f"{kind}/{named}" in (f"{kind}/{wanted.due_on}", wanted.period)
    )


def with_days_left(w: Work, message: OutboxMessage) -> str:
    """The body of a term's reminder with the days of today in the place of those of when it was written."""
    found = _KEY.match(message.key)
    if message.event != MessageEvent.REMINDER_TERM or found is None:
        return message.body
    left, template = (date.fromisoformat(found[3]) - w.today).days, DAYS_LEFT.get(message.language)
    written = re.escape(template).replace(re.escape("{days}"), r"\d+")
    return re.sub(written, template.format(days=left), message.body)
