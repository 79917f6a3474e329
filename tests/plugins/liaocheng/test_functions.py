"""Articles 6, 9 and 10: the functions claimed, and what each of them asks."""

import pytest

from core.rules.terms import Value
from tests.plugins.judging import INELIGIBLE, MET, NOT_MET, UNDETERMINED, UNKNOWN, by_clause, short
from tests.plugins.liaocheng.profile import COMPREHENSIVE, FUNCTIONS, SPECIALIZED, claiming

STATEMENTS = [
    (function, fact)
    for function, asked in FUNCTIONS.items()
    for fact, value in asked.items()
    if value is True and not fact.startswith("tech_has") and fact != "tech_equipment_shared"
]

# Function, fact, just below the bound, the bound, just above it.
BOUNDS: list[tuple[str, str, int, int, int]] = [
    ("information", "info_events", 3, 4, 5),
    ("technology", "tech_events", 3, 4, 5),
    ("startup", "startup_events", 3, 4, 5),
    ("training", "training_person_times", 999, 1_000, 1_001),
    ("financing", "financing_facilitated_cny", 149_999_999, 150_000_000, 150_000_001),
    ("financing", "financing_matching_events", 3, 4, 5),
    ("financing", "financing_lectures", 3, 4, 5),
    ("consulting", "consulting_free_diagnosis_events", 3, 4, 5),
    ("legal", "legal_events", 3, 4, 5),
]


def specialized(function: str, changes: dict[str, Value | None]) -> object:
    return by_clause(SPECIALIZED.verdict({**claiming(function), **changes}))["9"]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_one_function_is_enough_for_a_specialized_platform(function: str) -> None:
    assert short(SPECIALIZED.verdict(claiming(function))) == {}


@pytest.mark.parametrize(("function", "fact"), STATEMENTS)
def test_each_statement_of_a_function_is_required(function: str, fact: str) -> None:
    assert specialized(function, {fact: False}) is NOT_MET
    assert specialized(function, {fact: None}) is UNKNOWN


@pytest.mark.parametrize(("function", "fact", "below", "at", "above"), BOUNDS)
def test_each_number_of_a_function_includes_itself(
    function: str, fact: str, below: int, at: int, above: int
) -> None:
    assert specialized(function, {fact: below}) is NOT_MET
    assert specialized(function, {fact: at}) is MET
    assert specialized(function, {fact: above}) is MET
    assert specialized(function, {fact: None}) is UNKNOWN


@pytest.mark.parametrize(
    ("has", "shared", "outcome"),
    [
        (True, True, MET),
        (True, False, NOT_MET),
        (True, None, UNKNOWN),
        (False, True, MET),
        (False, False, MET),
        (False, None, MET),
        (None, True, MET),
        (None, False, UNKNOWN),
        (None, None, UNKNOWN),
    ],
)
def test_equipment_is_shared_where_there_is_equipment_to_share(
    has: bool | None, shared: bool | None, outcome: object
) -> None:
    changes: dict[str, Value | None] = {"tech_has_shareable_equipment": has, "tech_equipment_shared": shared}
    assert specialized("technology", changes) is outcome


def test_a_function_that_is_not_claimed_does_not_count() -> None:
    facts: dict[str, Value] = {**FUNCTIONS["legal"], "service_functions": frozenset({"financing"})}
    assert short(SPECIALIZED.verdict({**facts, "financing_lectures": 3})) == {"9": NOT_MET}


@pytest.mark.parametrize("claimed", [frozenset(), frozenset({"digital"}), frozenset({"market", "digital"})])
def test_functions_outside_article_6_do_not_count(claimed: frozenset[str]) -> None:
    assert short(SPECIALIZED.verdict({"service_functions": claimed})) == {"9": NOT_MET}


def test_one_function_that_misses_its_part_leaves_the_others() -> None:
    changes = {**claiming("financing", "legal"), "legal_guide": False}
    assert short(SPECIALIZED.verdict(changes)) == {}


def test_four_of_the_seven_functions_make_a_comprehensive_platform() -> None:
    three, five = ("information", "startup", "legal"), tuple(FUNCTIONS)[:5]
    few = COMPREHENSIVE.verdict(claiming(*three))
    assert (few.outcome, short(few)) == (INELIGIBLE, {"10(1)": NOT_MET})
    assert short(COMPREHENSIVE.verdict(claiming(*three, "consulting"))) == {}
    assert short(COMPREHENSIVE.verdict(claiming(*five))) == {}
    assert short(COMPREHENSIVE.verdict(claiming(*FUNCTIONS))) == {}


def test_a_claimed_function_that_misses_its_part_is_no_failure_of_its_own() -> None:
    five = claiming(*tuple(FUNCTIONS)[:5])
    assert short(COMPREHENSIVE.verdict({**five, "financing_lectures": 3})) == {}
    both = {**five, "financing_lectures": 3, "training_evaluation": False}
    assert short(COMPREHENSIVE.verdict(both)) == {"10(1)": NOT_MET}


def test_an_unknown_fourth_function_leaves_the_verdict_open() -> None:
    four = claiming("information", "technology", "startup", "training")
    open_ = COMPREHENSIVE.verdict({**four, "training_person_times": None})
    assert (open_.outcome, short(open_)) == (UNDETERMINED, {"10(1)": UNKNOWN})
    lost = {**four, "training_person_times": None, "info_events": 3}
    assert short(COMPREHENSIVE.verdict(lost)) == {"10(1)": NOT_MET}
    kept = {**claiming(*tuple(FUNCTIONS)[:5]), "training_person_times": None}
    assert short(COMPREHENSIVE.verdict(kept)) == {}


def test_functions_not_named_are_unknown_not_none() -> None:
    assert short(COMPREHENSIVE.verdict({"service_functions": None})) == {"10(1)": UNKNOWN}
    assert short(SPECIALIZED.verdict({"service_functions": None})) == {"9": UNKNOWN}
