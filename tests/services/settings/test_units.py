"""Every number among the settings has its unit, and is taken with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.domain.errors import MalformedError
from core.domain.quantities import WORDS
from core.domain.reading import number
from core.hooks.catalogue import catalogue, load_catalogue
from core.plugin_api import Condition, DateFact, Kind, NumberFact, Op, SetFact, T, all_of
from core.services.base.work import OPERATION_DEFAULTS
from core.services.settings.units import OPERATION_UNITS, unit_of
from core.services.settings.values import kept, number_error
from tests.hooks.broken import JILIN, broken

BERTHS = NumberFact("other_berths", Kind.INTEGER, T("泊位数", "Berths"), unit=T("个泊位", "berths"))
RENT = NumberFact("other_rent_cny", Kind.MONEY, T("年租金", "Yearly rent"))
FILLED = NumberFact("other_filled_pct", Kind.PERCENT, T("入驻率", "Places let"))
OPENED = DateFact("other_opened_on", Kind.DATE, T("开港日期", "Opened on"))
CARGOES = SetFact("other_cargoes", Kind.SET, T("货类", "Cargoes"), (("ore", T("矿石", "ore")),))
OWN = (BERTHS, RENT, FILLED, OPENED, CARGOES)
"""What only one programme knows."""
BOUNDS = {
    "2.other_berths": ("3", "个泊位"),
    "2.other_rent_cny": ("5000000", "元"),
    "2.other_filled_pct": ("60", "%"),
    "2.other_opened_on": ("2", "年"),
    "2.other_cargoes": ("1", "项"),
}
"""Its numbers, as a lead types them."""


def test_a_number_on_a_fact_of_one_programme_alone_is_taken_with_the_facts_unit() -> None:
    harbour = Condition(
        clause="2",
        title=T("港口", "Harbour"),
        test=all_of(
            BERTHS.at_least(2),
            RENT.at_most(1_000_000),
            FILLED.at_least(50),
            OPENED.elapsed(years=1),
            CARGOES.counts(Op.AT_LEAST, 2),
        ),
    )
    program = replace(JILIN.program(), id="other", extra_facts=OWN)
    plugin = broken(program=lambda: program, eligibility=lambda track, edition: (harbour,))
    rules = load_catalogue([("other", plugin)])["other"].rules["provider", "interim"]
    numbers = {item.id: item for item in rules.parameters()}
    for name, (value, unit) in BOUNDS.items():
        found = numbers[name]
        assert unit_of(found) == unit
        assert number_error(rules, found, f"{value}{unit}") is None, name
        assert kept(f"{value}{unit}", unit) == value
        assert number_error(rules, found, f"{value}斤") is not None, name
    assert number_error(rules, numbers["2.other_berths"], "0") is None, "a bound, and no count of days"
    assert kept("500万", unit_of(numbers["2.other_rent_cny"])) == "5000000"
    asked = number_error(rules, numbers["2.other_filled_pct"], "0.6")
    assert asked is not None
    assert "60%" in asked.zh


def test_every_number_of_every_track_is_taken_with_its_unit_and_with_no_other() -> None:
    for loaded, track in catalogue().tracks():
        for edition in loaded.program.editions:
            rules = loaded.rules[track.id, edition.id]
            for found in rules.parameters():
                unit, value = unit_of(found), format(found.default, "f")
                assert unit, found
                if found.fact is not None and found.fact.unit.zh:
                    assert unit == found.fact.unit.zh
                assert number_error(rules, found, f"{value} {unit}") is None, found
                assert {kept(f"{value}{word}", unit) for word in WORDS.get(unit, (unit,))} == {value}
                assert number_error(rules, found, f"{value}斤") is not None, found


def test_every_number_of_the_register_is_taken_with_its_unit() -> None:
    assert set(OPERATION_UNITS) == set(OPERATION_DEFAULTS)
    for name, unit in OPERATION_UNITS.items():
        value = OPERATION_DEFAULTS[name]
        assert {number(f"{value}{word}", unit=unit) for word in ("", *WORDS[unit])} == {value}
        with pytest.raises(MalformedError):
            number(f"{value}斤", unit=unit)
