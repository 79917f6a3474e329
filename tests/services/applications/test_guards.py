"""What stands against a move: each guard just before, at and just after its edge, with its words."""

from datetime import date

import pytest
from sqlalchemy import update

from core.domain.clock import moment
from core.domain.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from core.domain.lifecycle.application_table import APPLICATION_TABLE
from core.domain.lifecycle.moves import Ask
from core.domain.lifecycle.states import Action, ApplicationState
from core.domain.roles import Role
from core.services.applications import deadlines, materials
from core.services.applications.case import find
from core.services.applications.guards import _CHECKS
from core.services.applications.moving import available_moves
from core.services.base.work import SYSTEM
from core.services.granting import decisions, starting
from core.services.people import parties
from core.services.review import recommendations, reviews
from core.storage.engine import session_factory
from core.storage.models import Application, Ban, Party
from tests.services.journey import COUNTY, PDF, REASON

KEY = "liaocheng/specialized"


def test_every_guard_of_an_application_is_looked_up():
    assert set(_CHECKS) == {guard for move in APPLICATION_TABLE for guard in move.guards}


def test_every_move_that_a_person_makes_on_a_case_can_be_performed():
    elsewhere = {Ask.SEALED_TABLE, Ask.NOTICE, Ask.CORRECTION}
    made = {move.action for move in APPLICATION_TABLE if move.roles and not elsewhere & set(move.asks)}
    assert set(starting._MOVES) == made


@pytest.mark.parametrize("at", ["2024-05-10T08:00:00", "2024-05-31T16:59:59", "2024-05-31T17:00:00.999"])
def test_an_application_is_taken_from_the_opening_to_the_last_second(town, begin, at):
    window = {
        "opens_at": moment("2024-05-10T08:00"),
        "submit_by": moment("2024-05-31T17:00"),
        "recommend_by": None,
    }
    case = town.start(KEY, day=date(2024, 5, 20), call=window).fill().attach_all()
    with begin(case.applicant, at) as w:
        starting.submit(w, case.application_id)
    assert case.load().submitted_at == moment(at)


def test_a_second_after_the_deadline_is_too_late_unless_an_officer_gave_more_time(town, begin, unchanged):
    window = {"opens_at": moment("2024-05-10T08:00"), "submit_by": moment("2024-05-31T17:00")}
    window["recommend_by"] = moment("2024-06-05T12:00")
    case = town.start(KEY, day=date(2024, 5, 20), call=window).fill().attach_all()
    with (
        unchanged(Refused, "2024-05-31 17:00:00", "截止"),
        begin(case.applicant, "2024-05-31T17:00:01") as w,
    ):
        starting.submit(w, case.application_id)
    with unchanged(Invalid, "晚于"), begin(town.officer("liaocheng"), "2024-05-31T18:00") as w:
        deadlines.extend_deadline(w, case.application_id, moment("2024-05-31T18:00"), "系统故障")
    with unchanged(Invalid, "请填写"), begin(town.officer("liaocheng"), "2024-05-31T18:00") as w:
        deadlines.extend_deadline(w, case.application_id, moment("2024-06-07T12:00"), " ")
    with unchanged(NotAllowed), begin(case.applicant, "2024-05-31T18:00") as w:
        deadlines.extend_deadline(w, case.application_id, moment("2024-06-07T12:00"), "系统故障")
    with begin(town.officer("liaocheng"), "2024-05-31T18:00") as w:
        deadlines.extend_deadline(w, case.application_id, moment("2024-06-07T12:00"), "系统故障")
    with unchanged(Refused, "2024-06-07 12:00:00"), begin(case.applicant, "2024-06-07T12:00:01") as w:
        starting.submit(w, case.application_id)
    with begin(case.applicant, "2024-06-07T12:00:00") as w:
        starting.submit(w, case.application_id)
    # The call's own day for recommendations is over, but this application was given until noon.
    with begin(town.recommender("liaocheng"), "2024-06-07T12:00:00") as w:
        asked = case.measured(w)
        recommendations.recommend(w, case.application_id, asked, "同意推荐")
    assert case.load().deadline_reason == "系统故障"


