"""Lives under the five texts: what supervision does, on which day, and what it leaves alone."""

from dataclasses import replace
from datetime import date

import pytest

from core.domain.replay import extension_open, measure
from core.domain.schedule import next_due
from core.domain.standing import (
    Answers,
    Case,
    Established,
    EventKind,
    Glimpse,
    Order,
    Standing,
    SupervisionRules,
    seen_on,
)
from core.domain.supervision import step
from core.domain.windows import asks
from core.rules.obligations import Effect, YearlyTest
from tests.lives import event, lived, reminded, service, supervision

STATION = "miit_volunteer/workstation"
VOLUNTEER = "miit_volunteer/expert"
PROVIDER = "jilin/provider"
PLATFORM = "liaocheng/specialized"
SELECTED = "hubei/specialized"


def complaints(*days: str) -> list[dict[str, object]]:
    return [event("complaint", day, verified=True) for day in days]


def low(*days: str, satisfaction: float = 79.9) -> list[dict[str, object]]:
    return [service(day, satisfaction=satisfaction) for day in days]


def good_year(year: int, hours: float = 60) -> list[dict[str, object]]:
    return [service(f"{year}-{month}", hours / 4) for month in ("04-10", "07-10", "10-10", "12-20")]


class TestYearlyDuty:
    @pytest.mark.parametrize(
        ("where", "hours", "enterprises", "short"),
        [
            (STATION, 59.5, 149, True),
            (STATION, 60, 149, False),
            (STATION, 59.5, 150, False),
            (STATION, 60.5, 151, False),
            (VOLUNTEER, 11.5, 29, True),
            (VOLUNTEER, 12, 29, False),
            (VOLUNTEER, 11.5, 30, False),
            (PROVIDER, 11.5, 29, True),
            (PROVIDER, 12, 29, False),
            (PROVIDER, 11.5, 30, False),
        ],
    )
    def test_either_figure_meets_the_duty(
        self, where: str, hours: float, enterprises: int, *, short: bool
    ) -> None:
        proposed = [
            line
            for line in lived(where, "2023-03-20", "2024-03-21", service("2023-12-20", hours, enterprises))
            if line[1] == "exit_proposed"
        ]
        assert bool(proposed) is short
        assert not short or proposed[0][0] == "2024-03-21"

    def test_under_the_other_reading_one_short_figure_is_enough(self) -> None:
        events = [service("2023-12-20", 60, 149)]
        assert ("2024-03-21", "exit_proposed", "A1.15") in lived(
            STATION, "2023-03-20", "2024-03-21", *events, readings={"miit.shortfall": "either"}
        )
        assert not lived(STATION, "2023-03-20", "2023-09-20", *events, readings={"miit.shortfall": "either"})

    def test_by_calendar_years_only_whole_ones_are_judged(self) -> None:
        assert lived(
            PROVIDER,
            "2023-03-20",
            "2025-01-01",
            event("annual_report", "2024-01-10", year=2023),
            readings={"jilin.year_basis": "calendar_year"},
        ) == [("2025-01-01", "exit_proposed", "11(1)")]

    @pytest.mark.parametrize(("on", "short"), [("2025-02-28", False), ("2025-03-01", True)])
    def test_a_year_from_the_leap_day_ends_on_the_last_of_february(self, on: str, *, short: bool) -> None:
        lines = lived(STATION, "2024-02-29", "2025-03-01", service("2024-09-01", 40), service(on, 20))
        assert (("2025-03-01", "exit_proposed", "A1.15") in lines) is short

    @pytest.mark.parametrize("status", ["draft", "rejected"])
    def test_what_is_not_reported_or_was_rejected_does_not_count(self, status: str) -> None:
        lines = lived(STATION, "2023-03-20", "2024-03-21", service("2023-09-01", 60, status=status))
        assert ("2024-03-21", "exit_proposed", "A1.15") in lines

    def test_the_same_enterprise_counts_once_however_its_name_is_written(self) -> None:
        names = [
            {
                "type": "service",
                "date": "2023-09-01",
                "enterprises": [f"企业{n}" for n in range(29)] + ["企业 1", "企业１"],
            }
        ]
        assert ("2024-03-21", "exit_proposed", "A2.13") in lived(
            VOLUNTEER, "2023-03-20", "2024-03-21", *names
        )

    def test_an_objective_exit_takes_effect_after_the_days_to_object(self) -> None:
        # 2024-04-04 to 06 are holidays, 2024-04-07 is a make-up day: the fifth working day is 2024-04-10.
        lines = lived(STATION, "2023-04-01", "2024-04-30")
        assert lines[-2:] == [("2024-04-02", "exit_proposed", "A1.15"), ("2024-04-11", "revoked", "A1.15")]

    def test_in_the_last_year_nothing_is_revoked_but_the_shortfall_is_recorded(self) -> None:
        years = [*good_year(2020), *good_year(2021)]
        lines = lived(STATION, "2020-03-20", "2023-06-30", *years)
        assert lines[-2:] == [("2023-03-21", "expired", "A1.12"), ("2023-03-21", "shortfall", "A1.15")]

    def test_a_year_without_a_holiday_table_waits_for_a_person(self) -> None:
        lines = lived(STATION, "2030-03-20", "2031-12-31")
        assert [line for line in lines if line[1] in ("exit_proposed", "revoked")] == [
            ("2031-03-21", "exit_proposed", "A1.15")
        ]


