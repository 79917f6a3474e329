"""What must hold after a fault: no invariant broken, and the register as if nothing had happened.

`dump` writes a register down without what a second run may do otherwise: sequence values, moments, random
tokens, attempts. `differences` holds two dumps against each other; `deliveries` counts letters that arrived.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from email.message import EmailMessage
from enum import Enum
from pathlib import Path
from typing import Any

from sqlalchemy import Column, Connection, DateTime, Engine, Integer, MetaData, Table, select

from core.domain.clock import SHANGHAI, local_date
from core.services.delivery.letters import Letter
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models.base import Base
from core.storage.models.operations import JobState, MessageChannel, MessageState
from core.storage.trail.sealing import seal
from core.storage.trail.values import key_of
from core.storage.verify import faults

Row = dict[str, Any]
Dump = dict[str, dict[str, Row]]
"""By table and natural key: what each row says."""

NAMED_BY: dict[str, tuple[str, ...]] = {
    "accreditation": ("number",),
    "annual_report": ("accreditation_id", "year", "submitted_on"),
    "app_user": ("email", "mobile", "name"),
    "application": ("program", "track", "party_id", "call_id"),
    "attachment": ("party_id", "purpose", "filename"),
    "audit_event": ("subject", "subject_id"),
    "ban": ("party_id", "program", "exit_case_id"),
    "call": ("program", "title"),
    "complaint": ("accreditation_id", "complainant", "received_on"),
    "data_export": ("user_id", "name", "file_format"),
    "exit_case": ("accreditation_id", "clause", "period"),
    "extension_request": ("accreditation_id", "requested_on"),
    "fact_entry": ("application_id", "name", "provenance"),
    "finding": ("accreditation_id", "kind", "opened_on", "service_record_id"),
    "job_run": ("job", "as_of"),
    "material_file": ("application_id", "key"),
    "objection": ("notice_item_id", "objector"),
    "outbox_message": ("key", "accreditation_id", "recipient"),
    "party": ("name", "uscc", "id_number"),
    "public_notice": ("program", "title"),
    "recommendation": ("application_id", "round"),
    "rectification": ("accreditation_id", "clause", "ordered_on"),
    "register_event": ("accreditation_id", "kind", "clause", "period"),
    "service_record": ("accreditation_id", "service_date", "title"),
}
"""What tells the rows of a table apart for a person; of other tables all that is said of a row."""
RANDOM = frozenset(
    {
        *("code", "code_hash", "token_hash", "fs_uniquifier", "password", "secret"),
        *("tf_totp_secret", "mf_recovery_codes", "entry_id", "hash", "previous_hash"),
    }
)
"""Drawn anew each time: only that there is a value counts."""
ATTEMPTS: dict[str, frozenset[str]] = {
    "app_user": frozenset({"login_count", "last_login_at", "current_login_at"}),
    "job_run": frozenset({"started_at", "finished_at", "counts", "failures", "message"}),
    "outbox_message": frozenset({"attempts", "next_attempt_at", "sent_at", "last_error"}),
    "verification_code": frozenset({"attempts"}),
}
"""How often and when something was tried, not what came of it."""
OF_THE_TRAIL = frozenset({"audit_end", "audit_link", "audit_value", "person_key"})
BESIDE = OF_THE_TRAIL | {"access_record", "guess", "login_session"}
"""The trail's links, and what is under random keys: `verify` holds all of it to the events. And who came and
looked, which is as often as somebody did, and who is logged in, which is nothing of the register."""
NUMBER = re.compile(r"^(?!(?:19|20)\d\d\b)\d+$")
"""An id as a part of a message's key; a year stays."""
SOMETHING, GONE = "(something)", "(gone)"
JOBS = frozenset({"daily_check", "message.send"})
"""Whichever comes first to an accreditation takes it through its days; what comes of it is the same."""
SEALED = "(sealed)"
"""A personal value in an event; the row has it in the open, and `verify` holds one to the other."""


Arrived = tuple[str, set[str]]
"""A letter's identifier, and whoever it was handed over for and addressed to."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Where a register is not as it must be; a whole row is one under the name `row`."""

    table: str
    key: str
    column: str
    expected: Any
    found: Any

    def __str__(self) -> str:
        return f"{self.table} [{self.key}] {self.column}: expected {self.expected!r}, found {self.found!r}"