def test_nothing_is_begun_before_a_call_opens_or_without_one(town, begin, unchanged):
    user, party_id = town.applicant(KEY, "2024-05-01T09:00")
    later = town.call(KEY, date(2024, 9, 20))
    with unchanged(Refused, "2024-09-10 00:00:00"), begin(user, "2024-09-09T23:59:59") as w:
        starting.start(w, "liaocheng", "specialized", party_id, later)
    with unchanged(Refused, "没有受理申报的通知"), begin(user, "2024-08-01T10:00") as w:
        starting.start(w, "liaocheng", "specialized", party_id)
    with begin(user, "2024-09-10T00:00:00") as w:
        number = starting.start(w, "liaocheng", "specialized", party_id)
        assert w.session.get_one(Application, number).call_id == later


def test_recommendations_close_to_the_second(town, begin, unchanged):
    window = {"recommend_by": moment("2024-05-30T23:59:59")}
    early, late = (
        town.start(KEY, day=date(2024, 5, 20), call=window).fill().attach_all().submit() for _ in range(2)
    )
    for case, at in ((early, "2024-05-30T23:59:59.5"), (late, "2024-05-31T00:00:00")):
        with begin(town.recommender("liaocheng"), at) as w:
            asked = case.measured(w)
            if case is early:
                recommendations.recommend(w, case.application_id, asked, "同意推荐")
    with unchanged(Refused, "推荐已于"), begin(town.recommender("liaocheng"), "2024-05-31T00:00:00") as w:
        recommendations.recommend(w, late.application_id, asked, "同意推荐")
    assert [case.load().state for case in (early, late)] == ["recommended", "submitted"]


@pytest.mark.parametrize(
    ("on", "open_again"), [("2024-05-19", False), ("2024-05-20", False), ("2024-05-21", True)]
)
def test_a_banned_party_is_told_from_when_it_may_apply(town, engine, begin, unchanged, on, open_again):
    user, party_id = town.applicant(KEY, "2024-05-01T09:00")
    call_id = town.call(KEY, date(2024, 5, 18))
    with session_factory(engine)() as session, session.begin():
        given = {"program": "liaocheng", "clause": "20", "starts_on": date(2021, 5, 20)}
        session.add(Ban(party_id=party_id, through=date(2024, 5, 20), **given))
    if open_again:
        with begin(user, f"{on}T00:00") as w:
            assert starting.start(w, "liaocheng", "specialized", party_id, call_id)
    else:
        with unchanged(Refused, "2024-05-21 起可以申报"), begin(user, f"{on}T23:59") as w:
            starting.start(w, "liaocheng", "specialized", party_id, call_id)


def test_a_ban_that_falls_on_a_draft_stops_its_submission(town, engine, unchanged):
    case = town.start(KEY).fill().attach_all()
    with session_factory(engine)() as session, session.begin():
        given = {"clause": "20", "starts_on": date(2024, 5, 20), "through": date(2027, 5, 20)}
        session.add(Ban(party_id=case.party_id, program="liaocheng", **given))
    with unchanged(Refused, "2027-05-21"), case.as_applicant() as w:
        starting.submit(w, case.application_id)


def test_a_second_open_application_is_refused_and_names_the_first(town, unchanged):
    case = town.start(KEY)
    with unchanged(Refused, f"#{case.application_id}", "草稿"), case.as_applicant() as w:
        starting.start(w, "liaocheng", "specialized", case.party_id, case.load().call_id)
    with case.as_applicant() as w:
        starting.withdraw(w, case.application_id)
    with case.as_applicant() as w:
        again = starting.start(w, "liaocheng", "specialized", case.party_id, case.load().call_id)
    assert again != case.application_id


