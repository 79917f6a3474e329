"""The master keys: they wrap each person's own key, and the columns' keys follow from them.

They lie in a file outside the database.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.fernet import InvalidToken
from sqlalchemy.orm import Session

from core.storage.trail.ciphers import Box, Suite, Wrap, box_of, new_master, suite_from, suite_of, wrap_of

FILE = "person_keys"
VARIABLE = "ACCREDIT_PERSON_KEYS"
"""Names another file than that of the instance folder."""
OPTION = "person_keys"
"""The execution option of an engine under which its sessions find the keys."""
KEPT = 2
"""The newest key wraps; the one before it still opens what was under way when it was replaced."""


class NoKeysError(RuntimeError):
    """Personal data is to be recorded, and nobody has said where the keys are."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What stood in the file when it was last read."""

    changed: int
    suite: Suite
    wraps: tuple[Wrap, ...]
    boxes: tuple[Box, ...]


class KeyFile:
    """A file of master keys, one a line and the newest first, made at first need for its owner alone."""

    def __init__(self, path: Path, suite: Suite = Suite.INTERNATIONAL) -> None:
        """`suite` is that of the keys to come; those that are there tell their own."""
        self.path, self._suite = path, suite
        self._known: _Known | None = None

    @classmethod
    def of(cls, instance: Path) -> KeyFile:
        """The keys of an instance folder, or those that ACCREDIT_PERSON_KEYS names."""
        named = os.environ.get(VARIABLE, "")
        return cls(Path(named) if named else instance / FILE, suite_from(os.environ))

    def wrap(self, key: bytes) -> bytes:
        """A person's key, readable with the master keys alone."""
        return self._loaded().wraps[0].encrypt(key)

    def unwrap(self, wrapped: bytes) -> bytes | None:
        """A person's key again; None where it was wrapped under a key that is not there."""
        for wrap in self._loaded().wraps:
            with suppress(InvalidToken):
                return wrap.decrypt(wrapped)
        return None

    def rewrap(self, wrapped: bytes) -> bytes | None:
        """The same key wrapped under the newest master key; None where it cannot be read."""
        key = self.unwrap(wrapped)
        return self.wrap(key) if key is not None else None

    @property
    def boxes(self) -> tuple[Box, ...]:
        """What seals values of columns, by each of the keys, the newest first."""
        return self._loaded().boxes

    @property
    def suite(self) -> Suite:
        """The ciphers of the newest key, and so of the keys of persons that are made under it."""
        return self._loaded().suite

    def renew(self) -> None:
        """Put a new key before the others: from now on it wraps."""
        self._replace([new_master(self._suite), *self.read()])

    def trim(self) -> None:
        """Forget the keys under which nothing is wrapped any more."""
        self._replace(self.read()[:KEPT])

    def read(self) -> list[str]:
        """The keys as the file has them, the newest first."""
        self._loaded()
        return self._lines()

    def put(self, keys: Iterable[str]) -> None:
        """Write the keys of another place into the file, unless one is there."""
        self._make(keys)

    def _lines(self) -> list[str]:
        return self.path.read_text("ascii").split()

    def _loaded(self) -> _Known:
        try:
            changed = self.path.stat().st_mtime_ns
        except FileNotFoundError:
            if self._known is not None:
                # Another in its place would seal what nobody can open once the file is back.
                raise NoKeysError(f"{self.path} is gone; put it, or its backup, in its place") from None
            self._make([new_master(self._suite)])
            changed = self.path.stat().st_mtime_ns
        if self._known is None or self._known.changed != changed:
            try:
                keys = self._lines()
                wraps, boxes = tuple(map(wrap_of, keys)), tuple(map(box_of, keys))
                self._known = _Known(changed, suite_of(keys[0]), wraps, boxes)
            except (OSError, ValueError, IndexError) as error:
                raise NoKeysError(f"{self.path} holds no master keys of persons: {error}") from error
        return self._known

    def _make(self, keys: Iterable[str]) -> None:
        """Let the whole file appear at once: another process may need it at the same time."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        draft = self._draft(keys)
        try:
            os.link(draft, self.path)
        except FileExistsError:
            pass  # the other process was first
        finally:
            draft.unlink()

    def _replace(self, keys: Iterable[str]) -> None:
        self._draft(keys).replace(self.path)

    def _draft(self, keys: Iterable[str]) -> Path:
        with NamedTemporaryFile(
            "w", dir=self.path.parent, prefix=f".{self.path.name}.", delete=False
        ) as file:
            file.write("\n".join(keys) + "\n")
            file.flush()
            os.fsync(file.fileno())
        return Path(file.name)


def keys_of(session: Session) -> KeyFile:
    """The keys that the session's engine was given."""
    found = session.connection().get_execution_options().get(OPTION)
    if not isinstance(found, KeyFile):
        raise NoKeysError("the engine was made without the keys of the audit trail; give make_engine `keys`")
    return found
