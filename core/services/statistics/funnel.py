"""How the applications of a call went: how far each came, and how long it stood at each stage.

Both are read from the audit trail, which has the moment of every change of state. A stage that still goes
on counts for nobody's waiting time.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Text, cast, func, select

from core.domain.acts import Act
from core.domain.lifecycle.states import ApplicationState
from core.services.base.access import ACTS
from core.services.base.work import Work
from core.services.statistics.narrow import Narrow, reach
from core.storage.models import Application, AuditEvent, Call

SECONDS_A_DAY = 86400
MOST_CALLS = 100


@dataclass(frozen=True, slots=True)
class StageFigure:
    """One state: how many came into it, how many stand in it now, and how long those stood that left it."""

    state: ApplicationState
    reached: int
    now: int
    left: int
    """How many times it was left: what the days are counted over."""
    median_days: float | None
    most_days: float | None
    """The 90th percentile."""


@dataclass(frozen=True, slots=True)
class CallName:
    """A call to choose."""

    id: int
    program: str
    title: str


def calls(w: Work, narrow: Narrow) -> list[CallName]:
    """The calls of the programmes that the actor sees applications of, the newest first."""
    programs = {grant.program for grant in w.actor.grants if grant.role in ACTS[Act.APPLICATION_VIEW]}
    query = select(Call.id, Call.program, Call.title).order_by(Call.opens_at.desc(), Call.id.desc())
    if narrow.program:
        query = query.where(Call.program == narrow.program)
    if not w.actor.system and None not in programs:
        query = query.where(Call.program.in_(programs))
    return [CallName(*row) for row in w.session.execute(query.limit(MOST_CALLS))]


def funnel(w: Work, narrow: Narrow, call_id: int | None = None) -> list[StageFigure]:
    """The states with their figures: of one call, or of all applications of the programme and division."""
    inside = reach(w, narrow, Act.APPLICATION_VIEW, Application)
    if call_id is not None:
        inside.append(Application.call_id == call_id)
    counted = select(Application.state, func.count()).where(*inside).group_by(Application.state)
    now: dict[ApplicationState, int] = {row[0]: row[1] for row in w.session.execute(counted)}
    moved = (
        select(
            AuditEvent.subject_id.label("id"),
            AuditEvent.at.label("at"),
            AuditEvent.changes["state"][1].astext.label("state"),
            func.lead(AuditEvent.at)
            .over(partition_by=AuditEvent.subject_id, order_by=AuditEvent.id)
            .label("until"),
        )
        .where(
            AuditEvent.subject == "application",
            AuditEvent.changes.has_key("state"),
            AuditEvent.subject_id.in_(select(cast(Application.id, Text)).where(*inside)),
        )
        .subquery()
    )
    days = func.extract("epoch", moved.c.until - moved.c.at) / SECONDS_A_DAY
    query = select(
        moved.c.state,
        func.count(moved.c.id.distinct()),
        func.count(moved.c.until),
        func.percentile_cont(0.5).within_group(days),
        func.percentile_cont(0.9).within_group(days),
    ).group_by(moved.c.state)
    rows = {row[0]: row[1:] for row in w.session.execute(query)}
    found = []
    for state in ApplicationState:
        reached, left, median, most = rows.get(state.value, (now.get(state, 0), 0, None, None))
        found.append(
            StageFigure(
                state, reached, now.get(state, 0), left,
                None if median is None else float(median), None if most is None else float(most),
            )
        )  # fmt: skip
    return found
