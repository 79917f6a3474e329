"""The register's secret key, which is kept apart from the data: written away, and put back in place."""

from __future__ import annotations

import os
from pathlib import Path

from core.web.frame.config import derived

SHORTEST = 32


class KeyFileError(Exception):
    """A key cannot be written or read; the message says what to do."""


def fingerprint(key: str) -> str:
    """What tells this key from others, and nothing about it."""
    return derived(key, "backup")[:16]


def read(path: Path) -> str:
    """The key that a file holds."""
    try:
        key = path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileError(f"the keys in {path} cannot be read: {error}") from error
    if len(key) < SHORTEST or key.split() != [key]:
        raise KeyFileError(f"{path} holds no keys of a register; give the file that --keys has written")
    return key


def write(path: Path, key: str) -> None:
    """Write a key into a new file that its owner alone can read."""
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(key + "\n")
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise KeyFileError(f"{path} is there already; name another file") from error
    except OSError as error:
        raise KeyFileError(f"{path} cannot be written: {error.strerror}") from error
