"""Duties at risk: accreditations in force whose year ends soon, and whose yearly duty is not met yet.

The daily check writes a reminder some days before the end of each year that falls short. Who was reminded is
measured again here, so that whoever has caught up since is left out.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Select, func, select

from core.domain.lifecycle.states import IN_FORCE
from core.domain.supervision.periods import year_of
from core.domain.supervision.standing import EventKind, Metrics, Standing, SupervisionRules, low_bar
from core.rules.evaluate import Outcome, evaluate
from core.rules.obligations import ServiceDuty
from core.rules.text import T
from core.rules.walk import chosen
from core.services.base.work import Work
from core.services.duties.progress import said
from core.services.statistics.narrow import Narrow, reach
from core.services.supervision.standings import measured
from core.storage.metrics import Window
from core.storage.models import Accreditation, Party, RegisterEvent

MOST_MEASURED = 2000
"""Above so many reminders those that end first are measured: a page must not take the time of a check."""
DUTY = "duty/"
"""How the reminder of a duty names its period: with the last day of the year."""
YEAR = timedelta(days=366)
"""No reminder is older whose year still runs."""


@dataclass(frozen=True, slots=True)
class AtRisk:
    """An accreditation whose duty is short."""

    accreditation_id: int
    number: str
    party: str
    program: str
    track: str
    region: str
    clause: str
    last: date
    days_left: int
    progress: T


@dataclass(frozen=True, slots=True)
class RiskFigure:
    """A track: how many were reminded, and how many of them are still short."""

    program: str
    track: str
    in_force: int
    reminded: int
    short: int


@dataclass(frozen=True, slots=True)
class Risks:
    """The tracks that know a yearly duty, and the accreditations at risk, those that end first in front."""

    tracks: tuple[RiskFigure, ...]
    rows: tuple[AtRisk, ...]
    complete: bool
    """False where there were more reminders than are measured."""


def at_risk(w: Work, narrow: Narrow) -> Risks:
    """Who must still act within the days left of its year."""
    held = w.session.execute(_reminded(w, narrow)).all()
    looked_at = held[:MOST_MEASURED]
    rows = sorted(_short(w, looked_at), key=lambda item: (item.last, item.number))
    reminded = Counter((row.program, row.track) for row in held)
    short = Counter((row.program, row.track) for row in rows)
    tracks = tuple(
        RiskFigure(*key, number, reminded[key], short[key])
        for key, number in sorted(_in_force(w, narrow).items())
    )
    return Risks(tracks, tuple(rows), len(held) <= MOST_MEASURED)


def _reminded(w: Work, narrow: Narrow) -> Select[*tuple[Any, ...]]:
    event, held = RegisterEvent, Accreditation
    return (
        select(
            held.id, held.number, Party.name, held.program, held.track, held.edition, held.region,
            held.started_on, held.valid_from, held.valid_through, event.clause,
        )
        .select_from(event)
        .join(held, held.id == event.accreditation_id)
        .join(Party, Party.id == held.party_id)
        .where(
            event.kind == EventKind.REMINDER,
            event.happened_on >= w.today - YEAR,
            event.period.startswith(DUTY),
            func.substr(event.period, len(DUTY) + 1) >= w.today.isoformat(),
            held.state.in_(IN_FORCE),
            *reach(w, narrow),
        )
        .order_by(event.period, held.id)
        .limit(MOST_MEASURED + 1)
    )  # fmt: skip


def _in_force(w: Work, narrow: Narrow) -> dict[tuple[str, str], int]:
    """The tracks with a yearly duty, each with how many hold its status."""
    held = Accreditation
    query = select(held.program, held.track, func.count()).where(held.state.in_(IN_FORCE), *reach(w, narrow))
    counted = {
        (program, track): number
        for program, track, number in w.session.execute(query.group_by(held.program, held.track))
    }
    return {
        key: number
        for key, number in counted.items()
        if key[0] in w.catalogue.programs
        and any(isinstance(duty, ServiceDuty) for duty in w.rules(*key, w.today).duties)
    }


def _short(w: Work, rows: Iterable[Any]) -> list[AtRisk]:
    """Those of the rows whose duty is not met to this day."""
    grouped: dict[tuple[str, str, str], list[Any]] = defaultdict(list)
    for row in rows:
        if row.program in w.catalogue.programs:
            grouped[row.program, row.track, row.edition].append(row)
    found = []
    for (program, track, edition), members in grouped.items():
        resolved = w.rules(program, track, w.today, edition=edition)
        rules = SupervisionRules(resolved.procedure.term, resolved.duties, resolved.exits, w.calendar)
        duties = {duty.clause: duty for duty in rules.duties if isinstance(duty, ServiceDuty)}
        asked = [(row, duties[row.clause], _window(w, row, duties[row.clause])) for row in members
                 if row.clause in duties]  # fmt: skip
        windows: list[Window] = [(row.id, first, w.today) for row, _, (first, _) in asked]
        metrics = measured(w.session, windows, low_bar(rules))
        for (row, duty, (_, last)), window in zip(asked, windows, strict=True):
            if evaluate(duty.test, metrics[window], w.today).outcome is not Outcome.MET:
                found.append(_at_risk(w, row, duty, last, metrics[window]))
    return found


def _window(w: Work, row: Any, duty: ServiceDuty) -> tuple[date, date]:
    standing = Standing(row.started_on, row.valid_from, row.valid_through)
    first, last = year_of(standing, chosen(duty.year), w.today)
    return max(first, row.started_on), last


def _at_risk(w: Work, row: Any, duty: ServiceDuty, last: date, metrics: Metrics) -> AtRisk:
    return AtRisk(
        row.id, row.number, row.name, row.program, row.track, row.region, duty.clause, last,
        (last - w.today).days, said(duty.test, metrics),
    )  # fmt: skip
