"""Supervision metrics of many accreditations in one statement, over the index that covers the check."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, assert_never

from sqlalchemy import (
    ColumnElement,
    ScalarSelect,
    and_,
    distinct,
    false,
    func,
    lateral,
    null,
    select,
    true,
)
from sqlalchemy.orm import Session

from core.domain.supervision.enterprises import PREFIX
from core.domain.supervision.replay import COUNTED, VERIFIED
from core.domain.supervision.standing import Glimpse
from core.rules.terms import Number, Op, Value
from core.storage.arrays import table_of
from core.storage.models import ServiceRecord

Window = tuple[int, date, date]
"""An accreditation, and the first and the last day of what is asked about it."""
KEY = 3
"""How many columns of an answer are the window it is about."""

records = ServiceRecord.__table__.c


def measure_windows(
    session: Session, asks: Sequence[Window], low: Number | None, *, only_verified: bool = False
) -> dict[Window, dict[str, Value]]:
    """The metrics of the counted records of each window, as `measure` of a replay gives them."""
    measured = sums(session, asks, low, only_verified=only_verified)
    for window, number in enterprises_served(session, asks, only_verified=only_verified).items():
        measured[window]["enterprises_served"] = number
    return measured


def sums(
    session: Session, asks: Sequence[Window], low: Number | None, *, only_verified: bool = False
) -> dict[Window, dict[str, Value]]:
    """The metrics of each window but for the enterprises served: the index holds all that they need."""
    if not asks:
        return {}
    ask = _unnested("first", "last", asks)
    found = lateral(
        select(
            func.coalesce(func.sum(records.hours), 0).label("service_hours"),
            func.count().label("services"),
            func.count().filter(records.organized_by_authority).label("authority_events_attended"),
            func.count().filter(records.public_benefit).label("public_benefit_services"),
            func.count().filter(records.fee_cny > 0).label("paid_services"),
            func.count().filter(is_low(low)).label("low_satisfaction_events"),
        ).where(_within(ask, only_verified=only_verified))
    )
    rows = session.execute(select(*ask.c, *found.c).select_from(ask.join(found, true())))
    names = list(rows.keys())[KEY:]
    return {tuple(row[:KEY]): dict(zip(names, row[KEY:], strict=True)) for row in rows}


def enterprises_served(
    session: Session, asks: Sequence[Window], *, only_verified: bool = False
) -> dict[Window, int]:
    """How many enterprises were served in each window; the index has no room for their keys."""
    if not asks:
        return {}
    ask = _unnested("first", "last", asks)
    key = lateral(
        select(func.unnest(records.enterprise_keys).label("key")).correlate(ServiceRecord.__table__)
    )
    served = lateral(
        select(number_served(key.c.key).label("number"))
        .select_from(ServiceRecord.__table__.join(key, true()))
        .where(_within(ask, only_verified=only_verified))
    )
    rows = session.execute(select(*ask.c, *served.c).select_from(ask.join(served, true())))
    return {tuple(row[:KEY]): row[KEY] for row in rows}


def number_served(key: ColumnElement[str]) -> ColumnElement[int]:
    """How many enterprises the keys of a group are: the twin of the domain's, as an aggregate."""
    sort, rest = func.left(key, PREFIX), func.substr(key, PREFIX + 1)
    codes = func.count(distinct(rest)).filter(sort == "uscc:")
    named = func.count(distinct(rest)).filter(sort.in_(("name:", "also:")))
    # The names that go with a USCC stand among the named, and are no enterprises of their own.
    also = func.count(distinct(rest)).filter(sort == "also:")
    return codes + named - also


def _within(ask: Any, *, only_verified: bool) -> ColumnElement[bool]:
    """Which records count in a window."""
    return and_(
        records.accreditation_id == ask.c.id,
        records.service_date.between(ask.c.first, ask.c.last),
        records.state.in_((VERIFIED,) if only_verified else COUNTED),
    )


def glimpses(session: Session, items: Sequence[Window], low: Number | None) -> dict[int, Glimpse]:
    """The dates that supervision needs of each accreditation's records, as of a day.

    Items are (accreditation, its first day, day); what is dated before the first day is not looked at.
    """
    if not items:
        return {}
    item = _unnested("started_on", "day", items)
    past = records.service_date.between(item.c.started_on, item.c.day)
    latest, attended, next_low = (
        _first_date(item, past, newest=True),
        _first_date(item, and_(past, records.organized_by_authority), newest=True),
        _first_date(item, and_(records.service_date > item.c.day, is_low(low)), newest=False)
        if low is not None
        else null(),
    )
    query = select(item.c.id, latest.label("latest"), attended.label("attended"), next_low.label("next_low"))
    return {
        row.id: Glimpse(row.latest, row.attended, row.next_low)
        for row in session.execute(query.select_from(item))
    }


def _first_date(item: Any, which: ColumnElement[bool], *, newest: bool) -> ScalarSelect[date]:
    """The nearest date of a counted record, found by stepping along the index."""
    day = records.service_date
    return (
        select(day)
        .where(records.accreditation_id == item.c.id, records.state.in_(COUNTED), which)
        .order_by(day.desc() if newest else day)
        .limit(1)
        .correlate(item)
        .scalar_subquery()
    )


def _unnested(first: str, second: str, rows: Sequence[Window]) -> Any:
    """The rows as a table of `id` and two dates."""
    ids, starts, ends = zip(*dict.fromkeys(rows), strict=True)
    return table_of("ask", id=(int, ids), **{first: (date, starts), second: (date, ends)})


def is_low(low: Number | None) -> ColumnElement[bool]:
    """Whether a record's satisfaction is below the bar; one without is not low."""
    if low is None:
        return false()
    value, bound = records.satisfaction_pct, low.bound
    match low.op:
        case Op.AT_LEAST:
            return value >= bound
        case Op.MORE_THAN:
            return value > bound
        case Op.AT_MOST:
            return value <= bound
        case Op.LESS_THAN:
            return value < bound
        case _:
            assert_never(low.op)
