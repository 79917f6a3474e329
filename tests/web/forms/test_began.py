"""The digest of what a form began with: the same for the same values, another for any other."""

from datetime import date
from decimal import Decimal

import pytest

from core.web.forms.began import digest

BASE = {"name": "甲", "functions": ["a", "b"], "count": Decimal("1.50"), "on": date(2024, 5, 6), "left": None}


def test_order_and_empty_values_do_not_count() -> None:
    assert digest(BASE) == digest({**dict(reversed(BASE.items())), "more": "", "none": []})
    assert digest({"of": {"a", "b"}}) == digest({"of": {"b", "a"}})
    assert digest({}) == digest({"left": None})


@pytest.mark.parametrize(
    "change",
    [
        {"name": "乙"},
        {"functions": ["b", "a"]},
        {"count": Decimal("1.51")},
        {"on": date(2024, 5, 7)},
        {"left": 0},
    ],
)
def test_any_other_value_counts(change: dict[str, object]) -> None:
    assert digest(BASE) != digest(BASE | change)
