"""The hash chain of the audit trail: each event is hashed together with the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.rules.text import T
from core.storage.models.operations import AuditEvent

GENESIS = "0" * 64
HASHED = ("id", "at", "actor_id", "actor", "action", "subject", "subject_id", "changes")
BATCH = 2000


def digest(previous: str, values: Mapping[str, Any]) -> str:
    """The hash of an event behind the one with the hash `previous`."""
    item = [_canonical(values[name]) for name in HASHED]
    line = json.dumps([*item, previous], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()


def broken_links(session: Session) -> Iterator[tuple[int, T]]:
    """Where the trail has gaps, changed events or broken links; read as a stream."""
    number, previous = 0, GENESIS
    columns = AuditEvent.__table__.c
    rows = (
        session.connection().execution_options(yield_per=BATCH).execute(select(*columns).order_by(columns.id))
    )
    for row in rows:
        number += 1
        if row.id != number:
            gap = f"{number}..{row.id - 1}"
            yield row.id, T(f"之前缺少第 {gap} 条", f"events {gap} before it are missing")
            number = row.id
        if row.previous_hash != previous:
            yield row.id, T("与前一条不相连", "does not follow the one before it")
        if digest(row.previous_hash, row._asdict()) != row.hash:
            yield row.id, T("内容被改动", "was changed")
        previous = row.hash


def verify_chain(session: Session) -> list[str]:
    """What is wrong with the trail, a sentence each; nothing in a good state."""
    return [f"audit_event {number}: {message.en}" for number, message in broken_links(session)]


def _canonical(value: Any) -> Any:
    """The value in a form that it keeps through JSONB."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case float() if value.is_integer():
            return int(value)
        case dict():
            return {key: _canonical(item) for key, item in value.items()}
        case list():
            return [_canonical(item) for item in value]
        case _:
            return value
