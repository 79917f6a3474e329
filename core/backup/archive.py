"""The archive of a backup: a tar file of the database, the documents by their hash, and the manifest."""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import IO, Any, cast

FORMAT = 1
DUMP, MANIFEST, FILES = "database.sql.gz", "manifest.json", "files/"
CHUNK = 1 << 20
LARGEST_MANIFEST = 16 * CHUNK


class ArchiveError(Exception):
    """No archive, or not a whole one; the message says what is wrong with it, and what to do."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive holds; it is written last, so that an archive that has it is whole."""

    format: int
    product: str
    """Version of accredit."""
    revision: str
    """Of the database's schema."""
    postgresql: str
    """Version of the server."""
    made_at: str
    """ISO 8601, when the snapshot was taken."""
    key: str
    """Tells whether a secret key is the one of this register, and nothing about it."""
    tables: dict[str, int]
    """Rows of each table."""
    dump_sha256: str
    files: int
    files_bytes: int
    files_sha256: str
    """Over the names in their order; each name is the SHA-256 of its file."""
    missing: tuple[str, ...] = ()
    """Documents that the register names, whose bytes were gone or changed when the backup was made."""


class Writer:
    """Writes an archive: the dump, then the documents in the order of their hashes, then the manifest."""

    def __init__(self, out: IO[bytes], made_at: float) -> None:
        self._tar = tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT)  # noqa: SIM115  # closed by `close`
        self._made_at = made_at
        self.files = Passed()

    def dump(self, path: Path) -> str:
        """Add the dump; gives its SHA-256."""
        with path.open("rb") as file:
            digest = hashlib.file_digest(cast(Any, file), "sha256").hexdigest()
            file.seek(0)
            self._add(DUMP, file)
        return digest

    def file(self, sha256: str, file: IO[bytes]) -> None:
        """Add a document."""
        self.files.add(sha256, self._add(FILES + sha256, file))

    def close(self, manifest: Manifest) -> None:
        """Add the manifest: the archive is whole."""
        self._add(MANIFEST, io.BytesIO(json.dumps(asdict(manifest), ensure_ascii=False, indent=1).encode()))
        self._tar.close()

    def _add(self, name: str, file: IO[bytes]) -> int:
        entry = tarfile.TarInfo(name)
        entry.size = file.seek(0, os.SEEK_END)
        file.seek(0)
        entry.mode, entry.mtime = 0o600, int(self._made_at)
        self._tar.addfile(entry, file)
        _forget(self._tar)
        return entry.size


class Passed:
    """The documents of an archive, counted as they pass."""

    def __init__(self) -> None:
        self.number = self.size = 0
        self._names = hashlib.sha256()

    def add(self, sha256: str, size: int) -> None:
        """Count one more."""
        self.number += 1
        self.size += size
        self._names.update(f"{sha256}\n".encode())

    @property
    def sha256(self) -> str:
        """Over the names, in their order."""
        return self._names.hexdigest()


def check(path: Path) -> Manifest:
    """The manifest of an archive that has every part whole; ArchiveError for any other file."""
    passed, dump, manifest = Passed(), "", None
    with _explained(path):
        for name, size, file in _members(path):
            if name == MANIFEST:
                manifest = _manifest(path, file.read(LARGEST_MANIFEST))
                continue
            digest = hashlib.file_digest(cast(Any, file), "sha256").hexdigest()
            if name == DUMP:
                dump = digest
            elif name == FILES + digest:
                passed.add(digest, size)
            else:
                raise ArchiveError(f"{path} is damaged: {name} is not what was put in. Take another backup")
    if manifest is None:
        raise ArchiveError(f"{path} is not whole: it ends before its manifest. Take another backup")
    if (dump, passed.number, passed.size, passed.sha256) != (
        manifest.dump_sha256,
        manifest.files,
        manifest.files_bytes,
        manifest.files_sha256,
    ):
        what = DUMP if dump != manifest.dump_sha256 else "the list of documents"
        raise ArchiveError(f"{path} is damaged: {what} is not what the manifest says. Take another backup")
    return manifest


@contextmanager
def opened_dump(path: Path) -> Iterator[IO[bytes]]:
    """The packed dump of an archive, to read from its beginning."""
    for name, _, file in _members(path):
        if name == DUMP:
            yield file
            return
    raise ArchiveError(f"{path} has no database in it. Take another backup")


def documents(path: Path) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Each document of an archive: its SHA-256, its size in bytes, and the file to read before the next."""
    for name, size, file in _members(path):
        if name.startswith(FILES):
            yield name.removeprefix(FILES), size, file


def _members(path: Path) -> Iterator[tuple[str, int, IO[bytes]]]:
    with tarfile.open(path, mode="r:") as tar:
        while (entry := tar.next()) is not None:
            file = tar.extractfile(entry)
            if file is None:
                raise ArchiveError(f"{path} is no backup: {entry.name} in it is no file")
            yield entry.name, entry.size, file
            _forget(tar)


def _forget(tar: tarfile.TarFile) -> None:
    """Let go of the members that have passed: it keeps an object for each, of a million documents too."""
    tar.members.clear()  # type: ignore[attr-defined]  # Python documents no other way before 3.13


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError) as error:
        raise ArchiveError(f"{path} is no whole backup ({error}). Take another backup") from error
    except OSError as error:
        raise ArchiveError(f"{path} cannot be read: {error.strerror or error}") from error


def _manifest(path: Path, data: bytes) -> Manifest:
    try:
        given = json.loads(data)
        made_with = int(given["format"])
        known = {field.name: given[field.name] for field in fields(Manifest)}
    except (ValueError, KeyError, TypeError) as error:
        raise ArchiveError(f"{path} is no backup of accredit: its manifest cannot be read") from error
    if made_with != FORMAT:
        raise ArchiveError(
            f"{path} is a backup of format {made_with}, and this version reads {FORMAT}; restore it with "
            f"accredit {given['product']}"
        )
    return Manifest(**{**known, "missing": tuple(known["missing"])})
