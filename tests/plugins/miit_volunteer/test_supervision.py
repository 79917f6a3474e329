"""The notice and the two measures: materials, stages, duties, term and exits, as an officer meets them."""

from datetime import datetime
from decimal import Decimal

import pytest

from core.rules.clauses import Actor, Intake, StageKind
from core.rules.evaluate import Outcome
from core.rules.obligations import (
    ConductDuty,
    Effect,
    Mode,
    OnFinding,
    OnRequest,
    PaidService,
    ReportDuty,
    ServiceDuty,
    Silence,
    Year,
    YearlyTest,
)
from core.rules.sentence import sentence
from tests.plugins.profiles import Desk, says

MET, NOT_MET = Outcome.MET, Outcome.NOT_MET
TRACKS = {
    "workstation": {
        "duty": "A1.7(2)",
        "exit": "A1.15",
        "own": "A1.6",
        "term": "A1.12",
        "hours": 60,
        "smes": 150,
    },
    "expert": {"duty": "A2.6(2)", "exit": "A2.13", "own": "A2.5", "term": "A2.9", "hours": 12, "smes": 30},
}
both_tracks = pytest.mark.parametrize("track", TRACKS)


def desk(track, readings=None, numbers=None):
    return Desk("miit_volunteer", track, readings, numbers)


@pytest.mark.parametrize(
    ("track", "form", "clause"),
    [("workstation", "application", "A1.5(1)"), ("expert", "application_form", "A2.4(1)")],
)
def test_an_application_comes_with_a_statement_of_experience(track, form, clause):
    materials = desk(track).rules.materials
    assert [(item.clause, item.key, item.required) for item in materials] == [
        (clause, form, True),
        ("N1", "experience_statement", True),
    ]


@pytest.mark.parametrize(("track", "article"), [("workstation", "A1.5"), ("expert", "A2.4")])
def test_review_then_five_working_days_of_notice_then_inclusion(track, article):
    procedure = desk(track).rules.procedure
    assert (procedure.clause, procedure.intake) == (article, Intake.CALL)
    assert [(stage.kind, stage.clause, stage.actor, stage.working_days) for stage in procedure.stages] == [
        (StageKind.SUBMISSION, f"{article}(1)", Actor.APPLICANT, 0),
        (StageKind.REVIEW, f"{article}(2)", Actor.AUTHORITY, 0),
        (StageKind.NOTICE, f"{article}(3)", Actor.AUTHORITY, 5),
        (StageKind.ACCREDITATION, "N3", Actor.AUTHORITY, 0),
    ]


@both_tracks
def test_the_window_of_2023_closes_with_the_12th_of_march(track):
    window = desk(track).rules.procedure.window
    assert window.clause == "N3"
    closing = datetime.fromisoformat(window.submit_by)
    assert closing == datetime(2023, 3, 12, 23, 59, 59)  # noqa: DTZ001  # local time, as the window holds it
    assert datetime.fromisoformat(window.opens_at) < closing
    assert window.recommend_by == window.submit_by


@both_tracks
def test_entrusted_bodies_include_directly_and_applicants_need_a_mobile_number(track):
    procedure = desk(track).rules.procedure
    assert (procedure.direct_inclusion, procedure.mobile_required) == ("N2", "N3")


@pytest.mark.parametrize(("track", "clause"), [("workstation", "A1.14"), ("expert", "A2.12")])
def test_the_best_are_listed_for_commendation(track, clause):
    ((cited, target, title),) = desk(track).rules.procedure.nomination
    assert (cited, target) == (clause, "commendation")
    assert "表彰" in title.zh


@both_tracks
def test_a_term_lasts_three_years_and_can_be_extended_by_three(track):
    term = desk(track).rules.procedure.term
    assert (term.clause, term.years) == (TRACKS[track]["term"], 3)
    assert (term.extension.clause, term.extension.years) == (TRACKS[track]["term"], 3)
    assert (term.extension.days_before, term.extension.days_after) == (90, 90)
    assert term.withdrawal_clause == TRACKS[track]["own"]


@pytest.mark.parametrize(
    ("track", "clauses"),
    [
        (
            "workstation",
            [
                "N4",
                "N5",
                "A1.2",
                "A1.7(1)",
                "A1.7(2)",
                "A1.7(3)",
                "A1.7(4)",
                "A1.8",
                "A1.9",
                "A1.10",
                "A1.11",
                "A1.13",
            ],
        ),
        ("expert", ["N4", "N5", "A2.6(1)", "A2.6(2)", "A2.6(3)", "A2.6(4)", "A2.7", "A2.10", "A2.11"]),
    ],
)
def test_every_duty_of_conduct_is_listed(track, clauses):
    conduct = [duty for duty in desk(track).rules.duties if isinstance(duty, ConductDuty)]
    assert [duty.clause for duty in conduct] == clauses
    assert len({duty.title.zh for duty in conduct}) == len(conduct)


@both_tracks
def test_there_is_no_yearly_report_but_the_diary(track):
    assert not [duty for duty in desk(track).rules.duties if isinstance(duty, ReportDuty)]