@dataclass(frozen=True, slots=True)
class Arrivals:
    """What came of the messages that had to leave."""

    messages: int
    arrived: int
    """Letters that were handed over, second copies among them."""
    wrong: list[str]
    """Messages that never arrived, letters that nobody wrote, letters at a stranger's."""

    @property
    def copies(self) -> int:
        """Second copies: each bears the identifier of the first."""
        return self.arrived - self.messages

    def __str__(self) -> str:
        share = 100 * self.copies / self.arrived if self.arrived else 0.0
        return (
            f"{self.messages} messages, {self.copies} second copies under the same Message-ID ({share:.1f} %)"
        )


def check(engine: Engine, expected: Dump, store: FileStore | None = None) -> None:
    """Fail with every broken invariant, and every difference to what an undisturbed run came to."""
    # As a worker does every few seconds: a drill may last longer than the trail may wait for it.
    seal(session_factory(engine))
    with session_factory(engine)() as session:
        broken = [str(fault) for fault in faults(session, store)]
    found = [str(difference) for difference in differences(expected, dump(engine))]
    assert not broken + found, "\n".join(["the register is not as if nothing had happened:", *broken, *found])


def dump(where: Engine | Connection) -> Dump:
    """Everything that a register says, by natural keys."""
    if isinstance(where, Engine):
        with where.connect() as connection:
            return dump(connection)
    reader = _Reader(where, Base.metadata)
    tables = (table for table in Base.metadata.sorted_tables if table.name not in BESIDE)
    return {table.name: reader.rows(table) for table in tables}


def differences(expected: Dump, found: Dump) -> Iterator[Difference]:
    """What was lost, doubled or changed."""
    for table in sorted({*expected, *found}):
        before, after = expected.get(table, {}), found.get(table, {})
        for key in sorted({*before, *after}):
            if key not in after:
                yield Difference(table, key, "row", before[key], None)
            elif key not in before:
                yield Difference(table, key, "row", None, after[key])
            else:
                yield from _columns(table, key, before[key], after[key])


def _columns(table: str, key: str, before: Row, after: Row) -> Iterator[Difference]:
    for column in sorted({*before, *after}):
        if before.get(column) != after.get(column):
            yield Difference(table, key, column, before.get(column), after.get(column))


def by_mail(mails: Sequence[EmailMessage], recipients: Sequence[str]) -> list[Arrived]:
    """What a mail server was given."""
    return [
        (str(mail["message-id"]).strip("<>").partition("@")[0], {recipient, str(mail["to"])})
        for mail, recipient in zip(mails, recipients, strict=True)
    ]


