"""Moves of accreditations: found in the lifecycle's table, held against every guard, made."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from sqlalchemy import select

from core.domain.errors import Refused
from core.domain.lifecycle.finding import accreditation_moves, available, move_for
from core.domain.lifecycle.moves import Move
from core.domain.lifecycle.states import AccreditationState, Action
from core.domain.roles import Role
from core.domain.wording import join
from core.rules.periods import DAY
from core.rules.text import EMPTY, T
from core.services.base.work import Work
from core.services.supervision.guards import (
    Case,
    Inputs,
    cessation,
    check,
    open_orders,
    rectified,
    withdrawal,
)
from core.services.supervision.status import Status
from core.storage.models import Accreditation, ExitCase
from core.storage.models.exits import ExitState

AccreditationMove = Move[AccreditationState]
CLOSURE_CLAUSE = "closure"
"""What a status ends under that ends with its holder: no text speaks of it."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A move of the lifecycle that one of the actor's roles may take; `why_not` is empty where it may now."""

    action: Action
    title: T
    why_not: T

    @property
    def open(self) -> bool:
        """Whether it can be taken now."""
        return not self.why_not.zh


def offers(status: Status) -> list[Offer]:
    """The moves that the actor's roles give, each with what stands in its way before its inputs are given."""
    w, accreditation = status.w, status.accreditation
    case = Case(w, accreditation, status.rules, w.today, None)
    roles = roles_on(w, accreditation) or frozenset()
    return [
        Offer(move.action, move.title, next(iter(_blocked(case, move)), EMPTY))
        for move in available(accreditation_moves(case.rules.procedure), accreditation.state, roles)
    ]


def advance(
    w: Work,
    accreditation: Accreditation,
    action: Action,
    inputs: Inputs | None = None,
    *,
    on: date | None = None,
    by_itself: bool = False,
) -> AccreditationMove:
    """Take the move that an action makes on a locked accreditation; refused with every reason at once.

    `by_itself`: time or another act brings it about, whoever acts. State and end of the status change
    together; the act writes its own line of the timeline.
    """
    day = on or w.today
    rules = w.rules(accreditation.program, accreditation.track, day, edition=accreditation.edition)
    case = Case(w, accreditation, rules, day, inputs or Inputs(), by_itself)
    roles = None if by_itself else roles_on(w, accreditation)
    move = move_for(accreditation_moves(case.rules.procedure), accreditation.state, action, roles)
    blocked = list(_blocked(case, move))
    if blocked:
        raise Refused(join(blocked))
    ended_on, clause = _ended(case, move)
    accreditation.state, accreditation.ended_on, accreditation.ended_clause = move.target, ended_on, clause
    return move


def settle(w: Work, accreditation: Accreditation) -> None:
    """Close the rectification once nothing of it is open."""
    if accreditation.state is AccreditationState.RECTIFYING and rectified(w, accreditation):
        advance(w, accreditation, Action.CLOSE_RECTIFICATION)


def resume(w: Work, accreditation: Accreditation, ended_on: date | None) -> None:
    """Let a status that is in force again go on with its open orders, each longer by the time in between."""
    for order in open_orders(w, accreditation):
        # The time in which nothing could be put right is not held against the party.
        order.deadline += w.today - (ended_on or w.today)
    if accreditation.state is AccreditationState.ACTIVE and not rectified(w, accreditation):
        advance(w, accreditation, Action.RESUME_RECTIFICATION, by_itself=True)


def roles_on(w: Work, accreditation: Accreditation) -> frozenset[Role] | None:
    """The actor's roles for the accreditation; None for the system."""
    if w.actor.system:
        return None
    roles = w.actor.roles(*accreditation.place) - {Role.APPLICANT}
    return roles | {Role.APPLICANT} if accreditation.party_id in w.actor.parties else roles


def _blocked(case: Case, move: AccreditationMove) -> Iterable[T]:
    for guard in move.guards:
        why = check(case, guard)
        if why is not None:
            yield why


def _ended(case: Case, move: AccreditationMove) -> tuple[date | None, str]:
    """From when the status is not held after the move, and under which clause; in force, neither."""
    held, term = case.accreditation, case.rules.procedure.term
    match move.target:
        case AccreditationState.ACTIVE | AccreditationState.RECTIFYING:
            return None, ""
        case AccreditationState.WITHDRAWN:
            left = withdrawal(case.w, held)
            return (left.happened_on, left.clause) if left is not None else (case.on, term.withdrawal_clause)
        case AccreditationState.CEASED:
            over = cessation(case.w, held)
            return (over.happened_on if over is not None else case.on), CLOSURE_CLAUSE
        case AccreditationState.ANNULLED:
            return held.ended_on or case.on, ""
        case AccreditationState.REVOKED:
            return _revoked_from(case), case.decided.clause
        case AccreditationState.DUPLICATE:
            return case.on, ""
        case AccreditationState.EXPIRED:
            if case.on > held.valid_through:
                return held.valid_through + DAY, term.clause
            # Given back beside a newer one it stays ended from that day, though no longer by revocation.
            return (case.on, term.clause) if move.source.in_force else (held.ended_on, "")
        case _:
            assert_never(move.target)


def _revoked_from(case: Case) -> date:
    """One that had ended before stays ended from that day, unless what ended it has fallen since."""
    held, w = case.accreditation, case.w
    if held.ended_on is None:
        return case.on
    decided = {
        state: w.session.scalars(
            select(ExitCase.decided_on)
            .where(ExitCase.accreditation_id == held.id, ExitCase.state == state)
            .order_by(ExitCase.decided_on)
        ).all()
        for state in (ExitState.UPHELD, ExitState.OVERTURNED)
    }
    if held.ended_on not in decided[ExitState.OVERTURNED]:
        return held.ended_on
    left = withdrawal(w, held) or cessation(w, held)
    others = [left.happened_on if left is not None else None, *decided[ExitState.UPHELD]]
    return min(day for day in (held.valid_through + DAY, *others) if day is not None)