def metrics(track, hours, enterprises):
    """Hours and enterprises, each relative to the bound of the track."""
    law = TRACKS[track]
    return {
        "service_hours": law["hours"] + Decimal(hours),
        "enterprises_served": max(0, law["smes"] + enterprises),
    }


YEARS = [
    ("-0.01", -1, NOT_MET, MET, MET),
    ("0", -1, MET, NOT_MET, MET),
    ("-0.01", 0, MET, NOT_MET, MET),
    ("0", 0, MET, NOT_MET, NOT_MET),
    ("0.01", 1, MET, NOT_MET, NOT_MET),
    ("0.01", -1000, MET, NOT_MET, MET),
]


@both_tracks
@pytest.mark.parametrize(("hours", "enterprises", "duty", "both", "either"), YEARS)
def test_the_yearly_duty_and_its_shortfall_under_both_readings(track, hours, enterprises, duty, both, either):
    law, year = TRACKS[track], metrics(track, hours, enterprises)
    for readings, revoked in (
        ({}, both),
        ({"miit.shortfall": "both"}, both),
        ({"miit.shortfall": "either"}, either),
    ):
        officer = desk(track, readings)
        assert officer.holds(officer.duty(law["duty"], ServiceDuty).test, **year) is duty
        assert officer.holds(officer.exit(law["exit"], YearlyTest).trigger.test, **year) is revoked


@pytest.mark.parametrize(
    ("track", "duty", "shortfall"),
    [
        (
            "workstation",
            "服务时长不少于 60 小时，或服务企业数不少于 150 家",
            "服务时长低于 60 小时；服务企业数低于 150 家",
        ),
        (
            "expert",
            "服务时长不少于 12 小时，或服务企业数不少于 30 家",
            "服务时长低于 12 小时；服务企业数低于 30 家",
        ),
    ],
)
def test_duty_and_shortfall_read_like_the_text(track, duty, shortfall):
    officer, law = desk(track), TRACKS[track]
    assert says(officer.duty(law["duty"], ServiceDuty).test) == duty
    rule = officer.exit(law["exit"], YearlyTest)
    assert says(rule.trigger.test) == shortfall
    assert f"Service hours: less than {law['hours']} hours" in sentence(rule.trigger.test).en
    either = desk(track, {"miit.shortfall": "either"}).exit(law["exit"], YearlyTest)
    assert says(either.trigger.test) == shortfall.replace("；", "，或")
    assert (rule.effect, rule.title.zh) == (Effect.REVOKE, "全年服务未达标")


@both_tracks
@pytest.mark.parametrize(
    ("reading", "year"), [("accreditation_year", Year.ACCREDITATION), ("calendar_year", Year.CALENDAR)]
)
def test_the_year_of_duty_and_exit_follows_the_reading(track, reading, year):
    officer = desk(track, {"miit.year_basis": reading})
    assert officer.duty(TRACKS[track]["duty"], ServiceDuty).year is year
    assert officer.exit(TRACKS[track]["exit"], YearlyTest).trigger.year is year


@both_tracks
@pytest.mark.parametrize("mode", Mode)
def test_whether_the_shortfall_takes_effect_by_itself_follows_the_reading(track, mode):
    assert desk(track).exit(TRACKS[track]["exit"], YearlyTest).mode is Mode.AUTOMATIC
    assert desk(track, {"miit.mode": mode.value}).exit(TRACKS[track]["exit"], YearlyTest).mode is mode


@both_tracks
def test_half_a_year_of_silence_is_a_warning_and_no_more(track):
    rule = desk(track).exit("N5", Silence)
    assert (rule.trigger.months, rule.effect) == (6, Effect.WARN)
    assert rule.follows == ("miit.inactivity",)


@both_tracks
def test_a_fee_opens_a_finding_to_decide_and_ends_nothing_by_itself(track):
    assert desk(track).exit("N5", PaidService).effect is Effect.OPEN_FINDING
    ends = [rule for rule in desk(track).rules.exits if rule.effect is Effect.REVOKE]
    assert {rule.clause for rule in ends} == {TRACKS[track]["exit"]}


@both_tracks
def test_a_violation_ends_the_status_once_two_officers_agree(track):
    rule = desk(track).exit(TRACKS[track]["exit"], OnFinding)
    assert rule.trigger.kinds == ("violation",)
    assert (rule.effect, rule.mode, rule.ban_years) == (Effect.REVOKE, Mode.CONFIRM, 0)


@both_tracks
def test_own_request_is_a_withdrawal(track):
    assert desk(track).exit(TRACKS[track]["own"], OnRequest).effect is Effect.WITHDRAW


@both_tracks
def test_another_number_of_hours_is_possible_for_duty_and_exit(track):
    law = TRACKS[track]
    numbers = {f"{law['duty']}.service_hours": Decimal(1), f"{law['exit']}.service_hours": Decimal(1)}
    officer = desk(track, numbers=numbers)
    year = {"service_hours": Decimal(1), "enterprises_served": 0}
    assert officer.holds(officer.duty(law["duty"], ServiceDuty).test, **year) is MET
    assert officer.holds(officer.exit(law["exit"], YearlyTest).trigger.test, **year) is NOT_MET
