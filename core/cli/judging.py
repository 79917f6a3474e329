"""`accredit evaluate` and `accredit match`: profiles held against the rules, without a database."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
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
    read_day,
    read_object,
    refuse,
)
from core.domain import facts
from core.domain.divisions import division
from core.domain.errors import MalformedError
from core.domain.identifiers import ACCEPTED, accepted_among
from core.domain.profile import Known, doubts, parse_facts
from core.hooks.catalogue import Catalogue
from core.hooks.loaded import LoadedProgram
from core.rules.clauses import PartyKind
from core.rules.report import TrackReport
from core.rules.terms import Value
from core.rules.verdict import judge


@click.command()
@click.argument("program", required=False)
@click.argument("track", required=False)
@click.argument("file", type=click.File(encoding="utf-8"), required=False)
@click.option("--as-of", help="Day of the evaluation, e.g. 2024-05-31.")
@click.option("--batch", type=BATCH, help="JSONL: {id, program, track, as_of, facts} a line.")
@language_option
def evaluate(
    program: str | None,
    track: str | None,
    file: IO[str] | None,
    as_of: str | None,
    batch: IO[bytes] | None,
    language: str,
) -> None:
    """Hold a profile (FILE.json: {"facts": {...}}) against one track; the verdict goes to standard output.

    A USCC whose check digit does not fit is taken where the authority has accepted it and "accepted_uscc",
    a list beside "facts", names it.
    """
    known = loaded()
    if batch is not None:
        each_line(batch, lambda request: _answer(known, request, language))
        return
    if program is None or track is None or file is None or as_of is None:
        raise click.UsageError("give PROGRAM TRACK FILE.json --as-of DATE, or --batch FILE.jsonl")
    try:
        request = {**read_object(file), "program": program, "track": track, "as_of": as_of}
        emit(_answer(known, request, language))
    except Unreadable as error:
        refuse(error)


@click.command()
@click.argument("file", type=click.File(encoding="utf-8"))
@click.option("--as-of", required=True, help="Day of the evaluation, e.g. 2024-05-31.")
@language_option
def match(file: IO[str], as_of: str, language: str) -> None:
    """Hold a profile against every track of its kind of party (FILE.json: {"party": ..., "facts": {...}})."""
    known = loaded()
    try:
        request = read_object(file)
        day = read_day(as_of, "as_of")
        party = _party(request)
        values = _values(known, request, day, language)
    except Unreadable as error:
        refuse(error)
    told = _warnings(known, values, language)
    emit([_judge(found, track.id, values, day, language) | told for found, track in known.tracks(party)])


def _answer(known: Catalogue, request: Mapping[str, Any], language: str) -> dict[str, Any]:
    day = read_day(request.get("as_of"), "as_of")
    try:
        found = known[str(request.get("program"))]
        track = found.program.track(str(request.get("track")))
    except KeyError as error:
        raise Unreadable(str(error.args[0])) from error
    values = _values(known, request, day, language)
    return _judge(found, track.id, values, day, language) | _warnings(known, values, language)


def _warnings(known: Catalogue, values: Mapping[str, Value], language: str) -> dict[str, Any]:
    """What was taken as it stands and may be meant otherwise; nothing where all is clear."""
    told = doubts(values, known.extra_facts())
    return {"warnings": in_language(told, language)} if told else {}


def _values(known: Catalogue, request: Mapping[str, Any], day: date, language: str) -> dict[str, Value]:
    raw = request.get("facts")
    if not isinstance(raw, dict):
        raise Unreadable('"facts" must be a JSON object of facts', {"facts": f"{raw!r}"})
    try:
        accepted = accepted_among(request.get(ACCEPTED))
    except MalformedError as error:
        raise Unreadable(
            f"{ACCEPTED} cannot be read", in_language({ACCEPTED: error.text}, language)
        ) from error
    register = Known(division, accepted)
    reading = parse_facts(raw, extra=known.extra_facts(), today=day, known=register)
    if reading.errors:
        raise Unreadable("the profile cannot be read", in_language(reading.errors, language))
    return reading.values


def _party(request: Mapping[str, Any]) -> PartyKind:
    given = request.get("party")
    if given is not None:
        try:
            return PartyKind(given)
        except ValueError as error:
            raise Unreadable(f"party: {given!r} is neither organization nor person") from error
    raw = request.get("facts")
    names = set(raw) if isinstance(raw, dict) else set()
    own = {kind: names & (facts.OF_PARTY[kind].keys() - _shared()) for kind in PartyKind}
    if bool(own[PartyKind.ORGANIZATION]) == bool(own[PartyKind.PERSON]):
        raise Unreadable('say which kind of party this is: "party": "organization" or "person"')
    return next(kind for kind in PartyKind if own[kind])


def _shared() -> set[str]:
    organization, person = (facts.OF_PARTY[kind].keys() for kind in PartyKind)
    return set(organization) & set(person)


def _judge(
    found: LoadedProgram, track: str, values: Mapping[str, Value], day: date, language: str
) -> dict[str, Any]:
    edition = found.edition(day).id
    rules = found.track_rules(track, edition)
    return _report(found, track, edition, language).json(day, judge(rules.conditions, values, day))


@lru_cache(maxsize=64)
def _report(found: LoadedProgram, track: str, edition: str, language: str) -> TrackReport:
    conditions = found.track_rules(track, edition).conditions
    return TrackReport(found.program.id, track, edition, conditions, language)
