"""The panel: evenly chosen, free of conflicts, scored by the call's own sheet."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from core.domain.clock import moment
from core.domain.errors import Invalid, NotAllowed, NotFound, Refused
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.services.applications.handling import may_see
from core.services.applications.materials import may_open
from core.services.granting import decisions
from core.services.people import parties
from core.services.review import panels, reviews
from core.services.review import tasks as own_tasks
from core.services.review.conflicts import conflict_of
from core.services.review.reviews import ReviewerScore
from core.services.review.setting_aside import set_aside
from core.storage.engine import session_factory
from core.storage.models import Membership, OutboxMessage, Party, Recommendation, ReviewAssignment
from tests.services.factory import id_number, uscc

KEY = "shanghai/specialized"
SHEET = [
    {"key": "ability", "title": "服务能力", "weight": 60, "max": 100},
    {"key": "results", "title": "服务业绩", "weight": 40, "max": 50},
]


@pytest.fixture
def reviewer(make_actor):
    """Makes a reviewer of Shanghai."""
    return lambda **more: make_actor(Role.REVIEWER, "shanghai", "310000", **more)


def under_review(town, **more):
    return town.start(KEY, **more).fill().attach_all().submit().recommend().review()


def member_of(town, actor, party_id):
    with session_factory(town.engine)() as session, session.begin():
        session.add(Membership(party_id=party_id, user_id=actor.user_id))
    return actor


def test_a_reviewer_sees_the_case_until_it_is_decided_or_the_task_ends(town, reviewer):
    case = under_review(town)
    people = [reviewer() for _ in range(3)]
    with case.as_officer(3) as w:
        tasks = reviews.assign(w, case.application_id, [person.user_id for person in people])

    def seeing(day):
        seen = []
        for person in people:
            with town.begin(person, case.on(day)) as w:
                seen.append(may_see(w, case.load_in(w)) and may_open(w, case.load_in(w)))
        return seen

    assert seeing(3) == [True, True, True]
    for person, task, conflict in zip(people, tasks, (False, False, True), strict=True):
        with town.begin(person, case.on(3)) as w:
            reviews.declare(w, task, conflict=conflict, reason="亲属" if conflict else "")
            if not conflict:
                reviews.score(w, task, {"overall": 80})
    assert seeing(3) == [True, True, False]
    with case.as_officer(4) as w:
        set_aside(w, tasks[1], "与申请人存在未申报的合作关系")
    assert seeing(4) == [True, False, False]
    with case.as_officer(4) as w:
        decisions.approve(w, case.application_id, "符合条件")
    assert seeing(4) == [False, False, False]


def test_scores_are_weighted_by_the_calls_sheet_and_their_spread_is_shown(town, reviewer):
    case = under_review(town, call={"score_sheet": SHEET})
    people = [reviewer() for _ in range(3)]
    with case.as_officer(3) as w:
        tasks = reviews.assign(w, case.application_id, [person.user_id for person in people])
        assert reviews.panel(w, case.application_id).mean is None
    for person, task, points in zip(people, tasks, ((90, 40), (80, "35.5"), (0, 0)), strict=True):
        with town.begin(person, case.on(3)) as w:
            reviews.declare(w, task, conflict=False)
            reviews.score(w, task, dict(zip(("ability", "results"), points, strict=True)), "见评语")
    for comment, day in (("见评语", 3), ("改后评语", 4)):  # the same form again, and another
        with town.begin(person, case.on(4)) as w:
            reviews.score(w, task, {"ability": 0, "results": 0}, comment)
            finished = w.session.get_one(ReviewAssignment, task).finished_at
            assert finished == moment(case.on(day))
    with case.as_officer(4) as w:
        panel = reviews.panel(w, case.application_id)
    assert [score.total for score in panel.scores] == pytest.approx([86.0, 76.4, 0.0])
    assert (panel.asked, panel.finished) == (3, 3)
    assert panel.mean == pytest.approx(54.133, abs=0.001)
    assert panel.spread == pytest.approx(86.0)
    assert panel.deviation == pytest.approx(38.48, abs=0.01)
    assert panel.by_criterion == pytest.approx({"ability": 56.67, "results": 25.17}, abs=0.01)
    assert panel.scores[1] == ReviewerScore(
        people[1].name,
        False,
        panel.scores[1].total,
        {"ability": Decimal("80.00"), "results": Decimal("35.50")},
        "见评语",
        finished=True,
    )


def test_every_criterion_is_scored_within_its_range(town, reviewer, unchanged):
    case = under_review(town, call={"score_sheet": SHEET})
    person = reviewer()
    with case.as_officer(3) as w:
        (task,) = reviews.assign(w, case.application_id, [person.user_id])
    with unchanged(Refused, "利益冲突"), town.begin(person, case.on(3)) as w:
        reviews.score(w, task, {"ability": 1, "results": 1})
    with town.begin(person, case.on(3)) as w:
        reviews.declare(w, task, conflict=False)
    low, odd = {"ability": -1, "results": None}, {"ability": "9.999", "results": "x"}
    for points in ({"ability": 100.01, "results": 50.01}, low, odd):
        with unchanged(Invalid, "0 至 100", "0 至 50"), town.begin(person, case.on(3)) as w:
            reviews.score(w, task, points)
    with unchanged(Invalid, "没有评分项 style", "至多 4000"), town.begin(person, case.on(3)) as w:
        reviews.score(w, task, {"ability": 1, "results": 1, "style": 1}, "x" * 4001)
    with town.begin(person, case.on(3)) as w:
        reviews.score(w, task, {"ability": 100, "results": 50})
    with town.begin(person, case.on(3)) as w:
        reviews.score(w, task, {"ability": 0, "results": "0.01"})
    with unchanged(Refused, "已完成评审"), town.begin(person, case.on(3)) as w:
        reviews.declare(w, task, conflict=False)
    case.approve()
    with unchanged(Refused, "评审中"), town.begin(person, case.on(5)) as w:
        reviews.score(w, task, {"ability": 50, "results": 10})


def test_a_task_is_its_reviewers_own(town, reviewer):
    case = under_review(town)
    mine, other = reviewer(), reviewer()
    with case.as_officer(3) as w:
        (task,) = reviews.assign(w, case.application_id, [mine.user_id])
    with town.begin(other, case.on(3)) as w, pytest.raises(NotFound):
        reviews.declare(w, task, conflict=False)
    with town.begin(mine, case.on(3)) as w, pytest.raises(NotAllowed):
        reviews.panel(w, case.application_id)
    with session_factory(town.engine)() as session:
        told = session.query(OutboxMessage).filter_by(event="review.assigned", user_id=mine.user_id).one()
    assert "评审任务" in told.subject


def test_nobody_but_its_reviewer_scores_a_task(town, reviewer):
    case = under_review(town)
    mine, other = reviewer(), reviewer()
    with case.as_officer(3) as w:
        task, beside = reviews.assign(w, case.application_id, [mine.user_id, other.user_id])
    for person, own in ((mine, task), (other, beside)):
        with town.begin(person, case.on(3)) as w:
            reviews.declare(w, own, conflict=False)
    officer, points = town.officer("shanghai"), {"overall": 10}
    for person in (other, officer, replace(officer, grants=(*officer.grants, *mine.grants))):
        for act in (reviews.score, reviews.save_draft):
            with town.begin(person, case.on(3)) as w, pytest.raises(NotFound):
                act(w, task, points)
        with town.begin(person, case.on(3)) as w, pytest.raises(NotFound):
            own_tasks.own(w, task)
    with town.begin(mine, case.on(3)) as w:
        reviews.score(w, task, {"overall": 80})
        assert [item.points for item in own_tasks.own(w, task).scores] == [80]


def test_near_reviewers_are_refused_each_with_the_reason(town, reviewer, make_actor, unchanged):
    case = under_review(town)
    with case.as_officer() as w:
        party, name = case.party_id, w.session.get_one(Party, case.party_id).name
    member = member_of(town, reviewer(), party)
    colleague = reviewer()
    with town.begin(colleague, case.on(1)) as w:
        given = {"name": "李专家", "region": "310104", "id_number": id_number(), "employer": f" {name} "}
        own = parties.register_party(w, kind=PartyKind.PERSON, **given)
    both_roles = reviewer()
    with session_factory(town.engine)() as session, session.begin():
        word = session.query(Recommendation).filter_by(application_id=case.application_id).one()
        word.by_id = both_roles.user_id
    applicant_body = make_actor(Role.RECOMMENDER, "shanghai", "310104", [party])
    stranger = make_actor(Role.REVIEWER, "hubei", "420000")
    with case.as_officer(3) as w:
        reasons = {
            "member": conflict_of(w, case.load_in(w), member.user_id),
            "employer": conflict_of(w, case.load_in(w), colleague.user_id),
            "recommended": conflict_of(w, case.load_in(w), both_roles.user_id),
            "body": conflict_of(w, case.load_in(w), applicant_body.user_id),
            "none": conflict_of(w, case.load_in(w), reviewer().user_id),
        }
    assert own
    assert {name: reason.zh if reason else None for name, reason in reasons.items()} == {
        "member": "是申请主体的成员",
        "employer": "与申请主体属于同一单位",
        "recommended": "来自推荐该申请的单位",
        "body": "是申请主体（推荐单位）的人员",
        "none": None,
    }
    people = [member, colleague, both_roles, stranger]
    with (
        unchanged(Invalid, "是申请主体的成员", "同一单位", "推荐该申请", "不是本项目本地区的评审专家"),
        case.as_officer(3) as w,
    ):
        reviews.assign(w, case.application_id, [person.user_id for person in people])


def test_an_expert_is_not_reviewed_by_a_colleague(town, make_actor):
    case = town.start("jilin/expert", employer="吉林大学").fill().attach_all().submit().recommend().review()
    reviewer = make_actor(Role.REVIEWER, "jilin", "220200")
    with town.begin(reviewer, case.on(1)) as w:
        parties.register_party(w, kind=PartyKind.ORGANIZATION, name="吉林 大学", region="220202", uscc=uscc())
    with case.as_officer(3) as w:
        assert conflict_of(w, case.load_in(w), reviewer.user_id).en.startswith("works where")


def test_what_the_register_sees_cannot_be_declared_away(town, reviewer, unchanged):
    case = under_review(town)
    person = reviewer()
    with case.as_officer(3) as w:
        (task,) = reviews.assign(w, case.application_id, [person.user_id])
    member_of(town, person, case.party_id)
    with unchanged(Refused, "是申请主体的成员", "请声明"), town.begin(person, case.on(3)) as w:
        reviews.declare(w, task, conflict=False)
    with town.begin(person, case.on(3)) as w:
        reviews.declare(w, task, conflict=True)
        assert w.session.get_one(ReviewAssignment, task).conflict_reason == "是申请主体的成员"
    with unchanged(Refused, "利益冲突"), town.begin(person, case.on(3)) as w:
        reviews.score(w, task, {"overall": 100})
    with case.as_officer(4) as w:
        panel = reviews.panel(w, case.application_id)
    assert (panel.asked, panel.scores[0].conflict) == (0, True)


def test_a_bulk_assignment_is_even_and_passes_over_conflicts(town, reviewer):
    cases = [under_review(town) for _ in range(4)]
    people = [reviewer() for _ in range(4)]
    member_of(town, people[0], cases[0].party_id)
    with cases[0].as_officer(3) as w:
        given = panels.bulk_assign(w, [c.application_id for c in cases], [p.user_id for p in people], 2)
    assert all(len(item.reviewers) == 2 and item.lacking == 0 for item in given)
    assert people[0].user_id not in given[0].reviewers
    load = [sum(person.user_id in item.reviewers for item in given) for person in people]
    assert max(load) - min(load) <= 1
    with cases[0].as_officer(3) as w:
        again = panels.bulk_assign(w, [c.application_id for c in cases], [p.user_id for p in people], 4)
    assert [(len(item.reviewers), item.lacking) for item in again] == [(1, 1), (2, 0), (2, 0), (2, 0)]
    with session_factory(town.engine)() as session:
        tasks = session.query(ReviewAssignment).filter(
            ReviewAssignment.application_id.in_([c.application_id for c in cases])
        )
        assert tasks.count() == 15


def test_reviewers_are_assigned_by_the_authority_to_cases_that_are_there_to_review(town, reviewer, unchanged):
    case = town.start(KEY, day=date(2017, 9, 15)).fill().attach_all().submit()
    person = reviewer()
    with unchanged(Refused, "已提交"), case.as_officer() as w:
        reviews.assign(w, case.application_id, [person.user_id])
    case.recommend()
    with unchanged(NotAllowed), case.as_recommender(2) as w:
        reviews.assign(w, case.application_id, [person.user_id])
    own = replace(town.officer("shanghai"), parties=frozenset({case.party_id}))
    with unchanged(Refused, "本单位"), town.begin(own, case.on(2)) as w:
        reviews.assign(w, case.application_id, [person.user_id])
