"""What becomes void with a corrected approval, and what stands again in its place."""

from __future__ import annotations

from sqlalchemy import exists, select

from core.domain.lifecycle.states import AccreditationState, Action
from core.domain.supervision.standing import EventKind
from core.rules.text import EMPTY, T
from core.services.base.work import Work
from core.services.endings import exits
from core.services.endings.appeals import lift
from core.services.supervision.guards import newer_in_force
from core.services.supervision.moving import advance
from core.services.supervision.restoring import restore
from core.services.supervision.timeline import note
from core.storage.models import Accreditation, ExitCase, Finding, RegisterEvent, ServiceRecord
from core.storage.models.exits import OPEN_EXIT_STATES, ExitState
from core.storage.one_party import ids_of

VOID = T("认定所依据的决定已更正", "The approval behind it was corrected")
STANDS_AGAIN = T(
    "其后接续的认定无效，本认定恢复有效", "The accreditation that followed it is void: this one stands again"
)


def annul(w: Work, held: Accreditation, reason: str) -> T:
    """Make a locked status void, with the exits that rest on it; the one that it had followed stands again.

    What is told of that one; nothing where it had followed none.
    """
    advance(w, held, Action.ANNUL, by_itself=True)
    held.next_due_on = None
    note(w, held, EventKind.ANNULLED, "", w.today.isoformat(), VOID, {"number": held.number})
    w.session.flush()
    _drop_exits(w, held, reason)
    former = _followed_by(w, held)
    # Where a third one is in force by now, that one goes on.
    if former is None or newer_in_force(w, former):
        return EMPTY
    return _stand_again(w, former, held)


def _drop_exits(w: Work, held: Accreditation, reason: str) -> None:
    """Nothing ends what never was: open cases are dismissed, those in effect fall with their bans."""
    own = ExitCase.accreditation_id == held.id
    for case in w.session.scalars(select(ExitCase).where(own, ExitCase.state.in_(OPEN_EXIT_STATES))).all():
        exits.dismiss(w, case.id, reason)
    for case in w.session.scalars(select(ExitCase).where(own, ExitCase.state == ExitState.UPHELD)).all():
        lift(w, held, case, reason, VOID)


def _followed_by(w: Work, held: Accreditation) -> Accreditation | None:
    """The status, locked, that had ended early on the day on which this one began, in its place."""
    event, row = RegisterEvent, Accreditation
    gave_way = exists().where(
        event.accreditation_id == row.id,
        event.kind == EventKind.EXPIRED,
        event.happened_on == held.started_on,
    )
    query = select(row).where(
        row.party_id.in_(ids_of(held.party_id)),
        row.program == held.program,
        row.track == held.track,
        row.state == AccreditationState.EXPIRED,
        row.ended_on == held.started_on,
        row.valid_through >= held.started_on,
        row.id != held.id,
        gave_way,
    )
    query = query.order_by(row.id.desc()).limit(1).with_for_update()
    return w.session.scalar(query.execution_options(populate_existing=True))


def _stand_again(w: Work, former: Accreditation, held: Accreditation) -> T:
    _hand_over(w, held, former)
    if w.today <= former.valid_through and former.ended_on is not None:
        # The days between are lived through: what was due on them is due.
        former.next_due_on = former.ended_on
    restore(w, former, EventKind.RESTORED, f"void/{held.id}", STANDS_AGAIN)
    if not former.state.in_force:
        last = former.valid_through.isoformat()
        return T(
            f"原认定（{former.number}）视为有效至 {last}。",
            f"The former accreditation {former.number} counts as held through {last}.",
        )
    return T(
        f"原认定（{former.number}）恢复有效，有效期至 {former.valid_through.isoformat()}，"
        "其间登记的服务记录计入该认定。",
        f"The former accreditation {former.number} stands again through {former.valid_through.isoformat()}; "
        "services recorded meanwhile count for it.",
    )


def _hand_over(w: Work, held: Accreditation, former: Accreditation) -> None:
    """Count the services of the days in which the former would have been held for it, as recorded."""
    record = ServiceRecord
    known = select(record.entry_id).where(record.accreditation_id == former.id)
    query = select(record).where(
        record.accreditation_id == held.id,
        record.service_date.between(held.started_on, former.valid_through),
        record.entry_id.not_in(known),
    )
    for item in w.session.scalars(query):
        item.accreditation = former
        about = select(Finding).where(Finding.service_record_id == item.id)
        for finding in w.session.scalars(about):
            finding.accreditation = former
    w.session.flush()