def test_who_holds_an_accreditation_applies_again_when_the_text_lets_it(town, begin, unchanged):
    held = {key: town.start(key, day=date(2024, 5, 13)).accredited() for key in (KEY, "hubei/specialized")}
    for key, day, refused in (
        (KEY, date(2027, 5, 20), True),
        (KEY, date(2027, 5, 25), True),
        ("hubei/specialized", date(2026, 12, 31), True),
        ("hubei/specialized", date(2027, 1, 1), False),
    ):
        case = held[key]
        call_id = town.call(key, day)
        program, track = key.split("/")
        if refused:
            with unchanged(Refused, "2027-05-25", "有效"), begin(case.applicant, f"{day}T10:00") as w:
                starting.start(w, program, track, case.party_id, call_id)
        else:
            with begin(case.applicant, f"{day}T10:00") as w:
                assert starting.start(w, program, track, case.party_id, call_id)


def test_an_expired_accreditation_stands_in_nobodys_way(town, engine, begin):
    case = town.start(KEY, day=date(2021, 5, 13)).accredited()
    with engine.begin() as connection:
        connection.execute(
            update(Party.metadata.tables["accreditation"])
            .where(Party.metadata.tables["accreditation"].c.party_id == case.party_id)
            .values(state="expired", ended_on=date(2024, 5, 25))
        )
    call_id = town.call(KEY, date(2024, 6, 3))
    with begin(case.applicant, "2024-06-03T10:00") as w:
        assert starting.start(w, "liaocheng", "specialized", case.party_id, call_id)


def test_missing_materials_are_all_named_at_submission(town, unchanged):
    case = town.start(KEY).fill()
    with case.as_applicant() as w:
        materials.attach(w, case.application_id, "licence", "执照.pdf", PDF, town.store)
    with (
        unchanged(Refused, "12(1) 申请报告", "12(3)", "12(7)", "12(8) 材料真实性声明") as _,
        case.as_applicant() as w,
    ):
        starting.submit(w, case.application_id)
    with case.as_applicant() as w:
        moves = {item.move.action: item.blocked for item in available_moves(find(w, case.application_id))}
    assert "12(2)" not in moves[Action.SUBMIT][0].zh
    assert moves[Action.WITHDRAW] == ()


def test_shanghai_asks_for_a_verified_party(town, begin, unchanged):
    key = "shanghai/specialized"
    user, party_id = town.applicant(key, "2017-09-15T09:00")
    with begin(user, "2017-09-15T09:00") as w:
        number = starting.start(w, "shanghai", "specialized", party_id, town.call(key, date(2017, 9, 15)))
        for row in materials.checklist(w, number):
            materials.attach(w, number, row.key, "a.pdf", PDF, town.store)
    with unchanged(Refused, "尚未核验"), begin(user, "2017-09-15T10:00") as w:
        starting.submit(w, number)
    with begin(town.officer("shanghai"), "2017-09-15T11:00") as w:
        parties.verify_party(w, party_id)
    with begin(user, "2017-09-15T12:00") as w:
        starting.submit(w, number)


def test_miit_asks_for_a_mobile_number_at_submission(town, unchanged):
    case = town.start("miit_volunteer/workstation", mobile="").fill().attach_all()
    with unchanged(Refused, "手机号码"), case.as_applicant() as w:
        starting.submit(w, case.application_id)
    with case.as_applicant() as w:
        parties.edit_party(w, case.party_id, {"phone": "010-82312345"})
    with unchanged(Refused, "手机号码"), case.as_applicant() as w:
        starting.submit(w, case.application_id)
    with case.as_applicant() as w:
        parties.edit_party(w, case.party_id, {"mobile": "138 0013 8000"})
    case.submit()


def test_a_return_says_why_and_comes_back(town, unchanged):
    case = town.start(KEY).fill().attach_all().submit()
    with unchanged(Refused, "理由"), case.as_recommender() as w:
        starting.return_for_correction(w, case.application_id, "  ")
    with case.as_recommender() as w:
        starting.return_for_correction(w, case.application_id, "审计报告缺页")
    assert (case.load().state, case.load().return_reason) == ("returned", "审计报告缺页")
    with case.as_applicant(1) as w:
        starting.resubmit(w, case.application_id)
    assert case.load().state is ApplicationState.SUBMITTED


