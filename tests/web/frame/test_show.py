"""How dates and changes are written on pages."""

from __future__ import annotations

from flask import Flask

from core.web.frame.show import changes_text, unbroken


def test_a_day_within_a_text_stays_on_one_line_and_the_text_is_escaped() -> None:
    assert unbroken("截止 2025-01-31 <b>") == '截止 <span class="nowrap">2025-01-31</span> &lt;b&gt;'
    assert unbroken("2025-01-31 09:05") == '<span class="nowrap">2025-01-31 09:05</span>'
    assert unbroken("91371500-2025") == "91371500-2025"


def test_the_trail_shows_moments_of_the_wall_clock_and_words(app: Flask) -> None:
    changes = {"since": "2024-06-03T02:00:00+00:00", "main": [None, True], "note": ["旧", None]}
    with app.test_request_context("/?lang=zh"):
        assert changes_text(changes).striptags() == "since: 2024-06-03 10:00; main: 是; note: 旧 → —"
