"""The table of yearly totals takes its numbers with their units."""

from __future__ import annotations

import pytest

from core.domain.errors import MalformedError
from core.services.takein.columns import year_columns

KINDS = {column.key: column.kind for column in year_columns()}


@pytest.mark.parametrize(
    ("column", "cell", "value", "other"),
    [
        ("hours", "120小时", 120, "120次"),
        ("enterprises", "80家", 80, "80人"),
        ("services", "30次", 30, "30家"),
        ("public_benefit", "６场", 6, "6小时"),
    ],
)
def test_a_total_is_taken_with_its_unit(column: str, cell: str, value: int, other: str) -> None:
    assert KINDS[column].read(cell) == value
    with pytest.raises(MalformedError) as refused:
        KINDS[column].read(other)
    assert "不是此项的单位" in refused.value.text.zh
