"""The golden cases: for every profile, the verdict that the text gives, clause by clause."""

from datetime import date

import pytest

from core.domain.profile import parse_facts
from core.rules.clauses import ConditionKind
from core.rules.evaluate import Outcome
from core.rules.verdict import judge
from tests.plugins.profiles import CASES, programs


def by_clause(results):
    """clause -> outcomes and waivability of its required conditions, as the golden cases count them."""
    clauses = {}
    for result in results:
        if result.condition.kind is ConditionKind.REQUIRED:
            clauses.setdefault(result.condition.clause, []).append(result)
    return clauses


@pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
def test_the_verdict_is_the_one_the_text_gives(case):
    loaded = programs()[case["program"]]
    as_of = date.fromisoformat(case["as_of"])
    rules = loaded.track_rules(case["track"], loaded.edition(as_of).id)
    party = loaded.program.track(case["track"]).party
    values = parse_facts(case["facts"], party, loaded.program.extra_facts).require()
    verdict = judge(rules.conditions, values, as_of)
    not_met, unknown, waivable = [], [], []
    for clause, results in by_clause(verdict.results).items():
        failing = [result for result in results if result.outcome is Outcome.NOT_MET]
        if failing:
            not_met.append(clause)
            if all(result.waivable for result in failing):
                waivable.append(clause)
        elif any(result.outcome is Outcome.UNKNOWN for result in results):
            unknown.append(clause)
    found = {
        "outcome": verdict.outcome.value,
        "not_met": sorted(not_met),
        "unknown": sorted(unknown),
        "waivable": sorted(waivable),
    }
    expected = {
        key: sorted(value) if isinstance(value, list) else value for key, value in case["expect"].items()
    }
    assert found == expected, case["why"]


def test_every_track_of_every_programme_has_cases():
    covered = {(case["program"], case["track"]) for case in CASES}
    assert covered == {(loaded.program.id, track.id) for loaded, track in programs().tracks()}
