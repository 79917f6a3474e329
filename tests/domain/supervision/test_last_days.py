"""Last days on days off, by the holiday tables of 2024 and 2025: what moves, what does not, what waits."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from core.domain.calendar import WorkingCalendar
from core.domain.supervision.day import step
from core.domain.supervision.life_file import parse_life
from core.domain.supervision.replay import Life, extension_open, extension_window
from core.domain.supervision.standing import Glimpse, Order, Standing
from tests.domain.years import PLATFORM, PROVIDER, SELECTED, STATION, low
from tests.lives import OBJECTION_DAYS, event, lived, reminded, service, supervision, working_calendar

START = date(2023, 3, 20)
ORDERED, PROPOSED, WARNED = "rectification_ordered", "exit_proposed", "warning"


def summary(on: str, year: int) -> dict[str, object]:
    return event("annual_report", on, year=year)


def lines(found: list[tuple[str, str, str]], what: str) -> list[str]:
    return [on for on, kind, _ in found if kind == what]


class TestOrders:
    @pytest.mark.parametrize(
        ("third", "proposed"),
        [
            ("2024-08-31", "2024-10-01"),  # ends on Monday 30 September, which is worked
            ("2024-09-01", "2024-10-09"),  # 1 October
            ("2024-09-07", "2024-10-09"),  # 7 October, the last day off
            ("2024-09-08", "2024-10-09"),  # 8 October, worked
            ("2024-09-09", "2024-10-10"),
            ("2024-09-12", "2024-10-13"),  # Saturday 12 October, which is worked
            ("2024-09-13", "2024-10-15"),  # Sunday 13 October
        ],
    )
    def test_an_order_without_an_answer_lapses_the_day_after_its_last_day(
        self, third: str, proposed: str
    ) -> None:
        found = lived(SELECTED, "2023-03-20", "2024-11-01", *low("2024-05-10", "2024-07-10", third))
        assert lines(found, ORDERED) == [third]
        assert lines(found, PROPOSED) == [proposed]

    @pytest.mark.parametrize(
        ("answered", "in_time"), [("2024-10-01", True), ("2024-10-08", True), ("2024-10-09", False)]
    )
    def test_an_answer_on_the_day_that_it_moves_to_is_in_time(self, answered: str, *, in_time: bool) -> None:
        events = low("2024-05-10", "2024-07-10", "2024-09-01")
        found = lived(SELECTED, "2023-03-20", "2024-11-01", *events, event("order_answer", answered))
        assert lines(found, PROPOSED) == ([] if in_time else ["2024-10-09"])

    def test_evidence_names_both_days_where_they_differ(self) -> None:
        rules = supervision("hubei", "comprehensive", START)
        for named, day, moved in (
            (date(2024, 10, 1), date(2024, 10, 9), {"moved_to": "2024-10-08"}),
            (date(2024, 9, 30), date(2024, 10, 1), {}),
        ):
            order = Order("18(1)", date(2024, 9, 1), named)
            held = Standing(START, START, date(2026, 3, 20), orders=(order,))
            (proposed,) = [
                action for action in step(rules, held, Glimpse(), day, {}) if action.clause == "18(1)"
            ]
            assert proposed.evidence == {
                "ordered_on": "2024-09-01", "deadline": named.isoformat(), "result": "none", **moved
            }  # fmt: skip


class TestReports:
    @pytest.mark.parametrize(
        ("came", "proposed"),
        [
            (None, ["2025-02-06"]),
            ("2025-01-31", []),
            ("2025-02-05", []),
            ("2025-02-06", ["2025-02-06"]),
        ],
    )
    def test_the_end_of_january_2025_moves_over_spring_festival(
        self, came: str | None, proposed: list[str]
    ) -> None:
        reports = [summary("2024-01-15", 2023), *([summary(came, 2024)] if came else [])]
        assert lines(_platform(*reports), PROPOSED) == proposed

    @pytest.mark.parametrize(("came", "proposed"), [("2024-01-31", []), ("2024-02-01", ["2024-02-01"])])
    def test_that_of_2024_is_worked_and_stays(self, came: str, proposed: list[str]) -> None:
        assert lines(_platform(summary(came, 2023), summary("2025-01-15", 2024)), PROPOSED) == proposed

    def test_a_reminder_counts_back_from_the_day_named(self) -> None:
        found = reminded(PLATFORM, "2023-03-20", "2025-02-28")
        assert [on for on, _, clause in found if clause == "17"] == ["2024-01-01", "2025-01-01"]

    @pytest.mark.parametrize(
        ("came", "about", "warned"),
        [
            (None, 2023, ["2024-10-09"]),
            ("2024-10-01", 2023, []),
            ("2024-10-08", 2023, []),
            ("2024-10-08", 2024, ["2024-10-09"]),  # on those days the report says which year it is about
            ("2024-10-09", 2023, ["2024-10-09"]),
        ],
    )
    def test_a_year_of_accreditation_that_ends_on_national_day(
        self, came: str | None, about: int, warned: list[str]
    ) -> None:
        reports = [summary(came, about)] if came else []
        assert lines(_provider("2024-12-31", *reports), WARNED) == warned

    def test_a_report_serves_one_year_alone(self) -> None:
        """The one that came while the first year's last day moved is not the second year's as well."""
        found = _provider("2025-12-31", summary("2024-10-08", 2023), event("renewal", "2025-08-01"))
        assert lines(found, WARNED) == ["2025-10-10"]  # 1 October 2025 moves to the ninth
        both = [summary("2024-10-08", 2023), summary("2024-10-08", 2024), event("renewal", "2025-08-01")]
        assert lines(_provider("2025-12-31", *both), WARNED) == []


def _platform(*reports: dict[str, object]) -> list[tuple[str, str, str]]:
    events = [service("2023-09-01", authority=True), service("2024-06-01", authority=True), *reports]
    return lived(PLATFORM, "2023-03-20", "2025-03-01", *events)


def _provider(until: str, *events: dict[str, object]) -> list[tuple[str, str, str]]:
    served = [service(f"{year}-11-01", hours=12) for year in (2023, 2024, 2025)]
    return lived(PROVIDER, "2023-10-01", until, *served, *events)


class TestExtensions:
    @pytest.mark.parametrize(
        ("asked", "what"),
        [
            ("2025-10-01", "extended"),
            ("2025-10-08", "extended"),
            ("2025-10-09", "extended"),
            ("2025-10-10", "extension_refused"),
        ],
    )
    def test_ninety_days_after_the_end_are_over_after_the_holidays(self, asked: str, what: str) -> None:
        """The ninetieth day is 1 October 2025; the holidays last through the eighth."""
        events = [service(f"{year}-09-01", hours=12) for year in (2023, 2024)]
        reports = [summary("2024-05-05", 2023), summary("2025-05-05", 2024)]
        found = lived(PROVIDER, "2023-07-03", "2025-12-31", *events, *reports, event("renewal", asked))
        assert [kind for on, kind, _ in found if on == asked and kind.startswith("exten")] == [what]

    def test_the_first_day_is_the_one_named(self) -> None:
        rules = supervision("jilin", "provider", date(2023, 1, 1))
        through = date(2025, 1, 1)
        assert extension_window(rules, through) == (date(2024, 10, 3), date(2025, 4, 1))
        assert not extension_open(rules, through, date(2024, 10, 2))
        assert extension_open(rules, through, date(2024, 10, 3))


class TestWhatDoesNotMove:
    """Terms of validity, silence and yearly duties end on days off as on others."""

    def test_a_term_ends_on_national_day(self) -> None:
        found = lived(SELECTED, "2021-10-01", "2024-10-31")
        assert lines(found, "expired") == ["2024-10-02"]

    def test_half_a_year_of_silence_ends_on_national_day(self) -> None:
        assert lines(lived(STATION, "2024-04-01", "2024-10-31"), WARNED) == ["2024-10-02"]

    def test_a_year_of_duty_ends_on_national_day(self) -> None:
        events = [service("2024-03-01", hours=1), service("2024-08-01", hours=1)]
        found = lived(STATION, "2023-10-01", "2024-10-03", *events)
        assert lines(found, PROPOSED) == ["2024-10-02"]


class TestWithoutATable:
    """Nothing adverse comes of a last day until the table is known; then it comes, on that day or after."""

    ORDER = (*low("2024-05-10", "2024-07-10", "2024-09-01"),)
    REPORT = (service("2023-09-01", authority=True), service("2024-06-01", authority=True),
              summary("2024-01-15", 2023))  # fmt: skip

    @pytest.mark.parametrize(
        ("came", "proposed"),
        [
            (None, None),
            ("2024-10-01", "2024-10-09"),
            ("2024-10-08", "2024-10-09"),
            ("2024-10-09", "2024-10-09"),
            ("2024-10-10", "2024-10-10"),
            ("2024-12-02", "2024-12-02"),
        ],
    )
    def test_an_order_waits(self, came: str | None, proposed: str | None) -> None:
        found, missing = _with(SELECTED, 2024, came, *self.ORDER)
        assert lines(found, PROPOSED) == ([proposed] if proposed else [])
        assert missing == (set() if came else {2024})

    @pytest.mark.parametrize(
        ("came", "proposed"),
        [
            (None, None),
            ("2025-02-05", "2025-02-06"),
            ("2025-02-06", "2025-02-06"),
            ("2025-03-03", "2025-03-03"),
        ],
    )
    def test_a_report_waits(self, came: str | None, proposed: str | None) -> None:
        found, missing = _with(PLATFORM, 2025, came, *self.REPORT)
        assert lines(found, PROPOSED) == ([proposed] if proposed else [])
        assert (2025 in missing) == (came is None)

    def test_a_report_that_comes_meanwhile_is_in_time_unless_the_table_says_otherwise(self) -> None:
        late = summary("2025-02-20", 2024)
        assert lines(_with(PLATFORM, 2025, None, *self.REPORT, late)[0], PROPOSED) == []
        assert lines(_with(PLATFORM, 2025, "2025-03-03", *self.REPORT, late)[0], PROPOSED) == ["2025-03-03"]

    def test_what_ended_before_the_last_day_waits_for_no_table(self) -> None:
        _, missing = _with(PLATFORM, 2025, None, *self.REPORT, event("withdrawal", "2025-01-10"))
        assert missing == set()

    def test_an_extension_can_be_asked_for_until_it_is_known(self) -> None:
        rules = replace(supervision("jilin", "provider", date(2023, 7, 3)), calendar=_known(2025, None))
        assert extension_open(rules, date(2025, 7, 3), date(2025, 10, 10))
        assert not extension_open(
            replace(rules, calendar=working_calendar()), date(2025, 7, 3), date(2025, 10, 10)
        )


def _known(year: int, came: str | None) -> WorkingCalendar:
    """The tables, of which that of a year came late or not at all."""
    table = working_calendar()
    late: Mapping[int, date] = {year: date.fromisoformat(came)} if came else {}
    return WorkingCalendar(table.days, table.years if came else table.years - {year}, late)


def _with(
    where: str, year: int, came: str | None, *events: dict[str, object]
) -> tuple[list[tuple[str, str, str]], set[int]]:
    program, track = where.split("/")
    raw = {"program": program, "track": track, "accredited_on": "2023-03-20", "check_until": "2025-03-10",
           "events": list(events)}  # fmt: skip
    life = parse_life(raw)
    rules = replace(supervision(program, track, life.accredited_on), calendar=_known(year, came))
    made = Life(rules, life.accredited_on, OBJECTION_DAYS)
    timeline = made.live(life.happenings, life.check_until)
    return [(entry.on.isoformat(), entry.what, entry.clause) for entry in timeline], made.years_missing
