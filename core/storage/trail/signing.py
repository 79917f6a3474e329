"""The key with which the register signs its trail: Ed25519, in a file that its owner alone can read.

The file's first line is the private key; further lines are the public keys of those that it has replaced, so
that what they have signed can still be checked. Keys are the 32 bytes of RFC 8032 in Base64.
"""

from __future__ import annotations

import base64
import json
import os
import tempfile
from binascii import Error as BadBase64
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

KEY_FILE = "trail_key"


class SigningKeyError(Exception):
    """A key of the trail cannot be read or written; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Signer:
    """The register's key, and the public keys of those before it, the newest first."""

    private: str
    replaced: tuple[str, ...] = ()

    @property
    def public(self) -> str:
        """The key with which others check what this one signs."""
        return _text(_private(self.private).public_key().public_bytes_raw())

    @property
    def known(self) -> tuple[str, ...]:
        """Every public key of this register, the newest first."""
        return (self.public, *self.replaced)

    def sign(self, kind: str, values: Mapping[str, Any]) -> str:
        """The signature of values as what they are signed for."""
        return _text(_private(self.private).sign(_signed(kind, values)))

    def renewed(self) -> Signer:
        """A new key that knows this one."""
        return Signer(_made(), self.known)

    def lines(self) -> tuple[str, ...]:
        """The content of its file."""
        return (self.private, *self.replaced)


def signer_of(instance: Path) -> Signer:
    """The key of this installation, made when it is first needed."""
    path = instance / KEY_FILE
    if not path.exists():
        instance.mkdir(parents=True, exist_ok=True)
        draft = _draft(path, Signer(_made()))
        # Where another process was first, its key is the one.
        with suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return read(path)


def known_keys(instance: Path) -> frozenset[str]:
    """The public keys of this installation; none where it has signed nothing yet."""
    path = instance / KEY_FILE
    return frozenset(read(path).known) if path.exists() else frozenset()


def renew(instance: Path) -> Signer:
    """Replace the key of this installation; the file is whole at every moment."""
    path, new = instance / KEY_FILE, signer_of(instance).renewed()
    _draft(path, new).replace(path)
    return new


def read(path: Path) -> Signer:
    """The key in a file."""
    try:
        return parse(path.read_text("ascii").split())
    except (OSError, UnicodeDecodeError) as error:
        raise SigningKeyError(f"the key of the trail in {path} cannot be read: {error}") from error
    except ValueError as error:
        raise SigningKeyError(
            f"{path} holds no key of a trail; put its backup in place, or remove it and a new key is made, "
            "which does not know the old one"
        ) from error


def parse(lines: Iterable[str]) -> Signer:
    """The key that the lines of its file are; ValueError where they are none."""
    private, *replaced = lines
    _private(private)
    return Signer(private, tuple(public_key(item) for item in replaced))


def public_key(text: str) -> str:
    """A public key as it is written here; ValueError for what is none."""
    Ed25519PublicKey.from_public_bytes(_bytes(text))
    return text


def is_signed(kind: str, values: Mapping[str, Any], key: str, signature: str) -> bool:
    """Whether these values were signed for this, with the private half of the key."""
    try:
        raw = base64.b64decode(signature, validate=True)
        Ed25519PublicKey.from_public_bytes(_bytes(key)).verify(raw, _signed(kind, values))
    except (InvalidSignature, ValueError):
        return False
    return True


def _draft(path: Path, signer: Signer) -> Path:
    """A whole file beside the other, which its owner alone can read."""
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.writelines(f"{line}\n" for line in signer.lines())
        file.flush()
        os.fsync(file.fileno())
    return Path(name)


def _signed(kind: str, values: Mapping[str, Any]) -> bytes:
    return json.dumps(["accredit", kind, dict(values)], sort_keys=True, separators=(",", ":")).encode()


def _made() -> str:
    return _text(Ed25519PrivateKey.generate().private_bytes_raw())


def _private(text: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(_bytes(text))


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except BadBase64 as error:
        raise ValueError("a key is 32 bytes in Base64") from error


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
