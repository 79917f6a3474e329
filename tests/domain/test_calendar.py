"""Working days: holidays, make-up days, and years that nobody knows yet."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.calendar import CalendarUnknownError, WorkingCalendar
from core.domain.holidays import calendar_of, from_chinesecalendar, known_years
from core.rules.text import T

CALENDAR = calendar_of(known_years())
starts = st.dates(date(2004, 1, 1), date(2025, 12, 31))
lengths = st.integers(1, 60)


@pytest.mark.parametrize(
    ("start", "number", "end"),
    [
        (date(2024, 6, 28), 5, date(2024, 7, 5)),  # a Friday: the next week, Monday to Friday
        (date(2024, 6, 29), 5, date(2024, 7, 5)),  # a Saturday: the same
        (date(2024, 2, 2), 5, date(2024, 2, 8)),  # Sunday 4 February was worked for Spring Festival
        (date(2024, 2, 9), 1, date(2024, 2, 18)),  # over the holiday, to the make-up Sunday
        (date(2024, 9, 30), 5, date(2024, 10, 12)),  # over National Day, with the make-up Saturday
        (date(2023, 12, 29), 1, date(2024, 1, 2)),  # over New Year
    ],
)
def test_a_period_of_working_days_does_not_count_its_first_day(start, number, end):
    assert CALENDAR.add_working_days(start, number) == end


def test_holidays_and_make_up_days():
    assert not CALENDAR.is_working(date(2024, 10, 1))
    assert CALENDAR.is_working(date(2024, 10, 12))
    assert not CALENDAR.is_working(date(2024, 10, 13))
    assert CALENDAR.is_working(date(2024, 10, 14))


def test_an_unknown_year_fails_closed():
    calendar = calendar_of([2026])
    with pytest.raises(
        CalendarUnknownError, match="The holiday table of 2027 is missing; load the State"
    ) as caught:
        calendar.add_working_days(date(2026, 12, 29), 3)
    assert caught.value.year == 2027
    assert calendar.add_working_days(date(2026, 12, 29), 2) == date(2026, 12, 31)
    assert calendar.add_working_days(date(2025, 12, 31), 1) == date(2026, 1, 4)
    with pytest.raises(CalendarUnknownError):
        calendar.is_working(date(2025, 12, 31))


@pytest.mark.parametrize("number", [0, -1])
def test_a_period_has_a_day_at_least(number):
    with pytest.raises(ValueError, match="at least 1 working day"):
        CALENDAR.add_working_days(date(2024, 1, 1), number)


@given(starts, lengths)
def test_a_period_holds_as_many_working_days_as_asked(start, number):
    end = CALENDAR.add_working_days(start, number)
    days = [start + timedelta(days=n) for n in range(1, (end - start).days + 1)]
    assert sum(CALENDAR.is_working(day) for day in days) == number
    assert CALENDAR.is_working(end)


@given(starts, lengths, lengths)
def test_periods_add_up(start, first, second):
    middle = CALENDAR.add_working_days(start, first)
    assert CALENDAR.add_working_days(middle, second) == CALENDAR.add_working_days(start, first + second)


@given(st.dates(date(2004, 1, 1), date(2026, 12, 31)))
def test_the_rows_say_what_their_source_says(day):
    assert CALENDAR.is_working(day) == chinese_calendar.is_workday(day)


def test_rows_are_named_and_sorted():
    rows = from_chinesecalendar([2024, 2025])
    assert [row.day for row in rows] == sorted(row.day for row in rows)
    assert {row.day.year for row in rows} == {2024, 2025}
    by_day = {row.day: row for row in rows}
    assert by_day[date(2024, 1, 1)].name == T("元旦", "New Year's Day")
    assert by_day[date(2024, 2, 4)].name == T("春节调休上班", "make-up day for Spring Festival")
    assert by_day[date(2024, 2, 4)].is_working


def test_rows_of_an_unknown_year_are_refused():
    with pytest.raises(CalendarUnknownError, match="2027"):
        from_chinesecalendar([2026, 2028, 2027])


def test_an_edited_table_decides():
    friday, saturday = date(2027, 1, 1), date(2027, 1, 2)
    calendar = WorkingCalendar({friday: False, saturday: True}, frozenset({2027}))
    assert calendar.add_working_days(date(2026, 12, 31), 1) == saturday
