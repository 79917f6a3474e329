"""The tables of a take-in, read: each status with all that is told of it, or what is wrong with it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import IO, Any

from core.domain.errors import Invalid
from core.domain.folding import number_key
from core.domain.reading import why_not_between, why_not_past
from core.domain.roles import within
from core.domain.wording import join
from core.hooks.loaded import LoadedProgram
from core.rules.clauses import Track
from core.rules.periods import period_end
from core.rules.phrases import choose_from
from core.rules.text import T
from core.services.base.printable import PARTY_FIELDS, why_unprintable
from core.services.base.work import Work
from core.services.files.columns import Row, Table, Tell, in_row, read_table
from core.services.people.parties import KEYS, read_party
from core.services.previews.values import Values, values_of
from core.services.takein.acts import COLUMNS, Acts, acts_wrong, further_rows, repeats
from core.services.takein.columns import MOST_ROWS, TOTALS, status_columns, year_columns

LONGEST_TERM = 10
"""Years: a longer one is a slip."""
NO_SUCH_STATUS = T("名录中没有这个编号", "no row of the statuses has this number")


@dataclass(frozen=True, slots=True)
class Source:
    """A table as it came: its name, its bytes, and their hash."""

    filename: str
    file: IO[bytes]
    sha256: str = ""
    sheet: str = ""
    """The sheet that is meant, where several could be."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One status of a table."""

    row: int
    track: Track
    edition: str
    party: Mapping[str, Any]
    values: Mapping[str, Any]
    totals: list[dict[str, str]] = field(default_factory=list)
    reports: list[tuple[int, date]] = field(default_factory=list)
    """The year that a report is about, and the day on which it came."""
    acts: Acts = field(default_factory=Acts)

    @property
    def number(self) -> str:
        """Of the certificate, as it was printed."""
        return str(self.values["number"])

    @property
    def key(self) -> str:
        """What makes the party one: its USCC or ID number."""
        return str(self.party[KEYS[self.track.party]])

    @property
    def valid_from(self) -> date:
        """First day of the present term."""
        found: date = self.values.get("valid_from") or self.values["started_on"]
        return found


@dataclass(frozen=True, slots=True)
class Tables:
    """What was read: the statuses in their order, and everything wrong by row and column."""

    entries: tuple[Entry, ...]
    rows: tuple[tuple[int, str, str], ...]
    """Every row with its number and name, as far as they could be read."""
    further: Mapping[int, int]
    """Rows that add an order or a warning to the status of an earlier row, with that row."""
    wrong: Mapping[int, Sequence[T]]
    """What is wrong with a row of the statuses, with what the second table says of it."""
    beside: Sequence[T]
    """What is wrong with rows of the second table that belong to no status."""
    values: Values
    years: Values | None
    """What was read in the cells of either."""
    remarks: Sequence[T]
    """How they were read."""


def read(w: Work, program: str, statuses: Source, years: Source | None = None) -> Tables:
    """Read both tables; Invalid at `statuses` or `years` for what is no table of the kind."""
    loaded = w.program(program)
    columns = status_columns(loaded)
    remarks: list[T] = []
    table = read_table(
        statuses.filename, statuses.file, columns, field="statuses", most_rows=MOST_ROWS,
        passed_over=("备注", "Remarks"), sheet=statuses.sheet, tell=remarks.append,
    )  # fmt: skip
    if table.heading or not table.rows:
        raise Invalid({"statuses": table.errors("statuses")["statuses"]})
    further = further_rows(table.rows)
    told = [row for row in table.rows if row.number not in further]
    entries = [entry for row in told if (entry := _entry(w, loaded, row)) is not None]
    _repeated(told)
    by_row = {entry.row: entry for entry in entries}
    for row in table.rows:
        if row.number in further and (entry := by_row.get(further[row.number])) is not None:
            _add(w, loaded, entry, row)
    beside, before = [], None
    if years is not None:
        second = _read_years(years, remarks.append)
        beside = _years(w, second.rows, entries, {row.number: row for row in told})
        before = values_of(second.columns, second.rows)
    titles = {column.key: column.title for column in columns}
    wrong = {
        row.number: [in_row(row.number, titles.get(key), why) for key, why in row.wrong.items()]
        for row in table.rows
        if row.wrong
    }
    listed = tuple(
        (row.number, str(row.values.get("number", "")), str(row.values.get("name", ""))) for row in table.rows
    )
    sound = tuple(entry for entry in entries if entry.row not in wrong)
    return Tables(sound, listed, further, wrong, beside, values_of(columns, table.rows), before, remarks)


def _entry(w: Work, loaded: LoadedProgram, row: Row) -> Entry | None:
    values = row.values
    track = next((item for item in loaded.program.tracks if item.id == values.get("track")), None)
    if track is None:
        return None
    given = {name: None if value is None else str(value) for name, value in values.items()}
    party, wrong = read_party(w, track.party, given)
    territory = loaded.program.region
    if "region" not in wrong and territory and not within(party["region"], territory):
        wrong["region"] = T(f"不在辖区（{territory}）内", f"outside the territory ({territory})")
    for name, label in PARTY_FIELDS.items():
        why = why_unprintable(label, party.get(name) or "")
        if why is not None:
            wrong.setdefault(name, why)
    edition = _edition(loaded, track, values, wrong)
    wrong |= _dates_wrong(w, values)
    if edition is not None:
        wrong |= acts_wrong(w, loaded.track_rules(track.id, edition), values)
    row.wrong.update({**wrong, **row.wrong})
    if row.wrong or edition is None:
        return None
    entry = Entry(row.number, track, edition, party, values)
    entry.acts.add(row)
    return entry


