"""Putting a register away: the database as one snapshot shows it, then every document that it names."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from core.backup import archive
from core.backup.secret import Keys
from core.embedded.clients import dump, server_version
from core.embedded.server import conninfo
from core.storage.files import FileStore
from core.storage.verify.derived import FILES

TABLES = """
SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY c.relname"""
NAMED = f'SELECT DISTINCT sha256 COLLATE "C" AS sha256 FROM ({FILES}) AS named ORDER BY 1'  # noqa: S608  # a constant
PRODUCT = "accredit"


class TakingError(Exception):
    """No backup was made; the message says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A backup that was made."""

    manifest: archive.Manifest
    size: int
    """Bytes of the archive."""


def take(url: str, instance: Path, target: Path, keys: Keys | None, now: datetime) -> Taken:
    """Write an archive of the register, which goes on working meanwhile; the keys are not in it.

    It appears under its name when it is whole, and takes no other file's place.
    """
    _require_free(target)
    with _aside(target) as folder, psycopg.connect(conninfo(url)) as connection:
        draft, script = folder / "archive", folder / archive.DUMP
        connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        connection.read_only = True
        snapshot = str(_one(connection, "SELECT pg_export_snapshot()"))
        revision = str(_one(connection, "SELECT version_num FROM alembic_version"))
        dump(url, server_version(connection), snapshot, script)
        with os.fdopen(os.open(draft, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            writer = archive.Writer(out, now.timestamp())
            dumped = writer.dump(script)
            script.unlink()
            missing = _documents(connection, FileStore.of(instance), writer)
            manifest = archive.Manifest(
                format=archive.FORMAT,
                product=version(PRODUCT),
                revision=revision,
                postgresql=str(_one(connection, "SHOW server_version")),
                made_at=now.isoformat(),
                key=keys.fingerprint if keys is not None else "",
                tables=rows(connection),
                dump_sha256=dumped,
                files=writer.files.number,
                files_bytes=writer.files.size,
                files_sha256=writer.files.sha256,
                missing=tuple(missing),
            )
            writer.close(manifest)
            out.flush()
            os.fsync(out.fileno())
            size = out.tell()
        _appear(draft, target)
    return Taken(manifest, size)


def rows(connection: psycopg.Connection) -> dict[str, int]:
    """How many rows each table has."""
    names = [name for (name,) in connection.execute(TABLES).fetchall()]
    count = sql.SQL("SELECT count(*) FROM {}")
    return {name: int(_one(connection, count.format(sql.Identifier(name)))) for name in names}


def _documents(connection: psycopg.Connection, store: FileStore, writer: archive.Writer) -> Sequence[str]:
    """Add every document that the snapshot names; those whose bytes are gone or changed are named.

    None is ever changed, and none removed that a row has named (the trail tells of it), so all that the
    snapshot names are there, however long this takes.
    """
    missing = []
    with connection.cursor("documents") as named:
        for (sha256,) in named.execute(NAMED):
            if store.intact(sha256):
                with store.open(sha256) as file:
                    writer.file(sha256, file)
            else:
                missing.append(sha256)
    return missing


def _one(connection: psycopg.Connection, query: LiteralString | sql.Composed) -> Any:
    found = connection.execute(query).fetchone()
    assert found is not None  # noqa: S101  # each of them has one row
    return found[0]


def _require_free(target: Path) -> None:
    if target.exists():
        raise TakingError(f"{target} is there already, and is not written over; name a new file")
    if not target.parent.is_dir():
        raise TakingError(f"there is no folder {target.parent}; make it first")


@contextmanager
def _aside(target: Path) -> Iterator[Path]:
    """A private folder beside the target, which goes with the block; a full disk is said in a line."""
    # Named before it is there: whatever stops this goes through its end.
    folder = target.with_name(f".{target.name}.unfinished-{secrets.token_hex(8)}")
    try:
        folder.mkdir(mode=0o700)
        yield folder
    except OSError as error:
        raise TakingError(
            f"the backup could not be written: {error.strerror or error}; nothing is left of it. Make room "
            f"in {target.parent}, or name another place"
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _appear(draft: Path, target: Path) -> None:
    try:
        os.link(draft, target)
    except FileExistsError as error:
        raise TakingError(f"{target} has come into being meanwhile; name a new file") from error
    except OSError:  # a file system without links
        _require_free(target)
        draft.rename(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
