"""A status given back, or a term extended or not, by mistake: a second person corrects it."""

from __future__ import annotations

from sqlalchemy import select

from core.domain.acts import Act
from core.domain.errors import Refused
from core.domain.lifecycle.states import AccreditationState, Action
from core.domain.supervision.standing import EventKind
from core.rules.text import T
from core.services.base.access import require_second
from core.services.base.words import written
from core.services.base.work import Work
from core.services.deciding.correcting import NOT_ONESELF, record
from core.services.deciding.correcting_status import tell
from core.services.endings.extensions import clause_of
from core.services.supervision.guards import withdrawal
from core.services.supervision.living_through import check_now
from core.services.supervision.locking import lock_for, part_for
from core.services.supervision.moving import advance
from core.services.supervision.restoring import note_expiry, restore
from core.services.supervision.status import Status
from core.services.supervision.timeline import note
from core.storage.models import Accreditation, AuditEvent, DecisionCorrection, ExtensionRequest
from core.storage.models.deciding import CorrectedKind
from core.storage.models.supervision import ExtensionState

NOT_GIVEN_BACK = T("退出登记有误，恢复认定", "It was not given back: the status stands")
TERM_AGAIN = T("延续已更正，有效期恢复原状", "The extension was corrected: the term is as before")


def correct_withdrawal(w: Work, accreditation_id: int, reason: str) -> int:
    """Correct a withdrawal: the status stands again, or ended by its term. Returns the correction's id."""
    status = lock_for(w, accreditation_id, Act.APPEAL_DECIDE)
    held, said = status.accreditation, written(reason)
    left = withdrawal(w, held)
    if held.state is not AccreditationState.WITHDRAWN or left is None:
        raise Refused(T("没有主动退出可更正", "no withdrawal stands to be corrected"))
    by = _recorded_by(w, held)
    require_second(w, NOT_ONESELF, by)
    before = {"by": by, "withdrawn_on": str(left.happened_on), "reason": left.evidence.get("reason", "")}
    correction = record(w, CorrectedKind.WITHDRAWAL, left.id, said, before, accreditation=held)
    restore(w, held, EventKind.RESTORED, f"withdrawal/{left.id}", NOT_GIVEN_BACK)
    through = held.valid_through.isoformat()
    effect = (
        T(f"认定恢复有效，有效期至 {through}。", f"The status stands again, through {through}.")
        if held.state.in_force
        else T(f"认定视为有效至 {through}。", f"The status counts as held through {through}.")
    )
    tell(w, correction, held, effect)
    return correction.id


def correct_extension(w: Work, request_id: int, reason: str) -> int:
    """Correct the answer to a request for an extension: the term is as before, the request open again.

    Returns the correction's id.
    """
    request, status = part_for(w, ExtensionRequest, request_id, Act.EXTENSION_DECIDE)
    held, said = status.accreditation, written(reason)
    if request.state is ExtensionState.OPEN:
        raise Refused(T("该申请尚无答复", "the request has not been answered yet"))
    require_second(w, NOT_ONESELF, request.decided_by_id)
    granted = request.state is ExtensionState.GRANTED
    if why := _why_not(w, held, request, granted=granted):
        raise Refused(why)
    before = {
        "by": request.decided_by_id,
        "state": request.state,
        "decided_on": str(request.decided_on),
        "reason": request.reason,
    }
    correction = record(w, CorrectedKind.EXTENSION, request.id, said, before, accreditation=held)
    request.state, request.decided_on = ExtensionState.OPEN, None
    request.decided_by_id, request.reason = None, ""
    w.session.flush()
    if granted:
        _shorten(status, request, correction)
    tell(
        w,
        correction,
        held,
        T(
            f"有效期至 {held.valid_through.isoformat()}，延续申请重新办理。",
            f"The term ends on {held.valid_through.isoformat()}; the request is examined again.",
        ),
    )
    check_now(w, held.id)
    return correction.id


def _why_not(w: Work, held: Accreditation, request: ExtensionRequest, *, granted: bool) -> T | None:
    """Only what the present term rests on can be taken back."""
    term = request.new_valid_through if granted else request.old_valid_through
    if held.valid_through != term:
        return T(
            "有效期其后又有变更，请更正最近一次", "the term has changed since; correct the latest answer"
        )
    if granted and not held.state.in_force:
        state = held.state.label
        return T(f"认定{state.zh}，不再更正延续", f"the status has ended ({state.en}): its term stays")
    row = ExtensionRequest
    another = select(row.id).where(row.accreditation_id == held.id, row.state == ExtensionState.OPEN)
    if w.session.scalar(another.limit(1)) is not None:
        return T("另有待答复的延续申请", "another request waits for its answer; decide that one")
    return None


def _shorten(status: Status, request: ExtensionRequest, correction: DecisionCorrection) -> None:
    """Let the term be what it was; one that is over by now has ended by it."""
    w, held, row = status.w, status.accreditation, ExtensionRequest
    earlier = select(row.old_valid_through).where(
        row.accreditation_id == held.id, row.state == ExtensionState.GRANTED
    )
    last = w.session.scalar(earlier.order_by(row.old_valid_through.desc()).limit(1))
    held.valid_through = request.old_valid_through
    held.valid_from = last or held.started_on
    shown = {"valid_through": held.valid_through.isoformat()}
    note(
        w,
        held,
        EventKind.CHANGED,
        clause_of(status.clauses),
        f"correction/{correction.id}",
        TERM_AGAIN,
        shown,
    )
    w.session.flush()
    if w.today > held.valid_through:
        advance(w, held, Action.EXPIRE, by_itself=True)
        note_expiry(w, held)
    else:
        # The end of the shorter term may come before the next day that was due.
        held.next_due_on = w.today


def _recorded_by(w: Work, held: Accreditation) -> int | None:
    """Who entered the withdrawal: a member of the party, or an officer for it."""
    event = AuditEvent
    query = select(event.actor_id).where(
        event.subject == Accreditation.__tablename__,
        event.subject_id == str(held.id),
        event.changes["state"][1].as_string() == AccreditationState.WITHDRAWN.value,
    )
    return w.session.scalar(query.order_by(event.id.desc()).limit(1))
