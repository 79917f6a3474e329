"""A status that was taken in: nothing adverse follows of the days before but what the table told."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.domain.supervision.day import step
from core.domain.supervision.former import Former, Total
from core.domain.supervision.life_file import parse_life
from core.domain.supervision.replay import Life
from core.domain.supervision.standing import Ask, EventKind, Glimpse, Standing
from core.rules.periods import DAY
from tests.domain.years import PLATFORM, PROVIDER, SELECTED, STATION
from tests.lives import OBJECTION_DAYS, Line, event, service, supervision

START, TAKEN = date(2023, 3, 20), date(2023, 9, 1)


def total(first: str, last: str, hours: int = 0, **metrics: int) -> Total:
    told = {"service_hours": Decimal(hours), **metrics}
    return Total(date.fromisoformat(first), date.fromisoformat(last), told)


def lived(where: str, former: Former, until: str, *events: dict[str, object]) -> list[Line]:
    """What happens to a status of 2023-03-20 from its take-in on, without reminders."""
    program, track = where.split("/")
    given = {"program": program, "track": track, "accredited_on": START.isoformat(), "check_until": until}
    life = parse_life({**given, "events": list(events)})
    lived = Life(supervision(program, track, START), START, OBJECTION_DAYS)
    lived.standing = replace(lived.standing, former=former)
    lines = lived.live(life.happenings, life.check_until)
    return [(line.on.isoformat(), line.what, line.clause) for line in lines if line.what != "reminder"]


def kinds(lines: list[Line]) -> set[str]:
    return {what for _, what, _ in lines}


class TestYears:
    def test_a_year_of_which_nothing_was_told_is_not_judged(self) -> None:
        lines = lived(STATION, Former(TAKEN), "2024-03-21")
        assert "exit_proposed" not in kinds(lines)

    def test_the_first_year_that_is_known_whole_is(self) -> None:
        lines = lived(STATION, Former(TAKEN), "2025-03-21")
        assert ("2025-03-21", "exit_proposed", "A1.15") in lines

    @pytest.mark.parametrize(("hours", "short"), [(39, True), (40, False), (41, False)])
    def test_what_was_told_counts_with_what_was_recorded(self, hours: int, *, short: bool) -> None:
        former = Former(TAKEN, totals=(total("2023-03-20", "2023-08-31", hours),))
        lines = lived(STATION, former, "2024-03-21", service("2023-10-01", 20))
        assert (("2024-03-21", "exit_proposed", "A1.15") in lines) is short

    @pytest.mark.parametrize("last", ["2023-08-30", "2023-08-31"])
    def test_a_day_of_which_nothing_was_told_leaves_the_year_open(self, last: str) -> None:
        former = Former(TAKEN, totals=(total("2023-03-20", last, 1),))
        lines = lived(STATION, former, "2024-03-21")
        assert (("2024-03-21", "exit_proposed", "A1.15") in lines) is (last == "2023-08-31")

    def test_a_status_of_the_day_of_its_take_in_is_as_any_other(self) -> None:
        lines = lived(STATION, Former(START), "2024-03-21")
        assert ("2024-03-21", "exit_proposed", "A1.15") in lines

    def test_enterprises_and_public_benefit_are_told_too(self) -> None:
        told = total("2023-03-20", "2023-08-31", 0, enterprises_served=150)
        assert "exit_proposed" not in kinds(lived(STATION, Former(TAKEN, totals=(told,)), "2024-03-21"))
        share = total("2023-03-20", "2023-08-31", 0, services=11, public_benefit_services=1)
        assert lived(SELECTED, Former(TAKEN, totals=(share,)), "2024-03-21") == [
            ("2024-03-21", "rectification_ordered", "18(4)")
        ]


class TestSilence:
    @pytest.mark.parametrize(
        ("told", "warned"), [(None, "2024-03-02"), ("2023-08-15", "2024-02-16"), ("2023-01-01", "2023-09-21")]
    )
    def test_it_counts_from_what_was_told_or_from_the_take_in(self, told: str | None, warned: str) -> None:
        former = Former(TAKEN, date.fromisoformat(told) if told else None)
        silent = [line for line in lived(STATION, former, "2024-03-20") if line[1] == "warning"]
        assert silent[0] == (warned, "warning", "N5")

    def test_an_absence_likewise(self) -> None:
        report = event("annual_report", "2024-01-10", year=2023)
        events = (report, event("annual_report", "2025-01-10", year=2024))
        proposed = lived(PLATFORM, Former(TAKEN), "2024-09-02", *events)
        assert proposed == [("2024-09-02", "exit_proposed", "20(3)")]
        told = Former(TAKEN, last_attended_on=date(2023, 8, 1))
        assert lived(PLATFORM, told, "2024-08-02", *events) == [("2024-08-02", "exit_proposed", "20(3)")]

    def test_one_that_was_long_over_brings_nothing_by_itself(self) -> None:
        told = Former(date(2024, 6, 1), last_attended_on=date(2023, 5, 1))
        assert lived(PLATFORM, told, "2024-12-31") == []


class TestReports:
    def test_one_that_may_have_come_before_is_not_held_against_the_body(self) -> None:
        assert "warning" not in kinds(lived(PROVIDER, Former(TAKEN), "2024-03-21"))
        taken = Former(date(2024, 1, 1))
        assert "exit_proposed" not in kinds(lived(PLATFORM, taken, "2024-02-01"))

    def test_the_first_that_can_only_come_after_is(self) -> None:
        for taken_on, warned in ((START, True), (START + DAY, False)):
            lines = lived(PROVIDER, Former(taken_on), "2024-03-21", service("2023-05-01", 12))
            assert (("2024-03-21", "warning", "10(1)") in lines) is warned
        taken = Former(date(2023, 12, 31))
        assert ("2024-02-01", "exit_proposed", "20(5)") in lived(PLATFORM, taken, "2024-02-01")


def test_what_lies_before_the_take_in_adds_to_no_accumulation() -> None:
    before = [service(f"2023-0{month}-01", satisfaction=60) for month in (4, 5, 6)]
    assert lived(SELECTED, Former(TAKEN), "2023-12-31", *before) == []
    after = [service(f"2023-{month}-01", satisfaction=60) for month in ("09", "10", "11")]
    assert lived(SELECTED, Former(TAKEN), "2023-11-30", *after) == [
        ("2023-11-01", "rectification_ordered", "18(1)")
    ]


@pytest.mark.parametrize(("taken_on", "due"), [(date(2025, 3, 20), True), (date(2025, 3, 21), False)])
def test_a_re_verification_that_fell_due_before_is_not_asked_for(taken_on: date, *, due: bool) -> None:
    held = Standing(START, date(2025, 3, 20), date(2027, 3, 20), former=Former(taken_on))
    actions = step(supervision("jilin", "provider", START), held, Glimpse(), date(2025, 3, 25), {})
    assert (EventKind.REVERIFICATION_DUE in {action.kind for action in actions}) is due


def test_totals_count_within_their_window_alone() -> None:
    standing = Standing(START, START, date(2026, 3, 19))
    ask = Ask(date(2023, 3, 20), date(2024, 3, 19))
    assert standing.with_former(ask, {"services": 1}) == {"services": 1}
    told = (
        total("2023-03-19", "2023-03-19", 1),
        total("2023-03-20", "2023-03-31", 2),
        total("2023-04-01", "2023-05-01", 4),
    )
    held = replace(standing, former=Former(TAKEN, totals=told))
    assert held.with_former(ask, {"service_hours": 8, "services": 1}) == {"service_hours": 14, "services": 1}
