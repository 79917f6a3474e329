"""Sealing a text: AES-SIV (RFC 5297), or SM4 likewise, under a key that follows from the master keys.

It is deterministic: the synthetic initialisation vector is a keyed digest of the text, by which a column is
searched, joined and held unique without being opened. The kind of a text is authenticated with it, so that a
seal put into a column of another kind does not open.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from contextlib import suppress
from enum import StrEnum
from functools import partial

from cryptography.exceptions import InvalidTag

from core.domain.errors import MalformedError
from core.domain.identifiers import id_number
from core.storage.trail.ciphers import Box
from core.storage.trail.keys import KeyFile

MARK = "sealed."
"""Begins whatever is sealed."""
_SEAL = re.compile(rf"{re.escape(MARK)}[\w-]{{23}}", re.ASCII)
# The shortest seal there is: 16 bytes of digest and one of text.
# Several numbers stand in one text, and each is found by itself; behind one line are the same people.
_NUMBER = re.compile(r"(?:^|(?<=、))[^、]+?(?=(?:转\d+)?(?:、|$))")

# As `core.domain.identifiers` writes them.
ID_LENGTH = 18
_ONE = r"(?:1[3-9]\d{9}|0\d{2,3}-\d{7,8}|[48]00-\d{3}-\d{4}|\+\d[\d-]+)(?:转\d+)?"
_TELEPHONES = re.compile(rf"{_ONE}(?:、{_ONE})*", re.ASCII)


class Kind(StrEnum):
    """What a sealed text is; two of one kind are compared."""

    IDENTITY = "identity"
    TELEPHONE = "telephone"
    ADDRESS = "address"
    """An e-mail address or a telephone number, and whatever else reaches a person."""
    CODE = "code"
    MESSAGE = "message"
    """What was written to a person, who is named in it by what reaches them."""
    WORDS = "words"
    """What somebody looked for, and may have looked for by a number."""
    FACT = "fact"
    """Any text of a JSON of facts: sealed as what it is by its form, or else left in the open."""


def seal(keys: KeyFile, kind: Kind, text: str) -> str:
    """The text as it is kept: sealed under the newest key; nothing is nobody's secret."""
    by_form = _of_fact(text) if kind is Kind.FACT else kind
    return text if by_form is None else _sealed(keys.boxes[0], by_form, text)


def seals(keys: KeyFile, kind: Kind, text: str) -> list[str]:
    """All that the text may be kept as: while keys are replaced, some rows still have the key before."""
    return [_sealed(box, kind, text) for box in keys.boxes]


def opened(keys: KeyFile, kind: Kind, text: str) -> str:
    """The text again; as it is where it was never sealed, or under a key that is not there."""
    if kind is not Kind.FACT:
        return _each(kind, text, lambda part: _open(keys, kind, part))
    if text.startswith(MARK):
        tried = (_each(one, text, partial(_open, keys, one)) for one in (Kind.TELEPHONE, Kind.IDENTITY, kind))
        return next((found for found in tried if found != text), text)
    return text


def is_sealed(kind: Kind, text: str) -> bool:
    """Whether nothing of it stands in the open."""
    if kind is Kind.FACT:
        return text.startswith(MARK) or _of_fact(text) is None
    found: list[bool] = []

    def look(part: str) -> str:
        found.append(part.startswith(MARK))
        return part

    _each(kind, text, look)
    return all(found)


def resealed(keys: KeyFile, kind: Kind, text: str) -> str:
    """The same text under the newest key, whether it was sealed before or not.

    What is sealed under a key that is not there stays as it is, for the day on which that key is found.
    """
    found = opened(keys, kind, text)
    return text if found == text and _SEAL.match(text) else seal(keys, kind, found)


def _of_fact(text: str) -> Kind | None:
    """What a fact is by its form, the same in a profile, a statement and a decision: they are compared."""
    if text.startswith(MARK):
        return Kind.FACT  # as somebody typed it: it must not open
    if _TELEPHONES.fullmatch(text):
        return Kind.TELEPHONE
    if len(text) == ID_LENGTH:
        with suppress(MalformedError):
            return Kind.IDENTITY if id_number(text) == text else None
    return None


def _sealed(box: Box, kind: Kind, text: str) -> str:
    def one(part: str) -> str:
        sealed = box.encrypt(part.encode(), [kind.encode()])
        return MARK + base64.urlsafe_b64encode(sealed).decode("ascii").rstrip("=")

    return _each(kind, text, one)


def _open(keys: KeyFile, kind: Kind, part: str) -> str:
    if not part.startswith(MARK):
        return part
    try:
        sealed = base64.urlsafe_b64decode(part[len(MARK) :] + "==")
    except ValueError:
        return part
    for box in keys.boxes:
        try:
            return box.decrypt(sealed, [kind.encode()]).decode()
        except (InvalidTag, ValueError):
            continue
    return part


def _each(kind: Kind, text: str, change: Callable[[str], str]) -> str:
    if kind is Kind.TELEPHONE:
        return _NUMBER.sub(lambda found: change(found[0]), text)
    return change(text) if text else text
