"""Taking a register of an earlier version into the trail: once, each row as it stands.

Events of an earlier version told less of a row than it takes to hold the row to them. What stands in the
register at the upgrade is therefore told whole, by an event `trail.taken_over` for each row. It vouches for
nothing that happened before; from it on every column is compared.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Select, Table, cast, func, select
from sqlalchemy.orm import Session

from core.storage.models.operations import AuditEvent
from core.storage.trail.changes import audited, key_column, table_of
from core.storage.trail.recording import record, record_row

TAKEN_OVER = "trail.taken_over"
BATCH = 2000


def is_due(session: Session) -> bool:
    """Whether the trail begins with events of an earlier version, and what stands was not yet taken over."""
    keys = {table_of(entity).name: key_column(entity).name for entity in audited()}
    first = session.execute(
        select(AuditEvent.subject, AuditEvent.changes)
        .where(AuditEvent.subject.in_(keys))
        .order_by(AuditEvent.id)
        .limit(1)
    ).one_or_none()
    return first is not None and keys[first.subject] not in first.changes and not _is_done(session)


def begins_at(session: Session) -> int:
    """The event from which on rows are held to the trail."""
    return session.scalar(select(func.min(AuditEvent.id)).where(AuditEvent.action == TAKEN_OVER)) or 0


def take_over(session: Session) -> int:
    """Tell every row as it stands, and commit by the thousand; goes on where it was broken off.

    Returns how many rows were told.
    """
    number = 0
    for entity in audited():
        table, key = table_of(entity), key_column(entity)
        told = AuditEvent.subject == table.name, AuditEvent.action == TAKEN_OVER
        last = session.scalar(select(func.max(cast(AuditEvent.subject_id, key.type))).where(*told))
        while rows := session.execute(_after(table, key, last)).mappings().all():
            for row in rows:
                record_row(session, entity, None, row, TAKEN_OVER)
            session.commit()
            number, last = number + len(rows), rows[-1][key.name]
    record(session, AuditEvent.__tablename__, "*", {"rows": [None, number]}, TAKEN_OVER)
    session.commit()
    return number


def _after(table: Table, key: Column[Any], last: Any) -> Select[Any]:
    query = select(*table.c).order_by(key).limit(BATCH)
    return query if last is None else query.where(key > last)


def _is_done(session: Session) -> bool:
    query = select(AuditEvent.id).where(
        AuditEvent.subject == AuditEvent.__tablename__, AuditEvent.action == TAKEN_OVER
    )
    return session.scalar(query.limit(1)) is not None
