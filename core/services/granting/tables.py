"""Summary tables that the texts attach, column for column: filled ones read row by row, empty ones filled."""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.domain import identifiers
from core.domain.errors import Invalid, MalformedError, NotFound
from core.domain.lifecycle.states import ApplicationState
from core.domain.profile import vocabulary
from core.rules.clauses import Column, SummaryTable
from core.rules.report import shown
from core.rules.terms import Fact, NumberFact, SetFact
from core.rules.text import T
from core.services.applications.handling import desk_of, find
from core.services.base.access import scope
from core.services.base.work import Work
from core.services.files.sheets import read_sheet, write_sheet
from core.storage.models import Application, Region

MOST_ROWS = 2_000
LONGEST_CELL = 200
NUMBER, CONTACT_PHONE = "number", "contact_phone"
OF_PARTY = ("name", "uscc", "region", "address", "contact_name", "employer", "mobile", "email")
OPTIONAL = (NUMBER, "email")
LISTED = re.compile(r"[、,;/\s]+")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: its name and its bytes."""

    filename: str
    data: bytes


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row of a filled table: its number as a spreadsheet shows it, and its values by fact."""

    number: int
    values: Mapping[str, Any]

    def at(self, header: str) -> str:
        """The key of an error in a column of this row."""
        return f"{self.number}.{header}"


@dataclass(frozen=True, slots=True)
class FilledTable:
    """A filled table: who sent it, and its rows."""

    head: Mapping[str, str]
    rows: tuple[TableRow, ...]


def table_of(w: Work, program: str, table_id: str) -> SummaryTable:
    """The programme's table of that id."""
    loaded = w.catalogue.programs.get(program)
    for table in loaded.summary_tables if loaded is not None else ():
        if table.id == table_id:
            return table
    raise NotFound(T(f"没有汇总表 {program}/{table_id}", f"there is no summary table {program}/{table_id}"))


def read_table(
    w: Work, program: str, table: SummaryTable, upload: Upload
) -> tuple[FilledTable, dict[str, T]]:
    """What could be read of a filled table, and all that is wrong, by row and column (`5.联系电话`)."""
    try:
        rows = read_sheet(upload.filename, io.BytesIO(upload.data), most_rows=MOST_ROWS)
    except MalformedError as error:
        raise Invalid({"table": error.text}) from None
    place = _header(rows, table)
    head, errors = _read_head(table, rows[:place])
    facts = vocabulary(extra=w.program(program).program.extra_facts)
    columns = {_plain(cell): position for position, cell in enumerate(rows[place][1]) if cell is not None}
    found: list[TableRow] = []
    for number, cells in rows[place + 1 :]:
        positions = {column: columns[_plain(column.header)] for column in table.columns}
        given = {
            column: str(cells[position])
            for column, position in positions.items()
            if position < len(cells) and cells[position] is not None
        }
        # Printed row numbers and remarks below the table stand in the first column only.
        if all(column.fact == NUMBER for column in given):
            continue
        values, wrong = _read_row(table, number, given, facts)
        errors |= wrong
        found.append(TableRow(number, values))
    if not found:
        errors["table"] = T("表中没有数据行", "the table has no rows")
    return FilledTable(head, tuple(found)), errors


def summary_table_xlsx(
    w: Work,
    program: str,
    table_id: str,
    application_ids: Sequence[int],
    head: Mapping[str, str] | None = None,
) -> bytes:
    """The table filled with applications that the caller may see, as xlsx."""
    table = table_of(w, program, table_id)
    rows = summary_rows(w, program, table, application_ids)
    given = head or {}
    lines = [[table.title.zh], [f"{line}：{given.get(line, '')}" for line in table.head]]
    return write_sheet(table.title.zh, [column.header for column in table.columns], rows, above=lines)


def summary_rows(
    w: Work, program: str, table: SummaryTable, application_ids: Sequence[int]
) -> list[list[object]]:
    """What stands in the table's columns for each application; all must be ones that the caller may see."""
    applications = [find(w, number) for number in application_ids]
    foreign = [a.id for a in applications if (a.program, a.track) != (program, table.track)]
    if foreign:
        raise Invalid({f"application.{n}": T("不属于该汇总表的类别", "is of another track") for n in foreign})
    facts = vocabulary(extra=w.program(program).program.extra_facts)
    return [
        [_cell(w, table, column, item, place, facts) for column in table.columns]
        for place, item in enumerate(applications, start=1)
    ]


def listed(w: Work, program: str, table: SummaryTable, state: ApplicationState) -> list[int]:
    """The applications in a state that the table lists, within the actor's scope."""
    query = select(Application.id).where(
        Application.program == program,
        Application.track == table.track,
        Application.state == state,
        scope(w.actor, "application.view", Application.program, Application.region),
    )
    return list(w.session.scalars(query.order_by(Application.id).limit(MOST_ROWS)))


def header_row(table: SummaryTable, upload: Upload) -> int:
    """The number of the row in which a filled table has its column headers; 1 where it has none."""
    try:
        rows = read_sheet(upload.filename, io.BytesIO(upload.data), most_rows=MOST_ROWS)
        return rows[_header(rows, table)][0]
    except (MalformedError, Invalid):
        return 1


