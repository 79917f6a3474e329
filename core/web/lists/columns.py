"""What a list is declared with: columns, filters and actions on several rows at once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, cast
from sqlalchemy.types import Date

from core.domain.acts import Act
from core.rules.phrases import NO, YES
from core.rules.text import Labelled, T
from core.services.base.work import Work

Choices = Callable[[], Sequence[tuple[str, str | T]]]


@dataclass(frozen=True, slots=True)
class Column:
    """One column; `read` is an attribute path or a function of the row."""

    name: str
    label: T
    read: str | Callable[[Any], Any] = ""
    sort: Any = None
    """The database column that it is sorted by; without one it is not sortable."""
    badge: bool = False
    link: Callable[[Any], str | None] | None = None
    listed: bool = True
    """Whether it stands in the list; the details and the exports have every column."""
    exported: bool = True

    def value(self, row: Any) -> Any:
        """The row's value; None behind what is not there. AttributeError for what no row has."""
        if callable(self.read):
            return self.read(row)
        current = row
        for part in (self.read or self.name).split("."):
            current = None if current is None else getattr(current, part)
        return current


@dataclass(frozen=True, slots=True)
class Filter:
    """A way to narrow a list: one of some choices, or a range of days."""

    name: str
    label: T
    column: Any
    choices: Choices | None = None
    day: str = ""
    """`from` or `to` for a bound on a date or moment."""
    condition: Callable[[str], ColumnElement[bool]] | None = None
    names: bool = False
    """The choices are names, which stay as they are in every language."""

    def apply(self, given: str) -> ColumnElement[bool] | None:
        """The condition for what was given; None for what cannot be read."""
        if self.day:
            try:
                bound = date.fromisoformat(given)
            except ValueError:
                return None
            day = cast(self.column, Date)
            return day >= bound if self.day == "from" else day <= bound
        if self.choices is not None and given not in {key for key, _ in self.choices()}:
            return None
        if self.condition is not None:
            return self.condition(given)
        if given in ("yes", "no"):
            return self.column.is_(given == "yes")
        condition: ColumnElement[bool] = self.column == given
        return condition


@dataclass(frozen=True, slots=True)
class BulkAction:
    """An action on the rows that are ticked; each is looked up within the scope first."""

    name: str
    label: T
    act: Act
    change: Callable[[Work, int], object]
    done: T


def members(kind: Iterable[Labelled]) -> Choices:
    """The members of an enumeration as choices."""
    return lambda: [(member.value, member.label) for member in kind]


def yes_no() -> Sequence[tuple[str, T]]:
    """Yes and no as choices."""
    return [("yes", YES), ("no", NO)]
