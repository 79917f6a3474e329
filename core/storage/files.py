"""Uploaded bytes, kept outside the web root under their SHA-256: the same bytes are stored once."""

from __future__ import annotations

import contextlib
import fcntl
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
INCOMING = "incoming"
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

        The file appears whole or not at all: it is written aside, flushed to disk, and moved into place. One
        that is there already counts as handed in now.
        """
        descriptor, path = self._aside()
        try:
            with os.fdopen(descriptor, "wb") as out:
                stored = _copy(data, out, at_most)
                out.flush()
                os.fsync(out.fileno())
            target = self.path(stored.sha256)
            if not _renewed(target):
                target.parent.mkdir(parents=True, exist_ok=True)
                path.chmod(0o440)
                path.replace(target)
                _sync(target.parent)
        finally:
            path.unlink(missing_ok=True)
        return stored

    def _aside(self) -> tuple[int, Path]:
        """A new file for what comes in."""
        folder = self.root / INCOMING
        folder.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=folder)
        return descriptor, Path(name)

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

    def moment(self) -> float:
        """Now, by the clock of the file system: what the times of its files are held against."""
        descriptor, path = self._aside()
        try:
            return os.fstat(descriptor).st_mtime
        finally:
            os.close(descriptor)
            path.unlink()

    def older(self, than: float) -> Iterator[Path]:
        """The files that nobody has handed in since a moment; also half ones, of whoever was killed."""
        whole = (path for path in self.root.glob("??/??/*") if _SHA256.fullmatch(path.name))
        for path in sorted([*self.root.glob(f"{INCOMING}/*"), *whole]):
            with contextlib.suppress(FileNotFoundError):
                if path.stat().st_mtime < than:
                    yield path

    def take_away(self, path: Path, *, older: float) -> bool:
        """Remove a file that nothing refers to any more, unless it was handed in since; whether it went."""
        try:
            path.chmod(0o640)  # over a network only who may write has it alone
            with path.open("r+b") as file:
                fcntl.flock(file, fcntl.LOCK_EX)
                if path.stat().st_mtime < older:
                    path.unlink()
                    return True
            path.chmod(0o440)
        except FileNotFoundError:
            pass
        return False

    def intact(self, sha256: str) -> bool:
        """Whether the file is there and still has the bytes of its name."""
        if not self.exists(sha256):
            return False
        with self.open(sha256) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def _renewed(target: Path) -> bool:
    """Whether a file is there, which then is as new: `take_away` leaves it, and goes first or comes after."""
    try:
        with target.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH)
            if not _stands(file, target):
                return False
            os.utime(file.fileno())
            return True
    except (FileNotFoundError, PermissionError):  # there is none, or it is another account's
        return False


def _stands(file: IO[bytes], path: Path) -> bool:
    """Whether an open file is still the one of its name."""
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except FileNotFoundError:
        return False


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
