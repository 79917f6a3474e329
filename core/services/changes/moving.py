"""The one place in which the state of a request for a change is moved, by its table."""

from __future__ import annotations

from core.domain.errors import Refused
from core.domain.lifecycle.change_table import CHANGE_TABLE, ChangeState
from core.domain.lifecycle.finding import available, move_for
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.moves import Move
from core.domain.lifecycle.states import Action
from core.domain.roles import Role
from core.rules.text import T
from core.services.base.decided import already
from core.services.base.work import Work
from core.services.people.parties import is_own
from core.storage.models import ChangeRequest


def advance(
    w: Work, request: ChangeRequest, action: Action, roles: frozenset[Role], answer: str = ""
) -> Move[ChangeState]:
    """Take a move with a request of a locked party; a second one is told who was first."""
    w.session.refresh(request, with_for_update=True)
    possible = {move.action for move in available(CHANGE_TABLE, request.state, frozenset(Role))}
    if request.state is not ChangeState.OPEN and action not in possible:
        raise already(w, request, T("该变更申请已有结果", "The request was answered before"), "state")
    move = move_for(CHANGE_TABLE, request.state, action, roles)
    for guard, holds in (
        (Guard.NOT_OWN, not is_own(w, request.party_id)),
        (Guard.REASON_GIVEN, bool(answer.strip())),
        (Guard.SECOND_PERSON, w.actor.user_id is None or w.actor.user_id != request.decided_by_id),
    ):
        if guard in move.guards and not holds:
            raise Refused(guard.reason)
    request.state = move.target
    if move.target is ChangeState.CORRECTED:
        # What was decided stays as it was written; the correction stands beside it.
        return move
    request.decided_at, request.decided_by_id, request.answer = w.now, w.actor.user_id, answer.strip()
    return move
