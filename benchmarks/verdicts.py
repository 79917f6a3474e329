"""Verdicts: a batch on the command line, and a whole table of profiles judged by the database."""

from __future__ import annotations

import json
import random
import statistics
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, column, func, select, table, text, true
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.sql import Executable

from benchmarks.common import Figures, machine, options, report, scratch, seconds, server
from benchmarks.profiles import AS_OF, facts_of, profile, rules_of
from core.domain.profile import parse_facts
from core.hooks.catalogue import catalogue
from core.hooks.loaded import TrackRules
from core.rules.report import Json
from core.rules.terms import Kind
from core.rules.verdict import judge
from core.rules.walk import needs
from core.storage.rule_sql import FactSource, SpreadSource, condition_for, spread, verdict_for

BATCH, SMALL_BATCH = 10_000, 200
DISTINCT, COPIES = 2_000, 50
SMALL_DISTINCT, SMALL_COPIES = 100, 2
SEED = 20240531
ROOT = Path(__file__).parents[1]
APPLICANT = table("applicant", column("facts", JSONB))


def evaluate(lines: Iterable[str]) -> tuple[float, Counter[str]]:
    """Seconds of `accredit evaluate --batch` over the lines, and how often it gave each outcome."""
    with tempfile.TemporaryDirectory() as folder:
        asked, answered = Path(folder, "asked.jsonl"), Path(folder, "answered.jsonl")
        asked.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
        command = [sys.executable, "-m", "core.cli", "evaluate", "--batch", str(asked)]
        with answered.open("wb") as out:
            took = seconds(lambda: subprocess.run(command, cwd=ROOT, stdout=out, check=True))
        found = answered.read_text(encoding="utf-8").splitlines()
    return took, Counter(json.loads(line).get("outcome", "error") for line in found)


def batch(size: int) -> Figures:
    """Profiles of every track in turn, each track's the same number of times."""
    chance = random.Random(SEED)
    tracks = [
        (loaded.program.id, track.id, facts_of(rules_of(loaded, track.id)))
        for loaded, track in catalogue().tracks()
    ]
    lines = []
    for number in range(size):
        program, track, read = tracks[number % len(tracks)]
        given = {"id": number, "program": program, "track": track, "as_of": AS_OF.isoformat()}
        lines.append(json.dumps({**given, "facts": profile(read, chance)}, ensure_ascii=False))
    start = statistics.median(evaluate(lines[:1])[0] for _ in range(3))
    took, outcomes = evaluate(lines)
    return {
        "profiles": size,
        "seconds": took,
        "start_seconds": start,
        "us_each": (took - start) / size * 1e6,
        "outcomes": dict(outcomes),
    }


def judged(engine: Engine, distinct: int, copies: int) -> Figures:
    """The track that reads the most facts, judged by one statement, beside a plain filter of the rows."""
    rules = max(
        (rules_of(loaded, track.id) for loaded, track in catalogue().tracks()),
        key=lambda item: len(facts_of(item)),
    )
    chance, read = random.Random(SEED), facts_of(rules)
    profiles = [profile(read, chance) for _ in range(distinct)]
    _fill(engine, profiles, copies)
    longest = max(rules.conditions, key=lambda item: len(needs(item.test)))
    number = next(fact for fact in read if fact.kind is Kind.INTEGER)
    source = FactSource(APPLICANT.c.facts)
    plain, _ = _query(engine, select(func.count()).where(source.number(number) >= 10))
    condition, _ = _query(engine, select(func.count()).where(condition_for(longest, source, AS_OF)))
    verdict = verdict_for(rules.conditions, source, AS_OF).label("verdict")
    whole, _ = _query(engine, select(verdict, func.count()).group_by(verdict))
    beside = spread(APPLICANT.c.facts, read)
    verdict = verdict_for(rules.conditions, SpreadSource(beside), AS_OF).label("verdict")
    joined = APPLICANT.join(beside, true())
    at_once, found = _query(engine, select(verdict, func.count()).select_from(joined).group_by(verdict))
    python, known = _in_python(rules, profiles)
    return {
        "program": rules.program,
        "track": rules.track,
        "clause": longest.clause,
        "conditions": len(rules.conditions),
        "facts": len(read),
        "rows": distinct * copies,
        "plain_seconds": plain,
        "condition_seconds": condition,
        "condition_ratio": condition / plain,
        "verdict_seconds": whole,
        "verdict_ratio": whole / plain,
        "spread_seconds": at_once,
        "spread_ratio": at_once / plain,
        "spread_us_each": at_once / (distinct * copies) * 1e6,
        "outcomes": {row[0]: row[1] for row in found},
        "python_us_each": python / distinct * 1e6,
        "python_outcomes": {name: times * copies for name, times in known.items()},
    }


