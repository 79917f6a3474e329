"""A table of services looked at before it is recorded: its values as they were read, what comes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import IO, Protocol

from sqlalchemy import func, select

from core.domain.supervision.enterprises import number_served
from core.rules.phrases import NO, YES
from core.rules.text import T
from core.services.base.work import Work
from core.services.diary.sheet import COLUMNS, Line, read_lines, record_lines
from core.services.files.sheets import write_sheet
from core.services.supervision.status import Status
from core.storage.models import RegisterEvent

MOST_SHOWN = 100
ROW = T("行", "Row")


class Duty(Protocol):
    """A duty as far as it is kept."""

    @property
    def clause(self) -> str:
        """Where it stands."""

    @property
    def title(self) -> T:
        """What it is called."""

    @property
    def first(self) -> date:
        """The first day of its period."""

    @property
    def met(self) -> bool:
        """Whether enough is done."""

    @property
    def text(self) -> T:
        """What is done, and what is missing."""


Measure = Callable[[Status], Sequence[Duty]]
"""How far an accreditation is with each of its duties."""


@dataclass(frozen=True, slots=True)
class DutyEffect:
    """How far an accreditation is with a duty before the table is recorded, and after."""

    number: str
    title: T
    before: T
    after: T
    met: bool


@dataclass(frozen=True, slots=True)
class Consequence:
    """What the rules have happen as soon as the table is recorded."""

    number: str
    what: T
    title: T


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
    lines: tuple[Line, ...]
    """The first rows, with their values."""
    duties: tuple[DutyEffect, ...]
    consequences: tuple[Consequence, ...]


def preview_entries(
    w: Work, party_id: int, filename: str, file: IO[bytes], measure: Measure, *, sheet: str = ""
) -> Preview:
    """What an import of the table would record; the same errors, and nothing is recorded."""
    remarks: list[T] = []
    lines = read_lines(w, party_id, filename, file, sheet, remarks.append)
    duties, consequences = _effects(w, lines, measure)
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
        lines=tuple(lines[:MOST_SHOWN]),
        duties=tuple(duties),
        consequences=tuple(consequences),
    )


def values_xlsx(w: Work, party_id: int, filename: str, file: IO[bytes], *, sheet: str = "") -> bytes:
    """Every value of the table as it was read, row by row."""
    lines = read_lines(w, party_id, filename, file, sheet)
    headers = [ROW.zh, *(column.title.zh for column in COLUMNS)]
    return write_sheet("读入的值", headers, [[line.row.number, *_values(line)] for line in lines])


def _values(line: Line) -> Iterable[object]:
    for column in COLUMNS:
        value = line.row.values.get(column.key)
        if isinstance(value, bool):
            yield (YES if value else NO).zh
        else:
            yield "；".join(value) if isinstance(value, tuple) else value


def _effects(w: Work, lines: Sequence[Line], measure: Measure) -> tuple[list[DutyEffect], list[Consequence]]:
    """Recorded, looked at and taken back: what the rules themselves make of it; nothing is left of it."""
    statuses = {status.id: status for line in lines for status in line.statuses}
    before = {number: measure(status) for number, status in statuses.items()}
    newest = w.session.scalar(select(func.max(RegisterEvent.id))) or 0
    trial = w.session.begin_nested()
    try:
        record_lines(w, lines)
        after = {number: measure(status) for number, status in statuses.items()}
        query = select(RegisterEvent).where(
            RegisterEvent.id > newest, RegisterEvent.accreditation_id.in_(statuses)
        )
        consequences = [
            Consequence(
                statuses[event.accreditation_id].accreditation.number,
                event.kind.label,
                T(event.title_zh, event.title_en),
            )
            for event in w.session.scalars(query.order_by(RegisterEvent.id))
        ]
    finally:
        trial.rollback()
    duties = [
        effect
        for number, status in statuses.items()
        for effect in _compared(status, before[number], after[number])
    ]
    return duties, consequences


def _compared(status: Status, before: Sequence[Duty], after: Sequence[Duty]) -> Iterable[DutyEffect]:
    was = {(duty.clause, duty.first): duty for duty in before}
    for duty in after:
        known = was.get((duty.clause, duty.first), duty)
        yield DutyEffect(status.accreditation.number, duty.title, known.text, duty.text, duty.met)
