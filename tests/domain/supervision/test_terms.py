"""Lives under the five texts: orders to rectify, the end of a term, reminders, and single days."""

from dataclasses import replace
from datetime import date

import pytest

from core.domain.supervision.day import step
from core.domain.supervision.replay import extension_open, measure
from core.domain.supervision.schedule import next_due
from core.domain.supervision.standing import (
    Answers,
    Case,
    Complained,
    Established,
    EventKind,
    Glimpse,
    Order,
    Standing,
    SupervisionRules,
    seen_on,
)
from core.domain.supervision.windows import asks
from core.rules.obligations import Effect, FindingKind, YearlyTest
from tests.domain.years import PLATFORM, PROVIDER, SELECTED, STATION, good_year, low
from tests.lives import event, lived, reminded, service, supervision


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

    @pytest.mark.parametrize(
        ("states", "ordered"),
        [
            (("verified", "verified", "submitted"), False),
            (("verified", "verified", "verified"), True),
            (("verified", "verified", "verified", "verified"), True),
            (("submitted", "submitted", "submitted", "submitted"), False),
            (("verified", "verified", "rejected"), False),
            (("verified", "verified", "draft"), False),
        ],
    )
    def test_only_what_staff_verified_or_recorded_counts_as_low(
        self, states: tuple[str, ...], *, ordered: bool
    ) -> None:
        days = ("2023-04-01", "2023-05-01", "2023-08-01", "2023-09-01")
        events = [
            service(day, satisfaction=79.9, status=state) for day, state in zip(days, states, strict=False)
        ]
        lines = lived(SELECTED, "2023-03-20", "2023-12-31", *events)
        assert (("2023-08-01", "rectification_ordered", "18(1)") in lines) == ordered
        assert bool(lines) == ordered

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

    @pytest.mark.parametrize(
        ("on", "proposed"), [("2023-08-30", False), ("2023-08-31", False), ("2023-09-01", True)]
    )
    def test_an_answer_in_time_keeps_the_order_open_for_a_person(self, on: str, *, proposed: bool) -> None:
        events = [*low("2023-04-01", "2023-05-01", "2023-08-01"), event("order_answer", on)]
        lines = lived(SELECTED, "2023-03-20", "2024-03-01", *events)
        assert (("2023-09-01", "exit_proposed", "18(1)") in lines) is proposed
        assert len(lines) == (2 if proposed else 1)
        judged = event("rectification_result", "2023-12-01", ok=False)
        after = lived(SELECTED, "2023-03-20", "2024-03-01", *events, judged)
        assert ("2023-12-01", "exit_proposed", "18(1)") in after or proposed

    def test_an_answer_without_an_order_changes_nothing(self) -> None:
        assert lived(SELECTED, "2023-03-20", "2023-06-30", event("order_answer", "2023-05-01")) == []

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

    @pytest.mark.parametrize(
        ("own", "verified", "ordered"),
        [
            (20, 0, False),  # nothing but the body's own words: no share is known
            (20, 10, False),
            (0, 11, True),
            (20, 11, True),  # its own entries do not help it either: the share is of what is verified
        ],
    )
    def test_the_share_is_of_what_staff_verified_or_recorded(
        self, own: int, verified: int, *, ordered: bool
    ) -> None:
        events = [service(f"2023-04-{day:02d}", status="submitted") for day in range(1, own + 1)]
        events += [service(f"2023-05-{day:02d}", benefit=day == 1) for day in range(1, verified + 1)]
        lines = lived(SELECTED, "2023-03-20", "2024-03-31", *events)
        assert lines == ([("2024-03-21", "rectification_ordered", "18(4)")] if ordered else [])

    def test_own_entries_without_public_benefit_order_nothing(self) -> None:
        events = [service(f"2023-05-{day:02d}", benefit=False, status="submitted") for day in range(1, 29)]
        assert lived(SELECTED, "2023-03-20", "2024-03-31", *events) == []

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
        [
            ("2022-12-19", False),
            ("2022-12-20", True),
            ("2023-06-18", True),  # a Sunday
            ("2023-06-19", True),
            ("2023-06-20", False),
        ],
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

    @pytest.mark.parametrize("asked", ["2025-03-20", "2025-03-21", "2025-03-30"])
    def test_a_record_is_verified_again_when_two_years_are_over_however_late_the_extension(
        self, asked: str
    ) -> None:
        services = [
            service(f"{year}-{month}-10", 20) for year in (2023, 2024, 2025) for month in ("05", "12")
        ]
        reports = [event("annual_report", f"{year}-02-01", year=year) for year in (2024, 2025)]
        lines = lived(PROVIDER, "2023-03-20", "2025-12-31", *services, *reports, event("renewal", asked))
        due = [line for line in lines if line[1] == "reverification_due"]
        assert due == [(max(asked, "2025-03-21"), "reverification_due", "10(2)")]

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
        found = (Established("violation", day, 1, day), Established("violation", day, 2, day))
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
        *found, eighth, ninth = (Complained(on, on) for on in (*days, *(date(2023, m, 1) for m in (7, 8, 9))))
        standing = replace(self.STANDING, complaints=tuple(found), cases=(case,))
        assert step(rules, standing, Glimpse(), date(2023, 7, 1), {}) == ()
        more = replace(standing, complaints=(*standing.complaints, eighth, ninth))
        assert [action.clause for action in step(rules, more, Glimpse(), date(2023, 9, 1), {})] == ["20(4)"]
        absent = replace(case, clause="20(3)")
        due = next_due(rules, replace(self.STANDING, cases=(absent,)), Glimpse(), date(2024, 5, 1))
        assert due == date(2024, 6, 11)

    def test_a_case_that_fell_with_its_ground_leaves_the_count_as_it_is(self) -> None:
        rules = supervision("liaocheng", "specialized", self.START)
        period = "term/2023-03-20/2023-03-20"
        fell = Case(
            "20(4)",
            period,
            date(2023, 6, 1),
            automatic=False,
            closed_on=date(2023, 6, 10),
            dismissed=True,
            fallen=True,
        )
        days = (date(2023, 4, 1), date(2023, 5, 1), date(2023, 7, 1))
        standing = replace(
            self.STANDING, cases=(fell,), done=frozenset({(EventKind.EXIT_PROPOSED, "20(4)", period)})
        )

        def keys(number: int, *cases: Case) -> list[str]:
            held = replace(
                standing,
                complaints=tuple(Complained(on, on) for on in days[:number]),
                cases=(fell, *cases),
                done=standing.done | {(EventKind.EXIT_PROPOSED, case.clause, case.period) for case in cases},
            )
            return [action.period for action in step(rules, held, Glimpse(), days[-1], {})]

        again = replace(fell, period=f"{period}/2", proposed_on=days[-1], closed_on=days[-1])
        assert keys(2) == []
        assert keys(3) == [f"{period}/2"]
        assert keys(3, replace(again, closed_on=None, dismissed=False, fallen=False)) == []
        assert keys(3, again) == [f"{period}/3"]
        # One of another clause, or of another window, numbers nothing.
        assert keys(3, replace(again, clause="20(1)"), replace(again, period=f"{period}1")) == [f"{period}/2"]
        before = seen_on(replace(standing, cases=(fell,)), date(2023, 6, 5)).cases[0]
        assert (before.open, before.fallen) == (True, False)

    @pytest.mark.parametrize(("undone", "period"), [(0, "finding/7"), (1, "finding/7/2"), (2, "finding/7/3")])
    def test_a_finding_is_proposed_on_each_time_that_it_is_established(
        self, undone: int, period: str
    ) -> None:
        rules = supervision("liaocheng", "specialized", self.START)
        on = date(2023, 5, 1)
        found = Established(FindingKind.ADMINISTRATIVE_SANCTION, on, 7, on, undone)
        actions = step(rules, replace(self.STANDING, findings=(found,)), Glimpse(), on, {})
        assert [(action.period, action.ref) for action in actions] == [(period, 7)]

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
