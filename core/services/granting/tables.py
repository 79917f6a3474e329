"""Summary tables that the texts attach, column for column: filled ones read row by row, empty ones filled."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from core.domain import identifiers
from core.domain.acts import Act
from core.domain.errors import Invalid, NotFound
from core.domain.folding import folded
from core.domain.identifiers.telephones import telephones
from core.domain.lifecycle.states import ApplicationState
from core.domain.profile import stored, vocabulary
from core.domain.roles import Role
from core.rules.clauses import Column, SummaryTable
from core.rules.report import shown
from core.rules.terms import Fact, NumberFact, SetFact
from core.rules.terms import Kind as FactKind
from core.rules.text import T
from core.services.applications.case import find
from core.services.base.access import scope
from core.services.base.work import Work
from core.services.entry.record import looked
from core.services.files.books.cells import Line, Unreadable, is_empty
from core.services.files.books.cells import place as place_of
from core.services.files.columns import Column as TableColumn
from core.services.files.columns import Tell, unsaid
from core.services.files.columns import read_table as read_file
from core.services.files.kinds import BY_WORD, Amount, Choice, Code, Day, Kind, Percent, Several, Text, Whole
from core.services.files.sheets import write_sheet
from core.services.people.party_file import numbers_for
from core.services.previews.values import Values, values_of
from core.storage.models import Application, Region
from core.storage.models.accounts import Look

MOST_ROWS = 2_000
LONGEST_CELL = 200
NUMBER, CONTACT_PHONE = "number", "contact_phone"
OF_PARTY = ("name", "uscc", "region", "address", "contact_name", "employer", "mobile", "email")
OPTIONAL = ("email",)
REMARKS = ("备注", "Remarks")


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came: its name and its bytes."""

    filename: str
    data: bytes
    sheet: str = ""
    """Of a table: the sheet that is meant."""


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
    header_row: int
    values: Values
    """Every cell as it was read."""
    sheet: str = ""


def table_of(w: Work, program: str, table_id: str) -> SummaryTable:
    """The programme's table of that id."""
    loaded = w.catalogue.programs.get(program)
    for table in loaded.summary_tables if loaded is not None else ():
        if table.id == table_id:
            return table
    raise NotFound(T(f"没有汇总表 {program}/{table_id}", f"there is no summary table {program}/{table_id}"))


def read_table(
    w: Work, program: str, table: SummaryTable, upload: Upload, tell: Tell = unsaid
) -> tuple[FilledTable, dict[str, T]]:
    """What could be read of a filled table, and all that is wrong, by row and column (`5.联系电话`)."""
    facts = vocabulary(extra=w.program(program).program.extra_facts)
    columns = columns_of(table, facts)
    found = read_file(
        upload.filename,
        io.BytesIO(upload.data),
        columns,
        field="table",
        most_rows=MOST_ROWS,
        passed_over=REMARKS,
        sheet=upload.sheet,
        tell=tell,
    )
    head, errors = _read_head(table, found.above)
    names = {column.header: column.fact for column in table.columns}
    rows = tuple(
        TableRow(row.number, {names[header]: _kept(value) for header, value in row.values.items()})
        for row in found.rows
    )
    values = values_of(columns, found.rows)
    return FilledTable(head, rows, found.header_row, values, found.sheet), errors | found.errors("table")


def columns_of(table: SummaryTable, facts: Mapping[str, Fact]) -> list[TableColumn]:
    """How the columns of a text are read."""
    return [_column(table, column, facts) for column in table.columns if column.fact != NUMBER]


def _column(table: SummaryTable, column: Column, facts: Mapping[str, Fact]) -> TableColumn:
    """How a column of the text is read."""
    title = T(column.header, column.header)
    return TableColumn(
        column.header, title, _kind(table, column, facts), required=column.fact not in OPTIONAL
    )


