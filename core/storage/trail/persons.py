"""What is done with the persons of the trail: shown, erased, and their keys wrapped anew."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, inspect, select, update
from sqlalchemy.orm import Session, joinedload, selectinload

from core.rules.text import T
from core.storage.models.operations import AuditEvent
from core.storage.models.trail import AuditValue, PersonKey
from core.storage.sealed.rows import seal_all, sealed_tables
from core.storage.trail.changes import Changes, canonical, key_column
from core.storage.trail.keys import KeyFile, keys_of
from core.storage.trail.privacy import DIGEST, HIDDEN, is_sealed, mask, name_of, replaced
from core.storage.trail.recording import record
from core.storage.trail.values import ENTITIES, Key, key_of

ERASED = T("已抹除", "erased")
UNREADABLE = T("密钥缺失", "its key is missing")
FORGET, KEYS = "person.forget", "keys"
DESTROYED = "destruction.row"
"""Tells of a row that went with what was sealed beside its events: its time was over, and two approved."""
BATCH = 1000
WITH_VALUES = selectinload(AuditEvent.value).joinedload(AuditValue.key)
"""Loads events with what is sealed beside them."""


def forget(session: Session, person: str) -> int:
    """Erase a person, `party:12` or `user:3`, from the trail: its keys go, and what they seal.

    The rows of the register itself are the caller's to empty. Returns how many keys went.
    """
    gone = session.scalars(delete(PersonKey).where(PersonKey.person == person).returning(PersonKey.id)).all()
    if gone:
        session.execute(delete(AuditValue).where(AuditValue.key_id.in_(gone)))
        record(session, PersonKey.__tablename__, person, {KEYS: [sorted(gone), None]}, FORGET)
    return len(gone)


def forgotten(session: Session) -> frozenset[int]:
    """The keys that went because their persons were erased, by the trail's own word."""
    query = select(AuditEvent.changes).where(
        AuditEvent.subject == PersonKey.__tablename__, AuditEvent.action == FORGET
    )
    return frozenset(number for changes in session.scalars(query) for number in changes[KEYS][0])


def destroyed(session: Session) -> dict[str, frozenset[str]]:
    """The rows that went so, by table."""
    query = select(AuditEvent.subject, AuditEvent.subject_id).where(AuditEvent.action == DESTROYED)
    found: dict[str, set[str]] = {}
    for subject, number in session.execute(query):
        found.setdefault(subject, set()).add(number)
    return {subject: frozenset(numbers) for subject, numbers in found.items()}


def rotate(session: Session) -> int:
    """Wrap every person's key under a new master key, seal the columns under it, and commit.

    Digests of the trail, and what is sealed beside its events, stay as they are. Stopped half-way, the next
    time completes it. What is written once needs the owner's rights. Returns how many keys were wrapped; one
    that cannot be read stays as it is.
    """
    masters, table = keys_of(session), cast(Table, PersonKey.__table__)
    engine = session.connection().engine
    masters.renew()
    number = last = 0
    change = update(table).where(table.c.id == bindparam("key")).values(wrapped=bindparam("anew"))
    while rows := session.execute(
        select(table.c.id, table.c.wrapped).where(table.c.id > last).order_by(table.c.id).limit(BATCH)
    ).all():
        anew = [{"key": row.id, "anew": masters.rewrap(row.wrapped)} for row in rows]
        readable = [item for item in anew if item["anew"] is not None]
        if readable:
            session.connection().execute(change, readable)
        number, last = number + len(readable), rows[-1].id
    session.commit()
    with engine.connect() as connection:
        for of in sealed_tables():
            seal_all(connection, of)
    masters.trim()
    return number


def shown(session: Session, events: Sequence[AuditEvent]) -> Mapping[int, Changes]:
    """The changes of events as they may be seen: personal values masked, or that they are erased.

    The key of a row that came or went is left out: the event names it. Events loaded with `WITH_VALUES`
    need no statement of their own.
    """
    asked = [event for event in events if DIGEST.search(canonical(event.changes))]
    loaded = [event for event in asked if "value" not in inspect(event).unloaded]
    sealed = {event.id: event.value for event in loaded if event.value is not None}
    if missing := {event.id for event in asked}.difference(event.id for event in loaded):
        query = select(AuditValue).where(AuditValue.event_id.in_(missing)).options(joinedload(AuditValue.key))
        sealed |= {
            value.event_id: value
            for value in session.scalars(query.execution_options(populate_existing=True))
        }
    return {
        event.id: _shown(event, _opened(keys_of(session), sealed[event.id]) if event.id in sealed else {})
        for event in events
    }


def _opened(masters: KeyFile, value: AuditValue) -> dict[str, list[Any]] | None:
    secret = masters.unwrap(value.key.wrapped) if value.key is not None else None
    return Key(value.key_id, secret).open(value.sealed) if secret is not None else None


def _shown(event: AuditEvent, values: dict[str, list[Any]] | None) -> Changes:
    changes: Changes = {}
    entity = ENTITIES.get(event.subject)
    evident = key_column(entity).name if entity is not None else None
    for column, pair in event.changes.items():
        if column == evident:
            continue
        row = {name: both[-1] for name, both in event.changes.items()}
        sides = []
        for side, told in enumerate(pair):

            def see(path: str, name: str, value: Any, side: int = side) -> Any:
                if key_of(value) is None:
                    return mask(name, value)  # of an earlier version, masked as it was written
                if not is_sealed(event.subject, path.partition(".")[0], name):
                    return HIDDEN
                if values is None:
                    return UNREADABLE
                return mask(name, values[path][side]) if path in values else ERASED

            sides.append(replaced(event.subject, column, name_of(event.subject, column, row), told, see))
        changes[column] = sides
    return changes
