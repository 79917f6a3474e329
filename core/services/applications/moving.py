"""Moves of applications: found in the lifecycle's table, held against every guard, made and told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from core.domain.errors import NotAllowed, Refused
from core.domain.lifecycle.finding import available, move_for, moves
from core.domain.lifecycle.moves import Move
from core.domain.lifecycle.states import Action, ApplicationState
from core.domain.messages import MessageEvent
from core.rules.text import T
from core.services.applications.guards import Case, Inputs, Known, check
from core.services.applications.handling import desk_of, find, roles_on
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.storage.models import Application
from core.storage.models.intake import Channel

ApplicationMove = Move[ApplicationState]


@dataclass(frozen=True, slots=True)
class AvailableMove:
    """A move that the actor's roles may take from the present state, with what stands against it now."""

    move: ApplicationMove
    blocked: tuple[T, ...]


def available_moves(w: Work, application_id: int) -> list[AvailableMove]:
    """The buttons of a case page: guards on inputs (reasons, dates) are left to the move itself."""
    application = find(w, application_id)
    desk = desk_of(w, application)
    case = Case(w, application, desk, w.today, None)
    roles = roles_on(w, application) or frozenset()
    return [
        AvailableMove(move, tuple(_blocked(case, move)))
        for move in available(moves(desk.rules.procedure), application.state, roles)
        if move.action is not Action.INCLUDE or application.channel is Channel.DIRECT
    ]


def looked_at(
    w: Work, application: Application, action: Action, known: Known, inputs: Inputs | None = None
) -> AvailableMove | None:
    """The move of an action with what stands against it, by what was read for several applications at once.

    None where the application's state, or the actor's roles, know no such move.
    """
    desk = desk_of(w, application)
    roles = roles_on(w, application) or frozenset()
    case = Case(w, application, desk, w.today, inputs, known)
    for move in available(moves(desk.rules.procedure), application.state, roles):
        if move.action is action:
            return AvailableMove(move, tuple(_blocked(case, move)))
    return None


def advance(
    w: Work, application: Application, action: Action, inputs: Inputs | None = None, on: date | None = None
) -> ApplicationMove:
    """Take the move that an action makes on a locked application; refused with every reason at once."""
    day = on or w.today
    desk = desk_of(w, application)
    move = move_for(moves(desk.rules.procedure), application.state, action, roles_on(w, application))
    blocked = list(_blocked(Case(w, application, desk, day, inputs or Inputs()), move))
    if blocked:
        raise Refused(T("；".join(why.zh for why in blocked), "; ".join(why.en for why in blocked)))
    application.state = move.target
    return move


def tell(w: Work, application: Application, event: MessageEvent, **values: object) -> None:
    """Write the message of an event on an application to its party."""
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


def _blocked(case: Case, move: ApplicationMove) -> Iterable[T]:
    for guard in move.guards:
        why = check(case, guard)
        if why is not None:
            yield why
