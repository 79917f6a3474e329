"""What changes in a row: values as JSON keeps them, before and after, and what of a JSON object differs.

The same forms serve both sides, the recorder and whoever holds the rows to what was recorded.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from enum import Enum
from functools import partial
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Numeric, Table, inspect
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstanceState, Mapper

from core.storage.json_text import to_json
from core.storage.models.base import Base
from core.storage.sealed.types import SealedJson

Changes = dict[str, list[Any]]
"""{column: [before, after]}."""

Row = Mapping[Any, Any]
"""A row by the names of its columns."""

INSERT, UPDATE, DELETE, NOTHING = "insert", "update", "delete", "nothing"
RECORD = "record"
"""Tells of something else than a row, in words of its own."""
EMPTY: tuple[Any, ...] = (None, "", {}, [])
"""What an event about a new row leaves out: a column that is not named holds one of these."""


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose a row is: a row of a table; `core.storage.trail.values` knows which person that is."""

    table: str
    id: Any


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one row; the whole values before and after, in the open."""

    table: str
    key: str
    kind: str
    changes: Changes
    action: str | None = None
    owner: Owner | None = None
    seal: tuple[int, bytes] | None = None
    """The personal values, once they were taken out of `changes`: by which key, and sealed."""


def audited() -> Iterator[type[Base]]:
    """The entities whose rows the trail covers, by the name of their table."""
    found = {mapper.local_table.name: mapper.class_ for mapper in Base.registry.mappers}  # type: ignore[attr-defined]  # every entity has a table of its own
    return (found[name] for name in sorted(found) if found[name].audited)


def columns(entity: type[Base]) -> dict[str, Column[Any]]:
    """The columns that the trail covers, by the name of the attribute.

    The count by which two writers notice each other is left out: it says nothing of the case.
    """
    mapper: Mapper[Any] = inspect(entity)
    return {
        attribute.key: attribute.columns[0]  # type: ignore[misc]  # a column of the table
        for attribute in mapper.column_attrs
        if attribute.key not in entity.unaudited and attribute.columns[0] is not mapper.version_id_col
    }


def key_column(entity: type[Base]) -> Column[Any]:
    """The one column of the entity's key."""
    (column,) = table_of(entity).primary_key
    return column


def plain(column: Column[Any], value: Any) -> Any:
    """The value of a column as its row gives it back, in JSON."""
    if value is None:
        return None
    if isinstance(column.type, JSONB | SealedJson):
        return json.loads(to_json(value))
    if isinstance(column.type, Numeric) and column.type.scale is not None:
        places = Decimal(1).scaleb(-column.type.scale)
        return format(Decimal(str(value)).quantize(places, ROUND_HALF_UP), "f")
    return plain_value(value)


def plain_value(value: Any) -> Any:
    """A value of no known column as JSON knows it."""
    match value:
        case Enum():
            return value.value
        case Decimal():
            return format(value, "f")
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | UUID():
            return str(value)
        case dict():
            return {str(key): plain_value(item) for key, item in value.items()}
        case set() | frozenset():
            return sorted(plain_value(item) for item in value)
        case list() | tuple():
            return [plain_value(item) for item in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)


