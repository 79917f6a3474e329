"""Reports that are returned or fall due after the term's end, plans beside them, and leaving in time."""

from __future__ import annotations

from datetime import date

import pytest

from core.domain.errors import Invalid
from core.domain.supervision.life_file import parse_life
from core.domain.supervision.periods import report_due
from core.domain.supervision.standing import Standing
from core.rules.obligations import ReportDuty, ReportKind
from core.rules.periods import period_end
from tests.domain.years import PLATFORM, PROVIDER, SELECTED, complaints, low
from tests.lives import entries, event, lived, reminded, service, supervision

SHANGHAI = "shanghai/specialized"


def report(on: str, year: int, **more: object) -> dict[str, object]:
    return event("annual_report", on, year=year, **more)


def returned(on: str, year: int, **more: object) -> dict[str, object]:
    return event("report_returned", on, year=year, **more)


def on_days(found: list[tuple[str, str, str]], what: str) -> list[str]:
    return [on for on, kind, _ in found if kind == what]


class TestReturned:
    """Liaocheng, accredited 2023-03-20: the summary of 2023 is due by 2024-01-31, which is worked."""

    @pytest.mark.parametrize(
        ("events", "proposed"),
        [
            ([report("2024-01-10", 2023)], []),
            ([report("2024-01-10", 2023), returned("2024-01-30", 2023)], ["2024-02-01"]),
            ([report("2024-01-10", 2023), returned("2024-01-31", 2023)], ["2024-02-01"]),
            ([report("2024-01-10", 2023), returned("2024-02-01", 2023)], ["2024-02-01"]),
            ([report("2024-01-10", 2023), returned("2024-02-02", 2023)], ["2024-02-02"]),
            # Handed in again: before the last day is over, after it, and on the day of the return.
            ([report("2024-01-10", 2023), returned("2024-01-20", 2023), report("2024-01-31", 2023)], []),
            (
                [report("2024-01-10", 2023), returned("2024-01-20", 2023), report("2024-02-01", 2023)],
                [],
            ),
            (
                [report("2024-01-10", 2023), returned("2024-01-20", 2023), report("2024-02-02", 2023)],
                ["2024-02-01"],
            ),
            ([report("2024-01-10", 2023), returned("2024-02-05", 2023), report("2024-02-05", 2023)], []),
            (
                [report("2024-01-10", 2023), returned("2024-02-05", 2023), report("2024-02-06", 2023)],
                ["2024-02-05"],
            ),
            # Another year's is not returned with it.
            ([report("2024-01-10", 2023), returned("2024-02-05", 2022)], []),
        ],
    )
    def test_a_returned_report_is_missing_until_it_is_handed_in_again(
        self, events: list[dict[str, object]], proposed: list[str]
    ) -> None:
        attended = service("2023-09-01", authority=True)
        assert on_days(lived(PLATFORM, "2023-03-20", "2024-06-30", attended, *events), "exit_proposed") == (
            proposed
        )

    def test_it_is_reminded_of_again(self) -> None:
        found = reminded(PLATFORM, "2023-03-20", "2024-01-31", report("2023-12-20", 2023),
                         returned("2023-12-31", 2023))  # fmt: skip
        assert ("2024-01-01", "reminder", "17") in found
        assert ("2024-01-01", "reminder", "17") not in reminded(
            PLATFORM, "2023-03-20", "2024-01-31", report("2023-12-20", 2023)
        )

    @pytest.mark.parametrize(
        ("events", "warned"),
        [
            ([returned("2024-04-10", 2023)], ["2024-04-11"]),
            ([returned("2024-04-11", 2023)], ["2024-04-11"]),
            ([returned("2024-04-20", 2023)], ["2024-04-20"]),
            ([returned("2024-04-20", 2023), report("2024-04-20", 2023)], []),
        ],
    )
    def test_in_jilin_it_is_a_warning(self, events: list[dict[str, object]], warned: list[str]) -> None:
        served = service("2024-01-10", hours=12)
        found = lived(PROVIDER, "2023-04-10", "2024-05-31", served, report("2024-01-15", 2023), *events)
        assert on_days(found, "warning") == warned


class TestSixMonths:
    @pytest.mark.parametrize(
        ("start", "through", "owed"),
        [
            (date(2023, 6, 29), date(2026, 6, 29), True),
            (date(2023, 6, 30), date(2026, 6, 30), True),
            (date(2023, 7, 1), date(2026, 7, 1), False),
        ],
    )
    def test_of_the_year_in_which_it_began(self, start: date, through: date, *, owed: bool) -> None:
        assert (_due(Standing(start, start, through), 2024) is not None) is owed

    @pytest.mark.parametrize(
        ("start", "owed"),
        [(date(2021, 6, 29), False), (date(2021, 6, 30), True), (date(2021, 7, 1), True)],
    )
    def test_of_the_year_in_which_it_ends(self, start: date, *, owed: bool) -> None:
        """January to June are six whole months."""
        held = Standing(start, start, period_end(start, years=3))
        assert (_due(held, 2025) is not None) is owed