class TestSilence:
    def test_one_warning_for_each_half_year_of_a_spell(self) -> None:
        lines = lived(STATION, "2023-03-20", "2024-09-30", service("2023-04-10", 60))
        assert lines == [("2023-10-11", "warning", "N5"), ("2024-04-11", "warning", "N5")]

    @pytest.mark.parametrize(
        ("on", "warned"), [("2023-09-20", False), ("2023-09-21", False), ("2023-09-22", True)]
    )
    def test_the_last_day_of_the_half_year_still_counts(self, on: str, *, warned: bool) -> None:
        lines = lived(STATION, "2023-03-20", "2023-10-01", service(on, 1))
        assert (("2023-09-21", "warning", "N5") in lines) is warned

    def test_no_warning_while_an_exit_is_pending(self) -> None:
        lines = lived(STATION, "2023-03-20", "2023-12-31", event("finding", "2023-05-01", kind="violation"))
        assert lines == [("2023-05-01", "exit_proposed", "A1.15")]

    def test_no_warning_on_the_day_of_a_proposal(self) -> None:
        lines = lived(STATION, "2023-03-20", "2024-03-21")
        assert lines == [("2023-09-21", "warning", "N5"), ("2024-03-21", "exit_proposed", "A1.15")]

    def test_a_paid_service_opens_a_finding_and_counts_until_it_is_decided(self) -> None:
        lines = lived(VOLUNTEER, "2023-03-20", "2024-03-21", service("2023-10-10", 12, fee=0.01))
        assert lines == [("2023-09-21", "warning", "N5"), ("2023-10-10", "finding_opened", "N5")]


