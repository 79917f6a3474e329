"""Statuses of a table entered with their own numbers, dates, orders and warnings, each once."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from string import Formatter
from typing import Any

from core.domain.acts import Act
from core.domain.errors import Conflict, Refused
from core.domain.folding import number_key
from core.domain.lifecycle.states import AccreditationState
from core.domain.supervision.standing import EventKind
from core.hooks.loaded import TrackRules
from core.rules.clauses import StageKind, Track
from core.rules.periods import DAY
from core.rules.text import T
from core.services.applications.verdicts import settings_snapshot
from core.services.base.access import require
from core.services.base.words import home
from core.services.base.work import Work
from core.services.duties.progress import progress_of
from core.services.people.keyed import party_of
from core.services.people.named import one_table_at_a_time
from core.services.previews.trial import Effects, effects, first_day, tried
from core.services.supervision import timeline
from core.services.takein.plan import AT_ONCE, Plan, plan, there
from core.services.takein.reading import Entry, Source
from core.storage.models import Accreditation, AnnualReport, Rectification, TakenIn

REPORTED = T("原登记时已提交的年度报告", "A report handed in before this register")
EXPIRED = T("认定有效期届满", "The term has ended")


def take_in(w: Work, program: str, statuses: Source, years: Source | None = None) -> Plan:
    """Enter every status of the tables that is not there yet, in one transaction; what they came to.

    With anything that stands against the tables nothing is entered: Refused.
    """
    found = plan(w, program, statuses, years)
    if found.refused:
        raise Refused(T("表格中有不能导入的行，没有导入任何认定", "rows are refused: nothing was taken in"))
    enter(w, program, found.new, statuses, years)
    return found


def look_at(
    w: Work, program: str, entries: Sequence[Entry], source: Source, years: Source | None = None
) -> Effects:
    """What statuses of a plan come to with their duties, and on their first day here; none is entered."""

    def come() -> Effects:
        made = enter(w, program, entries, source, years)
        due = [status.id for status in made if status.next_due_on is not None]
        ids = [status.id for status in made]
        return effects(w, progress_of, ids, lambda: first_day(w, due), new=True)

    return tried(w, come)


def enter(
    w: Work, program: str, entries: Sequence[Entry], source: Source, years: Source | None = None
) -> list[Accreditation]:
    """Enter statuses of a plan; one that came to be meanwhile is a Conflict, and none of these is entered."""
    require(w, Act.TAKE_IN, program, home(w, program))
    one_table_at_a_time(w)
    _require_new(w, entries)
    made = [_enter(w, program, entry, source, years) for entry in entries]
    w.session.flush()
    return made


def _require_new(w: Work, entries: Sequence[Entry]) -> None:
    """Refuse what another table has brought since these were looked at, in whatever writing of its number."""
    for start in range(0, len(entries), AT_ONCE):
        for found in there(w, entries[start : start + AT_ONCE]).values():
            raise Conflict(
                T(
                    f"编号 {found.number} 刚刚已由他人登记，没有导入任何认定",
                    f"{found.number} has just been entered by somebody else: nothing was taken in",
                ),
                mend=T("请重新核对表格后再导入", "look at the tables again, then take them in"),
            )


def _enter(w: Work, program: str, entry: Entry, source: Source, years: Source | None) -> Accreditation:
    values = entry.values
    party, _ = party_of(w, entry.track.party, entry.party)
    rules = w.program(program).track_rules(entry.track.id, entry.edition)
    started, through = values["started_on"], values["valid_through"]
    expired = through < w.today
    state = AccreditationState.RECTIFYING if entry.acts.orders else AccreditationState.ACTIVE
    made = Accreditation(
        program=program,
        track=entry.track.id,
        edition=entry.edition,
        party_id=party.id,
        number=entry.number,
        year=started.year,
        sequence=place_in_series(entry.track, entry.number, started.year),
        region=party.region,
        functions=list(values.get("functions", ())),
        state=AccreditationState.EXPIRED if expired else state,
        started_on=started,
        valid_from=entry.valid_from,
        valid_through=through,
        ended_on=through + DAY if expired else None,
        ended_clause=rules.procedure.term.clause if expired else "",
        settings=settings_snapshot(w, program, entry.track.id, entry.edition, started),
        # Nothing before today is lived through.
        next_due_on=None if expired else w.today,
    )
    w.session.add(made)
    w.session.flush()
    w.session.add(
        TakenIn(
            accreditation_id=made.id,
            filename=source.filename,
            sha256=source.sha256,
            years_sha256=(years.sha256 or None) if years is not None else None,
            source_row=entry.row,
            taken_on=w.today,
            taken_by_id=w.actor.user_id,
            last_active_on=values.get("last_active_on"),
            last_attended_on=values.get("last_attended_on"),
            totals=entry.totals,
        )
    )
    _history(w, made, rules, entry, source)
    for year, came in entry.reports:
        w.session.add(
            AnnualReport(accreditation_id=made.id, year=year, submitted_on=came, summary=REPORTED.zh)
        )
    return made


def _history(w: Work, made: Accreditation, rules: TrackRules, entry: Entry, source: Source) -> None:
    """The timeline as it would stand, and where it comes from."""
    stage = next(item for item in rules.procedure.stages if item.kind is StageKind.ACCREDITATION)
    told = {"number": made.number, "valid_through": made.valid_through.isoformat()}

    def origin(row: int) -> dict[str, Any]:
        return {"taken_in": {"on": w.today.isoformat(), "file": source.filename, "row": row}}

    def note(kind: EventKind, clause: str, period: str, title: T, on: date, row: int = entry.row) -> None:
        said = T(
            f"{title.zh}（{w.today.isoformat()} 自文件“{source.filename}”第 {row} 行导入）",
            f"{title.en} (taken in on {w.today.isoformat()} from {source.filename}, row {row})",
        )
        timeline.enter(w, made, kind, clause, period, said, {**told, **origin(row)}, on)

    start = made.started_on
    note(EventKind.ACCREDITED, stage.clause, start.isoformat(), stage.title, start)
    for given in entry.acts.orders:
        order = Rectification(
            accreditation_id=made.id,
            clause=given.clause,
            ordered_on=given.ordered_on,
            deadline=given.deadline,
            evidence=origin(given.row),
        )
        w.session.add(order)
        w.session.flush()
        title = _title(rules, given.clause)
        note(
            EventKind.RECTIFICATION_ORDERED,
            given.clause,
            f"order/{order.id}",
            title,
            given.ordered_on,
            given.row,
        )
    for warned in entry.acts.warnings:
        period, title = f"taken_in/{warned.on.isoformat()}", _title(rules, warned.clause)
        note(EventKind.WARNING, warned.clause, period, title, warned.on, warned.row)
    if made.ended_on is not None:
        note(EventKind.EXPIRED, made.ended_clause, made.valid_through.isoformat(), EXPIRED, made.ended_on)


def _title(rules: TrackRules, clause: str) -> T:
    return next(item.title for item in (*rules.exits, *rules.duties) if item.clause == clause)


def place_in_series(track: Track, number: str, year: int) -> int | None:
    """The place of a number in the series that the track's pattern makes, so that the next goes on behind it.

    None for a number that the pattern does not make for that year, as numbers are compared.
    """
    parts = []
    for literal, name, _, _ in Formatter().parse(track.number_pattern):
        parts.append(re.escape(number_key(literal)))
        if name is not None:
            parts.append(str(year) if name == "year" else r"(\d+)")
    found = re.fullmatch("".join(parts), number_key(number))
    if found is None:
        return None
    sequence = int(found.group(1))
    made = track.number_pattern.format(year=year, sequence=sequence)
    return sequence if sequence and number_key(made) == number_key(number) else None