def _due(standing: Standing, within: int) -> tuple[int, date] | None:
    rules = supervision("liaocheng", "specialized", date(2023, 3, 20))
    (duty,) = [duty for duty in rules.duties if isinstance(duty, ReportDuty)]
    return report_due(duty, standing, date(within, 1, 1))


class TestAfterTheEnd:
    """Accredited 2021-09-01, through 2024-09-01: of 2024 eight whole months."""

    YEARS = tuple(service(f"{year}-08-10", authority=True) for year in (2022, 2023, 2024))
    EARLIER = (report("2022-01-15", 2021), report("2023-01-15", 2022), report("2024-01-15", 2023))

    def test_the_report_is_asked_for_and_no_exit_follows(self) -> None:
        events = (*self.YEARS, *self.EARLIER)
        assert lived(PLATFORM, "2021-09-01", "2025-12-31", *events) == [("2024-09-02", "expired", "18")]
        found = reminded(PLATFORM, "2021-09-01", "2025-12-31", *events)
        assert [on for on, _, clause in found if clause == "17" and on > "2024-09-01"] == ["2025-01-01"]

    def test_not_where_it_came_nor_after_leaving(self) -> None:
        for end in (report("2024-12-01", 2024), event("withdrawal", "2024-08-20")):
            found = reminded(PLATFORM, "2021-09-01", "2025-12-31", *self.YEARS, *self.EARLIER, end)
            assert [on for on, _, clause in found if clause == "17" and on > "2024-09-01"] == []

    def test_in_shanghai_what_is_overdue_is_asked_for_too(self) -> None:
        """Agreement from 2024-08-20 to 2025-08-20: of 2025 seven whole months; 2026-01-31 is a Saturday."""
        found = reminded(SHANGHAI, "2024-08-20", "2026-12-31")
        assert [on for on, _, clause in found if clause == "3.1" and on > "2025-08-20"] == [
            "2026-01-01", "2026-02-03"
        ]  # fmt: skip


class TestPlans:
    """Shanghai, from 2023-08-10 to 2024-08-10: a plan of 2024 by its January, a report on it by the next."""

    def test_plan_and_report_are_two_duties(self) -> None:
        rules = supervision("shanghai", "specialized", date(2024, 3, 20))
        kinds = [(duty.clause, duty.kind) for duty in rules.duties if isinstance(duty, ReportDuty)]
        assert kinds == [("3.1", ReportKind.PLAN), ("3.1", ReportKind.REPORT)]

    def test_a_report_is_no_plan(self) -> None:
        plan = report("2024-01-20", 2024, kind="plan")
        for events, asked in (
            ([], ["2024-01-01", "2024-02-01"]),
            ([report("2024-01-20", 2024)], ["2024-01-01", "2024-02-01"]),
            ([plan], ["2024-01-01"]),
            ([plan, returned("2024-01-25", 2024, kind="plan")], ["2024-01-01", "2024-02-01"]),
            ([plan, returned("2024-01-25", 2024)], ["2024-01-01"]),
        ):
            found = reminded(SHANGHAI, "2023-08-10", "2024-06-30", *events)
            assert [on for on, _, clause in found if clause == "3.1"] == asked

    @pytest.mark.parametrize(
        ("start", "planned"), [("2023-12-30", True), ("2023-12-31", True), ("2024-01-01", False)]
    )
    def test_the_first_years_plan_stands_in_the_application(self, start: str, *, planned: bool) -> None:
        found = reminded(SHANGHAI, start, "2024-02-29")
        assert (("2024-02-01", "reminder", "3.1") in found) is planned