class TestFindings:
    @pytest.mark.parametrize(
        ("where", "kind", "clause"),
        [
            (PROVIDER, "incompetence", "11(1)"),
            (PROVIDER, "irregular_operation", "11(2)"),
            (PROVIDER, "breach_of_contract", "11(2)"),
            (PROVIDER, "violation", "11(3)"),
            ("jilin/expert", "other", "11(5)"),
            (PLATFORM, "administrative_sanction", "20(1)"),
            (PLATFORM, "judicial_penalty", "20(2)"),
            (SELECTED, "violation", "15"),
            (SELECTED, "reputational_damage", "18(2)"),
            (SELECTED, "criminal_liability", "18(3)"),
            (SELECTED, "refusal_of_coordination", "18(4)"),
            (STATION, "violation", "A1.15"),
            (VOLUNTEER, "violation", "A2.13"),
        ],
    )
    def test_a_finding_proposes_the_exit_that_day_and_people_decide(
        self, where: str, kind: str, clause: str
    ) -> None:
        lines = lived(where, "2023-03-20", "2023-07-31", event("finding", "2023-05-10", kind=kind))
        assert lines == [("2023-05-10", "exit_proposed", clause)]

    def test_a_second_finding_of_a_pending_case_proposes_nothing_new(self) -> None:
        two = [event("finding", day, kind="violation") for day in ("2023-05-10", "2023-06-10")]
        assert lived(SELECTED, "2023-03-20", "2023-07-31", *two) == [("2023-05-10", "exit_proposed", "15")]

    def test_a_kind_that_the_text_does_not_name_proposes_nothing(self) -> None:
        assert (
            lived(SELECTED, "2023-03-20", "2023-07-31", event("finding", "2023-05-10", kind="incompetence"))
            == []
        )

    def test_nothing_is_proposed_after_the_end(self) -> None:
        lines = lived(
            PROVIDER,
            "2023-03-20",
            "2023-07-31",
            event("withdrawal", "2023-05-09"),
            event("finding", "2023-05-10", kind="violation"),
            event("withdrawal", "2023-05-11"),
        )
        assert lines == [("2023-05-09", "withdrawn", "11(4)")]


class TestComplaintsAndAbsence:
    @pytest.mark.parametrize(("number", "proposed"), [(2, False), (3, True), (4, True)])
    def test_three_verified_complaints_within_the_term(self, number: int, *, proposed: bool) -> None:
        days = ("2023-05-01", "2023-06-01", "2024-01-31", "2024-02-01")[:number]
        attended = service("2023-05-01", authority=True)
        report = event("annual_report", "2024-01-10", year=2023)
        lines = lived(PLATFORM, "2023-03-20", "2024-03-01", attended, report, *complaints(*days))
        assert lines == ([("2024-01-31", "exit_proposed", "20(4)")] if proposed else [])

    def test_complaints_that_were_not_verified_do_not_count(self) -> None:
        days = [event("complaint", f"2023-05-0{n}", verified=n < 3) for n in range(1, 5)]
        assert lived(PLATFORM, "2023-03-20", "2023-06-01", *days) == []

    @pytest.mark.parametrize(
        ("on", "proposed"), [("2024-03-19", False), ("2024-03-20", False), ("2024-03-22", True)]
    )
    def test_twelve_months_without_an_event_of_the_authority(self, on: str, *, proposed: bool) -> None:
        report = event("annual_report", "2024-01-10", year=2023)
        lines = lived(
            PLATFORM, "2023-03-20", "2024-04-30", report, service("2023-08-01"), service(on, authority=True)
        )
        assert lines == ([("2024-03-21", "exit_proposed", "20(3)")] if proposed else [])

    def test_a_justified_absence_starts_the_twelve_months_anew(self) -> None:
        reports = [event("annual_report", f"{year + 1}-01-10", year=year) for year in (2023, 2024)]
        lines = lived(
            PLATFORM, "2023-03-20", "2025-04-30", *reports, event("justified_absence", "2024-03-10")
        )
        assert lines == [("2025-03-11", "exit_proposed", "20(3)")]


