"""What a page's example is made of: an address of the filled register, and who opens it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.web.filled import MEMBERS, PUBLIC, STAFF

EVERYONE = (PUBLIC, *MEMBERS, *STAFF)
ENTERED = (*MEMBERS, *STAFF)
READERS = ("recommender", "officer", "lead", "auditor")
AUTHORITY = ("officer", "lead")
SETTERS = ("officer", "lead", "auditor", "sysadmin")


@dataclass(frozen=True, slots=True)
class Example:
    """An address, and who opens it with which answer."""

    address: str
    people: tuple[str, ...]
    code: int = 200

    def path(self, ids: Mapping[str, Any]) -> str:
        """The address with the ids of a register."""
        return self.address.format_map(ids)


def at(address: str, *people: str, code: int = 200) -> Example:
    """One line."""
    return Example(address, people, code)
