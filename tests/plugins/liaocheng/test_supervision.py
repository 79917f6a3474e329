"""Articles 17 to 20: the yearly summary, the term, and the five ways of losing the status."""

from datetime import date

import pytest

from core.domain.supervision.replay import Happening
from core.rules.obligations import ConductDuty, Effect, Mode, Overdue, ReportDuty, Span, Year
from core.rules.walk import chosen
from tests.plugins.judging import Bench, life, service
from tests.plugins.liaocheng.profile import COMPREHENSIVE, SPECIALIZED

BOTH = pytest.mark.parametrize("bench", [COMPREHENSIVE, SPECIALIZED], ids=str)
START = date(2023, 3, 20)


def summary(on: date, year: int) -> Happening:
    return Happening(on, "annual_report", {"year": year})


def complaint(on: date, *, verified: bool = True) -> Happening:
    return Happening(on, "complaint", {"verified": verified})


def dutiful(*years: int) -> list[Happening]:
    """Two of the department's events and a summary for each year."""
    happenings = []
    for year in years:
        happenings += [
            service(date(year, 4, 10), by_authority=True),
            service(date(year, 11, 10), by_authority=True),
            summary(date(year + 1, 1, 15), year),
        ]
    return happenings


@BOTH
def test_every_exit_revokes_by_two_officers_and_bans_for_three_years(bench: Bench) -> None:
    exits = bench.rules().exits
    assert [rule.clause for rule in exits] == ["20(1)", "20(2)", "20(3)", "20(4)", "20(5)"]
    for rule in exits:
        assert (rule.effect, rule.mode, rule.ban_years) == (Effect.REVOKE, Mode.CONFIRM, 3)


@BOTH
def test_the_duties_of_article_17(bench: Bench) -> None:
    *conduct, report = bench.rules().duties
    assert [duty.clause for duty in conduct] == ["17"] * 4
    assert all(isinstance(duty, ConductDuty) for duty in conduct)
    assert isinstance(report, ReportDuty)
    assert (report.clause, report.year, report.overdue) == ("17", Year.CALENDAR, Overdue.NOTHING)
    assert (report.covered_months, report.due_month) == (6, 1)


def test_a_dutiful_life_ends_with_its_term() -> None:
    ended = (date(2026, 3, 21), "expired", "18")
    assert life(COMPREHENSIVE, START, date(2026, 4, 30), *dutiful(2023, 2024, 2025)) == [ended]


def test_an_extension_is_refused() -> None:
    asked = Happening(date(2026, 3, 1), "renewal")
    assert life(SPECIALIZED, START, date(2026, 3, 20), *dutiful(2023, 2024, 2025), asked) == [
        (date(2026, 3, 1), "extension_refused", "18")
    ]


def test_a_withdrawal_ends_the_status_at_the_partys_request() -> None:
    left = Happening(date(2023, 6, 1), "withdrawal")
    assert life(COMPREHENSIVE, START, date(2024, 6, 1), left) == [
        (date(2023, 6, 1), "withdrawn", "withdrawal")
    ]


@BOTH
@pytest.mark.parametrize(
    ("kind", "clause"), [("administrative_sanction", "20(1)"), ("judicial_penalty", "20(2)")]
)
def test_a_sanction_or_penalty_proposes_the_exit_that_day(bench: Bench, kind: str, clause: str) -> None:
    finding = Happening(date(2023, 8, 1), "finding", {"kind": kind})
    assert life(bench, START, date(2023, 12, 31), finding) == [(date(2023, 8, 1), "exit_proposed", clause)]


@pytest.mark.parametrize(
    "kind", ["violation", "breach_of_contract", "incompetence", "refusal_of_coordination"]
)
def test_other_findings_end_nothing_here(kind: str) -> None:
    finding = Happening(date(2023, 8, 1), "finding", {"kind": kind})
    assert life(COMPREHENSIVE, START, date(2023, 12, 31), finding) == []


