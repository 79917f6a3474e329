"""Lives under the five texts: what duties, silence, findings, complaints and reports lead to, and when."""

import pytest

from tests.domain.years import PLATFORM, PROVIDER, SELECTED, STATION, VOLUNTEER, complaints, good_year, low
from tests.lives import event, lived, reminded, service


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
        assert ("2025-02-06", "reminder", "3.1") in reminded(
            "shanghai/specialized", "2024-03-20", "2025-03-20"
        )
