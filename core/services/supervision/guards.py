"""What stands against a move of an accreditation: every guard, looked up in one place, with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, and_, exists, or_, select
from sqlalchemy.orm import aliased

from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.states import IN_FORCE, AccreditationState
from core.domain.supervision.replay import extension_open
from core.domain.supervision.standing import EventKind, SupervisionRules
from core.hooks.loaded import TrackRules
from core.rules.obligations import Mode
from core.rules.text import T
from core.services.base.work import Work
from core.services.supervision.hearing import is_over, why_not_over
from core.storage.models import (
    Accreditation,
    DecisionCorrection,
    ExitCase,
    ExtensionRequest,
    PendingDecision,
    Rectification,
    RegisterEvent,
)
from core.storage.models.deciding import CorrectedKind, PendingState
from core.storage.models.exits import OPEN_EXIT_STATES, ExitState
from core.storage.models.supervision import ExtensionState, RectificationState
from core.storage.one_party import ids_of

CLOSURE_PERIOD = "change/"
"""What the period of a line begins with that ends a status with its holder; the request's number follows."""


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a move rests on: the order that is given, the case or request that is decided, the reason."""

    order: Rectification | None = None
    exit_case: ExitCase | None = None
    request: ExtensionRequest | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """An accreditation at a move: with its rules, the day, and the inputs (None while only looking).

    While looking, a guard on a decision holds where there is something to decide.
    """

    w: Work
    accreditation: Accreditation
    rules: TrackRules
    on: date
    inputs: Inputs | None
    by_itself: bool = False
    """Time or another act brings the move about: the actor decides nothing in it."""

    @property
    def decided(self) -> ExitCase:
        """The exit case that the move rests on; ValueError where none is given."""
        found = self.inputs.exit_case if self.inputs is not None else None
        if found is None:
            raise ValueError(f"accreditation {self.accreditation.id}: the exit case of the move is not given")
        return found


def check(case: Case, guard: Guard) -> T | None:
    """Why the guard does not hold; None where it does, or where it is about inputs not given yet."""
    return CHECKS[guard](case)


def open_orders(w: Work, accreditation: Accreditation) -> list[Rectification]:
    """The orders to rectify without a result."""
    query = select(Rectification).where(
        Rectification.accreditation_id == accreditation.id, Rectification.state == RectificationState.OPEN
    )
    return list(w.session.scalars(query.order_by(Rectification.id)))


def rectified(w: Work, accreditation: Accreditation) -> bool:
    """Whether no order is open, and no exit case under the clause of one that failed."""
    order = Rectification
    failed = order.state.in_((RectificationState.FAILED, RectificationState.LAPSED))
    undecided = exists().where(
        ExitCase.accreditation_id == order.accreditation_id,
        ExitCase.clause == order.clause,
        ExitCase.state.in_(OPEN_EXIT_STATES),
    )
    unsettled = or_(order.state == RectificationState.OPEN, and_(failed, undecided))
    return not _there(w, order.accreditation_id == accreditation.id, unsettled)


def newer_in_force(w: Work, accreditation: Accreditation) -> bool:
    """Whether the party holds another status of the same track, under whichever of its registrations."""
    return _there(
        w,
        Accreditation.party_id.in_(ids_of(accreditation.party_id)),
        Accreditation.program == accreditation.program,
        Accreditation.track == accreditation.track,
        Accreditation.state.in_(IN_FORCE),
        Accreditation.id != accreditation.id,
    )


def withdrawal(w: Work, accreditation: Accreditation) -> RegisterEvent | None:
    """The line of the timeline with which the party gave the status back."""
    return _line(w, accreditation, EventKind.WITHDRAWN)


def cessation(w: Work, accreditation: Accreditation) -> RegisterEvent | None:
    """The line of the timeline with which the status ended with its holder."""
    return _line(w, accreditation, EventKind.CEASED)


def closure_of(over: RegisterEvent) -> int:
    """The request for a change by which a status ended with its holder."""
    return int(over.period.removeprefix(CLOSURE_PERIOD))


def _line(w: Work, accreditation: Accreditation, kind: EventKind) -> RegisterEvent | None:
    event, later = RegisterEvent, aliased(RegisterEvent)
    taken_back = exists().where(
        later.accreditation_id == event.accreditation_id,
        later.kind == EventKind.RESTORED,
        later.id > event.id,
    )
    own = event.accreditation_id == accreditation.id, event.kind == kind, ~taken_back
    return w.session.scalar(select(event).where(*own).order_by(event.id.desc()).limit(1))


def is_own(w: Work, accreditation: Accreditation) -> bool:
    """Whether the actor belongs to the party, or acts for a body that is the party."""
    return accreditation.party_id in w.actor.parties | w.actor.recommender_parties


def ended_meanwhile(w: Work, accreditation: Accreditation, on: date) -> bool:
    """Whether a status that is given back is over all the same: by its term, or for a newer one."""
    return on > accreditation.valid_through or newer_in_force(w, accreditation)


def unanswered(found: ExitCase, on: date) -> bool:
    """Whether an exit case takes effect by itself on a day: told, and the time to object is over."""
    silent = found.objected_on is None and not found.human_requested
    return found.mode is Mode.AUTOMATIC and silent and is_over(found, on)


def decided_to_wait() -> ColumnElement[bool]:
    """Whether a person's decision on the exit case waits to be issued: the days do not overtake it."""
    row = PendingDecision
    waits = exists().where(row.exit_case_id == ExitCase.id, row.state == PendingState.WAITING)
    return waits.correlate(ExitCase)


