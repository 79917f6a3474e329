"""Taking rows out of the register for good: what hangs on them, their files, and what is sealed of them.

The trail says that each row went, by its number; the chain holds. The digests in older events stay and tell
nothing; the personal values that were sealed beside them go with the row.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Table, delete, select, text
from sqlalchemy.orm import Session

from core.storage.ddl import WRITTEN_ONCE
from core.storage.engine import Sessions
from core.storage.files import FileStore
from core.storage.models import (
    Attachment,
    AuditEvent,
    AuditValue,
    Base,
    DestructionList,
    LeftFile,
    ServiceRecord,
)
from core.storage.trail.changes import audited, key_column, table_of
from core.storage.trail.persons import DESTROYED
from core.storage.trail.recording import record_row
from core.storage.verify.derived import FILES

REST = timedelta(days=1)
"""Files stay for so long after their rows: a backup that is under way reads what its snapshot names."""
YOUNG = timedelta(days=2)
"""A file that was handed in again so lately may belong to a row that is still being written."""
BATCH = 1000
NAMED = f"SELECT DISTINCT sha256 FROM ({FILES}) AS named WHERE sha256 = ANY(:hashes)"  # noqa: S608  # a constant


def destroy(session: Session, entity: type[Base], numbers: Sequence[int]) -> tuple[Counter[str], set[str]]:
    """Rows and what hangs on them, in the caller's transaction: how many went by table, and their files."""
    gone: Counter[str] = Counter()
    files: set[str] = set()
    for start in range(0, len(numbers), BATCH):
        part = numbers[start : start + BATCH]
        if entity is ServiceRecord:
            _take(session, Attachment, _photos(session, part), gone, files)
        _take(session, entity, part, gone, files)
    return gone, files


def sweep(sessions: Sessions, store: FileStore, now: datetime) -> int:
    """Take the files of what was destroyed from the store, save those that another row names; how many went.

    Done again it finishes what was stopped half-way.
    """
    total = _sweep_left(sessions, store, now)
    with sessions() as session:
        waiting = session.scalars(
            select(DestructionList.id)
            .where(DestructionList.files_left != [], DestructionList.carried_out_at <= now - REST)
            .order_by(DestructionList.id)
        ).all()
    for number in waiting:
        with sessions() as session, session.begin():
            found = session.get_one(DestructionList, number, with_for_update=True)
            found.files_left, went = _taken_away(session, store, found.files_left)
            found.files_gone += went
            total += went
    return total


def _sweep_left(sessions: Sessions, store: FileStore, now: datetime) -> int:
    """The same for what an account left that was given up."""
    with sessions() as session, session.begin():
        old = select(LeftFile).where(LeftFile.left_at <= now - REST).order_by(LeftFile.sha256)
        rows = session.scalars(old.with_for_update()).all()
        left, went = _taken_away(session, store, [row.sha256 for row in rows])
        for row in rows:
            if row.sha256 not in left:
                session.delete(row)
    return went


def _taken_away(session: Session, store: FileStore, hashes: Sequence[str]) -> tuple[list[str], int]:
    """Which of the files are too young to go yet, and how many went; one that a row names stays."""
    named = set(session.scalars(text(NAMED), {"hashes": list(hashes)}))
    before = store.moment() - YOUNG.total_seconds()
    left, went = [], 0
    for sha256 in hashes:
        if sha256 in named:
            continue
        if store.take_away(store.path(sha256), older=before):
            went += 1
        elif store.exists(sha256):
            left.append(sha256)
    return left, went


def _take(
    session: Session, entity: type[Base], numbers: Sequence[int], gone: Counter[str], files: set[str]
) -> None:
    """The rows, after all that names them, with what the trail keeps sealed of them."""
    table, key = table_of(entity), key_column(entity)
    if not numbers:
        return
    if table.name in WRITTEN_ONCE:
        raise ValueError(f"rows of {table.name} are written once, and hang on what is to be destroyed")
    for other, column in _references(table):
        below = select(key_column(other)).where(table_of(other).c[column].in_(numbers))
        _take(session, other, session.scalars(below).all(), gone, files)
    files.update(_files(session, table, numbers))
    session.execute(delete(table).where(key.in_(numbers)))
    for number in numbers:
        record_row(session, entity, {key.name: number}, None, DESTROYED)
    events = select(AuditEvent.id).where(
        AuditEvent.subject == table.name, AuditEvent.subject_id.in_([str(number) for number in numbers])
    )
    session.execute(delete(AuditValue).where(AuditValue.event_id.in_(events)))
    gone[table.name] += len(numbers)


def _references(table: Table) -> Iterator[tuple[type[Base], str]]:
    """The entities whose rows name rows of a table, by the column."""
    for other in audited():
        for column in table_of(other).columns:
            if any(key.column.table is table for key in column.foreign_keys):
                yield other, column.name


def _files(session: Session, table: Table, numbers: Sequence[int]) -> Iterator[str]:
    for name in ("sha256", "copy_sha256"):
        if name in table.c:
            yield from session.scalars(select(table.c[name]).where(table.c.id.in_(numbers)))


def _photos(session: Session, records: Sequence[int]) -> Sequence[int]:
    """The photos of diary entries that go with their last record."""
    entries = select(ServiceRecord.entry_id).where(ServiceRecord.id.in_(records))
    stays = select(ServiceRecord.id).where(
        ServiceRecord.entry_id == Attachment.entry_id, ServiceRecord.id.not_in(records)
    )
    return session.scalars(
        select(Attachment.id).where(Attachment.entry_id.in_(entries), ~stays.exists())
    ).all()
