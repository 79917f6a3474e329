"""The audit trail: one event per changed object and transaction, hashed, written at the commit.

Actor, time and action come from the unit of work in `session.info["work"]`; without one the system acted, at
the database's time. Bulk statements are not seen as changes of objects: whoever makes them calls `record`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import event, func, insert, inspect, select, text
from sqlalchemy.orm import InstanceState, Mapper, ORMExecuteState, Session, SessionTransaction

from core.storage.models.base import Base
from core.storage.models.operations import AuditEvent
from core.storage.models.trail import AuditLink
from core.storage.trail.chain import digest, root
from core.storage.trail.privacy import mask

SYSTEM = "system"
PENDING = "audit.pending"
_NUMBERS = text("SELECT nextval('audit_event_id_seq') FROM generate_series(1, :events)")

Changes = dict[str, list[Any]]
"""{column: [before, after]}; of a JSON object only the keys that changed."""


class UnauditedChangeError(RuntimeError):
    """A bulk statement changed audited rows, and its author wrote nothing into the trail."""


@dataclass(frozen=True, slots=True)
class _Change:
    table: str
    key: str
    kind: str
    changes: Changes
    action: str | None = None


@dataclass(slots=True)
class _Pending:
    """What the open transaction has changed; savepoints mark how far a rollback takes back."""

    log: list[_Change] = field(default_factory=list)
    bulk: list[str] = field(default_factory=list)
    recorded: set[str] = field(default_factory=set)
    marks: dict[int, tuple[int, int]] = field(default_factory=dict)


def record(
    session: Session,
    subject: str,
    subject_id: object,
    changes: Mapping[str, list[Any]],
    action: str | None = None,
) -> None:
    """Write what a bulk statement changes; `subject` is the table, `changes` {column: [before, after]}."""
    pending = _pending(session)
    pending.recorded.add(subject)
    shown = {column: [mask(column, _plain(value)) for value in pair] for column, pair in changes.items()}
    pending.log.append(_Change(subject, str(subject_id), "bulk", shown, action))


def _plain(value: Any) -> Any:
    """The value as JSON knows it."""
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
            return {str(key): _plain(item) for key, item in value.items()}
        case set() | frozenset():
            return sorted(_plain(item) for item in value)
        case list() | tuple():
            return [_plain(item) for item in value]
        case None | bool() | int() | float() | str():
            return value
        case _:
            return str(value)


_NOTHING: tuple[Any, ...] = (None, "", {}, [])
_EVIDENT = ("id", "version")
"""Columns that tell nothing about an object that comes or goes."""


def _pending(session: Session) -> _Pending:
    found = session.info.setdefault(PENDING, _Pending())
    assert isinstance(found, _Pending)  # noqa: S101  # ours alone
    return found


@event.listens_for(Session, "after_flush")
def _collect(session: Session, _context: object) -> None:
    log = _pending(session).log
    for kind, objects in (("insert", session.new), ("update", session.dirty), ("delete", session.deleted)):
        for item in objects:
            if isinstance(item, Base) and item.audited:
                found = _change(kind, inspect(item))
                if found is not None:
                    log.append(found)


def _change(kind: str, state: InstanceState[Any]) -> _Change | None:
    mapper: Mapper[Any] = state.mapper
    table = mapper.local_table.name  # type: ignore[attr-defined]  # every entity has a table of its own
    left_out = mapper.class_.unaudited
    changes: Changes = {}
    for attribute in mapper.column_attrs:
        column = attribute.columns[0].name
        if attribute.key in left_out:
            continue
        if kind == "update":
            history = state.attrs[attribute.key].history
            if not history.has_changes():
                continue
            pair = [_first(history.deleted), _first(history.added)]
        else:
            value = state.dict.get(attribute.key)
            if value in _NOTHING or column in _EVIDENT:
                continue
            pair = [None, value] if kind == "insert" else [value, None]
        before, after = _differing(*(_plain(value) for value in pair))
        if before != after:
            changes[column] = [mask_fact(state, table, column, value) for value in (before, after)]
    if kind == "update" and not changes:
        return None
    key = ",".join(str(part) for part in mapper.primary_key_from_instance(state.obj()))
    return _Change(table, key, kind, changes)


def mask_fact(state: InstanceState[Any], table: str, column: str, value: Any) -> Any:
    """The value as the trail may show it; a fact's value goes by the name of the fact."""
    if table == "fact_entry" and column == "value":
        return mask(str(state.dict.get("name")), value)
    return mask(column, value)