def _there(w: Work, *such: ColumnElement[bool]) -> bool:
    return bool(w.session.scalar(select(exists().where(*such))))


def _unless(holds: bool, guard: Guard) -> T | None:
    return None if holds else guard.reason


def _deadline(case: Case) -> T | None:
    if case.inputs is None:
        return None
    order = case.inputs.order
    given = order is not None and order.accreditation_id == case.accreditation.id and order.deadline > case.on
    return _unless(given, Guard.DEADLINE_SET)


def _rectification_open(case: Case) -> T | None:
    return _unless(not rectified(case.w, case.accreditation), Guard.RECTIFICATION_OPEN)


def _accepted(case: Case) -> T | None:
    if case.inputs is None:
        return _unless(bool(open_orders(case.w, case.accreditation)), Guard.RECTIFICATION_ACCEPTED)
    return _unless(rectified(case.w, case.accreditation), Guard.RECTIFICATION_ACCEPTED)


def _term_over(case: Case) -> T | None:
    return _unless(case.on > case.accreditation.valid_through, Guard.TERM_OVER)


def _term_running(case: Case) -> T | None:
    return _unless(case.on <= case.accreditation.valid_through, Guard.TERM_RUNNING)


def _exit_decided(case: Case) -> T | None:
    if case.inputs is None:
        waiting = ExitCase.state.in_(OPEN_EXIT_STATES)
        return _unless(_there(case.w, _of(case, ExitCase), waiting), Guard.EXIT_DECIDED)
    found = case.inputs.exit_case
    if found is not None and found.objected_on is None and found.told_on and found.objection_until is None:
        return why_not_over(case.w, found, case.on)
    decided = (
        found is not None
        and found.accreditation_id == case.accreditation.id
        and found.state is ExitState.UPHELD
        and found.decided_on is not None
        and (_by_two(found, found.decided_on) or unanswered(found, found.decided_on))
    )
    return _unless(decided, Guard.EXIT_DECIDED)


def _by_two(found: ExitCase, on: date) -> bool:
    """Whether two officers decided on a day on which the party had been heard, or had had its time."""
    officers = {found.first_officer_id, found.second_officer_id} - {None}
    heard = found.objected_on is not None or is_over(found, on)
    return len(officers) == 2 and heard  # noqa: PLR2004  # two officers


def _extension_window(case: Case) -> T | None:
    if case.inputs is None:
        waiting = ExtensionRequest.state == ExtensionState.OPEN
        return _unless(_there(case.w, _of(case, ExtensionRequest), waiting), Guard.EXTENSION_WINDOW)
    asked, held = case.inputs.request, case.accreditation
    in_time = (
        asked is not None
        and asked.accreditation_id == held.id
        and asked.old_valid_through == held.valid_through
        and extension_open(_clauses(case, asked.requested_on), asked.old_valid_through, asked.requested_on)
    )
    return _unless(in_time, Guard.EXTENSION_WINDOW)


def _clauses(case: Case, on: date) -> SupervisionRules:
    """The clauses as they were on the day on which something was asked for."""
    held = case.accreditation
    rules = case.w.rules(held.program, held.track, on, edition=held.edition)
    return SupervisionRules(rules.procedure.term, rules.duties, rules.exits, case.w.calendar)


def _corrected(case: Case, kind: CorrectedKind, subject_id: int) -> bool:
    row = DecisionCorrection
    return _there(case.w, row.kind == kind, row.subject_id == subject_id)


def _approval_corrected(case: Case) -> T | None:
    row, held = DecisionCorrection, case.accreditation
    kinds = row.kind.in_((CorrectedKind.APPROVAL, CorrectedKind.INCLUSION))
    corrected = _there(case.w, kinds, row.accreditation_id == held.id)
    return _unless(corrected, Guard.APPROVAL_CORRECTED)


