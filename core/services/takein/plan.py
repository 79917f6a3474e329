"""What a take-in would do with each row: nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from sqlalchemy import Row, select

from core.domain.acts import Act
from core.domain.folding import number_key
from core.domain.lifecycle.guards import Guard
from core.domain.lifecycle.states import AccreditationState
from core.domain.wording import join
from core.rules.clauses import PartyKind
from core.rules.text import T
from core.services.base.access import require
from core.services.base.naming import NUMBER_KEY, number_among
from core.services.base.words import home
from core.services.base.work import Work
from core.services.people.keyed import known
from core.services.people.parties import is_own
from core.services.people.vouched import not_taken
from core.services.previews.values import Values
from core.services.takein.reading import Entry, Source, Tables, read
from core.storage.arrays import among
from core.storage.models import Accreditation, Party
from core.storage.models.changes import Vouched
from core.storage.one_party import ids_of, left_id

Place = tuple[int | str, str]
"""A track, and who holds it: by number, or by what makes it one where the register does not know it."""
AT_ONCE = 500
"""Rows that are held against the register in one statement."""


class Fate(StrEnum):
    """What becomes of a row."""

    NEW = "new"
    FURTHER = "further"
    """It gives one more order or warning of the status of an earlier row."""
    THERE = "there"
    DIFFERENT = "different"
    REFUSED = "refused"

    @property
    def label(self) -> T:
        """The fate's name for a screen."""
        return _FATE_LABELS[self]


_FATE_LABELS = {
    Fate.NEW: T("将导入", "To be taken in"),
    Fate.FURTHER: T("随同一编号的认定导入", "Taken in with the status of its number"),
    Fate.THERE: T("已在册，一致", "There already, equal"),
    Fate.DIFFERENT: T("已在册，不一致，不改动", "There already, different; left as it is"),
    Fate.REFUSED: T("不能导入", "Cannot be taken in"),
}


@dataclass(frozen=True, slots=True)
class RowFate:
    """One row, what becomes of it, and why or what differs."""

    row: int
    number: str
    name: str
    fate: Fate
    said: tuple[T, ...] = ()


FATE_COLUMNS = (
    T("证书编号", "Certificate number"),
    T("名称", "Name"),
    T("结果", "Result"),
    T("说明", "Note"),
)
RESULTS = T("各行结果", "result of each row")


@dataclass(frozen=True, slots=True)
class Plan:
    """The fates of all rows, and the statuses that are to be entered."""

    rows: tuple[RowFate, ...]
    new: tuple[Entry, ...]
    beside: Sequence[T]
    """What is wrong with the second table and belongs to no row of the first."""
    values: Values
    years: Values | None
    """What was read in the cells of either table."""
    remarks: Sequence[T]

    @property
    def counts(self) -> Mapping[Fate, int]:
        """How many rows have each fate."""
        found = Counter(row.fate for row in self.rows)
        return {fate: found[fate] for fate in Fate}

    @property
    def fates(self) -> Values:
        """Every row with what becomes of it, as a table to take along."""
        rows = [(row.row, (row.number, row.name, row.fate.label, join(row.said))) for row in self.rows]
        return Values(FATE_COLUMNS, rows, RESULTS)

    @property
    def refused(self) -> bool:
        """Whether anything stands against the tables: then nothing of them is taken in."""
        return bool(self.beside) or self.counts[Fate.REFUSED] > 0


def plan(w: Work, program: str, statuses: Source, years: Source | None = None) -> Plan:
    """The fate of every row; Invalid at `statuses` or `years` for what is no table of the kind."""
    require(w, Act.TAKE_IN, program, home(w, program))
    tables = read(w, program, statuses, years)
    fates: dict[int, RowFate] = {}
    new: list[Entry] = []
    held: dict[Place, int] = {}
    for start in range(0, len(tables.entries), AT_ONCE):
        some = tables.entries[start : start + AT_ONCE]
        registered, parties = there(w, some), _parties(w, some)
        in_force, vouched = _in_force(w, program, parties.values()), _vouched(w, parties.values())
        for entry in some:
            found, party = registered.get(number_key(entry.number)), parties.get(entry.row)
            fate, said = _fate(w, program, entry, party, found, in_force, held)
            if party is not None and fate is not Fate.REFUSED:
                said += not_taken(vouched[party]._mapping, entry.party)
            fates[entry.row] = RowFate(entry.row, entry.number, str(entry.values["name"]), fate, said)
            if fate is Fate.NEW:
                new.append(entry)
    rows = tuple(_row(tables, fates, row) for row in tables.rows)
    return Plan(rows, tuple(new), tables.beside, tables.values, tables.years, tables.remarks)


