"""Anchors: the signed head of the chain, one line of JSON each, kept where the database does not reach.

Whoever writes the whole chain anew cannot change what was anchored elsewhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from core.storage.models.trail import AuditEnd, AuditLink
from core.storage.trail.chain import Place, head
from core.storage.trail.signing import Signer, is_signed

KIND = "anchor"
# A line may come out of a syslog, with what stands before it, or out of a mail, broken and quoted.
_WRITTEN = re.compile(r"\{[^{}]*\}")
_BROKEN = re.compile(r"\s+(?:>\s*)*")


@dataclass(frozen=True, slots=True)
class Anchor:
    """That the chain has this hash at this number, said with the register's key."""

    number: int
    hash: str
    events: int
    """How many the chain holds up to there, those put away included."""
    at: str
    key: str
    signature: str

    def line(self) -> str:
        """The anchor as it is written down."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @property
    def genuine(self) -> bool:
        """Whether its own key has signed it."""
        return is_signed(KIND, _values(self), self.key, self.signature)

    @property
    def place(self) -> Place:
        """The link that it speaks of."""
        return Place(self.number, self.hash)


def anchor(session: Session, signer: Signer, at: datetime) -> Anchor | None:
    """The head of the chain, signed; None where nothing was sealed yet."""
    last = head(session)
    if last.number == 0:
        return None
    inside = select(func.sum(AuditLink.events)).where(AuditLink.number <= last.number)
    away = select(func.sum(AuditEnd.events))
    events = int(session.scalar(inside) or 0) + int(session.scalar(away) or 0)
    unsigned = Anchor(last.number, last.hash, events, at.astimezone(UTC).isoformat(), signer.public, "")
    return Anchor(**{**asdict(unsigned), "signature": signer.sign(KIND, _values(unsigned))})


def anchors_in(text: str) -> Iterator[Anchor | str]:
    """The anchors in a text; what looks like one and cannot be read comes as it stands there."""
    for found in _WRITTEN.finditer(text):
        line = _BROKEN.sub("", found[0])
        if '"signature"' in line:
            yield _read(line) or line


def _read(line: str) -> Anchor | None:
    try:
        made = Anchor(**json.loads(line))
    except (ValueError, TypeError):
        return None
    typed = all(isinstance(getattr(made, name), kind) for name, kind in _TYPES.items())
    return made if typed else None


def _values(made: Anchor) -> dict[str, Any]:
    return {name: value for name, value in asdict(made).items() if name != "signature"}


_TYPES = {"number": int, "hash": str, "events": int, "at": str, "key": str, "signature": str}
