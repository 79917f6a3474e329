"""Telling rows whole that the trail no longer tells: of an earlier version, or made in a part put away.

Events of an earlier version told less of a row than it takes to hold the row to them. What stands in the
register at the upgrade is therefore told whole, by an event `trail.taken_over` for each row. It vouches for
nothing that happened before; from it on every column is compared. When the oldest part of the trail is put
away, the rows that were made in it are told in the same way.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import Column, Select, Table, Text, cast, func, select
from sqlalchemy.orm import Session

from core.storage.models.operations import AuditEvent
from core.storage.models.trail import AuditEnd, AuditLink
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
    if first is None or keys[first.subject] in first.changes or _is_done(session):
        return False
    return session.scalar(select(AuditEnd.number).limit(1)) is None


def begins_at(session: Session) -> int:
    """The first event that tells a row whole; those before it may change rows that others have made."""
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


def carry_over(session: Session, upto: int) -> None:
    """Tell the rows that stand and were made in the links up to a number, in the caller's transaction."""
    part = select(AuditLink.id).where(AuditLink.number <= upto)
    number = 0
    for entity in audited():
        table, key = table_of(entity), key_column(entity)
        made = select(AuditEvent.subject_id).where(
            AuditEvent.link_id.in_(part),
            AuditEvent.subject == table.name,
            AuditEvent.changes.has_key(str(key.name)),
        )
        for row in session.execute(select(*table.c).where(cast(key, Text).in_(made))).mappings():
            record_row(session, entity, None, row, TAKEN_OVER)
            number += 1
    record(session, AuditEvent.__tablename__, "*", {"rows": [None, number]}, TAKEN_OVER)


def _after(table: Table, key: Column[Any], last: Any) -> Select[Any]:
    query = select(*table.c).order_by(key).limit(BATCH)
    return query if last is None else query.where(key > last)


def _is_done(session: Session) -> bool:
    query = select(AuditEvent.id).where(
        AuditEvent.subject == AuditEvent.__tablename__, AuditEvent.action == TAKEN_OVER
    )
    return session.scalar(query.limit(1)) is not None
