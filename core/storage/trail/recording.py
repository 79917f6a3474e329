"""The audit trail: one event per changed object and transaction, hashed, written at the commit.

Actor, time and action come from the unit of work in `session.info["work"]`; without one the system acted, at
the database's time. Bulk statements are not seen as changes of objects: whoever makes them calls
`record_row` for each row.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import event, func, insert, inspect, select, text
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from core.storage.models.base import Base
from core.storage.models.operations import AuditEvent
from core.storage.models.trail import AuditLink
from core.storage.trail.chain import digest, root
from core.storage.trail.changes import (
    NOTHING,
    RECORD,
    UPDATE,
    Change,
    Row,
    columns,
    joined,
    of_object,
    of_row,
    plain_value,
    told,
)
from core.storage.trail.privacy import mask
from core.storage.trail.values import ENTITIES, keep, protected

__all__ = ["UnauditedChangeError", "record", "record_row"]

SYSTEM = "system"
PENDING = "audit.pending"
_NUMBERS = text("SELECT nextval('audit_event_id_seq') FROM generate_series(1, :events)")


class UnauditedChangeError(RuntimeError):
    """A bulk statement changed audited rows, and its author wrote nothing into the trail."""


@dataclass(slots=True)
class _Pending:
    """What the open transaction has changed; savepoints mark how far a rollback takes back."""

    log: list[Change] = field(default_factory=list)
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
    """Write down what is no change of a row that the trail covers; `changes` {what: [before, after]}."""
    if subject in ENTITIES and changes.keys() & {
        column.name for column in columns(ENTITIES[subject]).values()
    }:
        raise ValueError(f"{subject} {subject_id}: call record_row for a change of a row")
    shown = {name: [mask(name, plain_value(value)) for value in pair] for name, pair in changes.items()}
    _pending(session).log.append(Change(subject, str(subject_id), RECORD, shown, action))


def record_row(
    session: Session,
    entity: type[Base],
    before: Row | None,
    after: Row | None,
    action: str | None = None,
) -> None:
    """Write what a bulk statement made of a row: its columns by name before (None: it came) and after.

    What comes is told whole, with what the database filled in; what changes or goes, by its key and columns.
    """
    pending = _pending(session)
    pending.recorded.add(entity.__tablename__)
    change = of_row(entity, before, after, action)
    if change is not None:
        pending.log.append(change)


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
                found = of_object(kind, inspect(item))
                if found is not None:
                    log.append(found)


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
            "call core.storage.trail.recording.record_row for each row of it, in the same transaction."
        )
    changes = protected(session, _merged(pending.log))
    if changes:
        _append(session, changes)


def _merged(log: list[Change]) -> list[Change]:
    """One change per object as long as nothing else is told of it; what came and went is left out."""
    found: list[Change] = []
    last: dict[tuple[str, str], int] = {}
    for item in log:
        row = (item.table, item.key)
        known = found[last[row]] if row in last else None
        if known is not None and known.action == item.action and RECORD not in (known.kind, item.kind):
            found[last[row]] = joined(known, item)
        else:
            last[row] = len(found)
            found.append(item)
    return [
        replace(item, changes=told(item))
        for item in found
        if item.kind != NOTHING and (item.changes or item.kind != UPDATE)
    ]


def _append(session: Session, items: list[Change]) -> None:
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
    keep(connection, zip([row["id"] for row in rows], items, strict=True))
