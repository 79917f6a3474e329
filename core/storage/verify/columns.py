"""Every row against the trail: each column is what its events make it, and each event follows the one before.

Rows and events of a table are read side by side, in the order of their keys as text, a batch at a time.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from hashlib import sha256
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Column, ColumnElement, Enum, Executable, Text, cast, select, type_coerce
from sqlalchemy.orm import Session

from core.rules.text import T
from core.storage.models import AuditEvent, AuditValue, Base, PersonKey
from core.storage.trail.changes import (
    EMPTY,
    applied,
    audited,
    canonical,
    columns,
    key_column,
    plain,
    same,
    table_of,
)
from core.storage.trail.keys import keys_of
from core.storage.trail.persons import destroyed, forgotten
from core.storage.trail.privacy import (
    HIDDEN,
    is_empty,
    is_number,
    is_personal,
    is_sealed,
    name_of,
    replaced,
    tells_a_number,
)
from core.storage.trail.takeover import TAKEN_OVER, begins_at, is_due
from core.storage.trail.values import Key, key_of
from core.storage.verify.check import Fault

BATCH = 1000
BLOCK, BLOCKS = 500, 40
"""Persons' keys are read so many at once, and so many blocks of them are kept."""
SHOWN, DIGITS = 60, 12

STATE, ROW, FOLLOWS, VALUE, KEY, OLD = (
    "audit.state",
    "audit.row",
    "audit.follows",
    "audit.value",
    "audit.key",
    "audit.taken_over",
)
BY_TRAIL = frozenset({STATE, ROW, FOLLOWS, VALUE, KEY, OLD})


def by_columns(session: Session, only: Collection[str] = ()) -> Iterator[Fault]:
    """Rows and columns that the trail does not account for, and events that contradict one another.

    `only` names tables to be content with.
    """
    if is_due(session):
        message = T(
            "升级前的数据尚未纳入留痕：请运行 accredit db upgrade",
            "what stood before the upgrade was not taken into the trail yet; run accredit db upgrade",
        )
        yield Fault(OLD, AuditEvent.__tablename__, "*", message)
        return
    keys, begin, gone = Keys(session), begins_at(session), destroyed(session)
    for entity in (entity for entity in audited() if not only or entity.__tablename__ in only):
        gone_here = gone.get(entity.__tablename__, frozenset())
        yield from _Table(session, entity, keys, begin, gone_here).faults()
    yield from keys.faults()


