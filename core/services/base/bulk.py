"""What came of the items of a bulk act."""

from __future__ import annotations

from dataclasses import dataclass

from core.rules.text import T


@dataclass(frozen=True, slots=True)
class BulkResult:
    """What came of one application; `why_not` is None where the act was done."""

    application_id: int
    why_not: T | None
