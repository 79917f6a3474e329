"""The ciphers under which personal values are kept, in two suites; each key tells to which it belongs.

INTERNATIONAL: SHA-256, AES-SIV for columns, Fernet for what is wrapped. NATIONAL: SM3 (GB/T 32905) and SM4
(GB/T 32907), as GB/T 39786 asks of systems that are assessed for commercial cryptography. All are the
library's; ours is only how SM4 is made deterministic: its initialisation vector is a keyed digest of the text
and of what is authenticated with it, as RFC 5297 does with AES.
"""

from __future__ import annotations

import base64
import hmac
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import CTR, GCM
from cryptography.hazmat.primitives.hashes import SHA256, SM3, HashAlgorithm
from cryptography.hazmat.primitives.hmac import HMAC
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from core.rules.text import T

VARIABLE = "ACCREDIT_CIPHERS"
MARK = "sm4:"
"""Begins a master key of the national suite."""
COLUMNS, WRAPPING = b"accredit columns", b"accredit persons"
MASTER, MAC, BLOCK, NONCE, SIV = 32, 32, 16, 12, 64


class Suite(StrEnum):
    """Which ciphers new keys are for."""

    INTERNATIONAL = "international"
    NATIONAL = "national"

    @property
    def label(self) -> T:
        """The ciphers by name."""
        return _SUITE_LABELS[self]


_SUITE_LABELS = {
    Suite.INTERNATIONAL: T("AES 与 SHA-256", "AES and SHA-256"),
    Suite.NATIONAL: T("SM4 与 SM3", "SM4 and SM3"),
}


def suite_from(environment: Mapping[str, str]) -> Suite:
    """What the installation chose; ValueError names what there is."""
    given = environment.get(VARIABLE) or Suite.INTERNATIONAL
    try:
        return Suite(given)
    except ValueError:
        raise ValueError(f"{VARIABLE}: {given!r} is no suite of ciphers; give {' or '.join(Suite)}") from None


class Box(Protocol):
    """Seals a text; the same text gives the same seal."""

    def encrypt(self, data: bytes, associated_data: Sequence[bytes] | None) -> bytes:
        """The seal."""

    def decrypt(self, data: bytes, associated_data: Sequence[bytes] | None) -> bytes:
        """The text again; InvalidTag for anything else."""


class Wrap(Protocol):
    """Wraps a secret, other each time."""

    def encrypt(self, data: bytes) -> bytes:
        """The secret, wrapped."""

    def decrypt(self, token: bytes) -> bytes:
        """The secret again; InvalidToken for anything else."""


@dataclass(frozen=True, slots=True)
class Sm4Siv:
    """SM4 in counter mode, its vector the HMAC-SM3 of all that is authenticated."""

    key: bytes

    def encrypt(self, data: bytes, associated_data: Sequence[bytes] | None) -> bytes:
        """The vector, and the text under it."""
        vector = self._vector(data, associated_data or ())
        return vector + self._stream(vector, data)

    def decrypt(self, data: bytes, associated_data: Sequence[bytes] | None) -> bytes:
        """The text again; InvalidTag where its vector is another."""
        vector = data[:BLOCK]
        if len(vector) < BLOCK:
            raise InvalidTag
        text = self._stream(vector, data[BLOCK:])
        if not hmac.compare_digest(vector, self._vector(text, associated_data or ())):
            raise InvalidTag
        return text

    def _vector(self, data: bytes, associated: Sequence[bytes]) -> bytes:
        # Each part with its length before it, so that no two lists of parts are the same bytes.
        parts = b"".join(len(part).to_bytes(8, "big") + part for part in (*associated, data))
        return sm3_hmac(self.key[:MAC], parts)[:BLOCK]

    def _stream(self, vector: bytes, data: bytes) -> bytes:
        return Cipher(SM4(self.key[MAC:]), CTR(vector)).encryptor().update(data)


@dataclass(frozen=True, slots=True)
class Sm4Gcm:
    """SM4 in Galois/counter mode under a random nonce, with the face of Fernet."""

    key: bytes

    def encrypt(self, data: bytes) -> bytes:
        """Nonce, tag and text, as one token."""
        nonce = os.urandom(NONCE)
        encryptor = Cipher(SM4(self.key), GCM(nonce)).encryptor()
        text = encryptor.update(data) + encryptor.finalize()
        return base64.urlsafe_b64encode(nonce + encryptor.tag + text)

    def decrypt(self, token: bytes) -> bytes:
        """The data again; InvalidToken for anything else."""
        try:
            given = base64.urlsafe_b64decode(token)
            nonce, tag, text = given[:NONCE], given[NONCE : NONCE + BLOCK], given[NONCE + BLOCK :]
            decryptor = Cipher(SM4(self.key), GCM(nonce, tag)).decryptor()
            return decryptor.update(text) + decryptor.finalize()
        except (InvalidTag, ValueError) as error:
            raise InvalidToken from error


def new_master(suite: Suite) -> str:
    """A new master key, as a line of the file of keys."""
    key = Fernet.generate_key().decode()
    return MARK + key if suite is Suite.NATIONAL else key


def suite_of(master: str) -> Suite:
    """To which suite a master key belongs."""
    return Suite.NATIONAL if master.startswith(MARK) else Suite.INTERNATIONAL


def box_of(master: str) -> Box:
    """What seals columns under a master key."""
    if suite_of(master) is Suite.NATIONAL:
        return Sm4Siv(_derived(SM3(), master, MAC + BLOCK, COLUMNS))
    return AESSIV(_derived(SHA256(), master, SIV, COLUMNS))


def wrap_of(master: str) -> Wrap:
    """What wraps the keys of persons under a master key; ValueError for what is no master key."""
    if suite_of(master) is Suite.NATIONAL:
        return Sm4Gcm(_derived(SM3(), master, BLOCK, WRAPPING))
    return Fernet(master)


# A person's key tells its suite by its length: half of it makes digests, the rest seals.
_LENGTHS = {Suite.INTERNATIONAL: 64, Suite.NATIONAL: MAC + BLOCK}


def new_secret(suite: Suite) -> bytes:
    """A new key of a person."""
    return os.urandom(_LENGTHS[suite])


def digest_under(secret: bytes, line: bytes) -> str:
    """The keyed digest of a line, in hexadecimal."""
    if _is_national(secret):
        return sm3_hmac(secret[:MAC], line).hex()
    return hmac.digest(secret[:MAC], line, "sha256").hex()


def wrap_under(secret: bytes) -> Wrap:
    """What seals the values of a person."""
    return Sm4Gcm(secret[MAC:]) if _is_national(secret) else Fernet(base64.urlsafe_b64encode(secret[MAC:]))


def sm3_hmac(key: bytes, data: bytes) -> bytes:
    """The HMAC with SM3."""
    code = HMAC(key, SM3())
    code.update(data)
    return code.finalize()


def _is_national(secret: bytes) -> bool:
    return len(secret) == _LENGTHS[Suite.NATIONAL]


def _derived(algorithm: HashAlgorithm, master: str, length: int, purpose: bytes) -> bytes:
    given = base64.urlsafe_b64decode(master.removeprefix(MARK))
    if len(given) != MASTER:
        raise ValueError("a master key has 32 bytes")
    return HKDF(algorithm, length, salt=None, info=purpose).derive(given)