def _appeal_upheld(case: Case) -> T | None:
    if case.inputs is None:
        undecided = (
            ExitCase.state == ExitState.UPHELD,
            ExitCase.appealed_on.is_not(None),
            ExitCase.appeal_decided_on.is_(None),
        )
        return _unless(_there(case.w, _of(case, ExitCase), *undecided), Guard.APPEAL_UPHELD)
    found = case.inputs.exit_case
    upheld = (
        found is not None
        and found.accreditation_id == case.accreditation.id
        and found.state is ExitState.OVERTURNED
        and (
            (found.appealed_on is not None and found.appeal_decided_on is not None)
            or _corrected(case, CorrectedKind.EXIT, found.id)
        )
        and not _there(case.w, _of(case, ExitCase), ExitCase.state == ExitState.UPHELD)
    )
    return _unless(upheld, Guard.APPEAL_UPHELD)


def _reason(case: Case) -> T | None:
    return _unless(case.inputs is None or bool(case.inputs.reason.strip()), Guard.REASON_GIVEN)


def _not_own(case: Case) -> T | None:
    return _unless(case.by_itself or not is_own(case.w, case.accreditation), Guard.NOT_OWN)


def _no_newer(case: Case) -> T | None:
    return _unless(not newer_in_force(case.w, case.accreditation), Guard.NO_NEWER)


def _held_twice(case: Case) -> T | None:
    return _unless(newer_in_force(case.w, case.accreditation), Guard.HELD_TWICE)


def _end_fallen(case: Case) -> T | None:
    row, held = Accreditation, case.accreditation
    over = cessation(case.w, held) if held.state is AccreditationState.CEASED else None
    if over is not None:
        return _unless(_corrected(case, CorrectedKind.CLOSURE, closure_of(over)), Guard.END_FALLEN)
    left = withdrawal(case.w, held)
    if left is not None:
        return _unless(_corrected(case, CorrectedKind.WITHDRAWAL, left.id), Guard.END_FALLEN)
    began = (
        row.party_id.in_(ids_of(held.party_id)),
        row.program == held.program,
        row.track == held.track,
        row.started_on == held.ended_on,
        row.id != held.id,
    )
    void = row.state == AccreditationState.ANNULLED
    fallen = _there(case.w, *began, void) and not _there(case.w, *began, ~void)
    return _unless(fallen, Guard.END_FALLEN)


def _succession(case: Case) -> T | None:
    if case.rules.procedure.term.reapply_in_final_year:
        return None
    number = case.accreditation.number
    return T(f"该类别已有有效认定（{number}）", f"accreditation {number} is in force already")


def _not_left(case: Case) -> T | None:
    left = withdrawal(case.w, case.accreditation) or cessation(case.w, case.accreditation)
    return _unless(left is None, Guard.NOT_LEFT)


def _ceased_before(case: Case) -> T | None:
    return _unless(cessation(case.w, case.accreditation) is not None, Guard.CEASED_BEFORE)


def _left_before(case: Case) -> T | None:
    return _unless(withdrawal(case.w, case.accreditation) is not None, Guard.LEFT_BEFORE)


def _ended_meanwhile(case: Case) -> T | None:
    return _unless(ended_meanwhile(case.w, case.accreditation, case.on), Guard.ENDED_MEANWHILE)


def _of(case: Case, kind: type[ExitCase] | type[ExtensionRequest]) -> ColumnElement[bool]:
    return kind.accreditation_id == case.accreditation.id


CHECKS: Mapping[Guard, Callable[[Case], T | None]] = {
    Guard.DEADLINE_SET: _deadline,
    Guard.RECTIFICATION_OPEN: _rectification_open,
    Guard.RECTIFICATION_ACCEPTED: _accepted,
    Guard.TERM_OVER: _term_over,
    Guard.TERM_RUNNING: _term_running,
    Guard.EXIT_DECIDED: _exit_decided,
    Guard.EXTENSION_WINDOW: _extension_window,
    Guard.APPROVAL_CORRECTED: _approval_corrected,
    Guard.APPEAL_UPHELD: _appeal_upheld,
    Guard.REASON_GIVEN: _reason,
    Guard.NOT_OWN: _not_own,
    Guard.NO_NEWER: _no_newer,
    Guard.END_FALLEN: _end_fallen,
    Guard.SUCCESSION: _succession,
    Guard.NOT_LEFT: _not_left,
    Guard.CEASED_BEFORE: _ceased_before,
    Guard.LEFT_BEFORE: _left_before,
    Guard.ENDED_MEANWHILE: _ended_meanwhile,
    Guard.HELD_TWICE: _held_twice,
}
