"""A table of services looked at before it is recorded: its values as they were read, what comes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import IO

from core.domain.supervision.enterprises import number_served
from core.rules.text import T
from core.services.base.work import Work
from core.services.diary.sheet import COLUMNS, Line, read_lines, record_lines
from core.services.previews.trial import Effects, Measure, effects, tried
from core.services.previews.values import Values, values_of


@dataclass(frozen=True, slots=True)
class Preview:
    """What an import would record, and bring about."""

    entries: int
    records: int
    hours: Decimal
    enterprises: int
    """Distinct ones."""
    first: date
    last: date
    by_number: tuple[tuple[str, int], ...]
    """Records by the accreditation's number."""
    remarks: tuple[T, ...]
    """How the table was read."""
    values: Values
    effects: Effects


def preview_entries(
    w: Work, party_id: int, filename: str, file: IO[bytes], measure: Measure, *, sheet: str = ""
) -> Preview:
    """What an import of the table would record; the same errors, and nothing is recorded."""
    remarks: list[T] = []
    lines = read_lines(w, party_id, filename, file, sheet, remarks.append)
    held = list({status.id: None for line in lines for status in line.statuses})
    found = tried(w, lambda: effects(w, measure, held, lambda: record_lines(w, lines)))
    days = [line.entry.service_date for line in lines]
    counts = Counter(status.accreditation.number for line in lines for status in line.statuses)
    return Preview(
        entries=len(lines),
        records=counts.total(),
        hours=sum((line.entry.hours for line in lines), Decimal(0)),
        enterprises=number_served({key for line in lines for key in line.entry.enterprise_keys}),
        first=min(days),
        last=max(days),
        by_number=tuple(sorted(counts.items())),
        remarks=tuple(remarks),
        values=_values(lines),
        effects=found,
    )


def values_xlsx(w: Work, party_id: int, filename: str, file: IO[bytes], *, sheet: str = "") -> bytes:
    """Every value of the table as it was read, row by row."""
    return _values(read_lines(w, party_id, filename, file, sheet)).xlsx()


def _values(lines: Sequence[Line]) -> Values:
    return values_of(COLUMNS, (line.row for line in lines))
