"""Putting the oldest part of the trail away: into a file, with a signed end in its place.

The file has a link with its events on each line, and the end on the last one. It appears whole, before the
database lets go of anything; whatever stops this leaves the database as it was.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from core.storage.models.operations import AuditEvent
from core.storage.models.trail import AuditEnd, AuditLink
from core.storage.trail import chain
from core.storage.trail.chain import Broken, Linked, Place
from core.storage.trail.ends import signed
from core.storage.trail.recording import record
from core.storage.trail.sealing import take_turn
from core.storage.trail.signing import Signer
from core.storage.trail.takeover import carry_over

# In the order in which a commit takes them: nobody waits for each other in a circle.
_ALONE = "LOCK TABLE audit_link, audit_event IN SHARE ROW EXCLUSIVE MODE"
_OPEN = ("ALTER TABLE audit_event DISABLE TRIGGER USER", "ALTER TABLE audit_link DISABLE TRIGGER USER")
_CLOSED = ("ALTER TABLE audit_event ENABLE TRIGGER USER", "ALTER TABLE audit_link ENABLE TRIGGER USER")
_MOMENTS = ("at", "written_at")


class DetachError(Exception):
    """Nothing was put away; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Detached:
    """A part that was put away."""

    first: int
    number: int
    events: int
    sha256: str


@dataclass(slots=True)
class _Written:
    sha: Any
    place: Place
    events: int = 0


def detach(session: Session, signer: Signer, before: datetime, target: Path, at: datetime) -> Detached | None:
    """Put the whole links of before a moment away, in the caller's transaction; None where there are none.

    A part in which anything is wrong is not put away.
    """
    take_turn(session)
    begins = chain.start(session)
    number = _last_before(session, before)
    if number <= begins.number:
        return None
    with _draft(target) as file:
        written = _write(session, file, number, begins)
        done = Detached(begins.number + 1, number, written.events, written.sha.hexdigest())
        end = signed(signer, {**asdict(done), "hash": written.place.hash, "at": at})
        _put(file, {"end": end})
        carry_over(session, number)
        session.execute(text(_ALONE))
        for statement in _OPEN:
            session.execute(text(statement))
        away = select(AuditLink.id).where(AuditLink.number <= number)
        connection = session.connection()
        connection.execute(delete(AuditEvent).where(AuditEvent.link_id.in_(away)))
        connection.execute(delete(AuditLink).where(AuditLink.number <= number))
        for statement in _CLOSED:
            session.execute(text(statement))
        connection.execute(insert(AuditEnd).values(end))
        record(session, "audit_end", number, {name: [None, value] for name, value in asdict(done).items()})
    return done


def read(path: Path) -> Iterator[Linked | Mapping[str, Any]]:
    """What a file holds: its links, and last its end together with the digest of what lies before it.

    ValueError, or OSError, where it is no such file.
    """
    sha = hashlib.sha256()
    with path.open("rb") as file:
        for line in file:
            found = _typed(json.loads(line))
            if "end" in found:
                yield {**found["end"], "found_sha256": sha.hexdigest()}
                return
            sha.update(line)
            yield Linked(found["link"], found["events"])
    raise ValueError("it has no end: it was cut off")


def _last_before(session: Session, before: datetime) -> int:
    """The number of the last link before the first that has an event of that moment or later."""
    first = (
        select(func.min(AuditLink.number))
        .join(AuditEvent, AuditEvent.link_id == AuditLink.id)
        .where(AuditEvent.at >= before)
    )
    found = session.scalar(first)
    return found - 1 if found is not None else chain.head(session).number


def _write(session: Session, file: IO[bytes], upto: int, last: Place) -> _Written:
    written = _Written(hashlib.sha256(), last)
    for linked in chain.contents(session, upto):
        _require([*chain.wrong_place(linked.link, written.place), *chain.wrong_in(linked)])
        written.sha.update(_put(file, asdict(linked)))
        written.place = Place(linked.link["number"], linked.link["hash"])
        written.events += len(linked.events)
    return written


def _require(wrong: list[Broken]) -> None:
    for table, number, message in wrong:
        raise DetachError(
            f"nothing was put away: {table} {number} {message.en}. accredit verify tells all that is wrong"
        )


def _put(file: IO[bytes], value: object) -> bytes:
    line = json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_moment).encode() + b"\n"
    file.write(line)
    return line


def _moment(value: object) -> str:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    raise TypeError(f"{type(value).__name__} has no place in a trail")


def _typed(value: Any) -> dict[str, Any]:
    """The line with its moments as such, wherever they stand by name among the columns."""
    if not isinstance(value, dict) or not ({"end"} == value.keys() or {"link", "events"} == value.keys()):
        raise ValueError("a line is no link of a trail")
    for item in (value.get("link"), value.get("end"), *value.get("events", ())):
        if item is not None:
            item.update({name: datetime.fromisoformat(item[name]) for name in _MOMENTS if name in item})
    return value


@contextmanager
def _draft(target: Path) -> Iterator[IO[bytes]]:
    """A file that appears under its name when the block is done, and takes no other's place."""
    if target.exists():
        raise DetachError(f"{target} is there already, and is not written over; name a new file")
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.unfinished-", dir=target.parent)
    except OSError as error:
        raise DetachError(f"nothing can be written into {target.parent}: {error.strerror}") from error
    draft = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        os.link(draft, target)
        _sync(target.parent)
    except OSError as error:
        raise DetachError(f"{target} could not be written: {error.strerror or error}") from error
    finally:
        draft.unlink()


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
