"""How dates and the numbers of settings are written on pages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.hooks.catalogue import load_catalogue
from core.web.frame import labels
from core.web.frame.language import tr
from core.web.frame.show import parameter_value, unbroken
from tests.hooks.broken import JILIN, broken
from tests.services.settings.test_units import OWN


def test_a_number_on_a_fact_of_one_programme_alone_is_named_and_has_its_unit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    program = replace(JILIN.program(), id="other", extra_facts=OWN)
    known = load_catalogue([("other", broken(program=lambda: program))])
    monkeypatch.setattr(labels, "catalogue", lambda: known)
    assert tr(labels.parameter_label("2.other_berths#2")) == "泊位数"
    assert tr(labels.parameter_label("2.other_berths_share")) == "泊位数占比（%）"
    assert parameter_value("2.other_berths#2", "3") == "3 个泊位"
    assert parameter_value("2.other_rent_cny", "5000000") == "5,000,000 元"
    assert parameter_value("2.other_filled_pct", "60") == "60 %"
    assert parameter_value("2.other_opened_on", "2") == "2 年"
    assert parameter_value("8(3).satisfaction_pct", "85") == "85 %", "those of the vocabulary too"


def test_a_day_within_a_text_stays_on_one_line_and_the_text_is_escaped() -> None:
    assert unbroken("截止 2025-01-31 <b>") == '截止 <span class="nowrap">2025-01-31</span> &lt;b&gt;'
    assert unbroken("2025-01-31 09:05") == '<span class="nowrap">2025-01-31 09:05</span>'
    assert unbroken("91371500-2025") == "91371500-2025"
