"""The members of a programme's former libraries, entered into its one register, each once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import select

from core.domain.errors import Invalid
from core.domain.roles import within
from core.rules.clauses import Track
from core.rules.text import T
from core.services.applications.guards import in_force
from core.services.applications.handling import Desk
from core.services.base.access import require
from core.services.base.printable import PARTY_FIELDS, why_unprintable
from core.services.base.words import home
from core.services.base.work import Work
from core.services.granting.accreditations import enter
from core.services.people.parties import KEYS, read_party
from core.storage.models import Accreditation, Party

MOST_ROWS = 10_000
MERGED = ("address", "contact_name", "mobile", "email", "employer")
"""What a row adds to a party that is there already, where it says nothing of it."""


class Came(StrEnum):
    """What came of a row."""

    ENTERED = "entered"
    MERGED = "merged"
    """The party was registered already; it was entered into the track."""
    REPEATED = "repeated"
    """The party holds the track already, or an earlier row named it."""


@dataclass(frozen=True, slots=True)
class ImportedRow:
    """One row of a former library, and where it ended."""

    row: int
    came: Came
    party_id: int
    number: str


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    track: Track
    values: Mapping[str, str | None]

    @property
    def key(self) -> tuple[str, str | None]:
        """What makes the party one."""
        name = KEYS[self.track.party]
        return name, self.values[name]


def import_register(
    w: Work, program: str, rows: Sequence[Mapping[str, object]], *, numbers: Sequence[int] | None = None
) -> list[ImportedRow]:
    """Enter the rows of former libraries: `track`, `name`, `uscc` or `id_number`, `region`, contact data.

    Terms begin today: no diary holds what was done before, that a duty could be held against. Every party and
    every status comes to be once, however often it is listed and imported; with one faulty row nothing is
    imported, and Invalid names every error by row and field. `numbers` are those of the rows in the
    table that they came from, if they came from one.
    """
    require(w, "application.include", program, home(w, program))
    errors: dict[str, T] = {}
    if len(rows) > MOST_ROWS:
        raise Invalid({"rows": T(f"至多 {MOST_ROWS} 行", f"at most {MOST_ROWS} rows")})
    named = zip(numbers or range(1, len(rows) + 1), rows, strict=True)
    read = [_read(w, program, number, row, errors) for number, row in named]
    if errors:
        raise Invalid(errors)
    return [_enter(w, program, row) for row in read if row is not None]


def _read(w: Work, program: str, number: int, row: Mapping[str, object], errors: dict[str, T]) -> _Row | None:
    loaded = w.program(program)
    tracks = {track.id: track for track in loaded.program.tracks}
    track = tracks.get(str(row.get("track", "")))
    if track is None:
        listed = ", ".join(tracks)
        errors[f"{number}.track"] = _in_row(number, T(f"类别应为 {listed}", f"the track is one of {listed}"))
        return None
    given = {name: None if value is None else str(value) for name, value in row.items()}
    values, wrong = read_party(w, track.party, given)
    for field, why in wrong.items():
        errors[f"{number}.{field}"] = _in_row(number, why)
    for field, label in PARTY_FIELDS.items():
        unprintable = why_unprintable(label, values.get(field) or "")
        if unprintable is not None:
            errors.setdefault(f"{number}.{field}", _in_row(number, unprintable))
    territory = loaded.program.region
    if "region" not in wrong and territory and not within(values["region"], territory):
        errors[f"{number}.region"] = _in_row(
            number, T(f"不在辖区（{territory}）内", f"outside the territory ({territory})")
        )
    return _Row(number, track, values)


def _enter(w: Work, program: str, row: _Row) -> ImportedRow:
    name, number = row.key
    party = w.session.scalar(select(Party).where(getattr(Party, name) == number).with_for_update())
    came = Came.ENTERED if party is None else Came.MERGED
    if party is None:
        party = Party(kind=row.track.party, created_at=w.now, **row.values)
        w.session.add(party)
        w.session.flush()
    for field in MERGED:
        if row.values[field] and not getattr(party, field):
            setattr(party, field, row.values[field])
    current = in_force(w, party.id, program, row.track.id) or _imported_before(w, party.id, program, row)
    if current is not None:
        return ImportedRow(row.number, Came.REPEATED, party.id, current.number)
    desk = Desk(w.program(program), row.track, w.rules(program, row.track.id, w.today))
    entered = enter(w, desk, party, party.region, w.today)
    return ImportedRow(row.number, came, party.id, entered.number)


def _imported_before(w: Work, party_id: int, program: str, row: _Row) -> Accreditation | None:
    """The status that an earlier import made, though it may have ended since."""
    return w.session.scalar(
        select(Accreditation).where(
            Accreditation.party_id == party_id,
            Accreditation.program == program,
            Accreditation.track == row.track.id,
            Accreditation.application_id.is_(None),
        )
    )


def _in_row(number: int, why: T) -> T:
    return T(f"第 {number} 行：{why.zh}", f"row {number}: {why.en}")
