"""Profiles of applicants, drawn by chance from the facts that a track's conditions read."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from core.hooks.loaded import LoadedProgram, TrackRules
from core.rules.report import Json
from core.rules.terms import Fact, Kind, Term
from core.rules.walk import needs

AS_OF = date(2024, 5, 31)
KNOWN = 0.995
"""How often a fact is known."""
_TEXTS = {
    Kind.REGION: "371502",
    Kind.MOBILE: "13800138000",
    Kind.EMAIL: "office@example.cn",
    Kind.TEXT: "中小企业服务中心",
}


def rules_of(loaded: LoadedProgram, track: str) -> TrackRules:
    """The rules of a track on the day, under the default readings."""
    return loaded.track_rules(track, loaded.edition(AS_OF).id)


def facts_of(rules: TrackRules) -> tuple[Fact, ...]:
    """Every fact that a condition of the track reads, each once."""
    return tuple(dict.fromkeys(fact for term in _terms(rules) for fact in needs(term)))


def _terms(rules: TrackRules) -> Iterator[Term]:
    for condition in rules.conditions:
        yield condition.test
        if condition.only_if is not None:
            yield condition.only_if
        if condition.relaxed is not None:
            yield from (condition.relaxed.ground, condition.relaxed.test)
        ground = getattr(condition.waiver, "ground", None)
        if ground is not None:
            yield ground


def profile(facts: tuple[Fact, ...], chance: random.Random) -> dict[str, Json]:
    """One profile as an applicant would send it, good in most respects."""
    drawn = {fact.name: _value(fact, chance) for fact in facts if chance.random() < KNOWN}
    return {name: value for name, value in drawn.items() if value is not None}


def _value(fact: Fact, chance: random.Random) -> Json | None:
    keys = [key for key, _ in fact.choices]
    match fact.kind:
        case Kind.FLAG:
            return chance.random() < (0.01 if "adverse" in fact.name or "under_" in fact.name else 0.99)
        case Kind.INTEGER | Kind.DECIMAL:
            return int(chance.lognormvariate(5.5, 0.5))
        case Kind.MONEY:
            return int(chance.lognormvariate(16, 1))
        case Kind.PERCENT:
            return round(chance.uniform(75, 100), 1)
        case Kind.DATE_OR_NEVER if chance.random() < 0.8:
            return "never"
        case Kind.DATE | Kind.DATE_OR_NEVER:
            return (AS_OF - timedelta(days=int(chance.uniform(30, 6000)))).isoformat()
        case Kind.ENUM | Kind.LEVEL:
            return chance.choice(keys)
        case Kind.SET:
            return chance.sample(keys, chance.randint(1, min(4, len(keys))))
        case _:
            return _TEXTS.get(fact.kind)
