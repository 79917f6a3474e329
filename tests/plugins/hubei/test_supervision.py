"""Articles 15, 17 and 18: orders to rectify, findings, and the term."""

from datetime import date, timedelta

import pytest

from core.domain.supervision.replay import Happening
from core.rules.obligations import ConductDuty, Effect, Mode
from tests.plugins.hubei.profile import COMPREHENSIVE, SPECIALIZED
from tests.plugins.judging import Bench, life, service

BOTH = pytest.mark.parametrize("bench", [COMPREHENSIVE, SPECIALIZED], ids=str)
START = date(2023, 3, 20)
YEAR_END = date(2024, 3, 20)
DAY = timedelta(days=1)


def low(*days: date, satisfaction: str = "70") -> list[Happening]:
    return [service(day, satisfaction) for day in days]


def result(on: date, *, ok: bool) -> Happening:
    return Happening(on, "rectification_result", {"ok": ok})


SPRING, SUMMER, AUTUMN = date(2024, 4, 10), date(2024, 6, 10), date(2024, 8, 20)
ORDERED = (AUTUMN, "rectification_ordered", "18(1)")


@BOTH
def test_the_exits_of_articles_15_and_18(bench: Bench) -> None:
    exits = bench.rules().exits
    assert [(rule.clause, rule.effect) for rule in exits] == [
        ("15", Effect.REVOKE),
        ("18(1)", Effect.RECTIFY),
        ("18(2)", Effect.REVOKE),
        ("18(3)", Effect.REVOKE),
        ("18(4)", Effect.REVOKE),
        ("18(4)", Effect.RECTIFY),
    ]
    assert {(rule.mode, rule.ban_years) for rule in exits} == {(Mode.CONFIRM, 0)}
    assert [rule.rectify_days for rule in exits] == [0, 30, 0, 0, 0, 30]


@BOTH
def test_the_text_asks_for_conduct_and_no_report(bench: Bench) -> None:
    duties = bench.rules().duties
    assert [duty.clause for duty in duties] == ["15", "18(1)", "18(2)", "18(4)", "18(4)"]
    assert all(isinstance(duty, ConductDuty) for duty in duties)


@BOTH
@pytest.mark.parametrize(
    ("kind", "clause"),
    [
        ("violation", "15"),
        ("reputational_damage", "18(2)"),
        ("criminal_liability", "18(3)"),
        ("refusal_of_coordination", "18(4)"),
    ],
)
def test_a_finding_proposes_its_exit_that_day(bench: Bench, kind: str, clause: str) -> None:
    finding = Happening(date(2023, 10, 12), "finding", {"kind": kind})
    assert life(bench, START, date(2024, 1, 31), finding) == [(date(2023, 10, 12), "exit_proposed", clause)]


@pytest.mark.parametrize("kind", ["breach_of_contract", "incompetence", "administrative_sanction"])
def test_other_findings_end_nothing_here(kind: str) -> None:
    finding = Happening(date(2023, 10, 12), "finding", {"kind": kind})
    assert life(SPECIALIZED, START, date(2024, 1, 31), finding) == []


def test_the_third_low_event_of_a_calendar_year_is_put_right_first() -> None:
    assert life(SPECIALIZED, START, date(2024, 9, 10), *low(SPRING, SUMMER)) == []
    assert life(SPECIALIZED, START, date(2024, 9, 10), *low(SPRING, SUMMER, AUTUMN)) == [ORDERED]
    over_new_year = low(date(2023, 10, 1), date(2023, 11, 1), SPRING)
    assert life(SPECIALIZED, START, date(2024, 9, 10), *over_new_year) == []


@pytest.mark.parametrize(
    ("satisfaction", "reading", "ordered"),
    [
        ("79.9", "below", True),
        ("80", "below", False),
        ("80.1", "below", False),
        ("79.9", "at_or_below", True),
        ("80", "at_or_below", True),
        ("80.1", "at_or_below", False),
    ],
)
def test_what_counts_as_low_follows_the_reading(satisfaction: str, reading: str, ordered: bool) -> None:
    happened = low(SPRING, SUMMER, AUTUMN, satisfaction=satisfaction)
    timeline = life(SPECIALIZED, START, AUTUMN, *happened, readings={"hubei.low_satisfaction": reading})
    assert timeline == ([ORDERED] if ordered else [])