class TestReports:
    @pytest.mark.parametrize(
        ("on", "overdue"), [("2024-01-30", False), ("2024-01-31", False), ("2024-02-01", True)]
    )
    def test_liaocheng_report_is_due_by_the_end_of_january(self, on: str, *, overdue: bool) -> None:
        attended = service("2023-12-01", authority=True)
        lines = lived(PLATFORM, "2023-03-20", "2024-02-29", attended, event("annual_report", on, year=2023))
        assert lines == ([("2024-02-01", "exit_proposed", "20(5)")] if overdue else [])

    @pytest.mark.parametrize(
        ("start", "due"), [("2023-06-29", True), ("2023-06-30", True), ("2023-07-01", False)]
    )
    def test_a_report_is_owed_for_a_year_held_for_six_whole_months(self, start: str, *, due: bool) -> None:
        lines = lived(PLATFORM, start, "2024-02-29")
        assert lines == ([("2024-02-01", "exit_proposed", "20(5)")] if due else [])

    def test_a_report_about_another_year_does_not_do(self) -> None:
        lines = lived(PLATFORM, "2023-03-20", "2024-02-29", event("annual_report", "2024-01-10", year=2022))
        assert lines == [("2024-02-01", "exit_proposed", "20(5)")]

    def test_jilin_report_comes_within_the_accreditation_year_or_there_is_a_warning(self) -> None:
        assert lived(PROVIDER, "2023-04-10", "2024-04-30", service("2023-06-10", 12)) == [
            ("2024-04-11", "warning", "10(1)")
        ]
        assert (
            lived(
                PROVIDER,
                "2023-04-10",
                "2024-04-30",
                service("2023-06-10", 12),
                event("annual_report", "2024-04-10"),
            )
            == []
        )

    def test_shanghai_reminds_and_nothing_more(self) -> None:
        assert (
            lived(
                "shanghai/specialized",
                "2024-03-20",
                "2025-03-20",
                *low("2024-04-01", "2024-05-01", "2024-06-01"),
            )
            == []
        )
        assert ("2025-02-01", "reminder", "3.1") in reminded(
            "shanghai/specialized", "2024-03-20", "2025-03-20"
        )