def test_a_file_that_was_turned_down_must_be_replaced_before_it_comes_back(town, unchanged):
    case = town.start(KEY).fill().attach_all().submit()
    with case.as_recommender() as w:
        row = next(row for row in materials.checklist(w, case.application_id) if row.key == "licence")
        materials.judge_material(w, row.files[0].id, accepted=False, remark="已过期")
        starting.return_for_correction(w, case.application_id, "执照过期")
    with unchanged(Refused, "12(2)", "重新上传"), case.as_applicant(1) as w:
        starting.resubmit(w, case.application_id)
    with case.as_applicant(1) as w:
        materials.attach(
            w, case.application_id, "licence", "新.pdf", PDF, town.store, replaces=row.files[0].id
        )
        starting.resubmit(w, case.application_id)


def test_a_recommendation_needs_an_opinion_and_the_measured_results(town, unchanged):
    case = town.start(KEY).fill().attach_all().submit()
    words = {"liaocheng_operation": "运营正常"}
    measured = {"smes_served_last_year": 118, "satisfaction_pct": 91, **words}
    with unchanged(Refused, "推荐意见"), case.as_recommender() as w:
        recommendations.recommend(w, case.application_id, measured, " ")
    with unchanged(Refused, "用户满意度"), case.as_recommender() as w:
        recommendations.recommend(w, case.application_id, {"smes_served_last_year": 118, **words}, "同意")
    with case.as_recommender() as w:
        recommendations.recommend(w, case.application_id, measured, "同意")
    assert case.load().facts["smes_served_last_year"] == 118


@pytest.mark.parametrize("body", ["member", "recommends for itself"])
def test_nobody_decides_on_a_party_of_their_own(town, make_actor, begin, unchanged, body):
    case = town.start("hubei/specialized").fill().attach_all().submit()
    role = Role.RECOMMENDER
    if body == "member":
        actor = make_actor(role, "hubei", COUNTY["hubei"])
        actor = type(actor)(actor.user_id, actor.name, actor.grants, frozenset({case.party_id}))
    else:
        actor = make_actor(role, "hubei", COUNTY["hubei"], [case.party_id])
    with unchanged(Refused, "本单位"), begin(actor, case.on(1)) as w:
        recommendations.recommend(
            w, case.application_id, {"smes_served_last_year": 60, "satisfaction_pct": 90}, "同意"
        )


def test_a_panel_must_have_scored_where_the_procedure_asks_it(town, unchanged):
    case = town.start("shanghai/specialized").fill().attach_all().submit().recommend().review()
    with unchanged(Refused, "评审专家"), case.as_officer(3) as w:
        decisions.approve(w, case.application_id)
    reviewer = town.make_actor(Role.REVIEWER, "shanghai", "310000")
    with case.as_officer(3) as w:
        (task,) = reviews.assign(w, case.application_id, [reviewer.user_id])
    with unchanged(Refused, "评审专家"), case.as_officer(3) as w:
        decisions.approve(w, case.application_id)
    with town.begin(reviewer, case.on(3)) as w:
        reviews.declare(w, task, conflict=True, reason="曾任顾问")
    with unchanged(Refused, "评审专家"), case.as_officer(3) as w:
        decisions.approve(w, case.application_id)
    case.score((88,)).approve()


def test_an_approval_names_every_condition_in_its_way(town, unchanged):
    case = town.start(KEY).fill({"staff_full_time": 14, "staff_college_plus": 13}).attach_all().submit()
    case.recommend().review(judge=False)
    with unchanged(Refused, "8(7)", "不满足") as _, case.as_officer(4) as w:
        decisions.approve(w, case.application_id)
    assert case.load().state is ApplicationState.UNDER_REVIEW


def test_what_only_a_person_can_judge_stands_in_the_way_until_it_is_judged(town, unchanged):
    case = town.start("hubei/comprehensive").fill().attach_all().submit().recommend().review(judge=False)
    with unchanged(Refused, "6 ", "8 ", "未知"), case.as_officer(4) as w:
        decisions.approve(w, case.application_id)
    with case.as_officer(4) as w:
        reviews.attest(w, case.application_id, {"core_guiding_role": True}, "走访")
    with unchanged(Refused, "8 特色"), case.as_officer(4) as w:
        decisions.approve(w, case.application_id)
    with case.as_officer(4) as w:
        reviews.attest(w, case.application_id, {"distinctive_strengths": True}, "走访")
    case.approve()