def _row(tables: Tables, fates: Mapping[int, RowFate], row: tuple[int, str, str]) -> RowFate:
    number, code, name = row
    if number in fates:
        return fates[number]
    if number in tables.wrong:
        return RowFate(number, code, name, Fate.REFUSED, tuple(tables.wrong[number]))
    first = tables.further[number]
    fate = fates[first].fate if first in fates else Fate.REFUSED
    said = (T(f"见第 {first} 行", f"see row {first}"),)
    return RowFate(number, code, name, Fate.FURTHER if fate is Fate.NEW else fate, said)


def _fate(
    w: Work,
    program: str,
    entry: Entry,
    party: int | None,
    found: Row[Any] | None,
    in_force: Mapping[Place, str],
    held: dict[Place, int],
) -> tuple[Fate, tuple[T, ...]]:
    if found is not None and found.program != program:
        return Fate.REFUSED, (T("该编号属于另一项目的认定", "the number is one of another programme"),)
    if found is not None:
        differs = tuple(_differences(entry, party, found))
        return (Fate.DIFFERENT if differs else Fate.THERE), differs
    if party is not None and is_own(w, party):
        return Fate.REFUSED, (Guard.NOT_OWN.reason,)
    if entry.values["valid_through"] < w.today:
        return Fate.NEW, ()
    place = (entry.key if party is None else party, entry.track.id)
    if place in in_force:
        number = in_force[place]
        return Fate.REFUSED, (
            T(f"该主体已有有效认定 {number}", f"the party holds {number}, which is in force"),
        )
    before = held.setdefault(place, entry.row)
    if before != entry.row:
        return Fate.REFUSED, (
            T(f"第 {before} 行是同一主体的有效认定", f"row {before} is in force for the same party"),
        )
    return Fate.NEW, ()


def _differences(entry: Entry, party: int | None, found: Row[Any]) -> Iterable[T]:
    """What the register has otherwise than the row: it may have changed since, so it is left as it is."""
    told: Mapping[T, tuple[object, object]] = {
        T("类别", "track"): (entry.track.id, found.track),
        T("主体", "party"): (party, found.party),
        T("首次认定日期", "first accredited on"): (entry.values["started_on"], found.started_on),
        T("本期起始日期", "present term from"): (entry.valid_from, found.valid_from),
        T("有效期至", "valid through"): (entry.values["valid_through"], found.valid_through),
        T("文件版本", "edition"): (entry.edition, found.edition),
    }
    for title, (here, there) in told.items():
        if here != there:
            shown = "" if title.en == "party" else f"：{_said(here)} ≠ {_said(there)}"
            yield T(f"{title.zh}{shown}", f"{title.en}{shown.replace('：', ': ')}")


def _said(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


def there(w: Work, some: Sequence[Entry]) -> dict[str, Row[Any]]:
    """The statuses that have one of the numbers, by what numbers are compared by."""
    held = Accreditation
    query = select(
        NUMBER_KEY.label("key"),
        held.number,
        held.program,
        held.track,
        held.edition,
        held.started_on,
        held.valid_from,
        held.valid_through,
        left_id().label("party"),
    ).join(held.party)
    given = number_among(entry.number for entry in some)
    rows: Iterable[Row[Any]] = w.session.execute(query.where(given))
    return {row.key: row for row in rows}


def _parties(w: Work, some: Sequence[Entry]) -> dict[int, int]:
    """The parties that the register knows, by row: of one registered twice the registration that is left."""
    found: dict[int, int] = {}
    for kind in PartyKind:
        mine = [entry for entry in some if entry.track.party is kind]
        pairs = zip(mine, known(w, kind, [entry.party for entry in mine]), strict=True)
        found |= {entry.row: party for entry, party in pairs if party is not None}
    return found


def _in_force(w: Work, program: str, parties: Collection[int]) -> dict[Place, str]:
    """Which of the parties hold a track already, with the number."""
    held = Accreditation
    query = select(left_id(), held.track, held.number).join(held.party)
    theirs = held.party_id.in_(ids_of(select(Party.id).where(among(Party.id, sorted(parties)))))
    states = [state for state in AccreditationState if state.in_force]
    rows = w.session.execute(query.where(held.program == program, held.state.in_(states), theirs))
    return {(party, track): number for party, track, number in rows}


def _vouched(w: Work, parties: Collection[int]) -> dict[int, Row[Any]]:
    """What the register vouches for of the parties."""
    query = select(Party.id, *(getattr(Party, field) for field in Vouched))
    return {row.id: row for row in w.session.execute(query.where(among(Party.id, sorted(parties))))}