def _edition(
    loaded: LoadedProgram, track: Track, values: Mapping[str, Any], wrong: dict[str, T]
) -> str | None:
    """The edition that the status was granted under: as told, or that of its first day."""
    known = [edition.id for edition in loaded.program.editions if (track.id, edition.id) in loaded.rules]
    told = values.get("edition")
    if told is None:
        started = values.get("started_on")
        return loaded.edition(started).id if started is not None else None
    if told in known:
        return str(told)
    listed = "、".join(known), ", ".join(known)
    wrong["edition"] = choose_from(*listed)
    return None


def _dates_wrong(w: Work, values: Mapping[str, Any]) -> dict[str, T]:
    started, through = values.get("started_on"), values.get("valid_through")
    wrong: dict[str, T] = {}
    if started is None or through is None:
        return wrong
    begins = values.get("valid_from") or started
    for name, day, since in (("started_on", started, None), ("valid_from", begins, started)):
        why = why_not_past(day, w.today, since)
        if why is not None:
            wrong[name] = why
    if through < begins:
        wrong["valid_through"] = T("早于起始日期", "before the term begins")
    elif through > period_end(begins, years=LONGEST_TERM):
        wrong["valid_through"] = T(
            f"期限超过 {LONGEST_TERM} 年，请核对", f"a term of more than {LONGEST_TERM} years: look again"
        )
    for name in ("last_active_on", "last_attended_on"):
        told = values.get(name)
        if told is not None and (why := why_not_between(told, started, w.today)) is not None:
            wrong[name] = why
    return wrong


def _add(w: Work, loaded: LoadedProgram, entry: Entry, row: Row) -> None:
    """Put the order or the warning of a further row to its status; what is wrong with it, to the row."""
    rules = loaded.track_rules(entry.track.id, entry.edition)
    values = {**entry.values, **{name: row.values.get(name) for name in COLUMNS}}
    row.wrong.update({**acts_wrong(w, rules, values), **row.wrong})
    if not row.wrong:
        entry.acts.add(row)


def _repeated(rows: Sequence[Row]) -> None:
    """Numbers that an earlier row has."""
    first: dict[str, int] = {}
    for row in rows:
        number = row.values.get("number")
        if number is None:
            continue
        before = first.setdefault(number_key(str(number)), row.number)
        if before != row.number:
            row.wrong["number"] = repeats(before)


def _read_years(years: Source, tell: Tell) -> Table:
    table = read_table(
        years.filename, years.file, year_columns(), field="years", most_rows=MOST_ROWS,
        sheet=years.sheet, tell=tell,
    )  # fmt: skip
    if table.heading or not table.rows:
        raise Invalid({"years": table.errors("years")["years"]})
    return table


def _years(w: Work, told: Sequence[Row], entries: Sequence[Entry], rows: Mapping[int, Row]) -> list[T]:
    """Put what the second table tells to its status; what is wrong there, to the row of the status."""
    titles = {column.key: column.title for column in year_columns()}
    by_number = {number_key(entry.number): entry for entry in entries}
    listed = {number_key(str(row.values.get("number", ""))): row for row in rows.values()}
    beside: list[T] = []
    for row in told:
        number = number_key(str(row.values.get("number", "")))
        entry = by_number.get(number)
        wrong = dict(row.wrong)
        if entry is not None and not wrong:
            wrong |= _span_wrong(w, entry, row)
        if wrong or (entry is None and number not in listed):
            why = join(in_row(row.number, titles.get(key), each) for key, each in wrong.items())
            said = T(f"历年服务：{why.zh}", f"years before: {why.en}")
            if number in listed:
                listed[number].wrong[f"years.{row.number}"] = said
            else:
                beside.append(said if wrong else in_row(row.number, titles["number"], NO_SUCH_STATUS))
        elif entry is not None:
            _tell(entry, row)
    return beside


def _span_wrong(w: Work, entry: Entry, row: Row) -> dict[str, T]:
    first, last = row.values["first"], row.values["last"]
    wrong: dict[str, T] = {}
    if not entry.values["started_on"] <= first <= last < w.today:
        wrong["first"] = T(
            "应在首次认定日期之后、今天之前，且起不晚于止",
            "from the first day on and before today, and begins no later than it ends",
        )
    for total in entry.totals:
        if first.isoformat() <= total["last"] and total["first"] <= last.isoformat():
            wrong["first"] = T(
                f"与 {total['first']} 至 {total['last']} 重叠",
                f"overlaps {total['first']} to {total['last']}",
            )
    came = row.values.get("report_on")
    why = why_not_between(came, first, w.today) if came is not None else None
    if why is not None:
        wrong["report_on"] = why
    return wrong


def _tell(entry: Entry, row: Row) -> None:
    told = {name: str(row.values.get(key, 0)) for key, name in TOTALS.items()}
    entry.totals.append(
        {"first": row.values["first"].isoformat(), "last": row.values["last"].isoformat(), **told}
    )
    if row.values.get("report_on") is not None:
        entry.reports.append((row.values["first"].year, row.values["report_on"]))
