"""The hash chain of the audit trail: each transaction is a link, made of its events, and follows another."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from typing import Any

from sqlalchemy import Row, Select, select
from sqlalchemy.orm import Session

from core.rules.text import T
from core.storage.models.operations import AuditEvent
from core.storage.models.trail import AuditEnd, AuditLink

GENESIS = "0" * 64
HASHED = ("id", "at", "actor_id", "actor", "action", "subject", "subject_id", "changes")
BATCH = 2000

Broken = tuple[str, int, T]
"""Table and id of what is wrong, and what that is."""


@dataclass(frozen=True, slots=True)
class Place:
    """The last link of a chain, from which the next one goes on."""

    number: int
    hash: str


BEGINNING = Place(0, GENESIS)


@dataclass(frozen=True, slots=True)
class Linked:
    """A link with its events, each by its columns."""

    link: dict[str, Any]
    events: list[dict[str, Any]]


def digest(values: Mapping[str, Any], previous: str | None = None) -> str:
    """The hash of an event over its own content; those of old are hashed with the one before."""
    item = [_canonical(values[name]) for name in HASHED]
    return _hash(item if previous is None else [*item, previous])


def root(hashes: Iterable[str]) -> str:
    """What a link keeps of its events: the hash over their hashes, in order."""
    return hashlib.sha256("".join(hashes).encode()).hexdigest()


def place(after: Place, link_id: int, events: int, root: str) -> Place:
    """The place of a link behind another."""
    number = after.number + 1
    return Place(number, _hash([number, after.hash, link_id, events, root]))


def start(session: Session) -> Place:
    """Where the chain in the database begins: at its beginning, or behind what was put away."""
    last = session.execute(
        select(AuditEnd.number, AuditEnd.hash).order_by(AuditEnd.number.desc()).limit(1)
    ).one_or_none()
    return Place(last.number, last.hash) if last is not None else BEGINNING


def head(session: Session) -> Place:
    """Where the chain ends."""
    last = session.execute(
        select(AuditLink.number, AuditLink.hash)
        .where(AuditLink.number.is_not(None))
        .order_by(AuditLink.number.desc())
        .limit(1)
    ).one_or_none()
    return Place(last.number, last.hash) if last is not None else start(session)


def broken_links(session: Session) -> Iterator[Broken]:
    """Where the trail has changed events, links without their events, or a gap; read as a stream."""
    begins = start(session)
    yield from _strays(session)
    yield from _contents(session, begins)
    yield from _places(session, begins)


def verify_chain(session: Session) -> list[str]:
    """What is wrong with the trail, a sentence each; nothing in a good state."""
    return [f"{table} {number}: {message.en}" for table, number, message in broken_links(session)]


def contents(session: Session, upto: int | None = None) -> Iterator[Linked]:
    """The links with their events, in the order of their transactions; or by their places, up to one."""
    links, events = AuditLink.__table__.c, AuditEvent.__table__.c
    query = select(
        *(column.label(f"l_{column.name}") for column in links),
        *(column.label(f"e_{column.name}") for column in events),
    ).join_from(AuditLink, AuditEvent, links.id == events.link_id, isouter=True)
    if upto is None:
        query = query.order_by(links.id, events.id)
    else:
        query = query.where(links.number <= upto).order_by(links.number, events.id)
    for _, rows in groupby(_stream(session, query), lambda row: row.l_id):
        found = [row._mapping for row in rows]
        yield Linked(
            {column.name: found[0][f"l_{column.name}"] for column in links},
            [
                {column.name: row[f"e_{column.name}"] for column in events}
                for row in found
                if row["e_id"] is not None
            ],
        )


def wrong_in(linked: Linked) -> Iterator[Broken]:
    """What is wrong with the events of one link."""
    link, events = linked.link, linked.events
    for item in events:
        if digest(item, item["previous_hash"]) != item["hash"]:
            yield "audit_event", item["id"], T("内容被改动", "was changed")
    if len(events) != link["events"]:
        message = T(
            f"应有 {link['events']} 条，实有 {len(events)} 条",
            f"has {len(events)} of {link['events']} events",
        )
        yield "audit_link", link["id"], message
    elif root(item["hash"] for item in events) != link["root"]:
        yield "audit_link", link["id"], T("不是当时写入的各条", "has other events than it was written with")


def wrong_place(link: Mapping[str, Any], last: Place) -> Iterator[Broken]:
    """What is wrong with a link behind the last one."""
    if link["number"] != last.number + 1:
        yield "audit_link", link["id"], _gap(last, link["number"])
    elif link["previous_hash"] != last.hash:
        yield "audit_link", link["id"], T("与前一环不相连", "does not follow the link before it")
    before = Place(link["number"] - 1, link["previous_hash"])
    if place(before, link["id"], link["events"], link["root"]).hash != link["hash"]:
        yield "audit_link", link["id"], T("环节被改动", "is not as it was sealed")


def _contents(session: Session, begins: Place) -> Iterator[Broken]:
    # Only the old events tell of the one before, and they lie before all others.
    previous = GENESIS if begins == BEGINNING else None
    for linked in contents(session):
        yield from wrong_in(linked)
        for item in linked.events:
            told = item["previous_hash"]
            if told is not None and told != (previous or told):
                yield "audit_event", item["id"], T("与前一条不相连", "does not follow the one before it")
            previous = item["hash"]
        if not linked.events:
            previous = None


def _strays(session: Session) -> Iterator[Broken]:
    there = select(AuditLink.id).where(AuditLink.id == AuditEvent.link_id).exists()
    for row in _stream(session, select(AuditEvent.id).where(~there).order_by(AuditEvent.id)):
        yield "audit_event", row.id, T("所属事务的记录缺失", "belongs to a link that is missing")


def _places(session: Session, last: Place) -> Iterator[Broken]:
    links = AuditLink.__table__.c
    for row in _stream(session, select(*links).where(links.number.is_not(None)).order_by(links.number)):
        if row.number <= last.number:
            yield "audit_link", row.id, T("已转出，却仍在库中", "stands here although it was put away")
            continue
        yield from wrong_place(row._asdict(), last)
        last = Place(row.number, row.hash)


def _gap(last: Place, number: int) -> T:
    missing = f"{last.number + 1}..{number - 1}"
    if last == BEGINNING:
        return T(
            f"之前缺少第 {missing} 环，且没有签名的终点",
            f"links {missing} before it are missing, and no signed end stands for them",
        )
    return T(f"之前缺少第 {missing} 环", f"links {missing} before it are missing")


def _stream(session: Session, query: Select[Any]) -> Iterator[Row[Any]]:
    return iter(session.connection().execute(query.execution_options(yield_per=BATCH)))


def _hash(item: list[Any]) -> str:
    line = json.dumps(item, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()


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
