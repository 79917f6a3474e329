"""What can be done with an accreditation: the moves that the actor may take, and what stands in their way."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, exists, select

from core.domain.lifecycle.finding import accreditation_moves, available
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.states import Action
from core.domain.roles import Role
from core.rules.text import EMPTY, T
from core.services.base.work import Work
from core.services.supervision.status import open_orders, rules_of
from core.storage.models import Accreditation, ExitCase, ExtensionRequest
from core.storage.models.supervision import OPEN_EXIT_STATES, ExitState, ExtensionState


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


def offers(w: Work, accreditation: Accreditation) -> list[Offer]:
    """The moves that the actor's roles give, each with what stands in its way now."""
    roles = set(w.actor.roles(accreditation.program, accreditation.region))
    if accreditation.party_id in w.actor.parties:
        roles.add(Role.APPLICANT)
    table = accreditation_moves(rules_of(w, accreditation).procedure)
    own = accreditation.party_id in w.actor.parties | w.actor.recommender_parties
    found: dict[Action, Offer] = {}
    for move in available(table, accreditation.state, frozenset(roles)):
        failing = [guard for guard in move.guards if not _holds(w, accreditation, guard, own=own)]
        why = failing[0].reason if failing else EMPTY
        found.setdefault(move.action, Offer(move.action, move.title, why))
    return list(found.values())


def _holds(w: Work, accreditation: Accreditation, guard: Guard, *, own: bool) -> bool:
    """Whether a guard holds as far as it can be told before the move's own inputs are given."""
    match guard:
        case Guard.NOT_OWN:
            return not own
        case Guard.RECTIFICATION_ACCEPTED:
            return bool(open_orders(w, accreditation))
        case Guard.EXTENSION_WINDOW:
            return _there(w, ExtensionRequest, accreditation, ExtensionRequest.state == ExtensionState.OPEN)
        case Guard.EXIT_DECIDED:
            waiting = [ExitState(state) for state in OPEN_EXIT_STATES]
            return _there(w, ExitCase, accreditation, ExitCase.state.in_(waiting))
        case Guard.APPEAL_UPHELD:
            undecided = and_(ExitCase.appealed_on.is_not(None), ExitCase.appeal_decided_on.is_(None))
            return _there(w, ExitCase, accreditation, undecided)
        case _:
            return True


def _there(
    w: Work,
    kind: type[ExitCase] | type[ExtensionRequest],
    accreditation: Accreditation,
    such: ColumnElement[bool],
) -> bool:
    query = select(kind.id).where(kind.accreditation_id == accreditation.id, such)
    return bool(w.session.scalar(select(exists(query))))
