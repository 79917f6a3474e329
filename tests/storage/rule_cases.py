"""Random terms and profiles that do not fit each other, with bounds on the edge and facts left out."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from core.domain import facts
from core.rules.clauses import Condition, ConditionKind, Relaxation, Waiver
from core.rules.terms import (
    AllOf,
    AnyOf,
    AtLeast,
    Count,
    Fact,
    Growth,
    Kind,
    NoneOf,
    Number,
    OneOf,
    Op,
    Term,
    Value,
    union_share,
)
from core.rules.text import T

DAYS = [date(2024, 6, 28), date(2024, 2, 29), date(2025, 2, 28), date(2023, 3, 1), date(2024, 12, 31)]
FLAGS = (facts.fixed_premises, facts.finances_sound, facts.adverse_credit_record)
COUNTS = (
    facts.staff_full_time,
    facts.staff_college_plus,
    facts.staff_mid_title_plus,
    facts.staff_college_plus_and_mid_title,
    facts.smes_served_last_year,
    facts.smes_served_prior_year,
)
DECIMALS = (facts.satisfaction_pct, facts.total_assets_cny)
LEVELS = (facts.education, facts.title_level)
SET_KEYS = [key for key, _ in facts.service_functions.choices][:4]
FORMS = [key for key, _ in facts.legal_form.choices]
FACTS: tuple[Fact, ...] = (
    *FLAGS, *COUNTS, *DECIMALS, *LEVELS, facts.service_functions, facts.legal_form,
    facts.established_on, facts.last_penalty_on,
)  # fmt: skip
TITLE = T("题", "title")


# Small whole numbers meet their bounds often; the odd ones show what rounding would do.
amounts = st.one_of(
    st.integers(0, 6).map(Decimal),
    st.sampled_from(["0.1", "2.5", "2.50", "3.000000001", "99999999999999.9", "0.1234567890123456789"]).map(
        Decimal
    ),
)
percents = st.one_of(
    st.sampled_from([0, 1, 10, 33, 50, 80, 100, 101, 150]).map(Decimal),
    st.sampled_from(["33.33", "12.5", "66.67"]).map(Decimal),
)
counts = st.sampled_from(COUNTS)
numbers = st.one_of(counts, st.sampled_from(DECIMALS))
spans = st.integers(0, 3)
ops = st.sampled_from(Op)
choices = st.lists(st.sampled_from(SET_KEYS), max_size=4).map(tuple)

leaves: st.SearchStrategy[Term] = st.one_of(
    st.builds(Number, numbers, ops, amounts),
    st.builds(lambda f, e: f.holds() if e else f.fails(), st.sampled_from(FLAGS), st.booleans()),
    st.sampled_from([(f, key) for f in LEVELS for key, _ in f.choices]).map(lambda p: p[0].at_least(p[1])),
    st.builds(OneOf, st.just(facts.legal_form), st.lists(st.sampled_from(FORMS), max_size=3).map(tuple)),
    st.sampled_from(SET_KEYS).map(facts.service_functions.contains),
    st.builds(Count, st.just(facts.service_functions), ops, st.integers(0, 4), choices),
    spans.map(lambda n: facts.established_on.elapsed(years=n)),
    spans.map(lambda n: facts.last_penalty_on.clear_for(years=n)),
    spans.map(lambda n: facts.established_on.clear_for(years=n)),
    st.builds(lambda p, w, b: p.share_of(w, percent=b), counts, counts, percents),
    st.builds(
        lambda some, p: union_share(some[0], some[1], both=some[2], whole=some[3], percent=p),
        st.lists(counts, min_size=4, max_size=4),
        percents,
    ),
    st.builds(Growth, counts, counts, percents),
)  # fmt: skip


def groups(parts: st.SearchStrategy[Term]) -> st.SearchStrategy[Term]:
    """Each kind of group over some of the parts, none of them too."""
    several = st.lists(parts, max_size=4).map(tuple)
    return st.one_of(
        several.map(AllOf),
        several.map(AnyOf),
        several.map(NoneOf),
        st.builds(AtLeast, st.integers(0, 4), several),
    )


terms: st.SearchStrategy[Term] = st.recursive(leaves, groups, max_leaves=8)


def dates(as_of: date) -> st.SearchStrategy[date]:
    """Days around the day itself and its anniversaries, where an answer turns."""
    edges = [date(as_of.year - n, as_of.month, min(as_of.day, 28)) for n in range(5)]
    return st.builds(
        lambda edge, days: edge + timedelta(days=days), st.sampled_from(edges), st.integers(-3, 3)
    )


@st.composite
def profiles(draw: st.DrawFn, as_of: date) -> dict[str, Value]:
    """Values of some of the facts, not made to fit each other: both readers must agree all the same."""
    readers: dict[Kind, st.SearchStrategy[Any]] = {
        Kind.FLAG: st.booleans(),
        Kind.INTEGER: st.integers(0, 6),
        Kind.PERCENT: amounts,
        Kind.MONEY: amounts,
        Kind.SET: st.frozensets(st.sampled_from(SET_KEYS)),
        Kind.DATE: dates(as_of),
        Kind.DATE_OR_NEVER: st.one_of(st.just("never"), dates(as_of)),
    }
    known = draw(
        st.frozensets(st.sampled_from(FACTS), min_size=4).map(lambda some: sorted(some, key=FACTS.index))
    )
    return {
        fact.name: draw(
            readers[fact.kind] if fact.kind in readers else st.sampled_from([key for key, _ in fact.choices])
        )
        for fact in known
    }


@st.composite
def cases(draw: st.DrawFn) -> tuple[date, list[Term], list[dict[str, Value]]]:
    """Some terms, and some profiles to hold each of them against, as of a day."""
    as_of = draw(st.sampled_from(DAYS))
    return (
        as_of,
        draw(st.lists(terms, min_size=4, max_size=10)),
        draw(st.lists(profiles(as_of), min_size=4, max_size=12)),
    )


@st.composite
def conditions(draw: st.DrawFn) -> Condition:
    """A condition with any of its parts."""
    part = st.one_of(st.none(), leaves)
    waiver = st.one_of(st.none(), st.builds(Waiver, st.just("3"), st.just(TITLE), part))
    return Condition(
        "1",
        TITLE,
        draw(terms),
        kind=draw(st.sampled_from(ConditionKind)),
        only_if=draw(part),
        relaxed=draw(st.one_of(st.none(), st.builds(Relaxation, st.just("2"), leaves, leaves))),
        waiver=draw(waiver),
    )
