"""Facts as makers of terms, clauses and texts."""

from dataclasses import FrozenInstanceError
from decimal import Decimal

import pytest

from core.domain import facts
from core.rules.clauses import Edition, PartyKind, Program, Track
from core.rules.terms import Kind, Number, NumberFact, Op, by_reading
from core.rules.text import EMPTY, T


def test_a_bound_is_an_exact_decimal():
    assert facts.staff_full_time.at_least(8) == Number(facts.staff_full_time, Op.AT_LEAST, Decimal(8))


def test_money_and_percentages_have_their_unit_without_naming_it():
    label = T("测试", "Test")
    assert NumberFact("x_cny", Kind.MONEY, label).unit == T("元", "CNY")
    assert NumberFact("x_pct", Kind.PERCENT, label).unit == T("%", "%")
    assert NumberFact("x", Kind.INTEGER, label, unit=T("家", "SMEs")).unit == T("家", "SMEs")
    assert NumberFact("x", Kind.DECIMAL, label).unit == EMPTY


def test_choices_are_labelled_and_levels_ranked():
    assert facts.education.choice_label("doctor") == T("博士", "doctorate")
    assert [facts.education.rank(key) for key, _ in facts.education.choices] == [0, 1, 2, 3, 4]


def test_terms_cannot_be_changed():
    with pytest.raises(FrozenInstanceError):
        facts.staff_full_time.at_least(8).bound = Decimal(1)  # type: ignore[misc]  # what is tested


def test_readings_keep_their_order():
    assert by_reading("x.y", both=1, either=2).values == (("both", 1), ("either", 2))


def test_a_text_speaks_both_languages():
    text = T("是", "yes")
    assert [text.get(language) for language in ("zh", "en", "fr")] == ["是", "yes", "是"]
    assert text.to_json() == {"zh": "是", "en": "yes"}


def test_a_program_knows_its_tracks():
    track = Track("expert", T("专家", "Expert"), PartyKind.PERSON, "X-{year}-{sequence:04d}")
    name = T("测试", "Test")
    program = Program("test", name, name, name, name, "", 0, (track,), (Edition("1", name),))
    assert program.track("expert") is track
    with pytest.raises(KeyError, match="test has no track 'provider'; it has expert"):
        program.track("provider")


def test_numbers_are_what_is_counted_or_measured():
    numbers = {Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.PERCENT}
    assert {kind for kind in Kind if kind.is_number} == numbers


def test_each_kind_of_party_picks_its_own():
    assert PartyKind.ORGANIZATION.pick(organization="uscc", person="id_number") == "uscc"
    assert PartyKind.PERSON.pick(organization="uscc", person="id_number") == "id_number"
