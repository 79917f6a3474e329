"""A message on its way out: the letter, the gateway that takes it, and what can keep it from being sent."""

from __future__ import annotations

import hashlib
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Protocol

LONGEST_ERROR = 500


class Hindrance(Enum):
    """What keeps a message from being sent."""

    REFUSED = "refused"
    """This message will never be taken: a person has to look."""
    LATER = "later"
    """This message was not taken now."""
    DOWN = "down"
    """Nothing can be sent through this gateway now."""


class DeliveryError(Exception):
    """A message could not be handed over."""

    def __init__(self, hindrance: Hindrance, reason: str) -> None:
        super().__init__(" ".join(reason.split())[:LONGEST_ERROR])
        self.hindrance = hindrance


class ConfigurationError(ValueError):
    """A variable of the environment cannot be used."""


@dataclass(frozen=True, slots=True)
class Letter:
    """One copy of a message; the same `key` makes the same Message-ID, so that a second copy can be told."""

    key: str
    recipient: str
    subject: str
    body: str
    at: datetime
    event: str = ""
    reply_to: str = ""

    @property
    def identifier(self) -> str:
        """A name of the message that is safe in headers."""
        return hashlib.sha256(self.key.encode()).hexdigest()[:40]


class Carrier(Protocol):
    """What carries the letters of one run, and is used by that run alone."""

    def send(self, letter: Letter) -> None:
        """Hand one letter over; raises DeliveryError."""


class Gateway(Protocol):
    """A way out, which many runs may use at once: each opens a carrier of its own."""

    def opened(self) -> AbstractContextManager[Carrier]:
        """A carrier for one run; what it holds open ends with the block."""


def said(error: BaseException) -> str:
    """What an error of a connection says, and its kind where it says nothing."""
    return str(error) or type(error).__name__


def plain_text(answer: bytes | str) -> str:
    """What a server answered, as text."""
    return answer.decode(errors="replace") if isinstance(answer, bytes) else answer