def _kind(table: SummaryTable, column: Column, facts: Mapping[str, Fact]) -> Kind:
    if column.fact == "mobile":
        return Code(identifiers.mobile)
    if column.fact == CONTACT_PHONE:
        return Code(telephones)
    if column.fact == "email":
        return Code(identifiers.email)
    fact = facts.get(column.fact)
    if isinstance(fact, SetFact):
        # The words of the table first; the vocabulary's own are understood too.
        own = dict(table.choices)
        listed = "、".join(own)
        return Several(Choice.among(fact.choices, own, T(listed, listed) if own else None), BY_WORD)
    if isinstance(fact, NumberFact):
        return _number_kind(fact)
    return Day() if fact is not None and fact.kind is FactKind.DATE else Text(LONGEST_CELL)


def _number_kind(fact: NumberFact) -> Kind:
    if fact.kind is FactKind.PERCENT:
        return Percent()
    return (Whole if fact.kind is FactKind.INTEGER else Amount)(unit=fact.unit.zh)


def _kept(value: Any) -> Any:
    return sorted(value) if isinstance(value, tuple) else value


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
    applications = [find(w, number).application for number in application_ids]
    foreign = [a.id for a in applications if (a.program, a.track) != (program, table.track)]
    if foreign:
        raise Invalid({f"application.{n}": T("不属于该汇总表的类别", "is of another track") for n in foreign})
    for a in applications:
        looked(w, Look.TABLE, a.id, party_id=a.party_id, program=a.program, region=a.region, detail=table.id)
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
        scope(w.actor, Act.APPLICATION_VIEW, Application.program, Application.region),
    )
    return list(w.session.scalars(query.order_by(Application.id).limit(MOST_ROWS)))


def _read_head(table: SummaryTable, rows: Iterable[Line]) -> tuple[dict[str, str], dict[str, T]]:
    """The lines above the table: `填写单位：…`, with the value in the same cell or in the next one."""
    given = dict.fromkeys(table.head, "")
    unread: dict[str, T] = {}
    names = {folded(line): line for line in table.head}
    for number, cells in rows:
        filled = [(at, cell) for at, cell in enumerate(cells, start=1) if not is_empty(cell)]
        texts = [unicodedata.normalize("NFKC", str(cell)).strip() for _, cell in filled]
        parts = [
            (names.get(folded(label)), rest.strip())
            for label, _, rest in (text.partition(":") for text in texts)
        ]
        before = ""
        for (line, rest), text, (at, cell) in zip(parts, texts, filled, strict=True):
            if line is None and before:
                given[before] = text
            elif line is not None:
                given[line] = rest
            if isinstance(cell, Unreadable):
                # It may be what a line says, or a whole line: then no line has it.
                why = cell.why(text=True)
                unread[before] = T(f"{place_of(number, at)}：{why.zh}", f"{place_of(number, at)}: {why.en}")
            before = line if line is not None and not rest else ""
    empty = T("未填写", "is empty")
    errors = {
        f"head.{line}": _of_line(line, unread.get(line) or unread.get("") or empty)
        for line, value in given.items()
        if not value or line in unread
    }
    return given, errors


def _of_line(line: str, why: T) -> T:
    return T(f"表头“{line}”：{why.zh}", f"the line {line} above the table: {why.en}")


def _must_fill_in(w: Work, table: SummaryTable, item: Application) -> bool:
    """Whether the text has the actor give a case's telephones in the table: a recommender, of its own."""
    return table.telephones and Role.RECOMMENDER in w.actor.roles(*item.place)


def _cell(
    w: Work, table: SummaryTable, column: Column, item: Application, place: int, facts: Mapping[str, Fact]
) -> object:
    """What stands in a column for an application."""
    party, value = item.party, item.facts.get(column.fact)
    match column.fact:
        case "number":
            return place
        case "contact_phone" | "mobile":
            kept = party.telephone if column.fact == CONTACT_PHONE else party.mobile
            return numbers_for(w, party, kept, obliged=_must_fill_in(w, table, item))
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
    known = stored(fact, value)
    if isinstance(fact, NumberFact) and isinstance(known, int | Decimal):
        return known
    return shown(fact, known).zh