def _header(rows: Sequence[tuple[int, list[object]]], table: SummaryTable) -> int:
    """Where the row of column headers stands."""
    wanted = {_plain(column.header): column.header for column in table.columns}
    best: set[str] = set()
    for place, (_, cells) in enumerate(rows):
        there = wanted.keys() & {_plain(cell) for cell in cells if cell is not None}
        if there == wanted.keys():
            return place
        best = max(best, set(there), key=len)
    missing = [header for plain, header in wanted.items() if plain not in best]
    raise Invalid(
        {
            "table": T(
                f"没有表头“{table.title.zh}”的列：{'、'.join(missing)}",
                f"these columns of {table.title.en} are missing: {', '.join(missing)}",
            )
        }
    )


def _read_head(
    table: SummaryTable, rows: Iterable[tuple[int, list[object]]]
) -> tuple[dict[str, str], dict[str, T]]:
    """The lines above the table: `填写单位：…`, with the value in the same cell or in the next one."""
    given = dict.fromkeys(table.head, "")
    for _, cells in rows:
        texts = [unicodedata.normalize("NFKC", str(cell)).strip() for cell in cells if cell is not None]
        parts = [(_plain(label), rest.strip()) for label, _, rest in (text.partition(":") for text in texts)]
        for position, (label, rest) in enumerate(parts):
            if label in given:
                following = parts[position + 1][0] if position + 1 < len(parts) else ""
                given[label] = rest or ("" if following in given or not following else texts[position + 1])
    errors = {
        f"head.{line}": T(f"表头“{line}”未填写", f"the line {line} above the table is empty")
        for line, value in given.items()
        if not value
    }
    return given, errors


def _read_row(
    table: SummaryTable, number: int, given: Mapping[Column, str], facts: Mapping[str, Fact]
) -> tuple[dict[str, Any], dict[str, T]]:
    values: dict[str, Any] = {}
    errors: dict[str, T] = {}
    for column in table.columns:
        if column.fact == NUMBER:
            continue
        text = given.get(column, "").strip()
        try:
            if text:
                values[column.fact] = _read_cell(table, column, text, facts)
            elif column.fact not in OPTIONAL:
                raise MalformedError(T("未填写", "is empty"))
        except MalformedError as error:
            errors[f"{number}.{column.header}"] = T(
                f"第 {number} 行“{column.header}”：{error.text.zh}",
                f"row {number}, {column.header}: {error.text.en}",
            )
    return values, errors


def _read_cell(table: SummaryTable, column: Column, text: str, facts: Mapping[str, Fact]) -> Any:
    if column.fact in ("mobile", CONTACT_PHONE):
        return identifiers.mobile(text)
    if column.fact == "email":
        return identifiers.email(text)
    fact = facts.get(column.fact)
    if isinstance(fact, SetFact):
        words = LISTED.split(unicodedata.normalize("NFKC", text))
        return sorted({_choice(table, fact, word) for word in words if word})
    if len(text) > LONGEST_CELL:
        raise MalformedError(T(f"超过 {LONGEST_CELL} 字", f"is above {LONGEST_CELL} characters"))
    return text


def _choice(table: SummaryTable, fact: Fact, word: str) -> str:
    """The choice that a word of the table stands for; the vocabulary's own words are understood too."""
    plain = _plain(word)
    known = {_plain(label.zh): key for key, label in fact.choices}
    known |= {_plain(own): key for own, key in table.choices}
    if plain not in known:
        listed = "、".join(own for own, _ in table.choices) or "、".join(
            label.zh for _, label in fact.choices
        )
        raise MalformedError(
            T(
                f"“{identifiers.shorten(word)}”不在可选项中",
                f"{identifiers.shorten(word)!r} is none of the choices",
            ),
            mend=T(f"可选：{listed}", f"choose from {listed}"),
        )
    return known[plain]


def _cell(
    w: Work, table: SummaryTable, column: Column, item: Application, place: int, facts: Mapping[str, Fact]
) -> object:
    """What stands in a column for an application."""
    party, value = item.party, item.facts.get(column.fact)
    match column.fact:
        case "number":
            return place
        case "contact_phone":
            return party.mobile
        case "region":
            division = w.session.get(Region, item.region)
            return division.name if division is not None else item.region
        case name if name in OF_PARTY:
            return getattr(party, name) or ""
    fact = facts.get(column.fact)
    if fact is None or value is None:
        return ""
    if isinstance(fact, SetFact):
        words = {key: word for word, key in table.choices}
        return "、".join(words.get(key, label.zh) for key, label in fact.choices if key in value)
    known = desk_of(w, item).values({column.fact: value}).get(column.fact)
    if isinstance(fact, NumberFact) and isinstance(known, int | Decimal):
        return known
    return shown(fact, known).zh


def _plain(cell: object) -> str:
    """A header or word for comparison: after NFKC, without spaces."""
    return "".join(unicodedata.normalize("NFKC", str(cell)).split())