def test_an_order_without_a_result_proposes_the_exit_the_day_after_its_deadline() -> None:
    deadline = AUTUMN + timedelta(days=30)
    happened = low(SPRING, SUMMER, AUTUMN)
    assert life(SPECIALIZED, START, deadline, *happened) == [ORDERED]
    assert life(SPECIALIZED, START, deadline + DAY, *happened) == [
        ORDERED,
        (deadline + DAY, "exit_proposed", "18(1)"),
    ]


def test_a_failed_result_proposes_the_exit_that_day() -> None:
    answered = result(date(2024, 9, 5), ok=False)
    assert life(SPECIALIZED, START, date(2024, 9, 30), *low(SPRING, SUMMER, AUTUMN), answered) == [
        ORDERED,
        (date(2024, 9, 5), "exit_proposed", "18(1)"),
    ]


def test_a_good_result_closes_the_order_and_counting_starts_anew() -> None:
    answered = result(date(2024, 9, 5), ok=True)
    later = low(date(2024, 10, 1), date(2024, 11, 1))
    happened = [*low(SPRING, SUMMER, AUTUMN), answered, *later]
    closed = (date(2024, 9, 5), "rectification_closed", "18(1)")
    assert life(SPECIALIZED, START, date(2024, 12, 31), *happened) == [ORDERED, closed]
    third = low(date(2024, 12, 1))
    assert (
        life(SPECIALIZED, START, date(2024, 12, 31), *happened, *third)
        == [
            ORDERED,
            closed,
            (date(2024, 12, 1), "rectification_ordered", "18(1)"),
            (date(2024, 12, 31) + DAY, "exit_proposed", "18(1)"),
        ][:3]
    )


def year_of_services(public: int, total: int) -> list[Happening]:
    """`total` services in the first accreditation year, `public` of them public-benefit."""
    return [
        service(START + timedelta(days=7 * number), "95", public_benefit=number <= public)
        for number in range(1, total + 1)
    ]


@pytest.mark.parametrize(
    ("public", "total", "ordered"),
    [(0, 1, True), (1, 11, True), (1, 10, False), (1, 9, False), (2, 20, False), (0, 0, False)],
)
def test_too_few_public_benefit_services_are_put_right_after_the_year(
    public: int, total: int, ordered: bool
) -> None:
    happened = year_of_services(public, total)
    assert life(COMPREHENSIVE, START, YEAR_END, *happened) == []
    expected = [(YEAR_END + DAY, "rectification_ordered", "18(4)")] if ordered else []
    assert life(COMPREHENSIVE, START, YEAR_END + DAY, *happened) == expected


def test_the_year_of_public_benefit_services_follows_the_reading() -> None:
    start = date(2023, 1, 1)
    happened = [service(date(2023, 6, 1), "95", public_benefit=False)]
    by_start = life(COMPREHENSIVE, START, date(2024, 3, 31), *happened)
    assert by_start == [(date(2024, 3, 21), "rectification_ordered", "18(4)")]
    calendar = {"hubei.year_basis": "calendar_year"}
    by_calendar = life(COMPREHENSIVE, start, date(2024, 1, 31), *happened, readings=calendar)
    assert by_calendar == [(date(2024, 1, 1), "rectification_ordered", "18(4)")]
    # 2023 was no whole calendar year of an accreditation that began in March.
    assert life(COMPREHENSIVE, START, date(2024, 12, 31), *happened, readings=calendar) == []


def test_unwilling_after_the_order_proposes_the_exit() -> None:
    happened = year_of_services(0, 3)
    ordered = (YEAR_END + DAY, "rectification_ordered", "18(4)")
    answered = result(date(2024, 4, 5), ok=False)
    assert life(COMPREHENSIVE, START, date(2024, 4, 30), *happened, answered) == [
        ordered,
        (date(2024, 4, 5), "exit_proposed", "18(4)"),
    ]


def test_nobody_is_warned_for_silence_and_the_term_ends_after_three_years() -> None:
    assert life(COMPREHENSIVE, START, date(2026, 3, 20)) == []
    assert life(COMPREHENSIVE, START, date(2026, 3, 31)) == [(date(2026, 3, 21), "expired", "15")]


def test_an_extension_is_refused() -> None:
    asked = Happening(date(2026, 3, 1), "renewal")
    assert life(SPECIALIZED, START, date(2026, 3, 20), asked) == [
        (date(2026, 3, 1), "extension_refused", "15")
    ]


def test_a_withdrawal_ends_the_status() -> None:
    left = Happening(date(2023, 6, 1), "withdrawal")
    assert life(SPECIALIZED, START, date(2024, 6, 1), left) == [(date(2023, 6, 1), "withdrawn", "withdrawal")]
