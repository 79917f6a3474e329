"""Many values as one parameter of a statement: an array in PostgreSQL's own writing.

A list costs the driver a look at every element, and an IN list a parameter for each.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    ColumnElement,
    Date,
    Select,
    Text,
    any_,
    bindparam,
    cast,
    column,
    func,
)

_TYPES: dict[type, Any] = {int: BigInteger(), date: Date()}


def array_of(values: Iterable[int | date | None], kind: type[int | date]) -> ColumnElement[Any]:
    """The whole numbers, or the dates, as an array."""
    written = ",".join("NULL" if value is None else str(value) for value in values)
    return cast(bindparam(None, "{" + written + "}", type_=Text(), unique=True), ARRAY(_TYPES[kind]))


def among(found: Any, ids: Sequence[int]) -> ColumnElement[bool]:
    """Whether the column is one of the ids."""
    condition: ColumnElement[bool] = found == any_(array_of(ids, int))
    return condition


def found_first(wanted: Any, ids: Select[Any]) -> ColumnElement[bool]:
    """Whether the column is one of what the query finds, which is found first.

    The rows are then looked up by it; under IN the server may go through all of them.
    """
    condition: ColumnElement[bool] = wanted == any_(func.array(ids.scalar_subquery()))
    return condition


def table_of(name: str, **columns: tuple[type[int | date], Iterable[int | date | None]]) -> Any:
    """A table of the given columns, each a type and its values."""
    shown = (column(title, _TYPES[kind]) for title, (kind, _) in columns.items())
    arrays = (array_of(values, kind) for kind, values in columns.values())
    return func.unnest(*arrays).table_valued(*shown, name=name).render_derived()
