"""The vocabulary is complete, named alike everywhere, and grouped for forms."""

import pytest

from core.domain import facts
from core.domain.supervision import metrics
from core.rules.clauses import PartyKind
from core.rules.terms import (
    DateFact,
    EnumFact,
    Fact,
    FlagFact,
    Kind,
    LevelFact,
    NumberFact,
    SetFact,
    TextFact,
)

KINDS_OF_CLASSES = {
    FlagFact: {Kind.FLAG},
    NumberFact: {Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.PERCENT},
    DateFact: {Kind.DATE, Kind.DATE_OR_NEVER},
    EnumFact: {Kind.ENUM},
    LevelFact: {Kind.LEVEL},
    SetFact: {Kind.SET},
    TextFact: {Kind.TEXT, Kind.USCC, Kind.ID_NUMBER, Kind.REGION, Kind.MOBILE, Kind.EMAIL},
}
EVERY_FACT = [*facts.ALL.values(), facts.person_name, *metrics.METRICS.values()]


def test_each_constant_is_named_as_its_fact():
    for module, known in ((facts, facts.ALL), (metrics, metrics.METRICS)):
        constants = {name: value for name, value in vars(module).items() if isinstance(value, Fact)}
        constants.pop("person_name", None)
        assert {name: fact.name for name, fact in constants.items()} == {name: name for name in known}


@pytest.mark.parametrize("module", [facts.organization, facts.person, facts.functions])
def test_each_constant_can_be_read_by_rules_and_is_asked_in_a_form(module):
    offered = [fact for fact in vars(facts).values() if isinstance(fact, Fact)]
    asked = [fact for groups in facts.GROUPS.values() for _, group in groups for fact in group]
    for name, fact in vars(module).items():
        if isinstance(fact, Fact):
            assert fact in offered, f"export {name} from core/domain/facts/__init__.py"
            assert fact in asked, f"put {name} into a group of its module"


def test_a_person_has_a_name_of_its_own_label():
    assert facts.PERSON["name"].label.zh == "姓名"
    assert facts.ORGANIZATION["name"].label.zh == "机构名称"
    assert set(facts.ORGANIZATION) & set(facts.PERSON) == {"name", "region"}


@pytest.mark.parametrize("fact", EVERY_FACT)
def test_kinds_fit_the_class_and_choices_the_kind(fact):
    assert fact.kind in KINDS_OF_CLASSES[type(fact)]
    assert bool(fact.choices) == (fact.kind in (Kind.ENUM, Kind.LEVEL, Kind.SET))
    assert len({key for key, _ in fact.choices}) == len(fact.choices)


def test_judgements():
    judged = {fact.name for fact in [*facts.ORGANIZATION.values(), *facts.PERSON.values()] if fact.judged}
    assert judged == {
        "function_requirements_met",
        "core_guiding_role",
        "distinctive_strengths",
        "law_abiding",
        "professional_ethics",
        "good_health",
        "high_professional_level",
        "academic_or_industry_insight",
    }


def test_each_fact_is_in_one_group_of_its_form():
    for party in PartyKind:
        grouped = [fact.name for _, group in facts.GROUPS[party] for fact in group]
        assert len(grouped) == len(set(grouped))
        assert set(grouped) == set(facts.OF_PARTY[party])


def test_functions_are_choices_and_have_groups():
    claimable = dict(facts.service_functions.choices)
    assert set(claimable) - set(facts.BY_FUNCTION) == {"digital", "market"}
    assert [title for title, _ in facts.FUNCTION_GROUPS] == [claimable[name] for name in facts.BY_FUNCTION]


@pytest.mark.parametrize(
    ("fact", "lowest", "highest"),
    [
        (facts.education, "below_college", "doctor"),
        (facts.title_level, "none", "senior"),
        (facts.award_level, "none", "national"),
        (facts.highest_recognition_level, "none", "national"),
    ],
)
def test_levels_run_from_the_lowest_to_the_highest(fact, lowest, highest):
    assert fact.rank(lowest) == 0
    assert fact.rank(highest) == len(fact.choices) - 1
