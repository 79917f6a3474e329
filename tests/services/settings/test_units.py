"""Every number among the settings has its unit, and is taken with it."""

from __future__ import annotations

import pytest

from core.domain.errors import MalformedError
from core.domain.quantities import WORDS
from core.domain.reading import number
from core.hooks.catalogue import catalogue
from core.services.base.work import OPERATION_DEFAULTS
from core.services.settings.units import OPERATION_UNITS, unit_of
from core.services.settings.values import kept, number_error


def test_every_number_of_every_track_is_taken_with_its_unit_and_with_no_other() -> None:
    for loaded, track in catalogue().tracks():
        for edition in loaded.program.editions:
            rules = loaded.rules[track.id, edition.id]
            for found in rules.parameters():
                unit, value = unit_of(found), format(found.default, "f")
                assert unit, found
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