class TestLeavingInTime:
    """Whoever leaves while a finding or complaint is open does not get away from it."""

    LEFT = event("withdrawal", "2024-05-10")

    @pytest.mark.parametrize(
        ("opened", "proposed"), [("2024-05-09", True), ("2024-05-10", True), ("2024-05-11", False)]
    )
    def test_a_finding_that_was_open_is_still_decided(self, opened: str, *, proposed: bool) -> None:
        finding = event("finding", "2024-06-20", kind="criminal_liability", opened_on=opened)
        found = lived(SELECTED, "2023-03-20", "2024-07-01", self.LEFT, finding)
        assert found == [
            ("2024-05-10", "withdrawn", "withdrawal"),
            *([("2024-06-20", "exit_proposed", "18(3)")] if proposed else []),
        ]

    @pytest.mark.parametrize(
        ("decided", "proposed"), [("2026-03-19", True), ("2026-03-20", True), ("2026-03-21", False)]
    )
    def test_as_if_the_status_stood(self, decided: str, *, proposed: bool) -> None:
        finding = event("finding", decided, kind="criminal_liability", opened_on="2024-05-01")
        found = lived(SELECTED, "2023-03-20", "2026-06-01", self.LEFT, finding)
        assert on_days(found, "exit_proposed") == ([decided] if proposed else [])

    def test_one_that_comes_on_the_day_itself(self) -> None:
        finding = event("finding", "2024-05-10", kind="criminal_liability")
        assert on_days(lived(SELECTED, "2023-03-20", "2024-07-01", self.LEFT, finding), "exit_proposed") == [
            "2024-05-10"
        ]

    @pytest.mark.parametrize(("came", "proposed"), [("2024-05-10", True), ("2024-05-11", False)])
    def test_the_complaint_that_makes_three(self, came: str, *, proposed: bool) -> None:
        third = event("complaint", "2024-06-01", verified=True, opened_on=came)
        found = lived(
            PLATFORM, "2023-12-20", "2024-07-01", *complaints("2024-02-01", "2024-03-01"), self.LEFT, third
        )
        assert on_days(found, "exit_proposed") == (["2024-06-01"] if proposed else [])

    def test_what_is_measured_or_owed_ends_with_the_status(self) -> None:
        for where, events in (
            (SELECTED, low("2024-04-01", "2024-04-02", "2024-05-20")),
            (PROVIDER, []),
            (PLATFORM, []),
        ):
            found = lived(where, "2023-04-20", "2025-12-31", *events, self.LEFT)
            assert not [line for line in found if line[0] > "2024-05-10"]

    @pytest.mark.parametrize(
        ("decided", "proposed"), [("2026-03-20", True), ("2026-03-21", False), ("2026-04-20", False)]
    )
    def test_what_is_recorded_after_a_natural_end_proposes_nothing(
        self, decided: str, *, proposed: bool
    ) -> None:
        finding = event("finding", decided, kind="criminal_liability", opened_on="2026-03-01")
        found = lived(SELECTED, "2023-03-20", "2026-06-01", finding)
        assert bool(on_days(found, "exit_proposed")) is proposed


class TestEventsHeld:
    """Liaocheng 20(3), accredited 2023-12-20: a year without attending what was held."""

    @pytest.mark.parametrize(
        ("held", "proposed"),
        [
            (None, ["2024-12-21"]),
            ([], []),
            (["2023-12-20"], []),
            (["2023-12-21"], ["2024-12-21"]),
            (["2024-12-20"], ["2024-12-21"]),
            (["2024-12-21"], ["2025-12-21"]),
            (["2023-12-01", "2026-01-01"], []),
        ],
    )
    def test_absence_needs_something_to_be_absent_from(
        self, held: list[str] | None, proposed: list[str]
    ) -> None:
        reports = [report("2025-01-15", 2024), report("2026-01-15", 2025)]
        found = entries(PLATFORM, "2023-12-20", "2026-02-01", *reports, held=held)
        assert [entry.on.isoformat() for entry in found if entry.what == "exit_proposed"] == proposed

    def test_attending_begins_the_year_anew(self) -> None:
        reports = [report("2025-01-15", 2024), report("2026-01-15", 2025)]
        attended = service("2024-11-05", authority=True)
        for held, proposed in ((["2025-11-05"], ["2025-11-06"]), (["2025-11-06"], []), (["2024-11-05"], [])):
            found = entries(PLATFORM, "2023-12-20", "2026-02-01", attended, *reports, held=held)
            assert [entry.on.isoformat() for entry in found if entry.what == "exit_proposed"] == proposed


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        ({"events": [event("report_returned", "2024-01-01")]}, "events[0].year"),
        ({"events": [event("report_returned", "2024-01-01", year="2023")]}, "events[0].year"),
        ({"events": [event("annual_report", "2024-01-01", kind="book")]}, "events[0].kind"),
        (
            {"events": [event("finding", "2024-01-01", kind="violation", opened_on="2024-01-02")]},
            "events[0].opened_on",
        ),
        ({"authority_events": "2024-01-01"}, "authority_events"),
        ({"authority_events": ["2024-01-01", "x"]}, "authority_events[1]"),
    ],
)
def test_what_cannot_be_read_is_named(raw: dict[str, object], path: str) -> None:
    life = {
        "program": "jilin",
        "track": "provider",
        "accredited_on": "2023-04-10",
        "check_until": "2024-05-01",
    }
    with pytest.raises(Invalid) as caught:
        parse_life({**life, **raw})
    assert set(caught.value.errors) == {path}
