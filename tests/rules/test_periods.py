"""Periods by the Civil Code."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.rules.periods import period_end

starts = st.dates(date(1900, 1, 1), date(2150, 12, 31))
lengths = st.integers(0, 240)


@pytest.mark.parametrize(
    ("start", "years", "months", "end"),
    [
        (date(2023, 3, 20), 3, 0, date(2026, 3, 20)),
        (date(2024, 2, 29), 1, 0, date(2025, 2, 28)),
        (date(2024, 2, 29), 4, 0, date(2028, 2, 29)),
        (date(2023, 8, 31), 0, 6, date(2024, 2, 29)),
        (date(2024, 12, 31), 0, 2, date(2025, 2, 28)),
        (date(2024, 12, 1), 0, 1, date(2025, 1, 1)),
        (date(2024, 6, 28), 0, 0, date(2024, 6, 28)),
        (date(2023, 11, 30), 1, 3, date(2025, 2, 28)),
    ],
)
def test_a_period_ends_on_its_corresponding_day(start, years, months, end):
    assert period_end(start, years=years, months=months) == end


@given(starts, lengths)
def test_the_end_has_the_same_day_or_is_the_last_of_its_month(start, months):
    end = period_end(start, months=months)
    assert (end.year - start.year) * 12 + end.month - start.month == months
    assert end.day == start.day or (end.day < start.day and (end + timedelta(days=1)).day == 1)


@given(starts, lengths)
def test_years_are_twelve_months(start, count):
    assert period_end(start, years=count // 12, months=count % 12) == period_end(start, months=count)


@given(starts, starts, lengths)
def test_an_earlier_start_never_ends_later(one, other, months):
    first, second = sorted((one, other))
    assert period_end(first, months=months) <= period_end(second, months=months)