class TestOrders:
    @pytest.mark.parametrize(("satisfaction", "ordered"), [(79.9, True), (80, False), (80.1, False)])
    def test_three_services_below_the_bar_in_a_calendar_year(
        self, satisfaction: float, *, ordered: bool
    ) -> None:
        lines = lived(
            SELECTED,
            "2023-03-20",
            "2023-12-31",
            *low("2023-04-01", "2023-08-01", "2023-12-31", satisfaction=satisfaction),
        )
        assert lines == ([("2023-12-31", "rectification_ordered", "18(1)")] if ordered else [])

    def test_under_the_other_reading_the_bar_itself_is_low(self) -> None:
        days = low("2023-04-01", "2023-08-01", "2023-12-31", satisfaction=80)
        assert lived(
            SELECTED, "2023-03-20", "2023-12-31", *days, readings={"hubei.low_satisfaction": "at_or_below"}
        )

    def test_two_are_not_three_and_years_do_not_add_up(self) -> None:
        assert (
            lived(
                SELECTED,
                "2023-03-20",
                "2024-12-31",
                *low("2023-04-01", "2023-12-31", "2024-01-01", "2024-02-01"),
            )
            == []
        )

    def test_a_service_without_a_satisfaction_is_not_low(self) -> None:
        days = [service(day, satisfaction=None) for day in ("2023-04-01", "2023-05-01", "2023-06-01")]
        assert lived(SELECTED, "2023-03-20", "2023-12-31", *days) == []

    @pytest.mark.parametrize("on", ["2023-08-01", "2023-08-30", "2023-08-31"])
    def test_a_good_result_by_the_deadline_closes_the_order(self, on: str) -> None:
        events = [*low("2023-04-01", "2023-05-01", "2023-08-01"), event("rectification_result", on, ok=True)]
        lines = lived(SELECTED, "2023-03-20", "2023-12-31", *events)
        if on == "2023-08-01":  # the day's events come before its check: there was no order yet
            assert lines[-1] == ("2023-09-01", "exit_proposed", "18(1)")
        else:
            assert lines == [
                ("2023-08-01", "rectification_ordered", "18(1)"),
                (on, "rectification_closed", "18(1)"),
            ]

    def test_without_a_result_the_exit_is_proposed_the_day_after_the_deadline(self) -> None:
        lines = lived(SELECTED, "2023-03-20", "2023-12-31", *low("2023-04-01", "2023-05-01", "2023-08-01"))
        assert lines[1:] == [("2023-09-01", "exit_proposed", "18(1)")]

    def test_a_failed_result_proposes_the_exit_that_day(self) -> None:
        events = [
            *low("2023-04-01", "2023-05-01", "2023-08-01"),
            event("rectification_result", "2023-08-10", ok=False),
        ]
        assert lived(SELECTED, "2023-03-20", "2023-12-31", *events)[1:] == [
            ("2023-08-10", "exit_proposed", "18(1)")
        ]

    def test_after_a_good_result_counting_starts_anew(self) -> None:
        events = [
            *low("2023-04-01", "2023-05-01", "2023-08-01"),
            event("rectification_result", "2023-08-10", ok=True),
        ]
        again = low("2023-09-01", "2023-10-01")
        assert len(lived(SELECTED, "2023-03-20", "2023-12-31", *events, *again)) == 2
        more = low("2023-11-01")
        assert lived(SELECTED, "2023-03-20", "2023-11-30", *events, *again, *more)[-1] == (
            "2023-11-01",
            "rectification_ordered",
            "18(1)",
        )

    @pytest.mark.parametrize(("paid", "ordered"), [(8, False), (9, False), (10, True)])
    def test_too_small_a_share_of_public_benefit_services(self, paid: int, *, ordered: bool) -> None:
        events = [service(f"2023-05-{day:02d}", benefit=day == 1) for day in range(1, paid + 2)]
        lines = lived(SELECTED, "2023-03-20", "2024-03-31", *events)
        assert lines == ([("2024-03-21", "rectification_ordered", "18(4)")] if ordered else [])

    def test_a_year_without_services_has_no_share_to_miss(self) -> None:
        assert lived(SELECTED, "2023-03-20", "2024-03-31") == []

    def test_a_result_answers_the_order_of_its_clause_or_else_the_oldest(self) -> None:
        events = [
            *(
                service(f"2023-{month}-{day:02d}", benefit=False)
                for month in ("05", "06")
                for day in range(1, 15)
            ),
            *low("2024-02-20", "2024-03-01", "2024-03-05"),
        ]
        named = event("rectification_result", "2024-03-25", ok=True, clause="18(4)")
        lines = lived(SELECTED, "2023-03-20", "2024-03-31", *events, named)
        assert lines == [
            ("2024-03-05", "rectification_ordered", "18(1)"),
            ("2024-03-21", "rectification_ordered", "18(4)"),
            ("2024-03-25", "rectification_closed", "18(4)"),
        ]
        oldest = event("rectification_result", "2024-03-25", ok=True)
        assert lived(SELECTED, "2023-03-20", "2024-03-31", *events, oldest)[-1][2] == "18(1)"

    def test_a_result_without_an_order_changes_nothing(self) -> None:
        assert (
            lived(SELECTED, "2023-03-20", "2023-06-30", event("rectification_result", "2023-05-01", ok=True))
            == []
        )


