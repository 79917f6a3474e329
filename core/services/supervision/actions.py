"""Carries out what supervision decided: writes the event once, changes the state, tells the party."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from core.domain.lifecycle.states import AccreditationState
from core.domain.supervision.day import is_automatic
from core.domain.supervision.standing import FINDING_KINDS, PAID_SERVICE, Action, EventKind
from core.rules.obligations import Mode
from core.rules.periods import DAY
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.services.supervision.revocation import revoke
from core.storage.arrays import among
from core.storage.models import Accreditation, ExitCase, Finding, OutboxMessage, Rectification, RegisterEvent
from core.storage.models.operations import MessageState
from core.storage.models.supervision import RectificationState

MESSAGES = {
    EventKind.WARNING: "warning",
    EventKind.REVERIFICATION_DUE: "reminder.reverification",
    EventKind.EXPIRED: "expired",
    EventKind.RECTIFICATION_ORDERED: "rectification.ordered",
    EventKind.FINDING_OPENED: "finding.opened",
    EventKind.EXIT_PROPOSED: "exit.proposed",
}
"""The message that goes with each event; a revocation sends its own, a shortfall as a term ends none."""
REMINDERS = {"term": "reminder.term", "duty": "reminder.duty", "report": "reminder.report"}
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


def carry_out(w: Work, target: Target, action: Action, day: date) -> None:
    """Do one action of `day` on an accreditation, with its event and message, in this transaction."""
    accreditation = target.accreditation
    if action.kind is EventKind.REVOKED:
        case = w.session.get_one(ExitCase, action.ref)
        revoke(w, accreditation, case, day)
        return
    record_event(w, accreditation, action, day)
    handler = _HANDLERS.get(action.kind)
    case_id = handler(w, target, action, day) if handler is not None else None
    reminder = REMINDERS.get(action.period.split("/")[0]) if action.kind is EventKind.REMINDER else None
    message = reminder or MESSAGES.get(action.kind)
    if message is None:
        return
    days = action.rule.rectify_days if action.rule is not None else 0
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
            "kind": FINDING_KINDS[PAID_SERVICE],
            "reason": action.title,
            "due_on": _evident_day(action, "due_on", day),
            "deadline": day + timedelta(days=days),
        },
    )


def _evident_day(action: Action, name: str, otherwise: date) -> date:
    found = action.evidence.get(name)
    return date.fromisoformat(found) if isinstance(found, str) else otherwise


def record_event(w: Work, accreditation: Accreditation, action: Action, day: date) -> None:
    """Write the action into the timeline."""
    w.session.add(
        RegisterEvent(
            accreditation_id=accreditation.id,
            kind=action.kind,
            happened_on=day,
            clause=action.clause,
            period=action.period,
            title_zh=action.title.zh,
            title_en=action.title.en,
            evidence=dict(action.evidence),
        )
    )


def _expire(_w: Work, target: Target, action: Action, _day: date) -> None:
    accreditation = target.accreditation
    accreditation.state = AccreditationState.EXPIRED
    accreditation.ended_on = accreditation.valid_through + DAY
    accreditation.ended_clause = action.clause


def _shortfall(_w: Work, target: Target, _action: Action, _day: date) -> None:
    target.accreditation.extension_needs_decision = True


def _order(w: Work, target: Target, action: Action, day: date) -> None:
    days = action.rule.rectify_days if action.rule is not None else 0
    w.session.add(
        Rectification(
            accreditation_id=target.accreditation.id,
            clause=action.clause,
            ordered_on=day,
            deadline=day + timedelta(days=days),
            evidence=dict(action.evidence),
        )
    )
    target.accreditation.state = AccreditationState.RECTIFYING


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
    """Those of which a warning has failed and none was sent."""
    about = OutboxMessage.accreditation_id
    told = func.count().filter(OutboxMessage.state == MessageState.SENT)
    lost = func.count().filter(OutboxMessage.state == MessageState.FAILED)
    query = select(about).where(among(about, ids), OutboxMessage.event == "warning").group_by(about)
    return set(w.session.scalars(query.having(told == 0, lost > 0)))


_HANDLERS: dict[EventKind, Callable[[Work, Target, Action, date], int | None]] = {
    EventKind.EXPIRED: _expire,
    EventKind.SHORTFALL: _shortfall,
    EventKind.RECTIFICATION_ORDERED: _order,
    EventKind.FINDING_OPENED: _open_finding,
    EventKind.EXIT_PROPOSED: _propose,
}
