"""The programmes as everyone reads them: their rules under today's settings, their calls, and compared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TypeAlias

from sqlalchemy import select

from core.domain.errors import NotFound
from core.hooks.comparison import Comparison, compare
from core.hooks.loaded import LoadedProgram
from core.hooks.programtext import TrackText, track_text
from core.rules.clauses import Edition, Intake, PartyKind, Procedure, Track
from core.rules.sentence import plain
from core.rules.text import EMPTY, T
from core.rules.walk import Settings, parameters
from core.services.base.paging import FIRST, Page, Wish, page_of_rows
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.storage.models import Call, SettingOverride
from core.storage.models.operations import SettingKind

Numbers: TypeAlias = tuple[tuple[str, Decimal], ...]
Chosen: TypeAlias = tuple[tuple[str, str], ...]
"""Settings that can be a key: parameters and readings, in order."""
PROCEDURE = T("程序和有效期", "Procedure and term")


@dataclass(frozen=True, slots=True)
class CallLine:
    """A call as everyone may see it; `open` between its first and last moment."""

    id: int
    program: str
    title: str
    tracks: tuple[str, ...]
    opens_at: datetime
    submit_by: datetime
    quota: int | None
    open: bool


@dataclass(frozen=True, slots=True)
class ParameterLine:
    """A number of a track: the text's own, today's, since when it is another, and what comes next."""

    id: str
    clause: str
    title: T
    default: str
    value: str
    since: date | None
    coming: tuple[tuple[date, str], ...]


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """How a passage of the text is read today, and why; with no others the text itself says it."""

    clause: str
    question: T
    chosen: T
    others: tuple[T, ...]
    why: T
    """Our reasons for the usual reading; empty where the authority chose another."""
    since: date | None


@dataclass(frozen=True, slots=True)
class TrackPage:
    """A track in one edition under today's settings."""

    loaded: LoadedProgram
    track: Track
    edition: Edition
    text: TrackText
    parameters: tuple[ParameterLine, ...]
    readings: tuple[ReadingLine, ...]


def calls(
    w: Work, wish: Wish = FIRST, *, program: str | None = None, track: str = "", open_now: bool = False
) -> Page[CallLine]:
    """A page of the calls that are open or still to open, those that close first before others."""
    query = (
        select(Call.id, Call.program, Call.title, Call.tracks, Call.opens_at, Call.submit_by, Call.quota)
        .where(Call.submit_by >= w.now, Call.closed_at.is_(None), Call.program.in_(w.catalogue.programs))
        .order_by(Call.submit_by, Call.id)
    )
    if program is not None:
        query = query.where(Call.program == program)
    if track:
        query = query.where(Call.tracks.contains([track]))
    page = page_of_rows(w, query.where(Call.opens_at <= w.now) if open_now else query, wish)
    return page.told(
        CallLine(
            row.id,
            row.program,
            row.title,
            tuple(row.tracks),
            row.opens_at,
            row.submit_by,
            row.quota,
            row.opens_at <= w.now,
        )
        for row in page.rows
    )


def rolling(w: Work) -> list[tuple[LoadedProgram, Track]]:
    """The tracks that take applications at any time."""
    return [
        (loaded, track)
        for loaded, track in w.catalogue.tracks()
        if w.rules(loaded.program.id, track.id, w.today).procedure.intake is Intake.ROLLING
    ]


def program(w: Work, program_id: str) -> LoadedProgram:
    """A loaded programme; any other is not found."""
    if program_id not in w.catalogue.programs:
        raise NotFound(NOTHING_THERE)
    return w.program(program_id)


def track_page(w: Work, program_id: str, track_id: str, edition_id: str = "") -> TrackPage:
    """A track's page in today's edition, or in another one that is asked for."""
    loaded = program(w, program_id)
    track = next((item for item in loaded.program.tracks if item.id == track_id), None)
    wished = edition_id or loaded.edition(w.today).id
    edition = next((item for item in loaded.program.editions if item.id == wished), None)
    if track is None or edition is None:
        raise NotFound(NOTHING_THERE)
    settings = w.settings(program_id, track_id, w.today)
    changes = _changes(w, program_id)
    return TrackPage(
        loaded,
        track,
        edition,
        _text(loaded, track_id, edition.id, *_frozen(settings)),
        _parameters(w, loaded, track_id, edition.id, changes),
        _readings(w, loaded, settings, changes),
    )