def canonical(value: Any) -> str:
    """The JSON of a value, the same for whatever is equal to it, and for nothing else."""
    return json.dumps(_canonical(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _canonical(value: Any) -> Any:
    match value:
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {key: _canonical(item) for key, item in value.items()}
        case list():
            return [_canonical(item) for item in value]
        case _:
            return value


def same(one: Any, other: Any) -> bool:
    """Whether two JSON values are equal; true is not 1."""
    if type(one) is type(other) and not isinstance(one, dict | list):
        return bool(one == other)
    return canonical(one) == canonical(other)


def of_object(kind: str, state: InstanceState[Any]) -> Change | None:
    """What a flush did to an object; None where nothing that the trail covers changed."""
    entity: type[Base] = state.mapper.class_
    changes: Changes = {}
    for attribute, column in columns(entity).items():
        pair = _pair(kind, state, attribute, column)
        if pair is not None:
            changes[column.name] = [plain(column, value) for value in pair]
    (number,) = state.mapper.primary_key_from_instance(state.obj())
    return _change(entity, kind, number, changes, None, partial(_of_state, state))


def of_row(
    entity: type[Base],
    before: Row | None,
    after: Row | None,
    action: str | None = None,
) -> Change | None:
    """What a bulk statement did to a row, by its columns; None before: it came, None after: it went."""
    row = after if after is not None else before
    if row is None:
        raise ValueError(f"{table_of(entity).name}: give the row before, after, or both")
    kind = INSERT if before is None else DELETE if after is None else UPDATE
    known = {column.name: column for column in columns(entity).values()}
    changes = {
        name: [None if side is None else plain(known[name], side[name]) for side in (before, after)]
        for name in row
        if name in known
    }
    return _change(entity, kind, row[key_column(entity).name], changes, action, row.get)


def _change(
    entity: type[Base],
    kind: str,
    number: Any,
    changes: Changes,
    action: str | None,
    value_of: Callable[[str], Any],
) -> Change | None:
    key = key_column(entity)
    number = plain(key, number)
    changes = {name: pair for name, pair in changes.items() if name != key.name and not same(*pair)}
    if kind == UPDATE and not changes:
        return None
    if kind != UPDATE:
        # Tells that the row came or went: a column that is set or emptied looks the same.
        changes = {key.name: [None, number] if kind == INSERT else [number, None], **changes}
    return Change(table_of(entity).name, str(number), kind, changes, action, owner_of(entity, value_of))


def _pair(
    kind: str, state: InstanceState[Any], attribute: str, column: Column[Any]
) -> tuple[Any, Any] | None:
    if kind == INSERT:
        return None, _of_state(state, attribute) if column.server_default else state.dict.get(attribute)
    if kind == DELETE:
        # What was set and not written is gone with the row.
        return state.committed_state.get(attribute, state.dict.get(attribute)), None
    history = state.attrs[attribute].history
    return (_first(history.deleted), _first(history.added)) if history.has_changes() else None


def _of_state(state: InstanceState[Any], attribute: str) -> Any:
    """The value of an attribute, fetched where the database alone knows it."""
    return state.dict[attribute] if attribute in state.dict else getattr(state.obj(), attribute)


def _first(values: Any) -> Any:
    return values[0] if values else None


def told(change: Change) -> Changes:
    """The changes as an event tells them: of a JSON object the keys that differ, of a row what it held."""
    news = change.changes if change.kind == UPDATE else _news(change.changes)
    return {column: differing(*pair) for column, pair in news.items()}


def _news(changes: Changes) -> Changes:
    return {column: pair for column, pair in changes.items() if any(value not in EMPTY for value in pair)}


def table_of(entity: type[Base]) -> Table:
    """The entity's own table."""
    table = inspect(entity).local_table
    assert isinstance(table, Table)  # noqa: S101  # every entity has a table of its own
    return table


def owner_of(entity: type[Base], value_of: Callable[[str], Any]) -> Owner | None:
    """Whose the row is: the first of the entity's `whose` columns that says so."""
    table = table_of(entity)
    for name in entity.whose:
        if (number := value_of(name)) is not None:
            target = next(iter(table.c[name].foreign_keys), None)
            return Owner(target.column.table.name if target else table.name, number)
    return None


def joined(first: Change, second: Change) -> Change:
    """Two changes of one row as one: the first value before, the last one after."""
    changes = {column: list(pair) for column, pair in first.changes.items()}
    for column, (before, after) in second.changes.items():
        changes[column] = [changes[column][0] if column in changes else before, after]
    changes = {column: pair for column, pair in changes.items() if not same(*pair)}
    return Change(
        first.table,
        first.key,
        _KINDS.get((first.kind, second.kind), second.kind),
        changes,
        first.action,
        second.owner or first.owner,
    )


_KINDS = {
    (INSERT, UPDATE): INSERT,
    (INSERT, DELETE): NOTHING,
    (DELETE, INSERT): UPDATE,
    (NOTHING, INSERT): INSERT,
}


def differing(before: Any, after: Any) -> list[Any]:
    """Of two JSON objects the keys that differ; other values as they are."""
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return [before, after]
    keys = [
        key
        for key in {**before, **after}
        if (key in before) != (key in after) or not same(before[key], after[key])
    ]
    return [{key: value[key] for key in keys if key in value} for value in (before, after)]


def applied(current: Any, before: Any, after: Any) -> Any:
    """The value after an event: the keys that it names are replaced, where it names keys."""
    if not (isinstance(before, dict) and isinstance(after, dict) and isinstance(current, dict)):
        return after
    return {key: value for key, value in current.items() if key not in before} | after