class TestTerm:
    @pytest.mark.parametrize(
        ("on", "extended"),
        [("2022-12-19", False), ("2022-12-20", True), ("2023-06-18", True), ("2023-06-19", False)],
    )
    def test_an_extension_is_asked_for_from_90_days_before_until_90_days_after(
        self, on: str, *, extended: bool
    ) -> None:
        years = [line for year in (2020, 2021, 2022) for line in good_year(year)]
        lines = lived(STATION, "2020-03-20", "2023-06-30", *years, event("renewal", on))
        assert ((on, "extended", "A1.12") in lines) is extended
        assert ((on, "extension_refused", "A1.12") in lines) is not extended

    def test_years_go_on_from_the_first_day_after_an_extension(self) -> None:
        years = [line for year in (2020, 2021, 2022) for line in good_year(year)]
        lines = lived(STATION, "2020-03-20", "2024-03-21", *years, event("renewal", "2023-05-01"))
        assert ("2023-03-21", "expired", "A1.12") in lines
        assert ("2024-03-21", "exit_proposed", "A1.15") in lines

    def test_the_extended_term_is_chained_to_the_first_day(self) -> None:
        services = [
            service(f"{year}-{month}-10", 20) for year in range(2024, 2029) for month in ("01", "06", "11")
        ]
        reports = [event("annual_report", f"{year}-02-01", year=year) for year in range(2025, 2029)]
        lines = lived(
            "jilin/expert", "2024-02-29", "2028-03-02", *services, *reports, event("renewal", "2026-02-01")
        )
        assert ("2028-03-01", "expired", "10(1)") in lines
        assert ("2026-03-01", "reverification_due", "10(2)") in lines

    def test_programmes_without_an_extension_point_to_a_new_application(self) -> None:
        lines = lived(PLATFORM, "2023-03-20", "2023-08-01", event("renewal", "2023-07-01"))
        assert lines == [("2023-07-01", "extension_refused", "18")]

    def test_who_has_left_cannot_extend(self) -> None:
        lines = lived(
            STATION,
            "2023-03-20",
            "2023-08-01",
            event("withdrawal", "2023-04-01"),
            event("renewal", "2023-05-01"),
        )
        assert [line[1] for line in lines] == ["withdrawn", "extension_refused"]

    def test_leaving_does_not_end_a_pending_exit(self) -> None:
        lines = lived(PROVIDER, "2023-04-10", "2024-04-30", event("withdrawal", "2024-04-12"))
        assert lines[-2:] == [("2024-04-12", "withdrawn", "11(4)"), ("2024-04-19", "revoked", "11(1)")]

    @pytest.mark.parametrize(
        ("where", "start", "expired", "clause"),
        [
            (PROVIDER, "2023-03-20", "2025-03-21", "10(1)"),
            (PLATFORM, "2023-03-20", "2026-03-21", "18"),
            (SELECTED, "2023-03-20", "2026-03-21", "15"),
            ("shanghai/comprehensive", "2024-02-29", "2025-03-01", "agreement"),
        ],
    )
    def test_a_term_is_valid_through_its_corresponding_day(
        self, where: str, start: str, expired: str, clause: str
    ) -> None:
        year = int(start[:4])
        services = [
            service(f"{y}-{m}-15", 10, authority=True)
            for y in range(year, year + 4)
            for m in ("04", "09", "12")
        ]
        reports = [event("annual_report", f"{y}-01-15", year=y - 1) for y in range(year + 1, year + 4)]
        lines = lived(where, start, expired, *services, *reports)
        assert lines == [(expired, "expired", clause)]


class TestReminders:
    def test_before_the_end_of_a_term(self) -> None:
        days = [line[0] for line in reminded("hubei/comprehensive", "2023-03-20", "2026-03-31")]
        assert days == ["2025-12-20", "2026-02-18", "2026-03-13"]

    @pytest.mark.parametrize(("hours", "warned"), [(59, True), (60, False)])
    def test_of_a_duty_that_is_not_met_90_days_before_the_year_ends(
        self, hours: int, *, warned: bool
    ) -> None:
        lines = reminded(STATION, "2023-03-20", "2024-03-20", service("2023-12-21", hours))
        assert (("2023-12-21", "reminder", "A1.7(2)") in lines) is warned

    def test_of_a_report_30_days_before_it_is_due(self) -> None:
        assert ("2024-01-01", "reminder", "17") in reminded(PLATFORM, "2023-03-20", "2024-01-31")
        filed = event("annual_report", "2023-12-30", year=2023)
        assert ("2024-01-01", "reminder", "17") not in reminded(PLATFORM, "2023-03-20", "2024-01-31", filed)
        assert ("2024-03-11", "reminder", "10(1)") in reminded(PROVIDER, "2023-04-10", "2024-04-10")


