"""Profiles to judge: the base profile of each track in the golden cases, changed as a test needs it."""

import functools
import json
from datetime import date
from pathlib import Path

from core.domain.profile import parse_facts
from core.hooks.catalogue import load_catalogue
from core.rules.clauses import ConditionKind
from core.rules.evaluate import evaluate
from core.rules.sentence import sentence
from core.rules.verdict import judge
from core.rules.walk import Settings, needs

CASES = json.loads((Path(__file__).parents[1] / "cases" / "eligibility.json").read_text(encoding="utf-8"))


@functools.cache
def programs():
    return load_catalogue()


class Desk:
    """One track of a programme as its officer sees it, under the default settings or given ones."""

    def __init__(self, program, track, readings=None, numbers=None):
        self.loaded = programs()[program]
        self.track = self.loaded.program.track(track)
        edition = self.loaded.program.editions[-1].id
        self.rules = self.loaded.track_rules(track, edition, Settings(numbers or {}, readings or {}))
        base = next(case for case in CASES if case["id"] == f"{program}/{track}/base")
        self.facts = base["facts"]
        self.as_of = date.fromisoformat(base["as_of"])

    def values(self, facts):
        return parse_facts(facts, self.track.party, self.loaded.program.extra_facts).require()

    def judge(self, changes=None, without=(), as_of=None):
        facts = {name: fact for name, fact in (self.facts | (changes or {})).items() if name not in without}
        return judge(self.rules.conditions, self.values(facts), as_of or self.as_of)

    def outcome(self, clause, changes=None, without=(), as_of=None, kind=ConditionKind.REQUIRED):
        return self.result(clause, changes, without, as_of, kind).outcome

    def result(self, clause, changes=None, without=(), as_of=None, kind=ConditionKind.REQUIRED):
        (found,) = (
            result
            for result in self.judge(changes, without, as_of).results
            if (result.condition.clause, result.condition.kind) == (clause, kind)
        )
        return found

    def reads(self):
        """(clause, kind) -> the facts that the condition reads."""
        return {
            (item.clause, item.kind): {fact.name for fact in needs(item.test)}
            for item in self.rules.conditions
        }

    def exit(self, clause, trigger):
        (found,) = (
            rule for rule in self.rules.exits if rule.clause == clause and isinstance(rule.trigger, trigger)
        )
        return found

    def duty(self, clause, kind):
        (found,) = (duty for duty in self.rules.duties if duty.clause == clause and isinstance(duty, kind))
        return found

    def holds(self, term, **metrics):
        return evaluate(term, metrics, self.as_of).outcome


def says(term):
    return sentence(term).zh
