"""Rows as they are kept: sealed anew, opened for good, looked through, and whether the keys are theirs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from psycopg.errors import DeadlockDetected
from sqlalchemy import Connection, Engine, bindparam, column, select, table, text, type_coerce, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.sql.expression import TableClause

from core.rules.text import T
from core.storage.ddl import WRITTEN_ONCE
from core.storage.models import Base
from core.storage.sealed.boxes import MARK, Kind, is_sealed, opened, resealed
from core.storage.sealed.types import Change, Sealed, SealedJson, SealedList, keys_for
from core.storage.trail.keys import KeyFile

BATCH = 1000
TRIES = 5
"""So often a batch is begun that crosses with others at work."""
_NEWEST = (
    (Kind.IDENTITY, "SELECT id_number FROM party WHERE id_number IS NOT NULL ORDER BY id DESC LIMIT 1"),
    (Kind.TELEPHONE, "SELECT mobile FROM party WHERE mobile <> '' ORDER BY id DESC LIMIT 1"),
    (Kind.MESSAGE, "SELECT body FROM outbox_message ORDER BY id DESC LIMIT 1"),
)
"""Where a text of a kind is found, the newest there is."""

SealedType = Sealed | SealedList | SealedJson


def sealed_tables() -> Iterator[TableClause]:
    """The tables of the register with their sealed columns, each by its `id`."""
    for found in Base.metadata.sorted_tables:
        kept = {name: item.type for name, item in found.c.items() if isinstance(item.type, SealedType)}
        if kept:
            yield table(found.name, column("id"), *(column(name, kind) for name, kind in kept.items()))


def seal_all(connection: Connection, of: TableClause, *, commits: bool = True) -> int:
    """Seal a table under the newest key, whatever was sealed before or not; returns how many rows changed.

    A batch at a time, each committed, unless it is to stay within the caller's transaction.
    """
    return _rewrite(
        connection,
        of,
        lambda kind, value: resealed(keys_for(connection.dialect), kind, value),
        commits=commits,
    )


def open_all(connection: Connection, of: TableClause, *, commits: bool = True) -> int:
    """Put the texts of a table back as they were before they were sealed, in the same way."""
    return _rewrite(
        connection, of, lambda kind, value: opened(keys_for(connection.dialect), kind, value), commits=commits
    )


def faults(connection: Connection) -> Iterator[tuple[str, str, str, T]]:
    """What stands in the open, and what does not open: table, row, column, and which of the two."""
    keys = keys_for(connection.dialect)
    for of in sealed_tables():
        for row in _rows(connection, of):
            for name, kind in _columns(of).items():
                if (value := getattr(row, name)) is not None:
                    yield from ((of.name, str(row.id), name, why) for why in _wrong(keys, kind, value))


def not_ours(engine: Engine) -> str | None:
    """Why the keys there are cannot be those of this register, with the way out; None where it can."""
    keys = keys_for(engine.dialect)
    with engine.connect() as connection:
        newest = {kind: connection.scalar(text(query)) or "" for kind, query in _NEWEST}
    sealed = {kind: kept for kind, kept in newest.items() if kept.startswith(MARK)}
    if sealed and not keys.path.exists():
        return f"the master keys of persons are missing: {keys.path} is not there; put its backup in place"
    if not any(opened(keys, kind, kept).startswith(MARK) for kind, kept in sealed.items()):
        return None
    return (
        f"{keys.path} holds other master keys than those under which this register is sealed; "
        "put the backup of its own in place"
    )


def _rewrite(connection: Connection, of: TableClause, change: Change, *, commits: bool) -> int:
    """Change the rows; where batches are committed, what breaks off goes on from what is left."""
    number, last, tries = 0, None, 0
    while True:
        try:
            last, changed = _change_batch(connection, of, last, change)
        except OperationalError as error:
            # Somebody held one of the rows and waited for another: the batch is done again after it.
            tries += 1
            if not commits or not isinstance(error.orig, DeadlockDetected) or tries == TRIES:
                raise
            connection.rollback()
            continue
        if commits:
            connection.commit()
        if last is None:
            return number
        number, tries = number + changed, 0


def _change_batch(connection: Connection, of: TableClause, last: Any, change: Change) -> tuple[Any, int]:
    """Change the rows after the last one: which is the last now, None after all, and how many changed."""
    once = of.name in WRITTEN_ONCE
    rows, number = connection.execute(_batch(of, last, lock=not once)).all(), 0
    for name, kind in _columns(of).items():
        news = [
            {"which": row.id, "new": new}
            for row in rows
            if (old := getattr(row, name)) is not None and (new := kind.changed(old, change)) != old
        ]
        if not news:
            continue
        which, new = of.c.id == bindparam("which"), bindparam("new", type_=kind.impl_instance)
        if once:  # the owner alone may lift what keeps them
            connection.execute(text(f"ALTER TABLE {of.name} DISABLE TRIGGER USER"))
        connection.execute(update(of).where(which).values({name: new}), news)
        if once:
            connection.execute(text(f"ALTER TABLE {of.name} ENABLE TRIGGER USER"))
        number += len(news)
    return (rows[-1].id if rows else None), number


def _batch(of: TableClause, last: Any, *, lock: bool) -> Any:
    kept = [type_coerce(of.c[name], kind.impl_instance).label(name) for name, kind in _columns(of).items()]
    query = select(of.c.id, *kept).order_by(of.c.id).limit(BATCH)
    query = query if last is None else query.where(of.c.id > last)
    # What others write meanwhile is not written over; what is written once nobody changes.
    return query.with_for_update() if lock else query


def _rows(connection: Connection, of: TableClause) -> Iterator[Any]:
    last = None
    while rows := connection.execute(_batch(of, last, lock=False)).all():
        yield from rows
        last = rows[-1].id


def _columns(of: TableClause) -> dict[str, SealedType]:
    return {name: item.type for name, item in of.c.items() if isinstance(item.type, SealedType)}


def _wrong(keys: KeyFile, kind: SealedType, value: Any) -> list[T]:
    found: list[T] = []

    def look(of: Kind, kept: str) -> str:
        if not is_sealed(of, kept):
            found.append(T("未加密", "stands in the open"))
        elif kept and MARK in opened(keys, of, kept):
            found.append(T("不能用现有主密钥解开", "cannot be read with the master keys there are"))
        return kept

    kind.changed(value, look)
    return found