class Keys:
    """The persons' keys by number, read in blocks; which are missing without having been erased."""

    def __init__(self, session: Session) -> None:
        self._session, self._forgotten = session, forgotten(session)
        self._lost: dict[int, T] = {}
        self._block = lru_cache(BLOCKS)(self._read)

    def __getitem__(self, number: int) -> Key | None:
        wrapped = self._block(number // BLOCK).get(number)
        if wrapped is not None:
            secret = keys_of(self._session).unwrap(wrapped)
            if secret is not None:
                return Key(number, secret)
            self._lost[number] = T("不能用现有主密钥解开", "cannot be read with the master keys there are")
        elif number not in self._forgotten:
            self._lost[number] = T("不在，而留痕中没有删除该人的记录", "is gone, and no one was erased")
        return None

    def faults(self) -> Iterator[Fault]:
        """The keys that were missed."""
        for number, message in sorted(self._lost.items()):
            yield Fault(KEY, PersonKey.__tablename__, str(number), message)

    def _read(self, block: int) -> dict[int, bytes]:
        of_block = PersonKey.id.between(block * BLOCK, (block + 1) * BLOCK - 1)
        query = select(PersonKey.id, PersonKey.wrapped).where(of_block)
        return {row.id: row.wrapped for row in self._session.execute(query)}


class _Absent:
    """Stands for a column that no event has named."""


ABSENT: Any = _Absent()


@dataclass
class _Row:
    """What the events make of one row so far."""

    there: bool = False
    ever: bool = False
    values: dict[str, Any] = field(default_factory=dict)


class _Table:
    """One table beside its events."""

    def __init__(
        self, session: Session, entity: type[Base], keys: Keys, begin: int, gone: frozenset[str]
    ) -> None:
        self._session, self._keys, self._entity, self._begin = session, keys, entity, begin
        self._table, self._key = table_of(entity), key_column(entity)
        self._destroyed = gone
        self._columns = {
            column.name: column for column in columns(entity).values() if column is not self._key
        }

    def faults(self) -> Iterator[Fault]:
        """What is wrong with its rows and events."""
        key = cast(self._key, Text).label("row_key")
        stands = (_as_it_stands(column) for column in self._columns.values())
        rows = self._stream(select(key, *stands).order_by(cast(self._key, Text).collate("C")))
        events = self._stream(
            select(
                AuditEvent.id, AuditEvent.subject_id, AuditEvent.action, AuditEvent.changes, AuditValue.sealed
            )
            .outerjoin(AuditValue, AuditValue.event_id == AuditEvent.id)
            .where(AuditEvent.subject == self._table.name)
            .order_by(AuditEvent.subject_id.collate("C"), AuditEvent.id)
        )
        for number, row, history in _side_by_side(rows, events):
            yield from self._row(number, row, history)

    def _stream(self, query: Executable) -> Iterator[Any]:
        return iter(self._session.connection().execute(query, execution_options={"yield_per": BATCH}))

    def _row(self, number: str, row: Any, events: Iterator[Any]) -> Iterator[Fault]:
        state, known = _Row(), False
        for event in events:
            known = known or self._key.name in event.changes
            # What was made before is told by a later event: of an earlier version, or of a part put away.
            if known or event.id >= self._begin:
                yield from self._follow(number, state, event)
        if row is None:
            if state.there:
                yield self._fault(
                    ROW, number, T("已不在，而留痕中没有删除", "is gone, and no event removed it")
                )
            return
        if not state.there:
            yield self._fault(
                ROW,
                number,
                T("留痕中已删除，却仍在", "is there, and an event removed it")
                if state.ever
                else T("在，而留痕中没有来历", "is there, and no event made it"),
            )
            return
        actual = {name: plain(column, row._mapping[name]) for name, column in self._columns.items()}
        for name, value in actual.items():
            goes_by = name_of(self._table.name, name, actual)
            for path, told, stands in self._differing(name, goes_by, state.values.get(name, ABSENT), value):
                message = T(
                    f"{path} 为 {stands}，而留痕最后记录的是 {told}",
                    f"{path} is {stands}, and the trail last recorded {told}",
                )
                yield self._fault(STATE, number, message)

    def _differing(
        self, column: str, name: str, expected: Any, actual: Any
    ) -> Iterator[tuple[str, str, str]]:
        """Where a column is not what the events tell: of a JSON object each key, with both values."""
        if self._agrees(column, name, expected, actual):
            return
        if is_personal(self._table.name, column, name) or not (
            isinstance(expected, dict) and isinstance(actual, dict)
        ):
            yield column, self._shown(column, name, expected), self._shown(column, name, actual)
            return
        for key in sorted(expected.keys() | actual.keys()):
            told, stands = expected.get(key, ABSENT), actual.get(key, ABSENT)
            path = f"{column}.{key}"
            if ABSENT in (told, stands) or not self._agrees(column, key, told, stands, path):
                yield path, self._shown(column, key, told), self._shown(column, key, stands)

    def _follow(self, number: str, state: _Row, event: Any) -> Iterator[Fault]:
        """Let an event change the row, and say where it does not fit what was before."""
        came, went = (side is not None for side in event.changes.get(self._key.name, [None, None])[::-1])
        if event.action == TAKEN_OVER:
            state.there, state.values = False, {}
        if came == state.there and (came or self._columns.keys() & event.changes.keys()):
            message = (
                T("记录了两次新增", "makes a row that is there")
                if came
                else T("所改的记录此前没有来历", "changes a row that no event made")
            )
            yield self._fault(FOLLOWS, number, _of_event(event.id, message))
        state.there, state.ever = state.there or came, True
        for column in (name for name in event.changes if name in self._columns):
            before, after = event.changes[column]
            current = state.values.get(column, ABSENT)
            if not _follows(current, before, after):
                message = T(
                    f"{column} 的原值与之前的记录不符", f"{column} was not what it says it was before"
                )
                yield self._fault(FOLLOWS, number, _of_event(event.id, message))
            state.values[column] = applied(current, before, after)
        if self._entity.whose:
            yield from self._sealed(number, event)
        if went:
            state.there, state.values = False, {}

    def _sealed(self, number: str, event: Any) -> Iterator[Fault]:
        """The values that are sealed beside an event are those that its digests were made of."""
        digests: list[tuple[str, int, str]] = []
        row = {name: pair[-1] for name, pair in event.changes.items()}
        for column, pair in event.changes.items():
            name = name_of(self._table.name, column, row)
            for side, value in enumerate(pair):

                def see(path: str, name: str, value: Any, column: str = column, side: int = side) -> None:
                    digested = is_personal(self._table.name, column, name) or key_of(value) is not None
                    if digested and is_sealed(self._table.name, column, name):
                        digests.append((path, side, value))

                replaced(self._table.name, column, name, value, see)
        if not digests or (event.sealed is None and number in self._destroyed):
            return
        key = self._keys[key_of(digests[0][2]) or 0]
        if key is None:
            return
        values = key.open(event.sealed) if event.sealed is not None else None
        if values is None or any(
            key.digest(self._table.name, path, values.get(path, [None, None])[side]) != digest
            for path, side, digest in digests
        ):
            message = T("加密保存的值缺失或被改动", "its sealed values are gone or were changed")
            yield self._fault(VALUE, number, _of_event(event.id, message))

    def _agrees(self, column: str, name: str, expected: Any, actual: Any, path: str = "") -> bool:
        """Whether a value is the one that the events tell; where a person is erased, none can be told."""
        path = path or column
        if expected is ABSENT:
            return actual in EMPTY
        if is_empty(expected) or is_empty(actual):
            return same(expected, actual)
        digested = key_of(expected) is not None and tells_a_number(self._table.name, column, expected)
        if digested or is_personal(self._table.name, column, name):
            number = key_of(expected)
            key = self._keys[number] if number is not None else None
            if number is None or key is None:
                return number is not None
            return key.digest(self._table.name, path, actual) == expected
        if isinstance(expected, dict) and isinstance(actual, dict):
            return expected.keys() == actual.keys() and all(
                self._agrees(column, key, expected[key], actual[key], f"{path}.{key}") for key in expected
            )
        if isinstance(expected, list) and isinstance(actual, list):
            return len(expected) == len(actual) and all(
                self._agrees(column, "", *pair, f"{path}.{place}")
                for place, pair in enumerate(zip(expected, actual, strict=True))
            )
        return same(expected, actual)

    def _shown(self, column: str, name: str, value: Any) -> str:
        """A value as a fault may name it: of a personal one only that it is one, of JSON its fingerprint."""
        if value is ABSENT or value is None:
            return "NULL"
        if is_personal(self._table.name, column, name) or is_number(value):
            return value if key_of(value) is not None else HIDDEN
        if isinstance(value, dict | list):
            return f"JSON {sha256(canonical(value).encode()).hexdigest()[:DIGITS]}"
        text = value if isinstance(value, str) else canonical(value)
        return text if len(text) <= SHOWN else f"{text[: SHOWN - 1]}…"

    def _fault(self, check: str, number: str, message: T) -> Fault:
        return Fault(check, self._table.name, number, message)


def _as_it_stands(column: Column[Any]) -> ColumnElement[Any]:
    """The column as it is read: of a closed set also what is not in it, which somebody put there by hand."""
    return type_coerce(column, Text).label(column.name) if isinstance(column.type, Enum) else column


def _of_event(number: int, message: T) -> T:
    return T(f"留痕第 {number} 条：{message.zh}", f"event {number}: {message.en}")


def _side_by_side(rows: Iterator[Any], events: Iterator[Any]) -> Iterator[tuple[str, Any, Iterator[Any]]]:
    """Each key with its row and its events; both sides come in the order of the key."""
    groups = groupby(events, attrgetter("subject_id"))
    row: Any = next(rows, None)
    group = next(groups, None)
    while row is not None or group is not None:
        if group is None or (row is not None and row.row_key < group[0]):
            yield row.row_key, row, iter(())
            row = next(rows, None)
        elif row is None or group[0] < row.row_key:
            yield group[0], None, group[1]
            group = next(groups, None)
        else:
            yield group[0], row, group[1]
            row, group = next(rows, None), next(groups, None)


def _follows(current: Any, before: Any, after: Any) -> bool:
    """Whether an event's word on what was before is what the events before it made."""
    if current is ABSENT:
        return before in EMPTY
    if not (isinstance(current, dict) and isinstance(before, dict) and isinstance(after, dict)):
        return _alike(current, before)
    return all(key in current and _alike(current[key], value) for key, value in before.items()) and not any(
        key in current for key in after.keys() - before.keys()
    )


def _alike(one: Any, other: Any) -> bool:
    """Whether two values of events are equal; digests of different keys cannot be told apart."""
    keys = key_of(one), key_of(other)
    if None not in keys and keys[0] != keys[1]:
        return True
    # An earlier version told a number in the open where a fact's name did not say that it is one.
    if keys.count(None) == 1 and (is_number(one) or is_number(other)):
        return True
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_alike(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    return same(one, other)
