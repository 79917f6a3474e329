"""Single terms, below, at and above their bounds."""

from datetime import date
from decimal import Decimal

import pytest

from core.domain import facts
from core.rules.evaluate import Outcome, compare, evaluate
from core.rules.terms import Op, Term, Value, grown_by, union_share
from tests.rules.strategies import AS_OF

MET, NOT_MET, UNKNOWN = Outcome.MET, Outcome.NOT_MET, Outcome.UNKNOWN


def outcome(term: Term, as_of: date = AS_OF, **values: Value) -> Outcome:
    return evaluate(term, values, as_of).outcome


@pytest.mark.parametrize(
    ("op", "below", "at", "above"),
    [
        (Op.AT_LEAST, False, True, True),
        (Op.MORE_THAN, False, False, True),
        (Op.AT_MOST, True, True, False),
        (Op.LESS_THAN, True, False, False),
    ],
)
def test_operators_include_their_bound_or_not(op, below, at, above):
    assert [compare(op, n, 80) for n in (Decimal("79.99"), 80, Decimal("80.01"))] == [below, at, above]


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        (facts.smes_served_last_year.at_least(80), [NOT_MET, MET, MET]),
        (facts.smes_served_last_year.more_than(80), [NOT_MET, NOT_MET, MET]),
        (facts.smes_served_last_year.at_most(80), [MET, MET, NOT_MET]),
        (facts.smes_served_last_year.less_than(80), [MET, NOT_MET, NOT_MET]),
    ],
)
def test_numbers(term, expected):
    assert [outcome(term, smes_served_last_year=n) for n in (79, 80, 81)] == expected
    assert outcome(term) is UNKNOWN


def test_zero_is_a_number_and_not_unknown():
    assert outcome(facts.smes_served_last_year.at_least(1), smes_served_last_year=0) is NOT_MET


def test_flags_hold_or_fail():
    assert outcome(facts.fixed_premises.holds(), fixed_premises=True) is MET
    assert outcome(facts.fixed_premises.holds(), fixed_premises=False) is NOT_MET
    assert outcome(facts.fixed_premises.fails(), fixed_premises=False) is MET
    assert outcome(facts.fixed_premises.fails()) is UNKNOWN


def test_levels_are_ordered():
    term = facts.education.at_least("bachelor")
    assert [outcome(term, education=e) for e in ("college", "bachelor", "master")] == [NOT_MET, MET, MET]
    assert outcome(term) is UNKNOWN


def test_choices():
    term = facts.legal_form.one_of("partnership", "law_firm")
    assert outcome(term, legal_form="law_firm") is MET
    assert outcome(term, legal_form="enterprise") is NOT_MET


def test_sets_contain_and_count():
    claimed = frozenset({"legal", "training"})
    assert outcome(facts.service_functions.contains("legal"), service_functions=claimed) is MET
    assert outcome(facts.service_functions.contains("market"), service_functions=claimed) is NOT_MET
    for bound, expected in ((1, MET), (2, MET), (3, NOT_MET)):
        term = facts.service_functions.counts(Op.AT_LEAST, bound)
        assert outcome(term, service_functions=claimed) is expected
    within = facts.service_functions.counts(Op.AT_LEAST, 2, within=("legal", "market"))
    assert outcome(within, service_functions=claimed) is NOT_MET
    assert outcome(within, service_functions=frozenset({"legal", "market", "digital"})) is MET


@pytest.mark.parametrize(("experienced", "expected"), [(7, NOT_MET), (8, MET), (9, MET)])
def test_share_of_staff(experienced, expected):
    term = facts.staff_field_experienced.share_of(facts.staff_full_time, percent=80)
    assert outcome(term, staff_full_time=10, staff_field_experienced=experienced) is expected


def test_shares_are_not_rounded():
    term = facts.staff_field_experienced.share_of(facts.staff_full_time, percent=70)
    assert outcome(term, staff_full_time=1001, staff_field_experienced=700) is NOT_MET
    assert outcome(term, staff_full_time=1001, staff_field_experienced=701) is MET


