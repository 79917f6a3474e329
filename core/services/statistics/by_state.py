"""How many cases stand in each state, by programme, within the actor's scope."""

from __future__ import annotations

from typing import TypeVar

from sqlalchemy import Select, func, select

from core.domain.acts import Act
from core.domain.lifecycle.states import AccreditationState, ApplicationState
from core.services.base.access import scope
from core.services.base.work import Work
from core.storage.models import Accreditation, Application

S = TypeVar("S")


def applications(w: Work) -> dict[str, dict[ApplicationState, int]]:
    """Applications by programme and state."""
    of = Application
    query = select(of.program, of.state, func.count()).group_by(of.program, of.state)
    return _counted(w, query.where(scope(w.actor, Act.APPLICATION_VIEW, of.program, of.region)))


def accreditations(w: Work) -> dict[str, dict[AccreditationState, int]]:
    """Accreditations by programme and state."""
    of = Accreditation
    query = select(of.program, of.state, func.count()).group_by(of.program, of.state)
    return _counted(w, query.where(scope(w.actor, Act.ACCREDITATION_VIEW, of.program, of.region)))


def _counted(w: Work, query: Select[str, S, int]) -> dict[str, dict[S, int]]:
    found: dict[str, dict[S, int]] = {}
    for program, state, number in w.session.execute(query):
        found.setdefault(program, {})[state] = number
    return found