def _first(values: Any) -> Any:
    return values[0] if values else None


def _differing(before: Any, after: Any) -> tuple[Any, Any]:
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return before, after
    keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
    old, new = ({key: value[key] for key in keys if key in value} for value in (before, after))
    return old, new


@event.listens_for(Session, "do_orm_execute")
def _notice_bulk(context: ORMExecuteState) -> None:
    if not (context.is_insert or context.is_update or context.is_delete) or context.bind_mapper is None:
        return
    entity = context.bind_mapper.class_
    if not (issubclass(entity, Base) and entity.audited):
        return
    values = getattr(context.statement, "_values", None) if context.is_update else None
    if values and {getattr(column, "key", column) for column in values} <= entity.unaudited:
        return
    _pending(context.session).bulk.append(str(context.bind_mapper.local_table))


@event.listens_for(Session, "after_transaction_create")
def _mark(session: Session, transaction: SessionTransaction) -> None:
    if transaction.nested:
        pending = _pending(session)
        pending.marks[id(transaction)] = (len(pending.log), len(pending.bulk))


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    savepoint = session.get_nested_transaction()
    if savepoint is None:
        session.info.pop(PENDING, None)
        return
    pending = _pending(session)
    log, bulk = pending.marks[id(savepoint)]
    del pending.log[log:]
    del pending.bulk[bulk:]


@event.listens_for(Session, "before_commit")
def _write(session: Session) -> None:
    if session.in_nested_transaction():
        return
    session.flush()
    pending = session.info.pop(PENDING, None)
    if pending is None:
        return
    silent = sorted(set(pending.bulk) - pending.recorded)
    if silent:
        raise UnauditedChangeError(
            f"A bulk statement changed {', '.join(silent)} and nothing was written into the audit trail; "
            "call core.storage.trail.recording.record for what it changed, in the same transaction."
        )
    changes = list(_merged(pending.log))
    if changes:
        _append(session, changes)


def _merged(log: list[_Change]) -> Iterator[_Change]:
    """One change per object: the first value before, the last one after; what came and went is left out."""
    found: dict[tuple[str, str, str | None, int], _Change] = {}
    for number, item in enumerate(log):
        key = (item.table, item.key, item.action, number if item.kind == "bulk" else -1)
        known = found.get(key)
        found[key] = item if known is None else _joined(known, item)
    for item in found.values():
        if item.kind != "nothing" and (item.changes or item.kind != "update"):
            yield item


def _joined(first: _Change, second: _Change) -> _Change:
    kind = first.kind
    if second.kind == "delete":
        kind = "nothing" if first.kind == "insert" else "delete"
    changes = {column: list(pair) for column, pair in first.changes.items()}
    for column, (before, after) in second.changes.items():
        if column not in changes:
            changes[column] = [before, after]
            continue
        start, middle = changes[column]
        if all(isinstance(value, dict) for value in (start, middle, before, after)):
            untouched = {key: value for key, value in before.items() if key not in middle}
            kept = {key: value for key, value in middle.items() if key not in before}
            changes[column] = [{**untouched, **start}, {**kept, **after}]
        else:
            changes[column][1] = after
    return _Change(
        second.table, second.key, kind, {c: pair for c, pair in changes.items() if pair[0] != pair[1]}
    )


def _append(session: Session, items: list[_Change]) -> None:
    """Write the events and their link, which is given its place later: no commit waits for another.

    Whoever changes a row after another gets the higher number: it had to wait for that one's commit.
    """
    unit = session.info.get("work")
    connection = session.connection()
    at = unit.now if unit is not None else connection.scalar(select(func.clock_timestamp()))
    numbers = connection.scalars(_NUMBERS, {"events": len(items)})
    rows: list[dict[str, Any]] = []
    for number, item in zip(numbers, items, strict=True):
        values = {
            "id": number,
            "at": at,
            "actor_id": unit.actor.user_id if unit is not None else None,
            "actor": unit.actor.name if unit is not None else SYSTEM,
            "action": item.action or (unit.action if unit is not None else "") or item.kind,
            "subject": item.table,
            "subject_id": item.key,
            "changes": item.changes,
        }
        rows.append({**values, "hash": digest(values)})
    link = insert(AuditLink).values(events=len(rows), root=root(row["hash"] for row in rows))
    link_id = connection.scalar(link.returning(AuditLink.id))
    connection.execute(insert(AuditEvent), [{**row, "link_id": link_id} for row in rows])
