"""The register's secret keys, which are kept apart from the data: written away, and put back in place."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.storage.trail import signing
from core.storage.trail.signing import KEY_FILE, Signer
from core.web.frame.config import SECRET_FILE, derived

SHORTEST = 32


class KeyFileError(Exception):
    """A key cannot be written or read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The key of sessions and second factors, and the one that signs the audit trail."""

    session: str
    trail: Signer | None = None
    """None where the keys were written away before there was one."""

    @property
    def fingerprint(self) -> str:
        """What tells these keys from others, and nothing about them."""
        return derived(self.session, "backup")[:16]

    def lines(self) -> tuple[str, ...]:
        """As they stand in a file."""
        return (self.session, *(self.trail.lines() if self.trail is not None else ()))


def of(instance: Path) -> Keys | None:
    """The keys of an installation; None where none were made yet."""
    if not (instance / SECRET_FILE).exists():
        return None
    try:
        return Keys(read(instance / SECRET_FILE).session, signing.signer_of(instance))
    except (signing.SigningKeyError, OSError) as error:
        raise KeyFileError(str(error)) from error


def read(path: Path) -> Keys:
    """The keys that a file holds."""
    try:
        session, *trail = path.read_text("ascii").splitlines() or [""]
        if len(session) < SHORTEST or session.split() != [session]:
            raise ValueError(session)
        return Keys(session, signing.parse(trail) if trail else None)
    except (OSError, UnicodeDecodeError) as error:
        raise KeyFileError(f"the keys in {path} cannot be read: {error}") from error
    except ValueError as error:
        raise KeyFileError(
            f"{path} holds no keys of a register; give the file that --keys has written"
        ) from error


def write(path: Path, keys: Keys) -> None:
    """Write the keys into a new file that its owner alone can read."""
    _write(path, keys.lines())


def put(instance: Path, keys: Keys) -> None:
    """Put the keys in their places."""
    _write(instance / SECRET_FILE, (keys.session,))
    if keys.trail is not None:
        _write(instance / KEY_FILE, keys.trail.lines())


def _write(path: Path, lines: Iterable[str]) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.writelines(f"{line}\n" for line in lines)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise KeyFileError(f"{path} is there already; name another file") from error
    except OSError as error:
        raise KeyFileError(f"{path} cannot be written: {error.strerror}") from error
