"""Random terms over the vocabulary, and random profiles for them."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import strategies as st

from core.domain import facts
from core.rules.terms import Op, Term, Value, all_of, any_of, at_least, grown_by, none_of, union_share

AS_OF = date(2024, 6, 28)

FLAGS = (facts.fixed_premises, facts.finances_sound, facts.adverse_credit_record)
NUMBERS = (facts.staff_full_time, facts.smes_served_last_year, facts.satisfaction_pct)

bounds = st.integers(min_value=0, max_value=12)
years = st.integers(min_value=1, max_value=3)
functions = st.sampled_from([key for key, _ in facts.service_functions.choices])


def _number(pick: tuple[int, Op, int]) -> Term:
    index, op, bound = pick
    fact = NUMBERS[index]
    return {
        Op.AT_LEAST: fact.at_least,
        Op.MORE_THAN: fact.more_than,
        Op.AT_MOST: fact.at_most,
        Op.LESS_THAN: fact.less_than,
    }[op](bound)


leaves: st.SearchStrategy[Term] = st.one_of(
    st.tuples(st.integers(0, len(NUMBERS) - 1), st.sampled_from(Op), bounds).map(_number),
    st.sampled_from(FLAGS).map(lambda fact: fact.holds()),
    st.sampled_from(FLAGS).map(lambda fact: fact.fails()),
    st.sampled_from([key for key, _ in facts.education.choices]).map(facts.education.at_least),
    st.lists(st.sampled_from([key for key, _ in facts.legal_form.choices]), min_size=1, max_size=3).map(
        lambda values: facts.legal_form.one_of(*values)
    ),
    st.sampled_from([key for key, _ in facts.service_functions.choices]).map(
        facts.service_functions.contains
    ),
    st.tuples(st.sampled_from(Op), st.integers(0, 4)).map(lambda p: facts.service_functions.counts(*p)),
    st.integers(0, 3).map(
        lambda n: facts.service_functions.counts(Op.AT_LEAST, n, within=("legal", "training", "market"))
    ),
    years.map(lambda n: facts.established_on.elapsed(years=n)),
    years.map(lambda n: facts.last_penalty_on.clear_for(years=n)),
    st.integers(1, 100).map(
        lambda n: facts.staff_field_experienced.share_of(facts.staff_full_time, percent=n)
    ),
    st.integers(1, 100).map(
        lambda n: union_share(
            facts.staff_college_plus,
            facts.staff_mid_title_plus,
            both=facts.staff_college_plus_and_mid_title,
            whole=facts.staff_full_time,
            percent=n,
        )
    ),
    st.integers(0, 50).map(
        lambda n: grown_by(facts.smes_served_last_year, facts.smes_served_prior_year, percent=n)
    ),
)


def _grow(parts: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    several = st.lists(parts, min_size=1, max_size=3)
    return st.one_of(
        several.map(lambda ts: all_of(*ts)),
        several.map(lambda ts: any_of(*ts)),
        several.map(lambda ts: none_of(*ts)),
        st.tuples(st.integers(0, 3), several).map(lambda p: at_least(p[0], *p[1])),
    )


terms: st.SearchStrategy[Term] = st.recursive(leaves, _grow, max_leaves=6)

days = st.dates(AS_OF - timedelta(days=4 * 366), AS_OF + timedelta(days=400))


@st.composite
def full_profiles(draw: st.DrawFn) -> dict[str, Value]:
    """Every fact that `terms` reads has a value, and the staff counts fit each other."""
    whole = draw(st.integers(0, 12))
    first, second = draw(st.integers(0, whole)), draw(st.integers(0, whole))
    both = draw(st.integers(max(0, first + second - whole), min(first, second)))
    return {
        "staff_full_time": whole,
        "staff_college_plus": first,
        "staff_mid_title_plus": second,
        "staff_college_plus_and_mid_title": both,
        "staff_field_experienced": draw(st.integers(0, whole)),
        "smes_served_last_year": draw(st.integers(0, 12)),
        "smes_served_prior_year": draw(st.integers(0, 12)),
        "satisfaction_pct": draw(st.decimals(0, 12, places=1).map(Decimal)),
        **{fact.name: draw(st.booleans()) for fact in FLAGS},
        "education": draw(st.sampled_from([key for key, _ in facts.education.choices])),
        "legal_form": draw(st.sampled_from([key for key, _ in facts.legal_form.choices])),
        "service_functions": draw(st.frozensets(functions, max_size=5)),
        "established_on": draw(days),
        "last_penalty_on": draw(st.one_of(st.just("never"), days)),
    }


@st.composite
def profiles(draw: st.DrawFn) -> dict[str, Value]:
    """A full profile with some facts left out."""
    full = draw(full_profiles())
    kept = draw(st.sets(st.sampled_from(sorted(full))))
    return {name: value for name, value in full.items() if name in kept}
