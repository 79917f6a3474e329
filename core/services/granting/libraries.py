"""The members of a programme's former libraries, entered into its one register, each once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import IO

from sqlalchemy import select

from core.domain.acts import Act
from core.domain.errors import Invalid
from core.domain.roles import within
from core.rules.clauses import Track
from core.rules.text import T
from core.services.applications.guards import in_force
from core.services.applications.handling import desk_of
from core.services.base.access import require
from core.services.base.printable import PARTY_FIELDS, why_unprintable
from core.services.base.words import home
from core.services.base.work import Work
from core.services.duties.progress import progress_of
from core.services.files.columns import Column, Row, Tell, empty_table, in_row, read_table, unsaid
from core.services.files.kinds import Choice, Choices, Code, Text
from core.services.granting.accreditations import enter
from core.services.people.keyed import party_of
from core.services.people.named import one_table_at_a_time
from core.services.people.parties import LENGTHS, read_party
from core.services.people.vouched import not_taken
from core.services.previews.trial import Effects, Look, effects, first_day, tried
from core.services.previews.values import Values, values_of
from core.storage.models import Accreditation
from core.storage.models.changes import Vouched
from core.storage.one_party import ids_of

MOST_ROWS = 10_000


class Came(StrEnum):
    """What came of a row."""

    ENTERED = "entered"
    MERGED = "merged"
    """The party was registered already; it was entered into the track."""
    REPEATED = "repeated"
    """The party holds the track already, or an earlier row named it."""

    @property
    def label(self) -> T:
        """What came of it, for a screen."""
        return _CAME_LABELS[self]


_CAME_LABELS = {
    Came.ENTERED: T("新登记", "entered"),
    Came.MERGED: T("主体已有，加入名录", "the party is there; entered"),
    Came.REPEATED: T("重复，不再登记", "listed before; left as it is"),
}


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """One row of a former library, and where it ended."""

    row: int
    came: Came
    party_id: int
    number: str
    accreditation_id: int
    said: tuple[T, ...] = ()
    """What of the row was not taken, since the register has it otherwise."""


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    track: Track
    values: Mapping[str, str | None]


def columns(tracks: Choices = ()) -> tuple[Column, ...]:
    """The columns of a former register's list, for the tracks of a programme."""
    return (
        Column("track", T("类别", "Track"), Choice.among(tracks)),
        Column("name", T("名称", "Name"), Text(LENGTHS["name"])),
        Column("uscc", T("统一社会信用代码", "Unified social credit code"), Code(), required=False),
        Column("id_number", T("身份证号", "ID number"), Code(), required=False, also=("身份证号码",)),
        Column("region", T("行政区划代码", "Division code"), Code()),
        Column("address", T("地址", "Address"), Text(LENGTHS["address"]), required=False),
        Column("contact_name", T("联系人", "Contact"), Text(LENGTHS["contact_name"]), required=False),
        Column("mobile", T("手机号码", "Mobile number"), Code(), required=False, also=("手机号", "手机")),
        Column("phone", T("联系电话", "Telephone"), Code(), required=False, also=("电话", "固定电话")),
        Column("email", T("电子邮箱", "E-mail"), Code(), required=False, also=("邮箱",)),
        Column("employer", T("所在单位", "Employer"), Text(LENGTHS["employer"]), required=False),
    )


def template(tracks: Choices) -> bytes:
    """An empty list to fill in, for the tracks of a programme."""
    return empty_table("原名录", columns(tracks))


def import_sheet(
    w: Work, program: str, filename: str, file: IO[bytes], *, sheet: str = "", tell: Tell = unsaid
) -> list[ImportedRow]:
    """Enter a former register's list, as `import_register` does its rows."""
    rows, _values = _read_sheet(w, program, filename, file, sheet, tell)
    return [_enter(w, program, row) for row in rows]


def look_at_sheet(
    w: Work, program: str, filename: str, file: IO[bytes], *, sheet: str = ""
) -> Look[list[ImportedRow]]:
    """What an import of the list would come to; the same errors, and nothing is entered."""
    remarks: list[T] = []
    rows, values = _read_sheet(w, program, filename, file, sheet, remarks.append)

    def enter_all() -> tuple[list[ImportedRow], Effects]:
        done = [_enter(w, program, row) for row in rows]
        new = [row.accreditation_id for row in done if row.came is not Came.REPEATED]
        return done, effects(w, progress_of, new, lambda: first_day(w, new), new=True)

    done, found = tried(w, enter_all)
    return Look(done, values, found, remarks)


