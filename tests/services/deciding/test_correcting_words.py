"""A recommender's word and a direct inclusion are corrected as every other decision is."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.domain.clock import moment
from core.domain.errors import NotAllowed, NotFound, Refused
from core.domain.lifecycle.states import Action
from core.domain.roles import Role
from core.services.applications.case import find
from core.services.applications.moving import available_moves
from core.services.base.work import Actor
from core.services.calls.bans import why_banned
from core.services.calls.calls import why_not_recommended
from core.services.deciding import correcting, corrections
from core.services.granting import decisions, starting
from core.services.papers.declining import declining_letter
from core.services.review import recommendations, reviews
from core.storage.engine import session_factory
from core.storage.models import Accreditation, Recommendation
from tests.services.deciding.test_correcting import REASON, broken, held_of, last_message, second
from tests.services.granting.test_inclusion import STATIONS, include, parties, station, table
from tests.services.journey import BASES, COUNTY, Case, Town

SPECIALIZED = "liaocheng/specialized"


def colleague(town: Town, case: Case) -> Actor:
    return town.make_actor(Role.RECOMMENDER, case.program, COUNTY[case.program])


def undo_actions(town: Town, case: Case, actor: Actor) -> set[Action]:
    with town.begin(actor, case.on(30)) as w:
        offered = available_moves(find(w, case.application_id))
        return {item.move.action for item in offered if item.move.action.name.startswith("UNDO")}


def declined(town: Town, **call: Any) -> Case:
    case = town.start(SPECIALIZED, call=call).fill().attach_all().submit()
    with case.as_recommender(1) as w:
        recommendations.decline(w, case.application_id, "资料不全")
    return case


def test_a_corrected_decline_is_before_its_recommender_again(town: Town, unchanged: Any) -> None:
    case = declined(town)
    with unchanged(Refused, "不能自行更正"), case.as_recommender(2) as w:
        correcting.correct_decline(w, case.application_id, REASON)
    with unchanged(Refused, "未写明理由"), second(town, case) as w:
        correcting.correct_decline(w, case.application_id, " ")
    with unchanged(Refused, "推荐单位作出"), second(town, case) as w:
        correcting.correct_refusal(w, case.application_id, REASON)
    for role in (Role.OFFICER, Role.RECOMMENDER):
        assert undo_actions(town, case, town.make_actor(role, case.program, COUNTY[case.program])) == {
            Action.UNDO_DECLINE
        }
    with case.as_applicant(2) as w:
        assert declining_letter(w, case.application_id, language="zh").content
    with town.begin(colleague(town, case), case.on(3)) as w:
        correcting.correct_decline(w, case.application_id, REASON)
        (kept,) = corrections.of_application(w, case.application_id)
        assert (kept.kind, kept.before["reason"], kept.reason) == ("decline", "资料不全", REASON)
        now = w.now
    item = case.load()
    assert (item.state, item.submitted_at) == ("submitted", now)
    assert REASON in last_message(town)
    with case.as_applicant(3) as w, pytest.raises(NotFound):
        declining_letter(w, case.application_id, language="zh")
    with unchanged(Refused), second(town, case) as w:
        correcting.correct_decline(w, case.application_id, "再次")
    case.recommend(4).review(5).score(days=6).approve(7)
    assert case.load().state == "approved"
    assert broken(town) == set()


@pytest.mark.parametrize(("left", "given_anew"), [(1, True), (0, True), (-1, False)])
def test_the_time_to_recommend_that_was_left_is_given_anew(
    town: Town, left: int, *, given_anew: bool
) -> None:
    """Declined on the second day: with so many seconds left."""
    day = date.fromisoformat(BASES[SPECIALIZED]["as_of"])
    last = moment(f"{day + timedelta(days=1)}T10:00") + timedelta(seconds=left)
    case = declined(town, submit_by=moment(f"{day}T23:59:59"), recommend_by=last)
    with second(town, case) as w:
        correcting.correct_decline(w, case.application_id, REASON)
        assert (why_not_recommended(w, case.load_in(w)) is None) is given_anew
    extended = case.load().deadline_extended_to
    assert extended == (last + timedelta(days=29) if given_anew else None)


def test_a_declined_one_stays_while_the_party_has_another_application(town: Town, unchanged: Any) -> None:
    case = declined(town)
    with case.as_applicant(2) as w:
        starting.start(w, case.program, case.track, case.party_id, case.load().call_id)
    with unchanged(Refused, "另有在办的申请"), second(town, case) as w:
        correcting.correct_decline(w, case.application_id, REASON)


def test_a_recommendation_is_taken_back_before_the_authority_has_begun(town: Town, unchanged: Any) -> None:
    case = town.start(SPECIALIZED).fill().attach_all().submit().recommend()
    with unchanged(Refused, "不能自行更正"), case.as_recommender(2) as w:
        correcting.correct_recommendation(w, case.application_id, REASON)
    with second(town, case) as w:
        correcting.correct_recommendation(w, case.application_id, REASON)
    assert case.load().state == "submitted"
    assert "原推荐不再有效" in last_message(town)
    with session_factory(town.engine)() as session:
        (word,) = session.scalars(select(Recommendation))
        assert (word.positive, word.opinion) == (True, "情况属实，同意推荐"), "on file"
    # Declined now, it is the refusal to recommend that stands, not what was before it.
    with case.as_recommender(3) as w:
        recommendations.decline(w, case.application_id, "另有原因")
    with case.as_applicant(4) as w:
        assert declining_letter(w, case.application_id, language="zh").content
    assert broken(town) == set()


@pytest.mark.parametrize("begun", ["review", "reviewer"])
def test_what_the_authority_has_begun_with_is_no_more_taken_back(
    town: Town, unchanged: Any, begun: str
) -> None:
    case = town.start("shanghai/specialized").fill().attach_all().submit().recommend()
    if begun == "review":
        case.review(2)
    else:
        reviewer = town.make_actor(Role.REVIEWER, "shanghai", "310000")
        with case.as_officer(2) as w:
            reviews.assign(w, case.application_id, [reviewer.user_id or 0])
    with unchanged(Refused), second(town, case) as w:
        correcting.correct_recommendation(w, case.application_id, REASON)


def test_an_inclusion_is_corrected_and_its_party_may_be_included_again(town: Town, unchanged: Any) -> None:
    call = town.call("miit_volunteer/workstation", date(2023, 3, 1))
    entrusted = town.make_actor(Role.RECOMMENDER, "miit_volunteer", "370000")
    officer = town.make_actor(Role.OFFICER, "miit_volunteer", None)
    upload = table(STATIONS, [station(1, "甲工作站"), station(2, "乙工作站", "13800138003")])
    one, _two = include(town, entrusted, call, upload)
    at = "2023-03-11T10:00:00"
    with unchanged(NotAllowed), town.begin(entrusted, at) as w:
        correcting.correct_inclusion(w, one.application_id, REASON)
    with unchanged(Refused, "更正直接纳入"), town.begin(officer, at) as w:
        correcting.correct_approval(w, one.application_id, REASON)
    with town.begin(officer, at) as w:
        offered = {item.move.action for item in available_moves(find(w, one.application_id))}
        assert Action.UNDO_INCLUSION in offered
        assert Action.UNDO_APPROVAL not in offered
        correcting.correct_inclusion(w, one.application_id, REASON)
        assert why_banned(w, one.party_id, "miit_volunteer", w.today) is None
    with unchanged(Refused), town.begin(officer, at) as w:
        correcting.correct_inclusion(w, one.application_id, REASON)
    with session_factory(town.engine)() as session:
        states = session.scalars(select(Accreditation.state).order_by(Accreditation.id)).all()
        assert states == ["annulled", "active"]
    assert broken(town) == set()
    (again,) = include(town, entrusted, call, table(STATIONS, [station(1, "甲工作站")]), at=at)
    assert (again.party_id, again.number != one.number) == (one.party_id, True)
    assert len(parties(town, "甲工作站")) == 1
    assert broken(town) == set()


def test_who_included_does_not_correct_it_and_other_ways_have_their_own(town: Town, unchanged: Any) -> None:
    call = town.call("miit_volunteer/workstation", date(2023, 3, 1))
    officer = town.make_actor(Role.OFFICER, "miit_volunteer", None)
    (one,) = include(town, officer, call, table(STATIONS, [station(1, "甲工作站")]), region="370000")
    with unchanged(Refused, "不能自行更正"), town.begin(officer, "2023-03-11T10:00:00") as w:
        correcting.correct_inclusion(w, one.application_id, REASON)
    case = town.start("miit_volunteer/workstation").accredited()
    with unchanged(Refused, "不是直接纳入"), second(town, case) as w:
        correcting.correct_inclusion(w, case.application_id, REASON)
    assert len(held_of(town, case)) == 1


def test_a_refusal_is_no_decline(town: Town, unchanged: Any) -> None:
    case = town.start(SPECIALIZED).reviewed()
    with case.as_officer(8) as w:
        decisions.reject(w, case.application_id, "不符合条件")
    assert undo_actions(town, case, town.make_actor(Role.OFFICER, case.program, None)) == {
        Action.UNDO_REFUSAL
    }
    with unchanged(Refused, "更正不予认定决定"), second(town, case) as w:
        correcting.correct_decline(w, case.application_id, REASON)
