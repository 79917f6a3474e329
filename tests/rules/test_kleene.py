"""The algebra of three values, on random terms and profiles."""

from hypothesis import given
from hypothesis import strategies as st

from core.rules.evaluate import Outcome, all_outcomes, any_outcome, evaluate, negate
from core.rules.terms import Term, Value, all_of, any_of, at_least, none_of
from tests.rules.strategies import AS_OF, full_profiles, profiles, terms

three = st.sampled_from([Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN])
several = st.lists(terms, min_size=1, max_size=3)


def outcome(term: Term, values: dict[str, Value]) -> Outcome:
    return evaluate(term, values, AS_OF).outcome


@given(several, profiles(), st.randoms())
def test_the_order_of_parts_does_not_matter(parts, values, random):
    shuffled = random.sample(parts, len(parts))
    for make in (all_of, any_of, none_of, lambda *ts: at_least(2, *ts)):
        assert outcome(make(*parts), values) is outcome(make(*shuffled), values)


@given(several, profiles())
def test_de_morgan(parts, values):
    negated = [none_of(part) for part in parts]
    assert outcome(none_of(*parts), values) is outcome(all_of(*negated), values)
    assert outcome(any_of(*parts), values) is outcome(none_of(all_of(*negated)), values)
    assert outcome(none_of(all_of(*parts)), values) is outcome(any_of(*negated), values)


@given(terms, profiles())
def test_none_of_twice_is_the_term_itself(term, values):
    assert outcome(none_of(none_of(term)), values) is outcome(term, values)


@given(several, profiles())
def test_at_least_runs_from_any_to_all(parts, values):
    assert outcome(at_least(0, *parts), values) is Outcome.MET
    assert outcome(at_least(1, *parts), values) is outcome(any_of(*parts), values)
    assert outcome(at_least(len(parts), *parts), values) is outcome(all_of(*parts), values)
    assert outcome(at_least(len(parts) + 1, *parts), values) is Outcome.NOT_MET


@given(terms, full_profiles(), st.data())
def test_filling_in_an_unknown_never_flips_a_decision(term, full, data):
    known = data.draw(st.sets(st.sampled_from(sorted(full))))
    before = outcome(term, {name: value for name, value in full.items() if name in known})
    if before is not Outcome.UNKNOWN:
        assert outcome(term, full) is before


@given(terms, full_profiles())
def test_a_full_profile_is_decided(term, full):
    assert outcome(term, full) in (Outcome.MET, Outcome.NOT_MET)


@given(terms)
def test_an_explanation_mirrors_the_term(term):
    explanation = evaluate(term, {}, AS_OF)
    assert explanation.term is term
    assert [part.term for part in explanation.parts] == list(getattr(term, "terms", ()))


@given(st.lists(three))
def test_conjunction_and_disjunction_are_dual(outcomes):
    assert negate(all_outcomes(outcomes)) is any_outcome([negate(one) for one in outcomes])


def test_not_applicable_has_no_opposite():
    assert negate(Outcome.NOT_APPLICABLE) is Outcome.NOT_APPLICABLE
