"""Articles 6 and 8 to 11: materials, stages, duties, term and exits, as an officer meets them."""

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
    Overdue,
    ReportDuty,
    Reverification,
    ServiceDuty,
    Year,
    YearlyTest,
)
from tests.plugins.profiles import Desk, says

TRACKS = ("provider", "expert")
both_tracks = pytest.mark.parametrize("track", TRACKS)


def test_a_provider_hands_in_what_8_2_names():
    materials = Desk("jilin", "provider").rules.materials
    assert [(item.clause, item.key, item.required) for item in materials] == [
        ("8(2)", "application_form", True),
        ("8(2)", "service_summary", True),
        ("8(2)", "business_licence", True),
        ("8(2)", "qualification_certificates", True),
    ]
    assert [item.note.zh for item in materials] == ["", "", "复印件", "复印件"]


def test_an_expert_hands_in_what_8_3_names():
    materials = Desk("jilin", "expert").rules.materials
    assert [(item.clause, item.key, item.required) for item in materials] == [
        ("8(3)", "application_form", True),
        ("8(3)", "highest_degree", True),
        ("8(3)", "professional_proof", True),
    ]


@pytest.mark.parametrize(("track", "submission"), [("provider", "8(2)"), ("expert", "8(3)")])
def test_the_county_recommends_and_the_city_reviews_without_public_notice(track, submission):
    procedure = Desk("jilin", track).rules.procedure
    assert (procedure.clause, procedure.intake) == ("8(1)", Intake.ROLLING)
    assert procedure.window is None
    assert [(stage.kind, stage.clause, stage.actor) for stage in procedure.stages] == [
        (StageKind.SUBMISSION, submission, Actor.APPLICANT),
        (StageKind.RECOMMENDATION, "8(4)", Actor.RECOMMENDER),
        (StageKind.REVIEW, "8(5)", Actor.AUTHORITY),
        (StageKind.ACCREDITATION, "8(5)", Actor.AUTHORITY),
    ]


@both_tracks
def test_a_term_lasts_two_years_and_can_be_extended_by_two(track):
    term = Desk("jilin", track).rules.procedure.term
    assert (term.clause, term.years, term.withdrawal_clause) == ("10(1)", 2, "11(4)")
    assert (term.extension.clause, term.extension.years) == ("10(3)", 2)
    assert (term.extension.days_before, term.extension.days_after) == (90, 90)
    assert not term.by_agreement


@both_tracks
def test_every_duty_of_articles_6_and_9_is_listed(track):
    conduct = [duty for duty in Desk("jilin", track).rules.duties if isinstance(duty, ConductDuty)]
    assert [duty.clause for duty in conduct] == [
        *(f"6({item})" for item in range(1, 6)),
        *(f"9({item})" for item in range(1, 7)),
    ]
    assert len({duty.title.zh for duty in conduct}) == len(conduct)


@both_tracks
@pytest.mark.parametrize(
    ("hours", "enterprises", "met"),
    [("11.99", 29, False), ("12", 0, True), ("12.01", 0, True), ("0", 30, True), ("0", 31, True)],
)
def test_the_yearly_duty_is_met_by_hours_or_enterprises_and_only_else_revoked(track, hours, enterprises, met):
    desk = Desk("jilin", track)
    metrics = {"service_hours": Decimal(hours), "enterprises_served": enterprises}
    duty, rule = desk.duty("10(1)", ServiceDuty), desk.exit("11(1)", YearlyTest)
    assert desk.holds(duty.test, **metrics) is (Outcome.MET if met else Outcome.NOT_MET)
    assert desk.holds(rule.trigger.test, **metrics) is (Outcome.NOT_MET if met else Outcome.MET)


@both_tracks
def test_the_shortfall_cites_the_duty_in_words(track):
    rule = Desk("jilin", track).exit("11(1)", YearlyTest)
    assert (rule.effect, rule.mode, rule.ban_years) == (Effect.REVOKE, Mode.AUTOMATIC, 0)
    assert says(rule.trigger.test) == "未达到年服务要求（服务时长不少于 12 小时，或服务企业数不少于 30 家）"
    assert "全年未达到考核要求" in rule.title.zh


@both_tracks
def test_another_number_for_the_duty_moves_the_exit_with_it(track):
    desk = Desk("jilin", track, numbers={"10(1).service_hours": Decimal(20)})
    metrics = {"service_hours": Decimal(15), "enterprises_served": 0}
    assert desk.holds(desk.duty("10(1)", ServiceDuty).test, **metrics) is Outcome.NOT_MET
    assert desk.holds(desk.exit("11(1)", YearlyTest).trigger.test, **metrics) is Outcome.MET
    ids = [parameter.id for parameter in desk.rules.parameters()]
    assert ids.count("10(1).service_hours") == 1


@both_tracks
@pytest.mark.parametrize(
    ("reading", "year"), [("accreditation_year", Year.ACCREDITATION), ("calendar_year", Year.CALENDAR)]
)
def test_the_year_of_the_duty_follows_the_reading(track, reading, year):
    desk = Desk("jilin", track, {"jilin.year_basis": reading})
    assert desk.duty("10(1)", ServiceDuty).year is year
    assert desk.exit("11(1)", YearlyTest).trigger.year is year


@pytest.mark.parametrize("mode", Mode)
def test_whether_the_shortfall_takes_effect_by_itself_follows_the_reading(mode):
    assert Desk("jilin", "expert", {"jilin.mode": mode.value}).exit("11(1)", YearlyTest).mode is mode


@both_tracks
def test_a_report_is_due_within_each_accreditation_year_and_its_lack_is_a_warning(track):
    duty = Desk("jilin", track).duty("10(1)", ReportDuty)
    assert (duty.year, duty.overdue) == (Year.ACCREDITATION, Overdue.WARNING)
    assert duty.follows == ("jilin.report_due",)


@both_tracks
def test_the_record_is_verified_again_every_two_years(track):
    assert Desk("jilin", track).duty("10(2)", Reverification).years == 2


@both_tracks
@pytest.mark.parametrize(
    ("clause", "kinds"),
    [
        ("11(1)", ("incompetence",)),
        ("11(2)", ("irregular_operation", "breach_of_contract")),
        ("11(3)", ("violation",)),
        ("11(5)", ("other",)),
    ],
)
def test_a_finding_ends_the_recruitment_once_two_officers_agree(track, clause, kinds):
    rule = Desk("jilin", track).exit(clause, OnFinding)
    assert rule.trigger.kinds == kinds
    assert (rule.effect, rule.mode) == (Effect.REVOKE, Mode.CONFIRM)


@both_tracks
def test_own_request_is_a_withdrawal(track):
    assert Desk("jilin", track).exit("11(4)", OnRequest).effect is Effect.WITHDRAW


@both_tracks
def test_no_exit_bans_or_orders(track):
    rules = Desk("jilin", track).rules.exits
    assert [rule.clause for rule in rules] == ["11(1)", "11(1)", "11(2)", "11(3)", "11(4)", "11(5)"]
    assert {(rule.ban_years, rule.rectify_days) for rule in rules} == {(0, 0)}