def test_a_year_without_an_event_of_the_department() -> None:
    report = summary(date(2024, 1, 15), 2023)
    proposed = (date(2024, 3, 21), "exit_proposed", "20(3)")
    assert life(COMPREHENSIVE, START, date(2024, 3, 31), report) == [proposed]
    own = service(date(2023, 9, 1))
    assert life(COMPREHENSIVE, START, date(2024, 3, 31), report, own) == [proposed]
    for attended in (date(2023, 3, 21), date(2024, 3, 20)):
        event = service(attended, by_authority=True)
        assert life(COMPREHENSIVE, START, date(2024, 3, 21), report, event) == []


def test_a_justified_absence_starts_the_year_anew() -> None:
    report = summary(date(2024, 1, 15), 2023)
    excused = Happening(date(2024, 2, 1), "justified_absence")
    assert life(COMPREHENSIVE, START, date(2025, 1, 10), report, excused) == []
    more = summary(date(2025, 1, 15), 2024)
    assert life(COMPREHENSIVE, START, date(2025, 2, 28), report, excused, more) == [
        (date(2025, 2, 2), "exit_proposed", "20(3)")
    ]


def test_the_third_complaint_found_true_proposes_the_exit() -> None:
    two = [complaint(date(2023, 5, 1)), complaint(date(2023, 6, 1))]
    third = date(2023, 7, 1)
    assert life(SPECIALIZED, START, date(2023, 12, 31), *two) == []
    assert life(SPECIALIZED, START, date(2023, 12, 31), *two, complaint(third, verified=False)) == []
    assert life(SPECIALIZED, START, date(2023, 12, 31), *two, complaint(third)) == [
        (third, "exit_proposed", "20(4)")
    ]


@pytest.mark.parametrize(
    ("reading", "span", "proposed"),
    [
        ("term", Span.TERM, [(date(2024, 2, 1), "exit_proposed", "20(4)")]),
        ("calendar_year", Span.CALENDAR_YEAR, []),
    ],
)
def test_over_what_time_complaints_add_up_follows_the_reading(
    reading: str, span: Span, proposed: list[object]
) -> None:
    readings = {"liaocheng.complaint_window": reading}
    (rule,) = (rule for rule in COMPREHENSIVE.rules(readings).exits if rule.clause == "20(4)")
    assert chosen(rule.trigger.span) is span  # type: ignore[union-attr]  # 20(4) accumulates
    complaints = [complaint(day) for day in (date(2023, 5, 1), date(2023, 6, 1), date(2024, 2, 1))]
    happened = [*dutiful(2023), *complaints]
    assert life(COMPREHENSIVE, START, date(2024, 3, 1), *happened, readings=readings) == proposed


def test_the_summary_is_due_by_the_end_of_january() -> None:
    event = service(date(2023, 9, 10), by_authority=True)
    late = [(date(2024, 2, 1), "exit_proposed", "20(5)")]
    assert life(COMPREHENSIVE, START, date(2024, 3, 1), event) == late
    assert life(COMPREHENSIVE, START, date(2024, 3, 1), event, summary(date(2024, 2, 1), 2023)) == late
    assert life(COMPREHENSIVE, START, date(2024, 3, 1), event, summary(date(2024, 1, 31), 2023)) == []
    assert life(COMPREHENSIVE, START, date(2024, 3, 1), event, summary(date(2023, 12, 28), 2023)) == []


@pytest.mark.parametrize(
    ("start", "due"), [(date(2023, 6, 30), True), (date(2023, 8, 1), False), (date(2023, 12, 1), False)]
)
def test_a_summary_is_due_for_a_year_of_which_half_was_covered(start: date, due: bool) -> None:
    late = [(date(2024, 2, 1), "exit_proposed", "20(5)")]
    assert life(COMPREHENSIVE, start, date(2024, 3, 1)) == (late if due else [])


def test_the_party_is_reminded_of_summary_and_term_and_never_warned() -> None:
    timeline = life(COMPREHENSIVE, START, date(2026, 3, 20), *dutiful(2023, 2024, 2025), reminders=True)
    assert {what for _, what, _ in timeline} == {"reminder"}
    assert (date(2025, 12, 20), "reminder", "18") in timeline
    assert "17" in {clause for _, _, clause in timeline}
