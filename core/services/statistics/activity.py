"""What the accredited did: services, hours and enterprises by month, and how satisfied those served were."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.dialects.postgresql import distinct_on

from core.domain.acts import Act
from core.domain.supervision.replay import COUNTED
from core.domain.supervision.standing import SupervisionRules, low_bar
from core.services.base.work import Work
from core.services.statistics.narrow import Narrow, months, reach
from core.storage.metrics import is_low, number_served
from core.storage.models import Accreditation, ServiceRecord


@dataclass(frozen=True, slots=True)
class VolumeFigure:
    """What was done in a month; an entry recorded under several accreditations counts once."""

    month: date
    services: int
    hours: Decimal
    participants: int
    enterprises: int
    """Each served enterprise once in the month."""


@dataclass(frozen=True, slots=True)
class SatisfactionFigure:
    """How satisfied a programme left those served in a month."""

    program: str
    month: date
    rated: int
    mean: Decimal
    low: int | None
    """Services below the bar that the programme itself sets; None where it sets none."""

    @property
    def low_share(self) -> Decimal | None:
        """Percent of the rated services that are below the bar."""
        return None if self.low is None or not self.rated else Decimal(100 * self.low) / self.rated


def _counted(w: Work, narrow: Narrow, *wanted: Any) -> Select[Any]:
    first = months(w, narrow)[0]
    return (
        select(*wanted)
        .select_from(ServiceRecord)
        .join(Accreditation, Accreditation.id == ServiceRecord.accreditation_id)
        .where(
            ServiceRecord.service_date >= first,
            ServiceRecord.service_date <= w.today,
            ServiceRecord.state.in_(COUNTED),
            *reach(w, narrow, Act.RECORD_VIEW),
        )
    )


def volume(w: Work, narrow: Narrow) -> list[VolumeFigure]:
    """Services, hours, participants and distinct enterprises of each month."""
    record = ServiceRecord
    month = func.date_trunc("month", record.service_date)
    once = (
        _counted(w, narrow, month.label("month"), record.hours, record.participants, record.enterprise_keys)
        .ext(distinct_on(record.entry_id))
        .order_by(record.entry_id, record.id)
        .cte("once")
    )
    keys = select(once.c.month, func.unnest(once.c.enterprise_keys).label("key")).subquery()
    served = select(keys.c.month, number_served(keys.c.key).label("number")).group_by(keys.c.month).subquery()
    sums = (
        select(
            once.c.month,
            func.count().label("services"),
            func.sum(once.c.hours).label("hours"),
            func.sum(once.c.participants).label("people"),
        )
        .group_by(once.c.month)
        .subquery()
    )
    query = select(
        sums.c.month, sums.c.services, sums.c.hours, sums.c.people, func.coalesce(served.c.number, 0)
    ).outerjoin(served, served.c.month == sums.c.month)
    rows = {
        day.date(): VolumeFigure(day.date(), number, hours, people, enterprises)
        for day, number, hours, people, enterprises in w.session.execute(query)
    }
    return [rows.get(day, VolumeFigure(day, 0, Decimal(0), 0, 0)) for day in months(w, narrow)]


def satisfaction(w: Work, narrow: Narrow) -> list[SatisfactionFigure]:
    """The mean by programme and month, and how many services fell below the programme's own bar."""
    record = ServiceRecord
    month = func.date_trunc("month", record.service_date)
    low, judged = _low(w)
    program, rating = Accreditation.program, record.satisfaction_pct
    once = (
        _counted(w, narrow, program, month.label("month"), rating, low.label("low"))
        .where(rating.is_not(None))
        .ext(distinct_on(program, record.entry_id))
        .order_by(program, record.entry_id, record.id)
        .subquery()
    )
    found = once.c
    query = select(
        found.program,
        found.month,
        func.count(),
        func.avg(found.satisfaction_pct),
        func.count().filter(found.low),
    ).group_by(found.program, found.month)
    return [
        SatisfactionFigure(program, day.date(), rated, mean, number if program in judged else None)
        for program, day, rated, mean, number in w.session.execute(query.order_by(found.program, found.month))
    ]


def _low(w: Work) -> tuple[ColumnElement[bool], set[str]]:
    """Which records are below the bar of their programme, and the programmes that set one."""
    found: dict[str, list[ColumnElement[bool]]] = defaultdict(list)
    for loaded, track in w.catalogue.tracks():
        rules = w.rules(loaded.program.id, track.id, w.today)
        bar = low_bar(SupervisionRules(rules.procedure.term, rules.duties, rules.exits, w.calendar))
        if bar is not None:
            found[loaded.program.id].append(
                and_(
                    Accreditation.program == loaded.program.id,
                    Accreditation.track == track.id,
                    is_low(bar),
                )
            )
    return or_(false(), *(term for terms in found.values() for term in terms)), set(found)
