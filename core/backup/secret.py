"""The register's secret keys, which are kept apart from the data: written away, and put back in place."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from core.storage.trail import signing
from core.storage.trail.keys import KeyFile as MasterKeys
from core.storage.trail.keys import NoKeysError
from core.storage.trail.signing import KEY_FILE, Signer
from core.web.frame.config import SECRET_FILE, derived

SHORTEST = 32
PERSONS = "persons"
"""Begins a line with a master key of persons."""


class KeyFileError(Exception):
    """A key cannot be written or read; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Keys:
    """The key of sessions and second factors, the one that signs the audit trail, those of its persons."""

    session: str
    trail: Signer | None = None
    """None where the keys were written away before there was one."""
    persons: tuple[str, ...] = ()
    """The master keys under which each person's own key is wrapped."""

    @property
    def fingerprint(self) -> str:
        """What tells these keys from others, and nothing about them."""
        return derived(self.session, "backup")[:16]

    def lines(self) -> tuple[str, ...]:
        """As they stand in a file."""
        signing_keys = self.trail.lines() if self.trail is not None else ()
        return (self.session, *(f"{PERSONS} {key}" for key in self.persons), *signing_keys)


def of(instance: Path) -> Keys | None:
    """The keys of an installation; None where none were made yet."""
    if not (instance / SECRET_FILE).exists():
        return None
    try:
        persons = tuple(MasterKeys.of(instance).read())
        return Keys(read(instance / SECRET_FILE).session, signing.signer_of(instance), persons)
    except (signing.SigningKeyError, NoKeysError, OSError) as error:
        raise KeyFileError(str(error)) from error


def read(path: Path) -> Keys:
    """The keys that a file holds."""
    try:
        session, *others = path.read_text("ascii").splitlines() or [""]
        if len(session) < SHORTEST or session.split() != [session]:
            raise ValueError(session)
        persons = tuple(line.split()[1] for line in others if line.startswith(f"{PERSONS} "))
        trail = [line for line in others if not line.startswith(f"{PERSONS} ")]
        return Keys(session, signing.parse(trail) if trail else None, persons)
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
    if keys.persons:
        MasterKeys.of(instance).put(keys.persons)


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
