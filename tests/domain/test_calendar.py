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


class TestLastDays:
    """A period ends on its day where that is worked, else on the next working day (Civil Code art. 203)."""

    @pytest.mark.parametrize(
        ("named", "last"),
        [
            (date(2024, 9, 30), date(2024, 9, 30)),
            (date(2024, 10, 1), date(2024, 10, 8)),
            (date(2024, 10, 7), date(2024, 10, 8)),
            (date(2024, 10, 8), date(2024, 10, 8)),
            (date(2024, 10, 12), date(2024, 10, 12)),  # a Saturday that was worked
            (date(2024, 10, 13), date(2024, 10, 14)),
            (date(2024, 2, 9), date(2024, 2, 9)),  # the eve, a Friday that was worked by the table
            (date(2024, 2, 10), date(2024, 2, 18)),  # to the make-up Sunday
            (date(2023, 12, 31), date(2024, 1, 2)),  # into the next year
        ],
    )
    def test_a_day_off_moves_to_the_next_working_day(self, named: date, last: date) -> None:
        assert CALENDAR.last_day(named) == last
        assert CALENDAR.follows(named) == last + timedelta(days=1)
        assert not CALENDAR.is_over(named, last)
        assert CALENDAR.is_over(named, last + timedelta(days=1))
        assert CALENDAR.missing(named) is None

    @pytest.mark.parametrize(
        ("named", "missing"),
        [(date(2025, 6, 3), 2025), (date(2024, 12, 31), None), (date(2022, 12, 31), 2023)],
    )
    def test_without_the_table_nothing_is_over(self, named: date, missing: int | None) -> None:
        # The last day of 2022 was a Saturday: where it moves to, the table of 2023 tells.
        known = WorkingCalendar({}, frozenset({2022, 2024}))
        assert known.missing(named) == missing
        assert (known.last_day(named) is None) == (missing is not None)
        assert (known.follows(named) is None) == (missing is not None)
        assert known.is_over(named, date(2099, 1, 1)) == (missing is None)

    @pytest.mark.parametrize(
        ("came", "follows"),
        [
            (date(2024, 10, 8), date(2024, 10, 9)),
            (date(2024, 10, 9), date(2024, 10, 9)),
            (date(2024, 10, 10), date(2024, 10, 10)),
        ],
    )
    def test_nothing_follows_before_the_table_came(self, came: date, follows: date) -> None:
        late = WorkingCalendar(CALENDAR.days, CALENDAR.years, {2024: came})
        assert late.follows(date(2024, 10, 1)) == follows
        assert late.follows(date(2023, 10, 1)) == CALENDAR.follows(date(2023, 10, 1))

    @given(st.dates(date(2022, 1, 1), date(2027, 12, 31)), st.dates(date(2023, 1, 1), date(2027, 12, 31)))
    def test_the_stretch_of_named_days_that_are_over_is_that_of_is_over(self, named: date, day: date) -> None:
        """As SQL asks it: what lies between the two days, and nothing else, is over."""
        known = WorkingCalendar(CALENDAR.days, frozenset({2022, 2023, 2024, 2026}))
        stretch = known.over_before(day)
        assert stretch is not None
        inside = stretch[0] <= named <= stretch[1]
        # Beyond a year that is missing nothing is asked about: those before it are of years ago.
        if named >= stretch[0]:
            assert inside == known.is_over(named, day)

    def test_with_no_table_at_all_nothing_can_be_over(self) -> None:
        assert WorkingCalendar({}, frozenset()).over_before(date(2024, 1, 1)) is None
        assert WorkingCalendar({}, frozenset({2025})).over_before(date(2025, 1, 1)) is None