class TestSingleDays:
    """What a replay cannot show: records of later days, rules that no text has yet, two findings at once."""

    START = date(2023, 3, 20)
    STANDING = Standing(START, START, date(2026, 3, 20))

    def test_a_low_record_of_a_later_day_is_waited_for(self) -> None:
        rules = supervision("hubei", "specialized", self.START)
        seen = Glimpse(next_low_on=date(2023, 5, 2))
        assert next_due(rules, self.STANDING, seen, date(2023, 5, 1)) == date(2023, 5, 2)

    def test_two_findings_of_one_day_make_one_case(self) -> None:
        rules = supervision("hubei", "specialized", self.START)
        day = date(2023, 5, 2)
        found = (Established("violation", day, 1), Established("violation", day, 2))
        actions = step(
            rules,
            replace(self.STANDING, findings=found),
            Glimpse(),
            day,
            answers_for(rules, self.STANDING, day),
        )
        assert [(action.kind, action.clause, action.ref) for action in actions] == [
            (EventKind.EXIT_PROPOSED, "15", 1)
        ]

    def test_a_yearly_test_may_warn_instead_of_revoking(self) -> None:
        rules = supervision("jilin", "provider", self.START)
        mild = tuple(
            replace(rule, effect=Effect.WARN) if isinstance(rule.trigger, YearlyTest) else rule
            for rule in rules.exits
        )
        rules = replace(rules, exits=mild)
        day = date(2024, 3, 21)
        actions = step(rules, self.STANDING, Glimpse(), day, answers_for(rules, self.STANDING, day))
        assert (EventKind.WARNING, "11(1)") in {(action.kind, action.clause) for action in actions}
        assert EventKind.EXIT_PROPOSED not in {action.kind for action in actions}

    def test_what_was_done_is_not_done_again(self) -> None:
        rules = supervision("jilin", "provider", self.START)
        day = date(2024, 3, 21)
        answers = answers_for(rules, self.STANDING, day)
        actions = step(rules, self.STANDING, Glimpse(), day, answers)
        done = replace(self.STANDING, done=frozenset(action.key for action in actions))
        assert actions
        assert step(rules, done, Glimpse(), day, answers) == ()

    def test_a_case_dismissed_starts_count_and_absence_anew(self) -> None:
        rules = supervision("liaocheng", "specialized", self.START)
        days = tuple(date(2023, month, 1) for month in (4, 5, 6))
        case = Case(
            "20(4)",
            "term/2023-03-20/2023-03-20",
            days[-1],
            automatic=False,
            closed_on=date(2023, 6, 10),
            dismissed=True,
        )
        standing = replace(self.STANDING, complaints=(*days, date(2023, 7, 1)), cases=(case,))
        assert step(rules, standing, Glimpse(), date(2023, 7, 1), {}) == ()
        more = replace(standing, complaints=(*standing.complaints, date(2023, 8, 1), date(2023, 9, 1)))
        assert [action.clause for action in step(rules, more, Glimpse(), date(2023, 9, 1), {})] == ["20(4)"]
        absent = replace(case, clause="20(3)")
        due = next_due(rules, replace(self.STANDING, cases=(absent,)), Glimpse(), date(2024, 5, 1))
        assert due == date(2024, 6, 11)

    def test_later_results_are_not_known_yet(self) -> None:
        order = Order("18(1)", date(2023, 5, 1), date(2023, 5, 31), passed=True, result_on=date(2023, 5, 20))
        case = Case("15", "finding/1", date(2023, 5, 1), automatic=False, closed_on=date(2023, 5, 20))
        seen = seen_on(replace(self.STANDING, orders=(order,), cases=(case,)), date(2023, 5, 10))
        assert seen.orders[0].passed is None
        assert seen.cases[0].open
        assert seen_on(seen, date(2023, 4, 30)).orders == ()

    def test_no_extension_is_open_where_the_text_has_none(self) -> None:
        rules = supervision("hubei", "specialized", self.START)
        assert not extension_open(rules, date(2026, 3, 20), date(2026, 3, 20))


def answers_for(rules: SupervisionRules, standing: Standing, day: date) -> Answers:
    return {ask: measure([], ask, None) for ask in asks(rules, standing, day)}
