"""Proposals to end an accreditation, where the text lets its recommender make them."""

from __future__ import annotations

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import contains_eager

from core.domain.acts import Act
from core.domain.lifecycle.states import IN_FORCE
from core.services.base.access import scope
from core.services.base.naming import accreditation_named
from core.services.base.paging import FIRST, Page, Wish, page_of
from core.services.base.work import Work
from core.storage.models import Accreditation, ExitCase, Party
from core.storage.models.exits import ExitState


def programs(w: Work) -> list[str]:
    """The programmes whose text lets a recommender propose an exit."""
    return [
        loaded.program.id
        for loaded in w.catalogue.programs.values()
        if any(
            w.rules(loaded.program.id, track.id, w.today).procedure.exit_proposal
            for track in loaded.program.tracks
        )
    ]


def made(w: Work, state: ExitState | None = None, wish: Wish = FIRST) -> Page[ExitCase]:
    """What people proposed within the actor's territory, the newest first."""
    query = (
        select(ExitCase)
        .join(ExitCase.accreditation)
        .join(Accreditation.party)
        .options(contains_eager(ExitCase.accreditation).contains_eager(Accreditation.party))
        .where(*_reach(w), ExitCase.proposed_by_id.is_not(None))
        .order_by(ExitCase.id.desc())
    )
    return page_of(w, query if state is None else query.where(ExitCase.state == state), wish)


def can_be_made(w: Work, text: str, wish: Wish = FIRST) -> Page[Accreditation]:
    """The accreditations in force that are named so, whose end the actor may propose."""
    query = (
        select(Accreditation)
        .join(Accreditation.party)
        .options(contains_eager(Accreditation.party))
        .where(*_reach(w), Accreditation.state.in_(IN_FORCE), accreditation_named(text))
        .order_by(Party.sort_name, Accreditation.id)
    )
    return page_of(w, query, wish)


def _reach(w: Work) -> tuple[ColumnElement[bool], ...]:
    ours = scope(w.actor, Act.EXIT_PROPOSE, Accreditation.program, Accreditation.region)
    return ours, Accreditation.program.in_(programs(w))
