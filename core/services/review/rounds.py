"""A round: the applications of one call, or of a programme that takes them at any time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import contains_eager

from core.domain.acts import Act
from core.domain.errors import NotFound
from core.domain.lifecycle.states import ApplicationState
from core.services.base.access import ACTS, allowed, scope
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.calls.quotas import APPROVED, quotas_used
from core.services.review.panels import IN_REVIEW
from core.storage.models import Application, Call, Party, ReviewAssignment

MOST = 500
"""Applications that are ranked and decided on together."""
MOST_ROUNDS = 200


@dataclass(frozen=True, slots=True)
class Round:
    """One round; its key is the call's number, or the programme where there is no call."""

    program: str
    call: Call | None

    @property
    def key(self) -> str:
        """What names it in an address."""
        return str(self.call.id) if self.call is not None else self.program


@dataclass(frozen=True, slots=True)
class RoundRow:
    """A round in the list: how many stand where, and how far the reviewers are."""

    round: Round
    recommended: int
    under_review: int
    approved: int
    tasks: int
    finished: int
    conflicts: int
    used: int | None


def reach(w: Work) -> ColumnElement[bool]:
    """The applications whose panels the actor may see."""
    return scope(w.actor, Act.PANEL_VIEW, Application.program, Application.region)


def within(w: Work, item: Round) -> ColumnElement[bool]:
    """Those of them that belong to the round."""
    if item.call is not None:
        return and_(Application.call_id == item.call.id, reach(w))
    return and_(Application.program == item.program, Application.call_id.is_(None), reach(w))


def rounds(w: Work) -> list[RoundRow]:
    """The rounds within the scope, those with something to do first."""
    state = Application.state

    def count(*states: ApplicationState) -> Any:
        return func.count().filter(state.in_(states))

    groups = w.session.execute(
        select(
            Application.program,
            Application.call_id,
            count(ApplicationState.RECOMMENDED),
            count(ApplicationState.UNDER_REVIEW),
            count(*APPROVED),
        )
        .where(reach(w))
        .group_by(Application.program, Application.call_id)
        .order_by(Application.call_id.desc().nulls_first())
        .limit(MOST_ROUNDS)
    ).all()
    tasks = {
        (program, call): (number, done, conflicts)
        for program, call, number, done, conflicts in w.session.execute(
            select(
                Application.program,
                Application.call_id,
                func.count(),
                func.count(ReviewAssignment.finished_at).filter(ReviewAssignment.counts),
                func.count().filter(~ReviewAssignment.counts),
            )
            .join(ReviewAssignment.application)
            .where(reach(w), state.in_(IN_REVIEW))
            .group_by(Application.program, Application.call_id)
        )
    }
    ids = [call for _, call, *_ in groups if call is not None]
    calls = {call.id: call for call in w.session.scalars(select(Call).where(Call.id.in_(ids)))}
    used = quotas_used(w, ids)
    rows = [
        RoundRow(
            Round(program, calls.get(call) if call is not None else None),
            recommended,
            under_review,
            approved,
            *tasks.get((program, call), (0, 0, 0)),
            used.get(call) if call is not None else None,
        )
        for program, call, recommended, under_review, approved in groups
        if recommended or under_review or approved
    ]
    return sorted(rows, key=lambda row: not (row.recommended or row.under_review))


def find(w: Work, key: str) -> Round:
    """The round of a key within the scope; NotFound for any other."""
    if key in w.catalogue.programs:
        found = Round(key, None)
    else:
        known = key.isascii() and key.isdigit() and int(key) < 2**63
        call = w.session.get(Call, int(key)) if known else None
        if call is None:
            raise NotFound(NOTHING_THERE)
        found = Round(call.program, call)
    programs = {grant.program for grant in w.actor.grants if grant.role in ACTS[Act.PANEL_VIEW]}
    if not programs & {None, found.program}:
        raise NotFound(NOTHING_THERE)
    return found


def applications_of(w: Work, item: Round, *states: ApplicationState) -> Select[Application]:
    """The round's applications in some states, with their parties and call."""
    return (
        select(Application)
        .join(Application.party)
        .outerjoin(Application.call)
        .options(contains_eager(Application.party), contains_eager(Application.call))
        .where(within(w, item), Application.state.in_(states))
        .order_by(Party.sort_name, Application.id)
    )


def listed(w: Work, item: Round, *states: ApplicationState) -> Sequence[Application]:
    """The same as rows, at most so many as are handled together."""
    return list(w.session.scalars(applications_of(w, item, *states).limit(MOST)))


def parties_of(w: Work, item: Round, ids: Collection[int]) -> dict[int, str]:
    """Who applies, by application; those that are none of the round are left out."""
    query = select(Application.id, Party.name).join(Application.party)
    rows = w.session.execute(query.where(within(w, item), Application.id.in_(ids)))
    return {row.id: row.name for row in rows}


def may_decide(w: Work, item: Round) -> bool:
    """Whether the actor decides somewhere in the round's programme."""
    return any(
        allowed(w.actor, Act.APPLICATION_DECIDE, item.program, grant.region)
        for grant in w.actor.grants
        if grant.program in (None, item.program)
    )
