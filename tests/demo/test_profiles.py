"""Profiles worked out from the rules: they fit or miss as asked, whatever programme is loaded."""

from datetime import date

import pytest

from core.demo.chance import chance
from core.demo.people.profiles import failing, fitting, waivable
from core.domain.profile import parse_facts, to_json
from core.hooks.catalogue import catalogue
from core.rules.evaluate import Outcome
from core.rules.verdict import Eligibility, judge

DAY = date(2024, 4, 15)
TRACKS = [(loaded, track) for loaded, track in catalogue().tracks()]
NAMES = [f"{loaded.program.id}/{track.id}" for loaded, track in TRACKS]


@pytest.fixture(params=TRACKS, ids=NAMES)
def rules(request):
    loaded, track = request.param
    return loaded.track_rules(track.id, loaded.edition(DAY).id)


@pytest.mark.parametrize("seed", range(8))
def test_a_fitting_profile_is_eligible_and_reads_back(rules, seed):
    values = fitting(rules, chance(seed), DAY)
    assert judge(rules.conditions, values, DAY).outcome is Eligibility.ELIGIBLE
    loaded = catalogue()[rules.program]
    party = loaded.program.track(rules.track).party
    assert parse_facts(to_json(values), party, loaded.program.extra_facts).require() == values


def test_a_failing_profile_misses_the_condition_that_is_named(rules):
    values, condition = failing(rules, fitting(rules, chance("f"), DAY), DAY)
    verdict = judge(rules.conditions, values, DAY)
    assert verdict.outcome is Eligibility.INELIGIBLE
    assert Outcome.NOT_MET in {result.outcome for result in verdict.results if result.condition == condition}


def test_a_profile_to_waive_is_short_of_one_condition_that_may_be_set_aside(rules):
    values = waivable(rules, fitting(rules, chance("w"), DAY), DAY)
    if not any(condition.waiver for condition in rules.conditions):
        assert values is None
        return
    results = judge(rules.conditions, values, DAY).results
    missed = [result for result in results if result.outcome is Outcome.NOT_MET]
    assert [result.waivable for result in missed] == [True]


def test_the_same_dice_give_the_same_profile(rules):
    assert fitting(rules, chance(1), DAY) == fitting(rules, chance(1), DAY)
    others = [fitting(rules, chance(seed), DAY) for seed in range(6)]
    assert any(other != others[0] for other in others)
