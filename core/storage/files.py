"""Uploaded bytes, kept outside the web root under their SHA-256: the same bytes are stored once."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import IO

FOLDER = "files"
"""The store's folder within an instance folder."""
CHUNK = 1 << 20
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


class TooLargeError(ValueError):
    """More bytes came than the caller takes."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What was put into the store."""

    sha256: str
    size: int
    head: bytes
    """The first bytes, enough to tell the type."""


class FileStore:
    """A folder of files by their hash; none of them is ever changed."""

    HEAD = 4096

    def __init__(self, root: Path) -> None:
        self.root = root

    @classmethod
    def of(cls, instance: Path) -> FileStore:
        """The store of an instance folder."""
        return cls(instance.resolve() / FOLDER)

    def put(self, data: bytes | IO[bytes], *, at_most: int) -> Stored:
        """Store the bytes and return their hash; TooLargeError beyond `at_most`, and then nothing is kept.

        The file appears whole or not at all: it is written aside, flushed to disk, and moved into place.
        """
        aside = self.root / "incoming"
        aside.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=aside)
        path = Path(name)
        try:
            with os.fdopen(descriptor, "wb") as out:
                stored = _copy(data, out, at_most)
                out.flush()
                os.fsync(out.fileno())
            target = self.path(stored.sha256)
            if not target.exists():
                target.parent.mkdir(parents=True, exist_ok=True)
                path.chmod(0o440)
                path.replace(target)
                _sync(target.parent)
        finally:
            path.unlink(missing_ok=True)
        return stored

    def path(self, sha256: str) -> Path:
        """Where a file of that hash stands; ValueError for anything that is not a hash."""
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is not a SHA-256 in hexadecimal")
        return self.root / sha256[:2] / sha256[2:4] / sha256

    def exists(self, sha256: str) -> bool:
        """Whether the file is there."""
        return self.path(sha256).is_file()

    def open(self, sha256: str) -> BufferedReader:
        """The file, to read; FileNotFoundError where it is gone."""
        return self.path(sha256).open("rb")

    def remove(self, sha256: str) -> None:
        """Take a file away that nothing refers to any more; one that is gone already is fine."""
        self.path(sha256).unlink(missing_ok=True)

    def intact(self, sha256: str) -> bool:
        """Whether the file is there and still has the bytes of its name."""
        if not self.exists(sha256):
            return False
        with self.open(sha256) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def _copy(data: bytes | IO[bytes], out: IO[bytes], at_most: int) -> Stored:
    digest, size, head = hashlib.sha256(), 0, b""
    for chunk in _chunks(data):
        size += len(chunk)
        if size > at_most:
            raise TooLargeError(f"more than {at_most} bytes")
        digest.update(chunk)
        out.write(chunk)
        if len(head) < FileStore.HEAD:
            head += chunk[: FileStore.HEAD - len(head)]
    return Stored(digest.hexdigest(), size, head)


def _chunks(data: bytes | IO[bytes]) -> Iterator[bytes]:
    if isinstance(data, bytes):
        yield data
        return
    while chunk := data.read(CHUNK):
        yield chunk


def _sync(folder: Path) -> None:
    """Make the new name outlast a power cut, where the system can."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
