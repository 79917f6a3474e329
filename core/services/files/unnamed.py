"""Files in the stores that no row names: of what was refused, broken off, or only looked at.

A row is written in the transaction that follows its file, and a table that is looked at is named by nobody
until it is recorded: so only of what nobody has handed in for days can it be told that it belongs to nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.orm import Session

from core.rules.text import T
from core.storage.files import FileStore
from core.storage.trail.recording import record
from core.storage.verify.check import Fault
from core.storage.verify.derived import FILES

DAYS, FEWEST_DAYS = 7, 2
"""How long a file must lie unless said otherwise, and at least."""
SUBJECT = "file"
"""What the trail calls a file that was taken away; with that it names it no more."""
BY_ROWS = f"SELECT sha256 FROM ({FILES}) AS named WHERE sha256 = ANY(:hashes)"  # noqa: S608  # a constant
BY_DECISIONS = """
SELECT DISTINCT file ->> 'sha256' FROM decision
CROSS JOIN LATERAL jsonb_array_elements(documents) AS file WHERE file ->> 'sha256' = ANY(:hashes)"""
BY_THE_TRAIL = f"""
SELECT DISTINCT found[1] FROM audit_event
CROSS JOIN LATERAL regexp_matches(changes::text, '[0-9a-f]{{64}}', 'g') AS found
WHERE subject <> '{SUBJECT}' AND found[1] = ANY(:hashes)"""  # noqa: S608  # a constant
BY_EXPORTS = "SELECT sha256 FROM data_export WHERE sha256 = ANY(:hashes)"


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A file that nothing names, and that nobody has handed in since a moment of the file system's clock."""

    store: FileStore
    path: Path
    size: int
    since: float


def find(session: Session, documents: FileStore, exports: FileStore, older: timedelta) -> Iterator[Unnamed]:
    """The files that neither a row nor the trail names, and half ones; none that came within that time."""
    yield from _of(session, documents, older, BY_ROWS, BY_DECISIONS, BY_THE_TRAIL)
    yield from _of(session, exports, older, BY_EXPORTS)


def _of(session: Session, store: FileStore, older: timedelta, *named: str) -> Iterator[Unnamed]:
    if not store.root.is_dir():
        return
    since = store.moment() - older.total_seconds()
    # First the files, then the rows: what is named meanwhile was handed in meanwhile, and is young.
    left = {path.name: path for path in store.older(since)}
    for query in named:
        for sha256 in session.scalars(text(query), {"hashes": list(left)}).all():
            left.pop(sha256, None)
    for path in left.values():
        yield Unnamed(store, path, path.stat().st_size, since)


def note(session: Session, documents: FileStore, exports: FileStore) -> Iterator[Fault]:
    """One line about all of them, where there are any: it is no fault."""
    sizes = [file.size for file in find(session, documents, exports, timedelta(days=DAYS))]
    if sizes:
        number, size = len(sizes), sum(sizes)
        said = T(
            f"{number} 个文件（{size} 字节）无任何记录引用：见 accredit files unnamed",
            f"{number} of {size} bytes are named by nothing: see accredit files unnamed",
        )
        yield Fault("file.unnamed", "files", "*", said)


def write_down(session: Session, found: Sequence[Unnamed]) -> None:
    """Tell the trail of files that are about to be taken away."""
    for file in found:
        record(session, SUBJECT, file.path.name, {"size": [file.size, None]})


def take_away(found: Sequence[Unnamed]) -> int:
    """Remove files of which the trail tells; how many went: one that was handed in since stays."""
    return sum(file.store.take_away(file.path, older=file.since) for file in found)
