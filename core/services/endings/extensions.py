"""Extensions of a term: asked for within its time, granted or refused by the authority."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Select, exists, func, or_, select

from core.domain.acts import Act
from core.domain.errors import Conflict, Invalid, Refused
from core.domain.lifecycle.accreditation_table import ACCREDITATION_TABLE
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.states import Action
from core.domain.messages import MessageEvent
from core.domain.supervision.replay import extended_through, extension_open, extension_window
from core.domain.supervision.standing import EventKind, SupervisionRules
from core.rules.text import T
from core.services.base.decided import already
from core.services.base.printable import require_printable
from core.services.base.words import unkept, written
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.services.supervision.guards import Inputs, newer_in_force
from core.services.supervision.living_through import check_now
from core.services.supervision.locking import lock_own, part_for
from core.services.supervision.moving import advance, resume
from core.services.supervision.status import Status
from core.services.supervision.timeline import note, unused
from core.storage.models import Accreditation, ExitCase, ExtensionRequest, RegisterEvent
from core.storage.models.exits import OPEN_EXIT_STATES
from core.storage.models.supervision import ExtensionState

ASKED_ALREADY = T("您已提出延续申请，请等待答复", "You have asked already; wait for the answer")
CAN_GO_ON = frozenset(move.source for move in ACCREDITATION_TABLE if move.action is Action.EXTEND)
"""The states in which a term can be extended."""


@dataclass(frozen=True, slots=True)
class ExtensionWindow:
    """When an extension can be asked for, and until when the term would then run."""

    first: date
    last: date
    """The day that is named: one that is off moves."""
    new_valid_through: date
    open: bool


def window(status: Status) -> ExtensionWindow | None:
    """The time in which an extension can be asked for; None where the programme knows none."""
    accreditation, rules = status.accreditation, status.clauses
    through = accreditation.valid_through
    days = extension_window(rules, through)
    if days is None:
        return None
    return ExtensionWindow(
        *days,
        extended_through(rules, accreditation.started_on, through),
        accreditation.state in CAN_GO_ON and extension_open(rules, through, status.w.today),
    )


def standing_against(status: Status) -> list[T]:
    """Why the party cannot ask for an extension now; empty where it can."""
    w, accreditation = status.w, status.accreditation
    found: list[T] = []
    try:
        _can_go_on(status)
    except Refused as error:
        return [error.text]
    if not extension_open(status.clauses, accreditation.valid_through, w.today):
        found.append(Guard.EXTENSION_WINDOW.reason)
    if w.session.scalar(select(exists(_waiting(accreditation.id)))):
        found.append(ASKED_ALREADY)
    return found


def request_extension(w: Work, accreditation_id: int, statement: str = "") -> int:
    """The party asks for an extension; returns the request's id."""
    status = lock_own(w, accreditation_id)
    accreditation, rules = status.accreditation, status.clauses
    _can_go_on(status)
    errors = unkept(statement, "statement")
    if errors:
        raise Invalid(errors)
    if not extension_open(rules, accreditation.valid_through, w.today):
        raise Refused(Guard.EXTENSION_WINDOW.reason)
    if w.session.scalar(select(exists(_waiting(accreditation.id)))):
        raise Conflict(ASKED_ALREADY)
    request = ExtensionRequest(
        accreditation_id=accreditation.id,
        requested_on=w.today,
        requested_by_id=w.actor.user_id,
        statement=statement.strip(),
        old_valid_through=accreditation.valid_through,
        new_valid_through=extended_through(rules, accreditation.started_on, accreditation.valid_through),
    )
    w.session.add(request)
    w.session.flush()
    return request.id


def _waiting(accreditation_id: int) -> Select[int]:
    return select(ExtensionRequest.id).where(
        ExtensionRequest.accreditation_id == accreditation_id, ExtensionRequest.state == ExtensionState.OPEN
    )


def needs_reason(w: Work, accreditation: Accreditation) -> bool:
    """Whether granting an extension asks for a written reason: a shortfall, or an exit case still open."""
    pending = w.session.scalar(select(exists(_pending(accreditation.id))))
    return accreditation.extension_needs_decision or bool(pending)


def _pending(accreditation_id: int) -> Select[int]:
    """The exit cases that are still open."""
    return select(ExitCase.id).where(
        ExitCase.accreditation_id == accreditation_id, ExitCase.state.in_(OPEN_EXIT_STATES)
    )


def _in_spite_of(w: Work, accreditation: Accreditation) -> dict[str, object]:
    """What an extension is granted in spite of, by id: shortfalls since the last one, open exit cases."""
    event = RegisterEvent
    own = event.accreditation_id == accreditation.id
    last = w.session.scalar(select(func.max(event.id)).where(own, event.kind == EventKind.EXTENDED)) or 0
    shortfalls = select(event.id).where(own, event.kind == EventKind.SHORTFALL, event.id > last)
    return {
        "shortfalls": list(w.session.scalars(shortfalls.order_by(event.id))),
        "exits": list(w.session.scalars(_pending(accreditation.id).order_by(ExitCase.id))),
    }


