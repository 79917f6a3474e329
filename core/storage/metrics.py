"""The counted service records of many accreditations at once: metrics of windows, and the dates that matter.

Each is one statement: the wanted rows as arrays, joined LATERAL to the index on accreditation and date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.domain.standing import Glimpse
from core.rules.terms import Number, Op, Value

Window = tuple[int, date, date]
"""Accreditation, first and last day, both included."""

_COUNTED = "r.state IN ('submitted', 'verified')"
_OPERATORS = {Op.AT_LEAST: ">=", Op.MORE_THAN: ">", Op.AT_MOST: "<=", Op.LESS_THAN: "<"}

_WINDOWS = """
SELECT w.id, w.first, w.last, m.*, e.enterprises_served
FROM unnest(CAST(:ids AS bigint[]), CAST(:firsts AS date[]), CAST(:lasts AS date[])) AS w (id, first, last)
CROSS JOIN LATERAL (
    SELECT coalesce(sum(r.hours), 0) AS service_hours,
           count(*) AS services,
           count(*) FILTER (WHERE r.organized_by_authority) AS authority_events_attended,
           count(*) FILTER (WHERE r.public_benefit) AS public_benefit_services,
           count(*) FILTER (WHERE r.fee_cny > 0) AS paid_services,
           count(*) FILTER (WHERE {low}) AS low_satisfaction_events
    FROM service_record r
    WHERE r.accreditation_id = w.id AND r.service_date BETWEEN w.first AND w.last AND {counted}
) AS m
CROSS JOIN LATERAL (
    SELECT count(DISTINCT key) AS enterprises_served
    FROM service_record r CROSS JOIN LATERAL unnest(r.enterprise_keys) AS key
    WHERE r.accreditation_id = w.id AND r.service_date BETWEEN w.first AND w.last AND {counted}
) AS e
"""

_GLIMPSES = """
SELECT i.id, active.service_date AS last_active_on, attended.service_date AS last_attended_on,
       low.service_date AS next_low_on
FROM unnest(CAST(:ids AS bigint[]), CAST(:starts AS date[]), CAST(:days AS date[])) AS i (id, started_on, day)
LEFT JOIN LATERAL (
    SELECT r.service_date FROM service_record r
    WHERE r.accreditation_id = i.id AND r.service_date BETWEEN i.started_on AND i.day AND {counted}
    ORDER BY r.service_date DESC LIMIT 1
) AS active ON true
LEFT JOIN LATERAL (
    SELECT r.service_date FROM service_record r
    WHERE r.accreditation_id = i.id AND r.service_date BETWEEN i.started_on AND i.day AND {counted}
      AND r.organized_by_authority
    ORDER BY r.service_date DESC LIMIT 1
) AS attended ON true
LEFT JOIN LATERAL (
    SELECT r.service_date FROM service_record r
    WHERE r.accreditation_id = i.id AND r.service_date > i.day AND {counted} AND {low}
    ORDER BY r.service_date LIMIT 1
) AS low ON true
"""


def measure_windows(
    session: Session, windows: Sequence[Window], low: Number | None
) -> dict[Window, Mapping[str, Value]]:
    """The metrics of each window, as `core.domain.replay.measure` gives them; `low` is the bar."""
    if not windows:
        return {}
    wanted = list(dict.fromkeys(windows))
    condition, bound = _low(low)
    ids, firsts, lasts = (list(column) for column in zip(*wanted, strict=True))
    rows = session.execute(
        text(_WINDOWS.format(low=condition, counted=_COUNTED)),
        {"ids": ids, "firsts": firsts, "lasts": lasts, **bound},
    ).mappings()
    return {
        (row["id"], row["first"], row["last"]): {
            name: value for name, value in row.items() if name not in ("id", "first", "last")
        }
        for row in rows
    }


def glimpses(session: Session, items: Sequence[Window], low: Number | None) -> dict[int, Glimpse]:
    """The dates that supervision needs of each (accreditation, start, day); one day an accreditation."""
    if not items:
        return {}
    condition, bound = _low(low)
    ids, starts, days = (list(column) for column in zip(*items, strict=True))
    rows = session.execute(
        text(_GLIMPSES.format(low=condition, counted=_COUNTED)),
        {"ids": ids, "starts": starts, "days": days, **bound},
    )
    return {row.id: Glimpse(row.last_active_on, row.last_attended_on, row.next_low_on) for row in rows}


def _low(low: Number | None) -> tuple[str, dict[str, Any]]:
    """The condition of a low satisfaction; NULL is not low."""
    if low is None:
        return "false", {}
    return f"r.satisfaction_pct {_OPERATORS[low.op]} :bar", {"bar": low.bound}
