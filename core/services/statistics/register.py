"""The register in figures: by programme and state, by division, by function, by month."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from core.domain.lifecycle.states import IN_FORCE, AccreditationState
from core.rules.text import T
from core.services.base.work import Work
from core.services.statistics.narrow import Narrow, months, reach
from core.storage.models import Accreditation, Region

ENDINGS = tuple(
    state
    for state in AccreditationState
    if not state.in_force and state is not AccreditationState.DUPLICATE  # granted once too often
)


@dataclass(frozen=True, slots=True)
class TrackFigure:
    """How many accreditations of a track stand in each state."""

    program: str
    track: str
    states: dict[AccreditationState, int]

    @property
    def in_force(self) -> int:
        """How many hold the status now."""
        return sum(number for state, number in self.states.items() if state.in_force)


@dataclass(frozen=True, slots=True)
class RegionFigure:
    """A division: how many below it hold the status now, and how many held it once."""

    region: str
    in_force: int
    ended: int
    deeper: bool
    """Whether it can be looked into."""


@dataclass(frozen=True, slots=True)
class FunctionFigure:
    """A service function of a programme: how many in force claim it; one with several counts for each."""

    program: str
    function: str
    title: T
    in_force: int


@dataclass(frozen=True, slots=True)
class MonthFigure:
    """What happened in a month, and how many held the status at its end."""

    month: date
    granted: int
    expired: int
    revoked: int
    withdrawn: int
    ceased: int
    annulled: int
    in_force: int

    @property
    def ended(self) -> int:
        """How many statuses ended."""
        return self.expired + self.revoked + self.withdrawn + self.ceased + self.annulled


def by_track(w: Work, narrow: Narrow) -> list[TrackFigure]:
    """Accreditations by programme, track and state."""
    held = Accreditation
    query = select(held.program, held.track, held.state, func.count()).where(*reach(w, narrow))
    found: dict[tuple[str, str], dict[AccreditationState, int]] = {}
    for program, track, state, number in w.session.execute(
        query.group_by(held.program, held.track, held.state)
    ):
        found.setdefault((program, track), {})[state] = number
    return [TrackFigure(*key, states) for key, states in sorted(found.items())]


def by_region(w: Work, narrow: Narrow) -> list[RegionFigure]:
    """Accreditations by the divisions below the one that was chosen, on the first level that has several.

    What lies in the chosen division itself, and in none below it, stands under its own code.
    """
    held = Accreditation
    alive = func.count().filter(held.state.in_(IN_FORCE))
    query = select(held.region, alive, func.count()).where(*reach(w, narrow)).group_by(held.region)
    counted = w.session.execute(query).all()
    above = chains(w, [row[0] for row in counted])
    ways = {code: _way(above.get(code, (code,)), narrow.region) for code, _, _ in counted}
    level = 0
    while len({way[level] for way in ways.values()}) == 1 and all(
        len(way) > level + 1 for way in ways.values()
    ):
        level += 1
    inside: Counter[str] = Counter()
    total: Counter[str] = Counter()
    deeper: set[str] = set()
    for code, in_force, all_of_it in counted:
        division = ways[code][level]
        inside[division] += in_force
        total[division] += all_of_it
        if len(ways[code]) > level + 1:
            deeper.add(division)
    return [
        RegionFigure(code, inside[code], total[code] - inside[code], code in deeper)
        for code in sorted(total, key=lambda item: (-inside[item], -total[item], item))
    ]


def _way(chain: Sequence[str], region: str) -> Sequence[str]:
    """The divisions from below `region` down to the one that the chain begins with."""
    below = chain[: chain.index(region)] if region in chain else chain
    return list(reversed(below)) or [chain[0]]


def chains(w: Work, codes: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Each division with those it lies in, the nearest first."""
    parent = aliased(Region)
    query = select(Region.code, Region.parent_code, parent.parent_code)
    query = query.outerjoin(parent, parent.code == Region.parent_code).where(Region.code.in_(codes))
    return {row[0]: tuple(code for code in row if code) for row in w.session.execute(query)}


def by_function(w: Work, narrow: Narrow) -> list[FunctionFigure]:
    """Accreditations in force by service function, the most frequent first."""
    function = func.unnest(Accreditation.functions).label("function")
    held = select(Accreditation.program, function)
    listed = held.where(Accreditation.state.in_(IN_FORCE), *reach(w, narrow)).subquery()
    number = func.count().label("number")
    query = select(listed.c.program, listed.c.function, number).group_by(listed.c.program, listed.c.function)
    return [
        FunctionFigure(program, name, _area(w, program, name), count)
        for program, name, count in w.session.execute(
            query.order_by(number.desc(), listed.c.program, listed.c.function)
        )
    ]


def _area(w: Work, program: str, function: str) -> T:
    """A function as its programme calls it: the same key may stand for different words elsewhere."""
    loaded = w.catalogue.programs.get(program)
    areas = loaded.program.service_areas if loaded is not None else None
    names = dict(areas.choices) if areas is not None else {}
    return names.get(function, T(function, function))


def by_month(w: Work, narrow: Narrow) -> list[MonthFigure]:
    """What was granted and what ended in each month; a status reinstated or extended is not ended.

    What ended as a duplicate was granted once too often, and stands in neither.
    """
    held, shown = Accreditation, months(w, narrow)
    first = shown[0]
    granted_in = func.date_trunc("month", held.started_on)
    ended_in = func.date_trunc("month", held.ended_on)
    inside = (*reach(w, narrow), held.state != AccreditationState.DUPLICATE)
    granted: dict[date, int] = {}
    for month, number in w.session.execute(
        select(granted_in, func.count()).where(held.started_on >= first, *inside).group_by(granted_in)
    ):
        granted[month.date()] = number
    ended: dict[tuple[date, AccreditationState], int] = {}
    for month, state, number in w.session.execute(
        select(ended_in, held.state, func.count())
        .where(held.ended_on >= first, *inside)
        .group_by(ended_in, held.state)
    ):
        ended[month.date(), state] = number
    before = select(
        func.count().filter(held.started_on < first) - func.count().filter(held.ended_on < first)
    ).where(*inside)
    in_force = w.session.scalar(before) or 0
    found = []
    for month in shown:
        each = {state: ended.get((month, state), 0) for state in ENDINGS}
        came = granted.get(month, 0)
        in_force += came - sum(each.values())
        found.append(
            MonthFigure(
                month, came, **{state.value: number for state, number in each.items()}, in_force=in_force
            )
        )
    return found