def answer_to(w: Work, request: ExtensionRequest) -> RegisterEvent | None:
    """What the timeline holds of the answer to a request; None before there is one."""
    kind = {
        ExtensionState.GRANTED: EventKind.EXTENDED,
        ExtensionState.REFUSED: EventKind.EXTENSION_REFUSED,
    }.get(request.state)
    event, period = RegisterEvent, _period(request)
    query = select(event).where(
        event.accreditation_id == request.accreditation_id,
        event.kind == kind,
        # Answered anew after a correction, the last answer holds.
        or_(event.period == period, event.period.startswith(f"{period}/")),
    )
    return w.session.scalar(query.order_by(event.id.desc()).limit(1))


def _period(request: ExtensionRequest) -> str:
    """What makes the answer unique in the timeline: the new term, or the request that was refused."""
    if request.state is ExtensionState.GRANTED:
        return request.new_valid_through.isoformat()
    return f"request/{request.id}"


def decide_extension(w: Work, request_id: int, *, granted: bool, reason: str = "") -> None:
    """The authority answers; granted, the new term begins where the old one ended, also after its end."""
    request, status = part_for(w, ExtensionRequest, request_id, Act.EXTENSION_DECIDE)
    if request.state is not ExtensionState.OPEN:
        raise already(w, request, T("该延续申请已有答复", "The request has been answered already"), "state")
    if not granted or needs_reason(w, status.accreditation):
        reason = written(reason)
    elif errors := unkept(reason, "reason"):
        raise Invalid(errors)
    request.state = ExtensionState.GRANTED if granted else ExtensionState.REFUSED
    request.decided_on = w.today
    request.decided_by_id = w.actor.user_id
    request.reason = reason.strip()
    if granted:
        _grant(status, request)
    else:
        _refuse(status, request)
    check_now(w, status.id)


def _grant(status: Status, request: ExtensionRequest) -> None:
    w, accreditation = status.w, status.accreditation
    require_printable(accreditation.party)
    if request.old_valid_through != accreditation.valid_through:
        raise Conflict(
            T("有效期已变更，该申请不再适用", "The term has changed since; the request no longer fits"),
            mend=T("请退回并重新提出", "refuse it, and have it asked for anew"),
        )
    if request.new_valid_through < w.today:
        last = request.new_valid_through.isoformat()
        raise Refused(
            T(
                f"延续后的有效期已于 {last} 届满，不能再同意",
                f"The extended term would have ended on {last}; it cannot be granted any more",
            ),
            mend=T("请答复不同意，当事人可重新申报", "refuse it; the party can apply anew"),
        )
    in_spite = _in_spite_of(w, accreditation)
    ended_on = accreditation.ended_on
    move = advance(w, accreditation, Action.EXTEND, Inputs(request=request))
    accreditation.valid_from = accreditation.valid_through
    accreditation.valid_through = request.new_valid_through
    resume(w, accreditation, ended_on)
    accreditation.extension_needs_decision = False
    evidence = {"valid_through": accreditation.valid_through.isoformat(), **in_spite}
    _note_answer(status, EventKind.EXTENDED, request, T("有效期顺延", "The term is extended"), evidence)
    w.session.flush()
    notify(w, move.message, key=_key(w, request), accreditation_id=accreditation.id, values={})


def _refuse(status: Status, request: ExtensionRequest) -> None:
    w, title = status.w, T("不同意延续", "The extension is refused")
    _note_answer(status, EventKind.EXTENSION_REFUSED, request, title, {"reason": request.reason})
    notify(
        w,
        MessageEvent.EXTENSION_REFUSED,
        key=_key(w, request),
        accreditation_id=status.id,
        values={"reason": request.reason},
    )


def _note_answer(
    status: Status, kind: EventKind, request: ExtensionRequest, title: T, evidence: dict[str, object]
) -> None:
    w, held, clause = status.w, status.accreditation, clause_of(status.clauses)
    period = unused(w, held, kind, clause, _period(request))
    note(w, held, kind, clause, period, title, evidence)


def _key(w: Work, request: ExtensionRequest) -> str:
    """Of the message: each answer has one, also that after a correction."""
    return f"extension/{request.id}/{w.now.isoformat()}"


def clause_of(rules: SupervisionRules) -> str:
    """What an answer rests on: the clause of the extension, else that of the term."""
    return rules.term.extension.clause if rules.term.extension is not None else rules.term.clause


def _can_go_on(status: Status) -> None:
    """Refuse to ask for an extension where there is none, or the status has ended otherwise."""
    accreditation = status.accreditation
    if status.clauses.term.extension is None:
        raise Refused(
            T("本项目不设延续", "This programme has no extension"),
            mend=T("请重新申报", "file a new application"),
        )
    if accreditation.state not in CAN_GO_ON:
        raise Refused(
            T(f"认定{accreditation.state.label.zh}，不能延期", "The status has ended and cannot be extended"),
            mend=T("请重新申报", "file a new application"),
        )
    if newer_in_force(status.w, accreditation):
        raise Refused(Guard.NO_NEWER.reason)
