"""What a status was before this register took it in: all that is known of those days.

Nothing is lived through before the day of take-in. What is measured over a time that began before it is
judged only where the table told of every day of it; a silence or an absence counts from what the table told,
or from the take-in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Total:
    """What the services of a time before the take-in come to, both days included."""

    first: date
    last: date
    metrics: Mapping[str, Decimal | int]
    """By the metric's name."""


@dataclass(frozen=True, slots=True)
class Former:
    """What the table of the take-in told."""

    taken_on: date
    last_active_on: date | None = None
    last_attended_on: date | None = None
    totals: tuple[Total, ...] = ()
    """None overlaps another, none reaches the day of take-in."""

    def tells_since(self, first: date) -> bool:
        """Whether every day from `first` up to the take-in is told of."""
        told = sum((total.last - total.first).days + 1 for total in self.totals if total.first >= first)
        return told >= (self.taken_on - first).days

    def within(self, first: date, last: date) -> dict[str, Decimal | int]:
        """What the totals that lie within the days come to, by metric."""
        sums: dict[str, Decimal | int] = {}
        for total in self.totals:
            if first <= total.first and total.last <= last:
                for name, value in total.metrics.items():
                    sums[name] = sums.get(name, 0) + value
        return sums
