"""Panels as they are run: families of organisations, plans, replacements, reminders; the ranking's rules."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from core.domain.errors import Invalid, NotAllowed, Refused
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.services.applications.case import Case
from core.services.base.work import SYSTEM
from core.services.calls import calls
from core.services.granting import decisions
from core.services.people import parties
from core.services.review import panels, reviews
from core.services.review.conflicts import FAMILY, conflict_of
from core.services.review.ranking import ranking
from core.storage.engine import session_factory
from core.storage.models import Application, Call, Membership, OutboxMessage, ReviewAssignment
from tests.services.factory import id_number, uscc
from tests.services.journey import at

KEY = "shanghai/specialized"
SHEET = [
    {"key": "ability", "title": "服务能力", "weight": 60, "max": 100},
    {"key": "results", "title": "服务业绩", "weight": 40, "max": 50},
]


@pytest.fixture
def reviewer(make_actor):
    """Makes a reviewer of Shanghai."""
    return lambda: make_actor(Role.REVIEWER, "shanghai", "310000")


def under_review(town, **more):
    return town.start(KEY, **more).fill().attach_all().submit().recommend().review()


def join(town, user_id, party_id):
    with session_factory(town.engine)() as session, session.begin():
        session.add(Membership(party_id=party_id, user_id=user_id))


def told(town, event):
    with session_factory(town.engine)() as session:
        return list(session.scalars(select(OutboxMessage).where(OutboxMessage.event == event)))


def test_whoever_works_for_a_related_organisation_does_not_review(town, reviewer, make_actor):
    case = under_review(town)
    agent = make_actor(Role.APPLICANT)
    with town.begin(agent, case.on(1)) as w:
        sister = parties.register_party(
            w, kind=PartyKind.ORGANIZATION, name="同门咨询公司", uscc=uscc(), region="310104"
        )
    colleague, member, free = reviewer(), reviewer(), reviewer()
    with town.begin(colleague, case.on(1)) as w:
        given = {"name": "周专家", "region": "310104", "id_number": id_number(), "employer": "同门 咨询公司"}
        parties.register_party(w, kind=PartyKind.PERSON, **given)
    join(town, member.user_id, sister)
    with case.as_officer(3) as w:
        application = case.load_in(w)
        # As long as nobody acts for both they are strangers.
        assert [conflict_of(w, application, p.user_id) for p in (colleague, member, free)] == [None] * 3
    join(town, agent.user_id, case.party_id)
    with case.as_officer(3) as w:
        application = case.load_in(w)
        found = [conflict_of(w, application, p.user_id) for p in (colleague, member, free)]
    assert found == [FAMILY, FAMILY, None]


def test_a_plan_changes_nothing_and_is_carried_out_as_it_stood(town, reviewer):
    cases = [under_review(town) for _ in range(3)]
    people = [reviewer() for _ in range(3)]
    join(town, people[0].user_id, cases[0].party_id)
    ids, users = [case.application_id for case in cases], [person.user_id for person in people]
    with cases[0].as_officer(3) as w:
        applications = [case.load_in(w) for case in cases]
        plan = panels.plan(w, applications, users, 3)
        assert [(len(row.given), row.lacking) for row in plan.rows] == [(2, 1), (3, 0), (3, 0)]
        assert [number for number, _ in plan.rows[0].avoided] == [users[0]]
        assert plan.before == dict.fromkeys(users, 0)
        assert plan.after == {users[0]: 2, users[1]: 3, users[2]: 3}
        assert (
            w.session.scalars(select(ReviewAssignment).where(ReviewAssignment.application_id.in_(ids))).all()
            == []
        )
        pairs = [(row.application_id, number) for row in plan.rows for number in row.given]
    # Between the plan and its confirmation somebody joins an applicant.
    join(town, people[1].user_id, cases[1].party_id)
    with cases[0].as_officer(3) as w:
        results = panels.assign_planned(w, pairs)
    assert [result.why_not is None for result in results] == [True, False, True]
    assert "成员" in results[1].why_not.zh
    with cases[0].as_officer(3) as w:
        assert panels.open_tasks(w, users) == {users[0]: 1, users[1]: 2, users[2]: 2}
    with pytest.raises(NotAllowed), cases[0].as_recommender(3) as w:
        panels.replace_reviewer(w, 1, users[0])


def test_who_has_scored_stays_and_who_has_not_is_replaced(town, reviewer, unchanged):
    case = under_review(town)
    first, second, third = reviewer(), reviewer(), reviewer()
    with case.as_officer(3) as w:
        done, waiting = reviews.assign(w, case.application_id, [first.user_id, second.user_id])
    with town.begin(first, case.on(3)) as w:
        reviews.declare(w, done, conflict=False)
        with pytest.raises(Invalid), w.session.begin_nested():
            reviews.declare(w, done, conflict=True)
        reviews.save_draft(w, done, {"overall": ""})
        assert reviews.panel_of(w, case.load_in(w)).finished == 0
        reviews.score(w, done, {"overall": 80})
        with pytest.raises(Refused):
            reviews.save_draft(w, done, {"overall": 81})
    with unchanged(Refused, "已提交评审"), case.as_officer(4) as w:
        panels.replace_reviewer(w, done, third.user_id)
    with unchanged(Refused, "已有结果"), case.as_officer(4) as w:
        panels.take_back(w, done)
    with unchanged(Invalid, "已是该申请"), case.as_officer(4) as w:
        panels.replace_reviewer(w, waiting, first.user_id)
    with case.as_officer(4) as w:
        panels.replace_reviewer(w, waiting, third.user_id)
    with case.as_officer(4) as w:
        panel = reviews.panel(w, case.application_id)
    assert [score.reviewer for score in panel.scores] == [first.name, third.name]


def test_a_reviewer_is_reminded_by_itself_some_days_before_the_end_once(town, reviewer):
    case = under_review(town)
    person = reviewer()
    with case.as_officer(3) as w:
        reviews.assign(w, case.application_id, [person.user_id])

    def reminded(days):
        with town.begin(SYSTEM, case.on(days)) as w:
            panels.remind_due(w)
        return sum(row.user_id == person.user_id for row in told(town, "review.reminder"))

    # Given on the third day, due on the eighteenth: reminded from the fifteenth.
    assert [reminded(day) for day in (14, 15, 16, 40)] == [0, 1, 1, 1]
    with case.as_officer(16) as w:
        assert panels.remind(w, [case.application_id]) == 1
    assert len([row for row in told(town, "review.reminder") if row.user_id == person.user_id]) == 2


def test_equal_means_are_ordered_by_the_calls_rules_alone(town, reviewer):
    first = town.start(KEY, call={"score_sheet": SHEET})
    with session_factory(town.engine)() as session:
        call_id = session.get_one(Application, first.application_id).call_id
    cases = [first.fill().attach_all().submit().recommend().review()]
    for _ in range(2):
        more = town.start(KEY).fill().attach_all().submit().recommend().review()
        with session_factory(town.engine)() as session, session.begin():
            row = session.get_one(Application, more.application_id)
            row.call_id = call_id
            row.submitted_at = row.submitted_at + timedelta(minutes=1)
        cases.append(more)
    # All come to 80: with more ability, evenly, and with reviewers who differ.
    points = [((90, "32.5"), (90, "32.5")), ((80, 40), (80, 40)), ((90, 45), (70, 35))]
    for case, given in zip(cases, points, strict=True):
        people = [reviewer() for _ in given]
        with case.as_officer(3) as w:
            tasks = reviews.assign(w, case.application_id, [person.user_id for person in people])
        for person, task, (ability, results) in zip(people, tasks, given, strict=True):
            with town.begin(person, case.on(3)) as w:
                reviews.declare(w, task, conflict=False)
                reviews.score(w, task, {"ability": ability, "results": results})
    found = {}
    for rules in (("submitted",), ("spread",), ("ability",), ("spread", "ability"), ("preferred",)):
        with session_factory(town.engine)() as session, session.begin():
            session.get_one(Call, call_id).tie_break = list(rules)
        with first.as_officer(4) as w:
            rows = ranking(w, [Case(w, case.load_in(w)) for case in cases])
        assert {row.mean for row in rows} == {80}
        found[rules] = [(row.rank, row.tied) for row in rows]
        if rules == ("spread",):
            assert rows[2].application_id == cases[2].application_id
    assert found == {
        ("submitted",): [(1, False), (2, True), (2, True)],
        ("spread",): [(1, True), (1, True), (3, False)],
        ("ability",): [(1, False), (2, True), (2, True)],
        ("spread", "ability"): [(1, False), (2, False), (3, False)],
        ("preferred",): [(1, True)] * 3,
    }
    with first.as_officer(4) as w:
        rows = decisions.preview(w, [case.application_id for case in cases])
        every = [case.application_id for case in cases]
        assert decisions.top(rows, 3) == (every, [])
        assert decisions.top(rows, 2) == ([], every)
        assert decisions.top(rows, 0) == ([], [])


def test_tie_rules_are_known_ones_and_stay_once_reviewers_have_scored(town, unchanged):
    case = under_review(town, call={"score_sheet": SHEET, "tie_break": ["spread", "ability"]})
    with session_factory(town.engine)() as session:
        call = session.get_one(Call, session.get_one(Application, case.application_id).call_id)
    given = {
        "program": "shanghai",
        "tracks": ["specialized"],
        "title": call.title,
        "opens_at": at(case.day - timedelta(days=10)),
        "submit_by": at(case.day + timedelta(days=10)),
        "recommend_by": at(case.day + timedelta(days=20)),
        "score_sheet": SHEET,
        "call_id": call.id,
    }
    for wrong in (["luck"], ["spread", "spread"]):
        with unchanged(Invalid, "并列规则无效或重复"), case.as_officer(3) as w:
            calls.save_call(w, tie_break=wrong, **given)
    with case.as_officer(3) as w:
        calls.save_call(w, tie_break=["submitted"], **given)
    case.score((40, 45))
    with unchanged(Invalid, "已有评分"), case.as_officer(4) as w:
        calls.save_call(w, tie_break=["spread"], **given)
