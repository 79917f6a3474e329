"""`accredit replay`: one accreditation's life, day by day, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import IO, Any

import click

from core.cli.common import (
    BATCH,
    Unreadable,
    each_line,
    emit,
    in_language,
    language_option,
    loaded,
    read_object,
    refuse,
)
from core.domain.calendar import WorkingCalendar
from core.domain.errors import Invalid
from core.domain.holidays import calendar_of, known_years
from core.domain.supervision.hearing import OBJECTION_WORKING_DAYS
from core.domain.supervision.life_file import LifeFile, parse_life
from core.domain.supervision.replay import Life
from core.domain.supervision.standing import SupervisionRules
from core.hooks.catalogue import Catalogue


@click.command()
@click.argument("file", type=click.File(encoding="utf-8"), required=False)
@click.option("--batch", type=BATCH, help="JSONL: one life a line.")
@language_option
def replay(file: IO[str] | None, batch: IO[bytes] | None, language: str) -> None:
    """Live an accreditation's life again and print its timeline.

    FILE.json: {"program", "track", "party", "accredited_on", "events": [...], "check_until"}, and where it is
    known "authority_events": [dates on which the department held events open to the party].
    """
    known = loaded()
    if batch is not None:
        each_line(batch, lambda request: _answer(known, request, language))
        return
    if file is None:
        raise click.UsageError("give FILE.json, or --batch FILE.jsonl")
    try:
        emit(_answer(known, read_object(file), language))
    except Unreadable as error:
        refuse(error)


def _answer(known: Catalogue, request: Mapping[str, Any], language: str) -> dict[str, Any]:
    try:
        life = parse_life(request)
    except Invalid as error:
        raise Unreadable("the life cannot be read", in_language(error.errors, language)) from error
    try:
        rules = _rules(known, life)
    except KeyError as error:
        raise Unreadable(str(error.args[0])) from error
    lived = Life(rules, life.accredited_on, OBJECTION_WORKING_DAYS, life.authority_events)
    entries = lived.live(life.happenings, life.check_until)
    answer: dict[str, Any] = {
        "timeline": [
            {
                "on": entry.on.isoformat(),
                "what": entry.what,
                "clause": entry.clause,
                "title": entry.title.get(language),
            }
            for entry in entries
        ]
    }
    if life.doubts:
        answer["warnings"] = in_language(life.doubts, language)
    if lived.years_missing:
        answer["holiday_years_missing"] = sorted(lived.years_missing)
    return answer


def _rules(known: Catalogue, life: LifeFile) -> SupervisionRules:
    found = known[life.program]
    track = found.program.track(life.track)
    rules = found.track_rules(track.id, found.edition(life.accredited_on).id)
    return SupervisionRules(rules.procedure.term, rules.duties, rules.exits, _calendar())


@lru_cache(maxsize=1)
def _calendar() -> WorkingCalendar:
    return calendar_of(known_years())
