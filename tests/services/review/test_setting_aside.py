"""Reviews that do not count: set aside, or of a reviewer who steps back; and opinions without points."""

from dataclasses import replace
from datetime import date

import pytest

from core.domain.errors import Conflict, Invalid, NotAllowed, Refused
from core.domain.roles import Role
from core.rules.clauses import StageKind
from core.services.granting import decisions
from core.services.people import users
from core.services.review import panels, reviews
from core.services.review.setting_aside import count_again, set_aside
from core.storage.engine import session_factory
from core.storage.models import ReviewAssignment

KEY = "shanghai/specialized"
WHY = "与申请人存在未申报的合作关系"


def under_review(town, key=KEY):
    return town.start(key).fill().attach_all().submit().recommend().review()


def scorer_of(town, task):
    with session_factory(town.engine)() as session:
        return users.actor_for(session, session.get_one(ReviewAssignment, task).reviewer_id, date(2024, 6, 3))


def panel_of(case):
    with case.as_officer(4) as w:
        return reviews.panel(w, case.application_id)


def test_a_score_that_is_set_aside_stays_on_file_and_another_is_asked(town, make_actor, unchanged):
    case = under_review(town)
    first, _second = town.panel(case, (40, 80), 3)
    assert panel_of(case).mean == 60
    with case.as_officer(4) as w:
        set_aside(w, first, f" {WHY} ")
    panel = panel_of(case)
    assert (panel.asked, panel.finished, panel.mean, panel.spread) == (1, 1, 80, 0)
    assert [(row.counts, row.total, row.set_aside_reason) for row in panel.scores] == [
        (False, None, WHY),
        (True, 80, ""),
    ]
    assert set(panel.scores[0].points.values()) == {40}, "on file"
    substitute = make_actor(Role.REVIEWER, "shanghai", "310000")
    with case.as_officer(4) as w:
        new = panels.replace_reviewer(w, first, substitute.user_id)
    assert panel_of(case).asked == 2
    with unchanged(Refused, "尚未全部完成评审"), case.as_officer(4) as w:
        decisions.approve(w, case.application_id, "符合条件")
    with town.begin(substitute, case.on(4)) as w:
        reviews.declare(w, new, conflict=False)
        reviews.score(w, new, {"overall": 90})
    assert panel_of(case).mean == 85
    # Put right: the first counts again.
    with case.as_officer(5) as w:
        count_again(w, first)
    assert panel_of(case).mean == 70


def test_it_needs_a_reason_a_finished_review_and_an_officer_and_is_done_once(town, unchanged, make_actor):
    case = under_review(town)
    (done,) = town.panel(case, (70,), 3)
    person = make_actor(Role.REVIEWER, "shanghai", "310000")
    with case.as_officer(3) as w:
        (waiting,) = reviews.assign(w, case.application_id, [person.user_id])
    for reason in ("", "  ", "长" * 501):
        with unchanged(Invalid), case.as_officer(4) as w:
            set_aside(w, done, reason)
    with unchanged(Refused, "没有计入的评审意见"), case.as_officer(4) as w:
        set_aside(w, waiting, WHY)
    with unchanged(NotAllowed), town.begin(person, case.on(4)) as w:
        set_aside(w, done, WHY)
    with unchanged(Conflict), case.as_officer(4) as w:
        count_again(w, done)
    with case.as_officer(4) as w:
        set_aside(w, done, "长" * 500)
    with unchanged(Conflict, "他人已先办理"), case.as_officer(4) as w:
        set_aside(w, done, WHY)
    with unchanged(Refused, "不计入"), town.begin(scorer_of(town, done), case.on(4)) as w:
        reviews.score(w, done, {"overall": 99})


def test_a_reviewer_steps_back_until_the_decision(town, unchanged, make_actor):
    case = under_review(town)
    person = make_actor(Role.REVIEWER, "shanghai", "310000")
    with case.as_officer(3) as w:
        (task,) = reviews.assign(w, case.application_id, [person.user_id])
    with town.begin(person, case.on(3)) as w:
        reviews.declare(w, task, conflict=False)
        reviews.score(w, task, {"overall": 88}, "材料齐全")
    with unchanged(Invalid), town.begin(person, case.on(4)) as w:
        reviews.declare(w, task, conflict=True)
    with unchanged(Refused, "只能声明回避"), town.begin(person, case.on(4)) as w:
        reviews.declare(w, task, conflict=False)
    with town.begin(person, case.on(4)) as w:
        reviews.declare(w, task, conflict=True, reason="今日受聘为其顾问")
    panel = panel_of(case)
    assert (panel.asked, panel.mean, panel.scores[0].comment) == (0, None, "材料齐全")
    with unchanged(Refused, "已回避"), town.begin(person, case.on(4)) as w:
        reviews.declare(w, task, conflict=False)
    with case.as_officer(4) as w:
        panels.replace_reviewer(w, task, make_actor(Role.REVIEWER, "shanghai", "310000").user_id)
    decided = under_review(town)
    (given,) = town.panel(decided, (90,), 3)
    decided.approve(4)
    with unchanged(Refused), town.begin(scorer_of(town, given), decided.on(5)) as w:
        reviews.declare(w, given, conflict=True, reason="迟了")
    with unchanged(Refused), decided.as_officer(5) as w:
        set_aside(w, given, WHY)


@pytest.mark.parametrize("key", ["hubei/specialized", "jilin/provider"])
def test_where_the_text_has_no_scores_reviewers_give_an_opinion_and_are_waited_for(
    town, unchanged, make_actor, key
):
    case = under_review(town, key)
    program = case.program
    person = make_actor(Role.REVIEWER, program)
    with case.as_officer(3) as w:
        stage = next(
            item
            for item in w.rules(program, case.key.split("/")[1], w.today).procedure.stages
            if item.kind is StageKind.REVIEW
        )
        assert stage.clause
        (task,) = reviews.assign(w, case.application_id, [person.user_id])
    with town.begin(person, case.on(3)) as w:
        reviews.declare(w, task, conflict=False)
    with unchanged(Invalid), town.begin(person, case.on(3)) as w:
        reviews.score(w, task, {})
    with unchanged(Invalid), town.begin(person, case.on(3)) as w:
        reviews.score(w, task, {}, " ", positive=False)
    with unchanged(Refused, "尚未全部完成评审"), case.as_officer(3) as w:
        decisions.approve(w, case.application_id, "符合条件")
    with town.begin(person, case.on(3)) as w:
        reviews.save_draft(w, task, {})
        reviews.score(w, task, {}, "业绩与佐证相符", positive=True)
    panel = panel_of(case)
    assert (panel.asked, panel.finished, panel.in_favour, panel.mean) == (1, 1, 1, None)


def test_nobody_sets_their_own_review_aside(town, unchanged):
    case = under_review(town)
    task, _second = town.panel(case, (40, 80), 3)
    scorer = scorer_of(town, task)
    officer = case.town.officer(case.program)
    both = replace(scorer, grants=scorer.grants + officer.grants)
    with unchanged(Refused, "自己的评审"), town.begin(both, case.on(4)) as w:
        set_aside(w, task, WHY)
