"""Carries out what supervision decided: writes the event once, changes the state, tells the party."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import assert_never

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from core.domain.lifecycle import states as lifecycle
from core.domain.messages import MessageEvent
from core.domain.supervision.day import is_automatic
from core.domain.supervision.standing import PAID_SERVICE, Action, EventKind
from core.rules.obligations import Mode
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.services.supervision.guards import Inputs
from core.services.supervision.last_days import in_words
from core.services.supervision.moving import advance
from core.services.supervision.reminding import is_asked_for
from core.services.supervision.revocation import revoke
from core.services.supervision.timeline import enter
from core.storage.arrays import among
from core.storage.models import Accreditation, ExitCase, Finding, OutboxMessage, Rectification
from core.storage.models.operations import MessageState
from core.storage.models.supervision import RectificationState

REMINDERS = {
    "term": MessageEvent.REMINDER_TERM,
    "duty": MessageEvent.REMINDER_DUTY,
    "report": MessageEvent.REMINDER_REPORT,
    "plan": MessageEvent.REMINDER_REPORT,
}
"""The message of a reminder by what its period begins with."""


@dataclass(frozen=True, slots=True)
class Target:
    """An accreditation to act on."""

    accreditation: Accreditation
    undelivered: bool
    """A warning reached the party by no channel: nothing takes effect by itself."""


def targets(w: Work, ids: Sequence[int]) -> dict[int, Target]:
    """The accreditations to act on with their parties, in two statements however many there are."""
    undelivered = _undelivered(w, ids)
    query = select(Accreditation).options(joinedload(Accreditation.party)).where(among(Accreditation.id, ids))
    return {item.id: Target(item, item.id in undelivered) for item in w.session.scalars(query)}


def carry_out(w: Work, target: Target, action: Action, day: date, as_of: date) -> None:
    """Do one action of `day` on an accreditation, with its event and message, in this transaction.

    A reminder that is stale on `as_of`, up to which is caught up, is entered and not sent; nor is one of a
    term whose holder has asked for what comes after it.
    """
    accreditation = target.accreditation
    if action.kind is EventKind.REVOKED:
        revoke(w, accreditation, w.session.get_one(ExitCase, action.ref), day, by_itself=True)
        return
    enter(w, accreditation, action.kind, action.clause, action.period, action.title, action.evidence, day)
    message, case_id = _follow(w, target, action, day)
    if message is None or (action.stale_from is not None and action.stale_from <= as_of):
        return
    if message is MessageEvent.REMINDER_TERM and is_asked_for(w, accreditation):
        return
    notify(
        w,
        message,
        key=f"{action.kind}/{accreditation.id}/{action.clause}/{action.period}",
        party_id=accreditation.party_id,
        accreditation_id=accreditation.id,
        exit_case_id=case_id,
        values={
            "clause": action.clause,
            "title": action.title,
            "figures": action.evidence,
            "kind": PAID_SERVICE.label,
            "reason": action.title,
            "due_on": in_words(w.calendar, _evident_day(action, "due_on", day)),
            "deadline": in_words(w.calendar, _deadline(action, day)),
        },
    )


def _follow(w: Work, target: Target, action: Action, day: date) -> tuple[MessageEvent | None, int | None]:
    """What comes of an action: the message to the party, if any, and the exit case that it is about."""
    accreditation = target.accreditation
    match action.kind:
        case EventKind.REMINDER:
            return REMINDERS.get(action.period.split("/")[0]), None
        case EventKind.WARNING:
            return MessageEvent.WARNING, None
        case EventKind.REVERIFICATION_DUE:
            return MessageEvent.REMINDER_REVERIFICATION, None
        case EventKind.SHORTFALL:
            # As a term ends nothing is asked of the party; whoever extends the term has to speak to it.
            accreditation.extension_needs_decision = True
            return None, None
        case EventKind.FINDING_OPENED:
            _open_finding(w, target, action, day)
            return MessageEvent.FINDING_OPENED, None
        case EventKind.EXIT_PROPOSED:
            return MessageEvent.EXIT_PROPOSED, _propose(w, target, action, day)
        case EventKind.EXPIRED:
            return advance(w, accreditation, lifecycle.Action.EXPIRE, on=day, by_itself=True).message, None
        case EventKind.RECTIFICATION_ORDERED:
            order = Inputs(order=_order(w, target, action, day))
            move = advance(
                w, accreditation, lifecycle.Action.ORDER_RECTIFICATION, order, on=day, by_itself=True
            )
            return move.message, None
        case (
            EventKind.ACCREDITED
            | EventKind.RECTIFICATION_CLOSED
            | EventKind.EXIT_DISMISSED
            | EventKind.EXIT_OVERTURNED
            | EventKind.REVOKED
            | EventKind.EXTENDED
            | EventKind.EXTENSION_REFUSED
            | EventKind.WITHDRAWN
            | EventKind.DUPLICATE
            | EventKind.SEPARATED
            | EventKind.CHANGED
            | EventKind.CEASED
            | EventKind.ANNULLED
            | EventKind.RESTORED
        ):
            raise ValueError(f"{action.kind} of {action.clause} is not brought about by a day")
        case _:
            assert_never(action.kind)


def _deadline(action: Action, day: date) -> date:
    """Until when an order given on a day runs."""
    return day + timedelta(days=action.rule.rectify_days if action.rule is not None else 0)


def _evident_day(action: Action, name: str, otherwise: date) -> date:
    found = action.evidence.get(name)
    return date.fromisoformat(found) if isinstance(found, str) else otherwise


def _order(w: Work, target: Target, action: Action, day: date) -> Rectification:
    order = Rectification(
        accreditation_id=target.accreditation.id,
        clause=action.clause,
        ordered_on=day,
        deadline=_deadline(action, day),
        evidence=dict(action.evidence),
    )
    w.session.add(order)
    return order


def _open_finding(w: Work, target: Target, action: Action, day: date) -> None:
    w.session.add(
        Finding(
            accreditation_id=target.accreditation.id,
            kind=PAID_SERVICE,
            clause=action.clause,
            reason=action.title.zh,
            opened_on=day,
            service_record_id=action.ref,
        )
    )


def _propose(w: Work, target: Target, action: Action, day: date) -> int:
    rule = action.rule
    if rule is None:
        raise ValueError(f"a proposal under {action.clause} needs its rule")
    about_order = action.period.startswith("order/")
    automatic = is_automatic(rule) and not target.undelivered
    case = ExitCase(
        accreditation_id=target.accreditation.id,
        clause=action.clause,
        title_zh=action.title.zh,
        title_en=action.title.en,
        mode=Mode.AUTOMATIC if automatic else Mode.CONFIRM,
        ban_years=rule.ban_years,
        period=action.period,
        proposed_on=day,
        finding_id=action.ref if action.period.startswith("finding/") else None,
        rectification_id=action.ref if about_order else None,
        evidence=dict(action.evidence),
    )
    w.session.add(case)
    if about_order:
        order = w.session.get_one(Rectification, action.ref)
        if order.state is RectificationState.OPEN:
            order.state = RectificationState.LAPSED
    w.session.flush()
    return case.id


def _undelivered(w: Work, ids: Sequence[int]) -> set[int]:
    """Those of which a warning has failed or was discarded, and none was sent."""
    about = OutboxMessage.accreditation_id
    told = func.count().filter(OutboxMessage.state == MessageState.SENT)
    lost = func.count().filter(OutboxMessage.state.in_((MessageState.FAILED, MessageState.DISCARDED)))
    query = select(about).where(among(about, ids), OutboxMessage.event == "warning").group_by(about)
    return set(w.session.scalars(query.having(told == 0, lost > 0)))