def test_a_rejection_says_why(town, unchanged):
    case = town.start("jilin/provider").reviewed()
    with unchanged(Refused, "理由"), case.as_officer(4) as w:
        decisions.reject(w, case.application_id, "")
    with case.as_officer(4) as w:
        decisions.reject(w, case.application_id, "不在服务领域")
    assert case.load().state is ApplicationState.REJECTED


def test_what_an_applicant_may_do_and_see_ends_at_its_own_cases(town, begin, unchanged):
    mine, other = town.start("jilin/provider"), town.start("jilin/provider")
    with unchanged(NotFound), begin(other.applicant, mine.on(0)) as w:
        starting.submit(w, mine.application_id)
    submitted = mine.fill().attach_all().submit()
    with unchanged(NotAllowed, "权限"), submitted.as_applicant() as w:
        recommendations.recommend(w, mine.application_id, {}, "自荐")
    with unchanged(NotAllowed), submitted.as_officer() as w:
        starting.withdraw(w, mine.application_id)
    with submitted.as_applicant() as w:
        actions = [item.move.action for item in available_moves(find(w, mine.application_id))]
    assert actions == [Action.WITHDRAW]


def test_a_recommender_of_another_county_sees_nothing(town, make_actor, begin, unchanged):
    case = town.start("jilin/provider").fill().attach_all().submit()
    elsewhere = make_actor(Role.RECOMMENDER, "jilin", "220281")
    with unchanged(NotFound, "没有这条记录"), begin(elsewhere, case.on(1)) as w:
        recommendations.recommend(w, case.application_id, {"satisfaction_pct": 95}, "同意")
    with unchanged(NotFound), begin(elsewhere, case.on(1)) as w:
        available_moves(find(w, case.application_id))


def test_a_stale_screen_gets_a_conflict(town, unchanged):
    case = town.start("jilin/provider").reviewed()
    seen = case.load().version
    with case.as_officer(4) as w:
        reviews.attest(w, case.application_id, {"satisfaction_pct": 96}, "抽查")
    with unchanged(Conflict, "他人刚刚修改"), case.as_officer(4) as w:
        starting.perform(w, case.application_id, Action.APPROVE, reason=REASON, version=seen)
    with case.as_officer(4) as w:
        now = case.load().version
        starting.perform(w, case.application_id, Action.APPROVE, reason=REASON, version=now)


def test_moves_that_nobody_makes_by_hand_and_states_that_know_no_move(town, unchanged):
    case = town.start("jilin/provider")
    with unchanged(Refused, "不由人办理"), case.as_officer() as w:
        starting.perform(w, case.application_id, Action.CLOSE_NOTICE)
    with unchanged(Refused, "草稿"), case.as_officer() as w:
        starting.perform(w, case.application_id, Action.APPROVE)


def test_the_wrong_kind_of_party_and_one_from_elsewhere_are_refused(town, begin, unchanged):
    user, party_id = town.applicant("jilin/expert", "2024-06-01T09:00")
    with unchanged(Refused, "机构的申请"), begin(user, "2024-06-01T10:00") as w:
        starting.start(w, "jilin", "provider", party_id)
    user, party_id = town.applicant("jilin/expert", "2024-06-01T09:00", region="371502")
    with unchanged(Refused, "辖区", "371502"), begin(user, "2024-06-01T10:00") as w:
        starting.start(w, "jilin", "expert", party_id)
    with unchanged(NotFound, "jilin/nothing"), begin(user, "2024-06-01T10:00") as w:
        starting.start(w, "jilin", "nothing", party_id)


def test_the_system_makes_no_decisions(town, unchanged):
    case = town.start("jilin/provider").reviewed()
    with unchanged(NotAllowed), town.begin(SYSTEM, case.on(4)) as w:
        decisions.approve(w, case.application_id)
    assert case.load().state is ApplicationState.UNDER_REVIEW