def by_text(path: Path) -> list[Arrived]:
    """What stands in the file that takes text messages."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [(line["id"], {line["to"]}) for line in map(json.loads, lines)]


def deliveries(
    engine: Engine, arrived: Sequence[Arrived], *, since: datetime, channel: MessageChannel
) -> Arrivals:
    """Hold what arrived against the messages since a moment: each at least once, to its own recipient."""
    table = Base.metadata.tables["outbox_message"]
    written = table.c.channel == channel, table.c.created_at >= since
    with engine.connect() as connection:
        rows = connection.execute(select(table.c.key, table.c.recipient, table.c.state).where(*written)).all()
    known = {_identifier(row.key): row for row in rows}
    came = Counter(identifier for identifier, _ in arrived)
    wrong = [
        f"{row.key} never arrived"
        for identifier, row in known.items()
        if row.state is MessageState.SENT and not came[identifier]
    ]
    for identifier, recipients in arrived:
        row = known.get(identifier)
        if row is None:
            wrong.append(f"a letter to {', '.join(sorted(recipients))} that the register never wrote")
        elif recipients != {row.recipient}:
            wrong.append(f"{row.key} for {row.recipient} arrived at {', '.join(sorted(recipients))}")
    return Arrivals(len(came), sum(came.values()), wrong)


def _identifier(key: str) -> str:
    return Letter(key, "", "", "", datetime.min.replace(tzinfo=SHANGHAI)).identifier


class _Reader:
    """Reads tables, and says of a foreign key what it refers to."""

    def __init__(self, connection: Connection, metadata: MetaData) -> None:
        self._tables = dict(metadata.tables)
        self._stored: dict[str, list[Row]] = {
            name: [
                dict(row) for row in connection.execute(select(table).order_by(*table.primary_key)).mappings()
            ]
            for name, table in self._tables.items()
        }
        self._by_id = {
            (name, str(row["id"])): row for name, rows in self._stored.items() for row in rows if "id" in row
        }
        self._names: dict[tuple[str, str], str] = {}

    def rows(self, table: Table) -> dict[str, Row]:
        """The rows of a table by their keys; of several with one key each has its number."""
        said = [(self._name(table, row), self._said(table, row)) for row in self._stored[table.name]]
        if table.name == "job_run":
            # How often a job was begun may differ; for which days it came to its end may not.
            said = [item for item in said if item[1]["state"] == JobState.DONE]
            return dict(said)
        if table.name != "audit_event":  # which lie in the order in which they happened
            said.sort(key=lambda item: (item[0], _text(item[1])))
        seen: Counter[str] = Counter()
        found: dict[str, Row] = {}
        for name, row in said:
            seen[name] += 1
            found[name if seen[name] == 1 else f"{name} #{seen[name]}"] = row
        return found

    def _said(self, table: Table, row: Row) -> Row:
        left_out = ATTEMPTS.get(table.name, frozenset())
        return {
            column.name: self._value(table, column, row)
            for column in table.columns
            if column.name not in left_out and not _is_sequence(column) and not _is_beside(column)
        }

    def _value(self, table: Table, column: Column[Any], row: Row) -> Any:
        value = row[column.name]
        if table.name == "audit_event":
            if column.name == "subject_id":
                return self._refer(row["subject"], value)
            if column.name == "actor_id":
                return self._refer("app_user", value)
            if column.name == "action" and value in JOBS:
                return SOMETHING
            if column.name == "changes":
                return self._changes(self._tables.get(row["subject"]), value)
        return self._plain(table, column, value)

    def _plain(self, table: Table, column: Column[Any], value: Any) -> Any:
        if value in (None, ""):
            return value
        if column.name in RANDOM:
            return SOMETHING
        if key_of(value) is not None:
            return SEALED
        if column.foreign_keys:
            target = next(iter(column.foreign_keys)).column.table.name
            return self._refer(target, value)
        if isinstance(column.type, DateTime):
            # The database's own clock says when a row was written, and nothing of what it says.
            return SOMETHING if column.server_default is not None else _day(value)
        if (table.name, column.name) in {("outbox_message", "key"), ("register_event", "period")}:
            return _key(value)
        return _plain(value)

    def _changes(self, table: Table | None, changes: Mapping[str, Any]) -> Any:
        found: dict[str, Any] = {}
        for name, pair in changes.items():
            if table is None or name not in table.columns or not isinstance(pair, list):
                found[name] = _plain(pair)
            elif name != "id":
                found[name] = [self._plain(table, table.columns[name], value) for value in pair]
        return found

    def _refer(self, table: str, value: Any) -> Any:
        if value is None:
            return None
        row = self._by_id.get((table, str(value)))
        if row is not None:
            return self._name(self._tables[table], row)
        return GONE if table in self._tables and str(value).isdecimal() else str(value)

    def _name(self, table: Table, row: Row) -> str:
        known = (table.name, str(row.get("id")))
        if known in self._names and "id" in row:
            return self._names[known]
        said: Iterable[Any]
        if table.name in NAMED_BY:
            said = (self._value(table, table.columns[name], row) for name in NAMED_BY[table.name])
        else:
            said = (value for value in self._said(table, row).values())
        self._names[known] = " ".join(str(part) for part in said if part not in (None, ""))
        return self._names[known]


def _is_sequence(column: Column[Any]) -> bool:
    return column.primary_key and isinstance(column.type, Integer) and not column.foreign_keys


def _is_beside(column: Column[Any]) -> bool:
    return any(key.column.table.name in BESIDE for key in column.foreign_keys)


def _key(key: str) -> str:
    """A message's key without the ids and moments in it."""
    parts = (re.split(r"(?=[#~]\d+$)", part) for part in key.split("/"))
    return "/".join("".join([_day(NUMBER.sub("id", head)), *copy]) for head, *copy in parts)


def _day(value: Any) -> Any:
    """The day of a moment; what is none stays."""
    if isinstance(value, str):
        if "T" not in value:
            return value
        with suppress(ValueError):
            value = datetime.fromisoformat(value)
    return str(local_date(value)) if isinstance(value, datetime) and value.tzinfo else str(value)


def _plain(value: Any) -> Any:
    """The value as JSON knows it, without the ids in it."""
    match value:
        case dict():
            return {
                str(key): _plain(item)
                for key, item in value.items()
                if key != "id" and not str(key).endswith(("_id", "_ids"))
            }
        case list() | tuple():
            return [_plain(item) for item in value]
        case Enum():
            return value.value
        case str():
            return value if key_of(value) is None else SEALED
        case None | bool() | int():
            return value
        case Decimal() | float():
            return format(value, "f")
        case datetime():
            return _day(value)
        case _:
            return str(value)


def _text(row: Row) -> str:
    return json.dumps(row, ensure_ascii=False, sort_keys=True, default=str)
