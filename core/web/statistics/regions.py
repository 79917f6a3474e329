"""The divisions that a figure can be narrowed to: those above the chosen one, and those below it."""

from __future__ import annotations

from collections.abc import Sequence

from core.services.base.work import Work
from core.services.statistics.narrow import Narrow
from core.services.statistics.register import by_region, chains


def region_options(w: Work, narrow: Narrow) -> Sequence[str]:
    """Codes to choose from: the way down to the chosen division, itself, and the next level."""
    path: list[str] = []
    if narrow.region:
        path = list(reversed(chains(w, [narrow.region]).get(narrow.region, (narrow.region,))))
    below = [row.region for row in by_region(w, narrow) if row.region not in path]
    return [*path, *sorted(below)]
