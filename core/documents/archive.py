"""Many files as one zip: written to disk as they come, with an index and a list of hashes."""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from pathlib import PurePosixPath
from typing import IO

CHUNK = 1 << 20
IN_MEMORY = 8 * 1024 * 1024
SUMS = "SHA256SUMS"
LONGEST_PART = 80
_UNFIT = re.compile(r'[\x00-\x1f<>:"/\\|?*]+')
PACKED = (".pdf", ".png", ".jpg", ".jpeg", ".docx", ".xlsx", ".pptx", ".zip", ".ofd")
"""Endings of files that are packed already."""


@dataclass
class Archive:
    """A zip on its way; entries are dated `on`, so that the same files give the same bytes."""

    on: date
    sums: dict[str, str] = field(default_factory=dict)
    """SHA-256 by entry."""

    def __post_init__(self) -> None:
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the caller's
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_DEFLATED)

    def add(self, name: str, content: bytes | IO[bytes]) -> str:
        """Put a file in; returns the name that it has there, which is no other's."""
        name = self._free(name)
        entry = zipfile.ZipInfo(name, (max(self.on.year, 1980), self.on.month, self.on.day, 0, 0, 0))
        packed = PurePosixPath(name).suffix.casefold() in PACKED
        entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
        digest = hashlib.sha256()
        stream = io.BytesIO(content) if isinstance(content, bytes) else content
        with self._zip.open(entry, "w") as out:
            for chunk in _chunks(stream):
                digest.update(chunk)
                out.write(chunk)
        self.sums[name] = digest.hexdigest()
        return name

    def close(self) -> IO[bytes]:
        """The finished zip with its list of hashes; whoever asks closes it."""
        listed = "".join(f"{digest}  {name}\n" for name, digest in self.sums.items())
        self.add(SUMS, listed.encode())
        self._zip.close()
        self._file.seek(0)
        return self._file

    def _free(self, name: str) -> str:
        path = PurePosixPath(name)
        number, free = 1, name
        while free.casefold() in {taken.casefold() for taken in self.sums}:
            number += 1
            free = str(path.with_name(f"{path.stem} ({number}){path.suffix}"))
        return free


def entry_name(*parts: str) -> str:
    """A path within a zip from names of people: no part leads out of it or is unfit for any system."""
    return "/".join(_part(part) for part in parts)


def _part(name: str) -> str:
    clean = _UNFIT.sub("_", name).strip(" .") or "_"
    if len(clean) <= LONGEST_PART:
        return clean
    ending = PurePosixPath(clean).suffix[:16]
    return clean[: LONGEST_PART - len(ending)].rstrip(" .") + ending


def _chunks(stream: IO[bytes]) -> Iterable[bytes]:
    while chunk := stream.read(CHUNK):
        yield chunk
