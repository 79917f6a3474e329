"""How dates are written on pages."""

from __future__ import annotations

from core.web.frame.show import unbroken


def test_a_day_within_a_text_stays_on_one_line_and_the_text_is_escaped() -> None:
    assert unbroken("截止 2025-01-31 <b>") == '截止 <span class="nowrap">2025-01-31</span> &lt;b&gt;'
    assert unbroken("2025-01-31 09:05") == '<span class="nowrap">2025-01-31 09:05</span>'
    assert unbroken("91371500-2025") == "91371500-2025"