def comparison(w: Work, kind: PartyKind, wanted: Sequence[str] = ()) -> Comparison:
    """The tracks of one kind of party side by side, as set today: all, or some by `program/track`."""
    columns = []
    for loaded, track in w.catalogue.tracks(kind):
        name = f"{loaded.program.id}/{track.id}"
        if not wanted or name in wanted:
            settings = w.settings(loaded.program.id, track.id, w.today)
            columns.append((loaded, track.id, loaded.edition(w.today).id, *_frozen(settings)))
    return _comparison(kind, tuple(columns))


@lru_cache(maxsize=64)
def _text(
    loaded: LoadedProgram,
    track: str,
    edition: str,
    numbers: Numbers,
    chosen: Chosen,
) -> TrackText:
    return track_text(loaded.track_rules(track, edition, Settings(dict(numbers), dict(chosen))))


@lru_cache(maxsize=64)
def _comparison(
    kind: PartyKind,
    columns: tuple[tuple[LoadedProgram, str, str, Numbers, Chosen], ...],
) -> Comparison:
    return compare(
        kind,
        [
            loaded.track_rules(track, edition, Settings(dict(numbers), dict(chosen)))
            for loaded, track, edition, numbers, chosen in columns
        ],
    )


def _frozen(settings: Settings) -> tuple[Numbers, Chosen]:
    return tuple(sorted(settings.parameters.items())), tuple(sorted(settings.readings.items()))


_Changes = dict[tuple[SettingKind, str, str], list[tuple[date, str]]]


def _changes(w: Work, program_id: str) -> _Changes:
    """By setting: its values in the order of their days; by whom and why is not public."""
    query = (
        select(
            SettingOverride.kind,
            SettingOverride.track,
            SettingOverride.name,
            SettingOverride.effective_on,
            SettingOverride.value,
        )
        .where(SettingOverride.program == program_id)
        .order_by(SettingOverride.effective_on)
    )
    found: _Changes = {}
    for row in w.session.execute(query):
        found.setdefault((row.kind, row.track or "", row.name), []).append((row.effective_on, row.value))
    return found


def _parameters(
    w: Work, loaded: LoadedProgram, track: str, edition: str, changes: _Changes
) -> tuple[ParameterLine, ...]:
    lines = []
    rules = loaded.rules[track, edition]
    titles = {
        number: PROCEDURE if isinstance(item, Procedure) else item.title
        for item in reversed(rules.clauses)
        for number in parameters(item)
    }
    # What is the register's own custom stands in no text that a reader could hold it against.
    for number in (item for item in rules.parameters() if not item.operational):
        made = changes.get((SettingKind.PARAMETER, track, number.id), [])
        current = [change for change in made if change[0] <= w.today]
        default = plain(number.default, ",")
        lines.append(
            ParameterLine(
                number.id,
                number.clause,
                titles[number],
                default,
                plain(Decimal(current[-1][1]), ",") if current else default,
                current[-1][0] if current else None,
                tuple((day, plain(Decimal(value), ",")) for day, value in made if day > w.today),
            )
        )
    return tuple(lines)


def _readings(
    w: Work, loaded: LoadedProgram, settings: Settings, changes: _Changes
) -> tuple[ReadingLine, ...]:
    lines = []
    for item in loaded.interpretations:
        chosen = settings.readings.get(item.id, item.default)
        made = [
            day for day, _ in changes.get((SettingKind.INTERPRETATION, "", item.id), []) if day <= w.today
        ]
        values = dict(item.values)
        lines.append(
            ReadingLine(
                item.clause,
                item.question,
                values[chosen],
                tuple(text for key, text in item.values if key != chosen),
                item.why if chosen == item.default else EMPTY,
                made[-1] if made else None,
            )
        )
    lines += [
        ReadingLine(item.clause, item.question, item.answer, (), item.why, None) for item in loaded.stated
    ]
    return tuple(lines)