def _read_sheet(
    w: Work, program: str, filename: str, file: IO[bytes], sheet: str, tell: Tell
) -> tuple[list[_Row], Values]:
    require(w, Act.APPLICATION_INCLUDE, program, home(w, program))
    listed = columns((track.id, track.title) for track in w.program(program).program.tracks)
    table = read_table(
        filename,
        file,
        listed,
        field="sheet",
        most_rows=MOST_ROWS,
        passed_over=("备注", "Remarks"),
        sheet=sheet,
        tell=tell,
    )
    read = [_read(w, program, row) for row in table.rows]
    errors = table.errors("sheet")
    if errors:
        raise table.refused(errors)
    return [row for row in read if row is not None], values_of(listed, table.rows)


def import_register(w: Work, program: str, rows: Sequence[Mapping[str, object]]) -> list[ImportedRow]:
    """Enter the rows of former libraries: `track`, `name`, `uscc` or `id_number`, `region`, contact data.

    Terms begin today: no diary holds what was done before, that a duty could be held against. Every party and
    every status comes to be once, however often it is listed and imported; with one faulty row nothing is
    imported, and Invalid names every error by row and field.
    """
    require(w, Act.APPLICATION_INCLUDE, program, home(w, program))
    if len(rows) > MOST_ROWS:
        raise Invalid({"rows": T(f"至多 {MOST_ROWS} 行", f"at most {MOST_ROWS} rows")})
    given = [Row(number, row, {}) for number, row in enumerate(rows, start=1)]
    read = [_read(w, program, row) for row in given]
    errors = {
        f"{row.number}.{field}": in_row(row.number, None, why)
        for row in given
        for field, why in row.wrong.items()
    }
    if errors:
        raise Invalid(errors)
    one_table_at_a_time(w)
    return [_enter(w, program, row) for row in read if row is not None]


def _read(w: Work, program: str, row: Row) -> _Row | None:
    """A row with its party's data; what is wrong with them is told at the row."""
    loaded = w.program(program)
    tracks = {track.id: track for track in loaded.program.tracks}
    track = tracks.get(str(row.values.get("track", "")))
    if track is None:
        listed = ", ".join(tracks)
        row.wrong.setdefault("track", T(f"类别应为 {listed}", f"the track is one of {listed}"))
        return None
    given = {name: None if value is None else str(value) for name, value in row.values.items()}
    values, wrong = read_party(w, track.party, given)
    territory = loaded.program.region
    if "region" not in wrong and territory and not within(values["region"], territory):
        wrong["region"] = T(f"不在辖区（{territory}）内", f"outside the territory ({territory})")
    for field, label in PARTY_FIELDS.items():
        unprintable = why_unprintable(label, values.get(field) or "")
        if unprintable is not None:
            wrong.setdefault(field, unprintable)
    # What the reader of the table said of a cell stands: here that cell was empty.
    row.wrong.update({**wrong, **row.wrong})
    return _Row(row.number, track, values)


def _enter(w: Work, program: str, row: _Row) -> ImportedRow:
    party, there = party_of(w, row.track.party, row.values)
    came = Came.MERGED if there else Came.ENTERED
    said = not_taken({field: getattr(party, field) for field in Vouched}, row.values)
    current = in_force(w, party.id, program, row.track.id) or _imported_before(w, party.id, program, row)
    if current is not None:
        return ImportedRow(row.number, Came.REPEATED, party.id, current.number, current.id, said)
    desk = desk_of(w, program, row.track.id)
    entered = enter(w, desk, party, party.region, w.today)
    return ImportedRow(row.number, came, party.id, entered.number, entered.id, said)


def _imported_before(w: Work, party_id: int, program: str, row: _Row) -> Accreditation | None:
    """The status that an earlier import made, though it may have ended since."""
    return w.session.scalar(
        select(Accreditation).where(
            Accreditation.party_id.in_(ids_of(party_id)),
            Accreditation.program == program,
            Accreditation.track == row.track.id,
            Accreditation.application_id.is_(None),
        )
    )