def test_a_share_of_nothing_is_not_met_whatever_the_part():
    term = facts.staff_field_experienced.share_of(facts.staff_full_time, percent=80)
    assert outcome(term, staff_full_time=0, staff_field_experienced=0) is NOT_MET
    assert outcome(term, staff_full_time=0) is NOT_MET


def test_a_share_with_an_unknown_side_is_unknown():
    term = facts.staff_field_experienced.share_of(facts.staff_full_time, percent=80)
    assert outcome(term, staff_full_time=10) is UNKNOWN
    assert outcome(term, staff_field_experienced=10) is UNKNOWN


PROFESSIONALS = union_share(
    facts.staff_college_plus,
    facts.staff_mid_title_plus,
    both=facts.staff_college_plus_and_mid_title,
    whole=facts.staff_full_time,
    percent=80,
)


@pytest.mark.parametrize(
    ("staff", "college", "title", "both", "expected"),
    [
        (15, 10, 5, 4, NOT_MET),  # 11 of 15
        (15, 10, 5, 3, MET),  # 12 of 15, at the bound
        (15, 10, 5, 2, MET),
        (15, 12, 0, None, MET),  # the larger group is enough
        (15, 6, 5, None, NOT_MET),  # even without overlap too few
        (15, 10, 5, None, UNKNOWN),
        (15, 12, None, None, MET),
        (15, 11, None, None, UNKNOWN),
        (15, None, None, 12, MET),
        (15, None, None, None, UNKNOWN),
        (0, 0, 0, 0, NOT_MET),
        (None, 12, 0, 0, UNKNOWN),
    ],
)
def test_each_professional_counts_once(staff, college, title, both, expected):
    values = {
        "staff_full_time": staff,
        "staff_college_plus": college,
        "staff_mid_title_plus": title,
        "staff_college_plus_and_mid_title": both,
    }
    known = {name: value for name, value in values.items() if value is not None}
    assert outcome(PROFESSIONALS, **known) is expected


@pytest.mark.parametrize(
    ("now", "before", "expected"),
    [
        (109, 100, NOT_MET),
        (110, 100, MET),
        (111, 100, MET),
        (0, 0, NOT_MET),
        (1, 0, MET),
        (None, 100, UNKNOWN),
        (110, None, UNKNOWN),
    ],
)
def test_growth(now, before, expected):
    term = grown_by(facts.smes_served_last_year, facts.smes_served_prior_year, percent=10)
    values = {"smes_served_last_year": now, "smes_served_prior_year": before}
    assert outcome(term, **{k: v for k, v in values.items() if v is not None}) is expected


@pytest.mark.parametrize(
    ("start", "as_of", "expected"),
    [
        (date(2022, 6, 28), date(2024, 6, 27), NOT_MET),
        (date(2022, 6, 28), date(2024, 6, 28), MET),
        (date(2022, 6, 28), date(2024, 6, 29), MET),
        (date(2024, 2, 29), date(2026, 2, 27), NOT_MET),
        (date(2024, 2, 29), date(2026, 2, 28), MET),
    ],
)
def test_two_years_of_operation(start, as_of, expected):
    assert outcome(facts.operating_since.elapsed(years=2), as_of, operating_since=start) is expected


@pytest.mark.parametrize(
    ("last", "expected"),
    [
        ("never", MET),
        (date(2021, 6, 29), NOT_MET),
        (date(2021, 6, 28), NOT_MET),  # exactly three years old: it still bars
        (date(2021, 6, 27), MET),
    ],
)
def test_clear_of_penalties_for_three_years(last, expected):
    assert outcome(facts.last_penalty_on.clear_for(years=3), last_penalty_on=last) is expected


@pytest.mark.parametrize(
    ("term", "values"),
    [
        (facts.smes_served_last_year.at_least(1), {"smes_served_last_year": "80"}),
        (facts.fixed_premises.holds(), {"fixed_premises": 1}),
        (facts.operating_since.elapsed(years=1), {"operating_since": "2020-01-01"}),
        (PROFESSIONALS, {"staff_full_time": True}),
    ],
)
def test_a_value_that_was_not_parsed_is_refused_by_name(term, values):
    with pytest.raises(TypeError, match="parse the profile first"):
        evaluate(term, values, AS_OF)
