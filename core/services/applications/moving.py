"""Moves of applications: found in the lifecycle's table, held against every guard, made and told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.domain.errors import NotAllowed, Refused
from core.domain.lifecycle.finding import available, move_for, moves
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.moves import Move
from core.domain.lifecycle.states import Action, ApplicationState
from core.domain.messages import MessageEvent
from core.domain.wording import join
from core.rules.text import T
from core.services.applications.case import Case
from core.services.applications.guards import Attempt, Inputs, Known, check
from core.services.applications.handling import roles_on
from core.services.base.work import Work
from core.services.messaging.writing import notify

ApplicationMove = Move[ApplicationState]
_OF_ANOTHER_WAY = frozenset(
    {Guard.REFUSED, Guard.DECLINED, Guard.REVIEWED, Guard.INCLUDED, Guard.ANOTHER_RECOMMENDER}
)
"""A move that one of these stands against is of another application's way, and not offered at all."""


@dataclass(frozen=True, slots=True)
class AvailableMove:
    """A move that the actor's roles may take from the present state, with what stands against it now."""

    move: ApplicationMove
    blocked: tuple[T, ...]


def available_moves(case: Case) -> list[AvailableMove]:
    """The buttons of a case page: guards on inputs (reasons, dates) are left to the move itself."""
    attempt = Attempt(case.w.today, None)
    return [
        AvailableMove(move, tuple(_blocked(case, attempt, move)))
        for move in _open_to(case)
        if (move.action is not Action.INCLUDE or case.direct) and not _of_another_way(case, attempt, move)
    ]


def looked_at(case: Case, action: Action, known: Known, inputs: Inputs | None = None) -> AvailableMove | None:
    """The move of an action with what stands against it, by what was read for several applications at once.

    None where the application's state, or the actor's roles, know no such move.
    """
    move = open_move(case, action)
    if move is None:
        return None
    return AvailableMove(move, tuple(_blocked(case, Attempt(case.w.today, inputs, known), move)))


def open_move(case: Case, action: Action) -> ApplicationMove | None:
    """The move of an action that the actor may take from the present state, whatever stands against it."""
    return next((move for move in _open_to(case) if move.action is action), None)


def advance(
    case: Case, action: Action, inputs: Inputs | None = None, on: date | None = None
) -> ApplicationMove:
    """Take the move that an action makes on a locked application; refused with every reason at once."""
    application = case.application
    move = move_for(
        moves(case.desk.rules.procedure), application.state, action, roles_on(case.w, application)
    )
    blocked = list(_blocked(case, Attempt(on or case.w.today, inputs or Inputs()), move))
    if blocked:
        raise Refused(join(blocked))
    application.state = move.target
    return move


def tell(case: Case, event: MessageEvent, **values: object) -> None:
    """Write the message of an event on an application to its party."""
    w, application = case.w, case.application
    notify(
        w,
        event,
        key=f"{event}/{application.id}/{w.now.isoformat()}",
        party_id=application.party_id,
        values={"program": application.program, "track": application.track, **values},
    )


def require_system(w: Work) -> None:
    """Refuse a person what only time brings about."""
    if not w.actor.system:
        raise NotAllowed(T("此项由系统自动办理", "the system does this by itself"))


def _open_to(case: Case) -> Iterable[ApplicationMove]:
    """The moves that the actor's roles may take from the present state."""
    roles = roles_on(case.w, case.application) or frozenset()
    return available(moves(case.desk.rules.procedure), case.application.state, roles)


def _of_another_way(case: Case, attempt: Attempt, move: ApplicationMove) -> bool:
    return any(check(case, attempt, guard) is not None for guard in _OF_ANOTHER_WAY & set(move.guards))


def _blocked(case: Case, attempt: Attempt, move: ApplicationMove) -> Iterable[T]:
    for guard in move.guards:
        why = check(case, attempt, guard)
        if why is not None:
            yield why
