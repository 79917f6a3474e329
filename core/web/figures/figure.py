"""A figure: what it says, its chart as data for the page's script, its table, and its export."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from markupsafe import Markup

from core.rules.text import EMPTY, T
from core.web.frame.language import language, tr
from core.web.lists.columns import Column

Number = int | float | Decimal | None
DAYS = T("天", "days")
NO_FIGURES = T("所选范围内没有数据。", "There is nothing to count in what was chosen.")


@dataclass(frozen=True, slots=True)
class Series:
    """One run of values, one for each category."""

    name: T | str
    values: Sequence[Number]


@dataclass(frozen=True, slots=True)
class Figure:
    """One chart with what stands in it, row by row."""

    key: str
    title: T
    columns: Sequence[Column]
    rows: Sequence[Any]
    about: T = EMPTY
    """What is counted, and how."""
    kind: str = "bars"
    """bars: upright and stacked; across: lying, one a category; lines."""
    categories: Sequence[str | T] = ()
    series: Sequence[Series] = ()
    unit: T = EMPTY
    empty: T = field(default=NO_FIGURES)

    @property
    def drawn(self) -> bool:
        """Whether there is anything to draw."""
        return any(value for run in self.series for value in run.values)

    @property
    def chart(self) -> str:
        """The chart as its script reads it."""
        return json.dumps(
            {
                "kind": self.kind,
                "language": language(),
                "unit": tr(self.unit),
                "days": self.unit == DAYS,
                "categories": [plain(item) for item in self.categories],
                "series": [
                    {"name": plain(run.name), "values": [rounded(value) for value in run.values]}
                    for run in self.series
                ],
            },
            ensure_ascii=False,
        )


def plain(text: object) -> str:
    """A label without markup, in the language of the page."""
    if isinstance(text, T):
        return tr(text)
    return text.striptags() if isinstance(text, Markup) else str(text)


def rounded(value: Number) -> int | float | None:
    """A number as the chart's script takes it."""
    if value is None or isinstance(value, int):
        return value
    return round(float(value), 2)


def days(value: float | None) -> Decimal | None:
    """Days to one digit."""
    return None if value is None else Decimal(str(round(value, 1)))


def percent(value: Decimal | None) -> Decimal | None:
    """A percentage to one digit."""
    return None if value is None else value.quantize(Decimal("0.1"))
