"""Personal values of the trail: a digest in the event, the value beside it, both under the person's own key.

When the key goes, the person is erased: the digests stay, so that the chain holds, and tell nobody anything.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, cast

from cryptography.fernet import InvalidToken
from sqlalchemy import Connection, Table, insert, select
from sqlalchemy.orm import Session

from core.storage.models.trail import AuditValue, PersonKey
from core.storage.trail.changes import Change, Changes, Owner, audited, canonical, owner_of, table_of
from core.storage.trail.ciphers import digest_under, new_secret, wrap_under
from core.storage.trail.keys import KeyFile, keys_of
from core.storage.trail.privacy import DIGEST, is_sealed, name_of, replaced

PERSONS = {"app_user": "user"}
"""What the person behind a row is called, where it is not the name of the table."""
ENTITIES = {table_of(entity).name: entity for entity in audited()}


@dataclass(frozen=True, slots=True)
class Key:
    """A person's key, unwrapped: one half makes digests, the other seals."""

    id: int
    secret: bytes

    def digest(self, table: str, path: str, value: Any) -> str:
        """The digest of a value of one column, or of a place in its JSON."""
        line = f"{table}.{path}\0{canonical(value)}"
        return f"{self.id}:{digest_under(self.secret, line.encode())}"

    def seal(self, values: Mapping[str, Any]) -> bytes:
        """The values, readable with this key alone."""
        return wrap_under(self.secret).encrypt(json.dumps(values, ensure_ascii=False).encode())

    def open(self, sealed: bytes) -> dict[str, list[Any]] | None:
        """The values again; None where something else is in their place."""
        try:
            found: dict[str, list[Any]] = json.loads(wrap_under(self.secret).decrypt(sealed))
        except InvalidToken:
            return None
        return found


def key_of(digest: Any) -> int | None:
    """The number of the key that made a digest; None for what is no digest."""
    found = DIGEST.fullmatch(digest) if isinstance(digest, str) else None
    return int(found[1]) if found else None


def protected(session: Session, items: Sequence[Change]) -> list[Change]:
    """The changes with digests for personal values, which stand sealed beside them."""
    wanted = {item.owner for item in items if item.owner is not None and _personal(item)}
    if not wanted:
        return list(items)
    connection = session.connection()
    persons = _persons(connection, wanted)
    keys = _keys(connection, keys_of(session), set(persons.values()))
    return [
        _sealed(item, keys[persons[item.owner]]) if item.owner is not None and item.owner in wanted else item
        for item in items
    ]


def keep(connection: Connection, written: Iterable[tuple[int, Change]]) -> None:
    """Put the sealed values beside the events that were written, each by its number."""
    rows = [
        {"event_id": number, "key_id": item.seal[0], "sealed": item.seal[1]}
        for number, item in written
        if item.seal is not None
    ]
    if rows:
        connection.execute(insert(AuditValue), rows)


def _personal(item: Change) -> bool:
    found: list[str] = []
    for column, pair in item.changes.items():
        for value in pair:
            name = name_of(item.table, column, _row(item))
            replaced(item.table, column, name, value, lambda path, _name, _value: found.append(path))
    return bool(found)


def _row(item: Change) -> dict[str, Any]:
    return {column: pair[1] if pair[1] is not None else pair[0] for column, pair in item.changes.items()}


def _sealed(item: Change, key: Key) -> Change:
    sealed: dict[str, list[Any]] = {}
    sides: tuple[Changes, Changes] = {}, {}
    row = _row(item)
    for side, into in enumerate(sides):

        def digested(path: str, name: str, value: Any, side: int = side) -> str:
            if is_sealed(item.table, path.partition(".")[0], name):
                sealed.setdefault(path, [None, None])[side] = value
            return key.digest(item.table, path, value)

        for column, pair in item.changes.items():
            name = name_of(item.table, column, row)
            into[column] = replaced(item.table, column, name, pair[side], digested)
    changes = {column: [sides[0][column], sides[1][column]] for column in item.changes}
    return replace(item, changes=changes, seal=(key.id, key.seal(sealed)) if sealed else None)


def _persons(connection: Connection, owners: Collection[Owner]) -> dict[Owner, str]:
    """Which person each row belongs to: a party or a user, found through the rows on the way, or the row."""
    found: dict[Owner, str] = {}
    reached = {owner: owner for owner in owners}
    while reached:
        found |= {start: person_name(owner) for start, owner in reached.items() if _is_person(owner)}
        further: dict[Owner, Owner] = {}
        for table in {owner.table for owner in reached.values() if not _is_person(owner)}:
            entity = ENTITIES[table]
            columns, (way, *_) = table_of(entity).c, entity.whose
            numbers = {owner.id for owner in reached.values() if owner.table == table}
            rows = connection.execute(select(columns.id, columns[way]).where(columns.id.in_(numbers)))
            above = {number: owner_of(entity, {way: over}.get) for number, over in rows}
            for start, owner in reached.items():
                if owner.table == table and (over := above.get(owner.id)) is not None:
                    further[start] = over
                elif owner.table == table:  # it went in the same transaction
                    found[start] = person_name(owner)
        reached = further
    return found


def _is_person(owner: Owner) -> bool:
    return "id" in (ENTITIES[owner.table].whose or ("id",))


def _keys(connection: Connection, masters: KeyFile, persons: Collection[str]) -> dict[str, Key]:
    """The key of each person, the newest that can be read; one that has none gets one."""
    table = cast(Table, PersonKey.__table__)
    found: dict[str, Key] = {}
    query = select(table.c.person, table.c.id, table.c.wrapped).where(table.c.person.in_(persons))
    for person, number, wrapped in connection.execute(query.order_by(table.c.id)):
        secret = masters.unwrap(wrapped)
        if secret is not None:
            found[person] = Key(number, secret)
    secrets = {person: new_secret(masters.suite) for person in sorted(set(persons) - found.keys())}
    if secrets:
        rows = [{"person": person, "wrapped": masters.wrap(secret)} for person, secret in secrets.items()]
        made = connection.execute(insert(table).returning(table.c.person, table.c.id), rows)
        found |= {person: Key(number, secrets[person]) for person, number in made}
    return found


def person_name(owner: Owner) -> str:
    """The name of a person in the table of keys: `party:12`, `user:3`, `complaint:4`."""
    return f"{PERSONS.get(owner.table, owner.table)}:{owner.id}"