def _fill(engine: Engine, profiles: list[dict[str, Json]], copies: int) -> None:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE applicant (facts jsonb NOT NULL)"))
        connection.execute(
            text(
                "INSERT INTO applicant SELECT facts FROM generate_series(1, :copies) "
                "CROSS JOIN jsonb_array_elements(CAST(:profiles AS jsonb)) AS facts"
            ),
            {"profiles": json.dumps(profiles), "copies": copies},
        )
        connection.execute(text("ANALYZE applicant"))


def _query(engine: Engine, query: Executable) -> tuple[float, Sequence[Any]]:
    """Seconds of a statement on one connection, the median of three after one that warms up; its rows."""
    with engine.connect() as connection:
        connection.execute(text("SET max_parallel_workers_per_gather = 0"))
        found = connection.execute(query).all()
        took = statistics.median(seconds(lambda: connection.execute(query).all()) for _ in range(3))
    return took, found


def _in_python(rules: TrackRules, profiles: list[dict[str, Json]]) -> tuple[float, Counter[str]]:
    """Seconds of judging the distinct profiles with every reason, and how often each outcome came."""
    values = [parse_facts(item).require() for item in profiles]
    outcomes: Counter[str] = Counter()

    def judge_all() -> None:
        outcomes.update(judge(rules.conditions, item, AS_OF).outcome.value for item in values)

    return seconds(judge_all), outcomes


def main(arguments: list[str] | None = None) -> Figures:
    """Measure both, and print what it took."""
    given = options(__doc__).parse_args(arguments)
    many, distinct, copies = (
        (SMALL_BATCH, SMALL_DISTINCT, SMALL_COPIES) if given.small else (BATCH, DISTINCT, COPIES)
    )
    figures: Figures = {"machine": machine(), "batch": batch(many)}
    with server(given.instance) as running, scratch(running) as engine:
        figures["table"] = judged(engine, distinct, copies)
    report(figures, given, _lines(figures["batch"], figures["table"]))
    return figures


def _lines(batch: Figures, table: Figures) -> list[tuple[str, ...]]:
    return [
        (f"accredit evaluate --batch, {batch['profiles']:,} profiles, s", f"{batch['seconds']:.2f}"),
        ("  of it the start, s", f"{batch['start_seconds']:.2f}"),
        ("  a profile, us", f"{batch['us_each']:.0f}"),
        (f"{table['program']}/{table['track']}, {table['rows']:,} profiles in the database", ""),
        ("  plain filter on one fact, s", f"{table['plain_seconds']:.3f}"),
        (f"  condition {table['clause']}, s", f"{table['condition_seconds']:.3f}"),
        ("    of the plain filter", f"{table['condition_ratio']:.1f}"),
        (f"  verdict of {table['conditions']} conditions on {table['facts']} facts, s",
         f"{table['verdict_seconds']:.3f}"),
        ("    of the plain filter", f"{table['verdict_ratio']:.1f}"),
        ("  the same with the facts unpacked once, s", f"{table['spread_seconds']:.3f}"),
        ("    of the plain filter", f"{table['spread_ratio']:.1f}"),
        ("    a profile, us", f"{table['spread_us_each']:.1f}"),
        ("  the same in Python with every reason, a profile, us", f"{table['python_us_each']:.1f}"),
    ]  # fmt: skip


if __name__ == "__main__":
    main()
