"""Open orders and warnings of a status that is taken in: one in its own row, each other in a further one."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from core.domain.folding import number_key
from core.domain.reading import why_not_past
from core.hooks.loaded import TrackRules
from core.rules.obligations import Effect
from core.rules.phrases import FILL_IN, choose_from
from core.rules.text import T
from core.services.base.work import Work
from core.services.files.columns import Row

_ORDER = ("order_clause", "ordered_on", "deadline")
_WARNING = ("warning_clause", "warned_on")
COLUMNS = frozenset({*_ORDER, *_WARNING})


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order to rectify that is open at the take-in."""

    row: int
    clause: str
    ordered_on: date
    deadline: date


@dataclass(frozen=True, slots=True)
class Warned:
    """A warning that was given before it."""

    row: int
    clause: str
    on: date


@dataclass(frozen=True, slots=True)
class Acts:
    """What the rows of one status give of them."""

    orders: list[OpenOrder] = field(default_factory=list)
    warnings: list[Warned] = field(default_factory=list)

    def add(self, row: Row) -> None:
        """Keep those of a sound row; one that an earlier row gave is wrong."""
        values = row.values
        if values.get("order_clause") is not None:
            clause = clause_of(values["order_clause"])
            # An order under a clause is open once: the next comes when it has its result.
            same = [item.row for item in self.orders if item.clause == clause]
            if same:
                row.wrong["order_clause"] = repeats(same[0])
            self.orders.append(OpenOrder(row.number, clause, values["ordered_on"], values["deadline"]))
        if values.get("warning_clause") is not None:
            warned = Warned(row.number, clause_of(values["warning_clause"]), values["warned_on"])
            same = [
                item.row for item in self.warnings if (item.clause, item.on) == (warned.clause, warned.on)
            ]
            if same:
                row.wrong["warning_clause"] = repeats(same[0])
            self.warnings.append(warned)


def further_rows(rows: Sequence[Row]) -> dict[int, int]:
    """Rows that give nothing but an order or a warning more, with the earlier row of their number.

    What they give of the status itself is nothing, or the same; that they leave it out is no fault of theirs.
    """
    first: dict[str, Row] = {}
    found: dict[int, int] = {}
    for row in rows:
        number = row.values.get("number")
        before = first.setdefault(number_key(str(number)), row) if number is not None else row
        given = {key: value for key, value in row.values.items() if value is not None}
        acts = (given.keys() | row.wrong.keys()) & COLUMNS
        own = given.keys() - {"number", *COLUMNS}
        if before is not row and acts and all(given[key] == before.values.get(key) for key in own):
            found[row.number] = before.number
            for key in [key for key, why in row.wrong.items() if why == FILL_IN]:
                del row.wrong[key]
    return found


def acts_wrong(w: Work, rules: TrackRules, values: Mapping[str, Any]) -> dict[str, T]:
    """What is wrong with the order and the warning of a row, beside what is told of its status."""
    return {**_order_wrong(w, rules, values), **_warning_wrong(w, rules, values)}


def _order_wrong(w: Work, rules: TrackRules, values: Mapping[str, Any]) -> dict[str, T]:
    wrong = _together(values, _ORDER)
    if wrong or values.get("order_clause") is None:
        return wrong
    known = [rule.clause for rule in rules.exits if rule.effect is Effect.RECTIFY]
    if clause_of(values["order_clause"]) not in known:
        wrong["order_clause"] = T(
            f"不是责令整改的条款；可选：{'、'.join(known) or '—'}",
            f"no clause of orders; choose from {', '.join(known) or '—'}",
        )
    why = why_not_past(values["ordered_on"], w.today, values.get("started_on"))
    if why is not None:
        wrong["ordered_on"] = why
    if w.calendar.is_over(values["deadline"], w.today):
        # Nobody is put out by a table: whether an order was met is for a person to say.
        wrong["deadline"] = T(
            "已过期：整改通过的请删去这三项；仍须整改的请填新的期限",
            "is over: leave the three out if it was met, or give the deadline that holds now",
        )
    through = values.get("valid_through")
    if through is not None and through < w.today:
        wrong["order_clause"] = T(
            "认定已到期，没有整改可言", "the status is over: nothing is to be put right"
        )
    return wrong


def _warning_wrong(w: Work, rules: TrackRules, values: Mapping[str, Any]) -> dict[str, T]:
    wrong = _together(values, _WARNING)
    if wrong or values.get("warning_clause") is None:
        return wrong
    known = sorted({item.clause for item in (*rules.exits, *rules.duties)})
    if clause_of(values["warning_clause"]) not in known:
        wrong["warning_clause"] = choose_from("、".join(known), ", ".join(known))
    why = why_not_past(values["warned_on"], w.today, values.get("started_on"))
    if why is not None:
        wrong["warned_on"] = why
    return wrong


def _together(values: Mapping[str, Any], names: Sequence[str]) -> dict[str, T]:
    """Columns that are all filled in, or none."""
    given = [name for name in names if values.get(name) is not None]
    return {name: FILL_IN for name in names if name not in given} if given else {}


def clause_of(told: str) -> str:
    """A clause as the rules name it, whatever brackets it was written in."""
    return unicodedata.normalize("NFKC", told).replace(" ", "")


def repeats(row: int) -> T:
    """Says that an earlier row gave the same."""
    return T(f"与第 {row} 行重复", f"repeats row {row}")
