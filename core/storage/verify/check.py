"""What a check is: a query that returns the rows that break an invariant, and how that is said."""

from __future__ import annotations

from dataclasses import dataclass

from core.rules.text import T


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the data that must not be: which check found it, on what, and what it is."""

    check: str
    subject: str
    subject_id: str
    message: T

    def __str__(self) -> str:
        return f"{self.check}: {self.subject} {self.subject_id}: {self.message.zh} / {self.message.en}"


@dataclass(frozen=True, slots=True)
class Check:
    """An invariant: `query` gives the `id` of each row against it, and the values that `message` names."""

    name: str
    subject: str
    message: T
    query: str
