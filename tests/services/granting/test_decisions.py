"""Decisions: waivers one by one, what an approval rests on for ever, quotas, and two officers at once."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import psycopg
import pytest
from sqlalchemy import select

from core.domain.errors import Invalid, NotFound, Refused
from core.domain.lifecycle.states import Action, ApplicationState
from core.domain.roles import Role
from core.embedded.server import conninfo
from core.rules.evaluate import Outcome
from core.rules.verdict import Eligibility
from core.services.applications.case import Case
from core.services.applications.replay import otherwise, reevaluate
from core.services.base.work import SYSTEM
from core.services.deciding import pending
from core.services.granting import decisions, starting
from core.services.people import parties
from core.services.review import reviews
from core.storage.engine import session_factory
from core.storage.models import Accreditation, Call, Decision, SettingOverride
from core.storage.models.operations import SettingKind
from tests.services.journey import race

KEY = "hubei/specialized"
RECOGNIZED = {"highest_recognition_level": "county"}
REASON = "获县级表彰，服务能力较强，近两年成效明显"


def reviewed(town, changes, key=KEY, **more):
    return town.start(key, **more).fill(changes).attach_all().submit().recommend().review().score()


def decisions_of(engine, case):
    with session_factory(engine)() as session:
        query = select(Decision).where(Decision.application_id == case.application_id).order_by(Decision.id)
        return list(session.scalars(query))


def obstacles(w, case):
    return [row.key for row in Case(w, case.load_in(w)).verdict.obstacles]


def test_failed_conditions_are_set_aside_one_by_one_where_the_ground_is_there(town, engine, unchanged):
    case = reviewed(
        town, {"staff_full_time": 7, "premises_area_m2": 79, "aggregated_organizations": 2} | RECOGNIZED
    )
    with case.as_officer(3) as w:
        before = Case(w, case.load_in(w)).verdict
    assert [row.key for row in before.obstacles] == ["5(2)", "5(5)"]
    assert (before.outcome, before.unwaived) == (Eligibility.UNDETERMINED, Eligibility.UNDETERMINED)
    with unchanged(Invalid, "请填写"), case.as_officer(3) as w:
        decisions.waive(w, case.application_id, "5(2)", " ")
    with case.as_officer(3) as w:
        decisions.waive(w, case.application_id, "5(2)", REASON)
    with unchanged(Refused, "5(5)"), case.as_officer(4) as w:
        decisions.approve(w, case.application_id)
    with case.as_officer(3) as w:
        decisions.waive(w, case.application_id, "5(5)", REASON)
        after = Case(w, case.load_in(w)).verdict
    row = next(row for row in after.rows if row.key == "5(2)")
    assert (row.outcome, row.waived.reason, row.waived.by) == (
        Outcome.NOT_MET,
        REASON,
        town.officer("hubei").name,
    )
    assert (after.outcome, after.unwaived) == (Eligibility.ELIGIBLE, Eligibility.UNDETERMINED)
    case.approve()
    kinds = [(item.kind, item.clause) for item in decisions_of(engine, case)]
    assert kinds == [("waived", "5(2)"), ("waived", "5(5)"), ("approved", "")]
    kept = {row["key"]: row for row in decisions_of(engine, case)[-1].verdict["results"]}
    assert (kept["5(2)"]["outcome"], kept["5(2)"]["waived"]) == ("not_met", True)


def test_two_conditions_of_one_clause_are_set_aside_apart(town):
    case = reviewed(town, {"satisfaction_pct": 79, "smes_served_last_year": 49} | RECOGNIZED)
    with case.as_officer(3) as w:
        assert [row.key for row in Case(w, case.load_in(w)).verdict.obstacles] == [
            "5(3)",
            "5(3)#2",
        ]
        decisions.waive(w, case.application_id, "5(3)#2", REASON)
        assert [row.key for row in Case(w, case.load_in(w)).verdict.obstacles] == ["5(3)"]


@pytest.mark.parametrize(
    ("changes", "key", "why"),
    [
        ({"staff_full_time": 7, "highest_recognition_level": "none"}, "5(2)", "不属于可放宽"),
        ({"staff_full_time": 7, "highest_recognition_level": None}, "5(2)", "依据未查明"),
        ({"service_functions": []} | RECOGNIZED, "7", "不属于可放宽"),
        (RECOGNIZED, "5(2)", "不属于可放宽"),
        (RECOGNIZED, "99", "没有条件"),
    ],
)
def test_nothing_else_is_set_aside(town, unchanged, changes, key, why):
    case = reviewed(town, changes)
    with unchanged(Refused, why), case.as_officer(3) as w:
        decisions.waive(w, case.application_id, key, REASON)


def test_a_waiver_falls_with_its_ground(town, unchanged):
    case = reviewed(town, {"staff_full_time": 7} | RECOGNIZED)
    with case.as_officer(3) as w:
        decisions.waive(w, case.application_id, "5(2)", REASON)
    with case.as_officer(3) as w:
        reviews.attest(w, case.application_id, {"highest_recognition_level": "none"}, "文件不实")
    with unchanged(Refused, "5(2)"), case.as_officer(4) as w:
        decisions.approve(w, case.application_id)


def test_liaochengs_relaxation_holds_by_itself_once_its_ground_is_judged(town, unchanged):
    changes = {"legal_form": "public_institution", "total_assets_cny": 1_000_000, "staff_full_time": 10}
    changes |= {"staff_college_plus": 8, "staff_mid_title_plus": 2, "staff_college_plus_and_mid_title": 2}
    changes |= {"staff_field_experienced": 8}
    case = town.start("liaocheng/specialized").fill(changes).attach_all().submit().recommend()
    case.review(judge=False)
    with unchanged(Refused, "8(1)", "8(7)", "未知"), case.as_officer(3) as w:
        decisions.approve(w, case.application_id)
    with case.as_officer(3) as w:
        reviews.attest(w, case.application_id, {"distinctive_strengths": True}, "业绩突出")
        verdict = Case(w, case.load_in(w)).verdict
    relaxed = [part for row in verdict.rows if row.key == "8(1)#2" for part in row.parts if part.relaxed]
    assert {part.outcome for part in relaxed} == {Outcome.MET}
    case.approve()


def test_a_decision_comes_out_the_same_for_ever(town, engine, begin):
    case = reviewed(town, {"staff_full_time": 7} | RECOGNIZED)
    with case.as_officer(3) as w:
        decisions.waive(w, case.application_id, "5(2)", REASON)
    case.approve()
    approved = decisions_of(engine, case)[-1]
    with session_factory(engine)() as session, session.begin():
        given = {
            "program": "hubei",
            "track": "specialized",
            "kind": SettingKind.PARAMETER,
            "reason": "提高标准",
        }
        session.add(
            SettingOverride(
                name="5(3).smes_served_last_year", value="500", effective_on=date(2024, 1, 1), **given
            )
        )
    try:
        with begin(SYSTEM, "2034-05-01T10:00") as w:
            replayed = reevaluate(w, approved.id)
            now = Case(w, case.load_in(w)).verdict_on(date(2034, 5, 1))
            assert w.rules("hubei", "specialized", w.today).conditions[2].test.bound == Decimal(500)
        assert replayed.same
        assert replayed.anew["outcome"] == "eligible"
        assert now.outcome is not Eligibility.ELIGIBLE
        assert approved.settings["parameters"]["5(3).smes_served_last_year"] == "50"
        assert approved.settings["readings"]["hubei.relaxable"] == "all"
        assert approved.facts["staff_full_time"] == 7
    finally:
        with session_factory(engine)() as session, session.begin():
            session.delete(session.scalars(select(SettingOverride)).one())


def test_a_record_changed_behind_the_registers_back_shows(town, engine, begin, pg_server):
    case = reviewed(town, {})
    case.approve()
    (found,) = decisions_of(engine, case)
    with psycopg.connect(conninfo(pg_server.url(engine.url.database, "postgres"))) as connection:
        connection.execute("SET session_replication_role = replica")
        connection.execute(
            "UPDATE decision SET facts = facts || '{\"staff_full_time\": 1}' WHERE id = %s", (found.id,)
        )
    with begin(SYSTEM, "2025-01-01T10:00") as w:
        assert not reevaluate(w, found.id).same
        assert [fault.subject_id for fault in otherwise(w)] == [str(found.id)]
        with pytest.raises(NotFound):
            reevaluate(w, 10**9)


def test_a_quota_holds_and_the_preview_shows_whom_it_takes(at_once, town, engine, unchanged):
    key = "shanghai/specialized"
    first = town.start(key, call={"quota": 2})
    call_id = first.load().call_id
    others = []
    for _ in range(3):
        user, party_id = town.applicant(key, first.on(0))
        others.append(_under(town, first, user, party_id, call_id))
    cases = [first, *others]
    for case, points in zip(cases, ((70, 80), (95, 85), (60, 60), (88, 90)), strict=True):
        case.fill().attach_all().submit().recommend().review().score(points)
    weak = cases[2]
    with weak.as_officer(3) as w:
        reviews.attest(w, weak.application_id, {"function_requirements_met": False}, "无专职人员")
    ids = [case.application_id for case in cases]
    with first.as_officer(4) as w:
        rows = decisions.preview(w, ids)
    assert [row.application_id for row in rows] == [ids[1], ids[3], ids[0], ids[2]]
    assert [row.ranked.mean for row in rows] == [90, 89, 75, 60]
    assert [row.approvable for row in rows] == [True, True, False, False]
    assert [row.within_quota for row in rows] == [True, True, False, False]
    assert "2.2(2)" in rows[3].blocked[0].zh
    with first.as_officer(4) as w:
        results = pending.decide_many(w, [row.application_id for row in rows], Action.APPROVE, "择优")
    assert [result.why_not is None for result in results] == [True, True, False, False]
    assert "2 个名额已满" in results[2].why_not.zh
    assert [case.load().state for case in cases] == ["under_review", "agreement", "under_review", "agreement"]
    with first.as_officer(5) as w:
        pending.decide_many(w, [ids[0], ids[2]], Action.REJECT, "名额有限")
    assert cases[0].load().state is ApplicationState.REJECTED
    with pytest.raises(ValueError, match="approves or rejects"), first.as_officer(5) as w:
        pending.decide_many(w, ids, Action.WITHDRAW)


def _under(town, case, user, party_id, call_id):
    with town.begin(user, case.on(0)) as w:
        number = starting.start(w, case.program, case.track, party_id, call_id)
    with case.as_officer() as w:
        parties.verify_party(w, party_id)
    return replace(case, application_id=number, party_id=party_id, applicant=user)


def test_preferred_conditions_rank_and_decide_nothing(town):
    key = "miit_volunteer/workstation"
    plain = reviewed(town, {"national_demonstration_platform": False}, key)
    better = reviewed(town, {"national_demonstration_platform": True}, key)
    with plain.as_officer(4) as w:
        rows = decisions.preview(w, [plain.application_id, better.application_id])
    assert [row.application_id for row in rows] == [better.application_id, plain.application_id]
    assert [len(row.ranked.preferred) for row in rows] == [1, 0]
    assert all(row.approvable for row in rows)


@pytest.mark.parametrize("seen", [True, False])
def test_of_two_officers_deciding_at_once_the_second_is_stopped(town, engine, make_actor, seen):
    case = reviewed(town, {}, "jilin/provider")
    version = case.load().version if seen else None
    officers = [make_actor(Role.OFFICER, "jilin", "220200") for _ in range(2)]

    def approve(w):
        decisions.approve(w, case.application_id, "同意", version=version)

    results = race(engine, officers, case.on(4), approve)
    assert sorted(type(item).__name__ for item in results) == sorted(
        ["NoneType", "Conflict" if seen else "Refused"]
    )
    assert len(decisions_of(engine, case)) == 1
    with session_factory(engine)() as session:
        held = session.scalars(select(Accreditation).where(Accreditation.party_id == case.party_id)).all()
    assert len(held) == 1


def test_approval_against_rejection_leaves_one_decision(town, engine, make_actor):
    case = reviewed(town, {}, "jilin/provider")
    officers = [make_actor(Role.OFFICER, "jilin", "220200") for _ in range(2)]

    def decide(w):
        if w.actor is officers[0]:
            decisions.approve(w, case.application_id, "同意")
        else:
            decisions.reject(w, case.application_id, "不同意")

    results = race(engine, officers, case.on(4), decide)
    assert len([item for item in results if item is None]) == 1
    assert len(decisions_of(engine, case)) == 1


def test_the_last_place_of_a_quota_is_given_once(town, engine, make_actor):
    first = town.start("liaocheng/specialized", call={"quota": 1})
    call_id = first.load().call_id
    user, party_id = town.applicant("liaocheng/specialized", first.on(0))
    second = _under(town, first, user, party_id, call_id)
    for case in (first, second):
        case.fill().attach_all().submit().recommend().review()
    officers = [make_actor(Role.OFFICER, "liaocheng", "371500") for _ in range(2)]
    chosen = dict(zip((officer.user_id for officer in officers), (first, second), strict=True))

    def approve(w):
        decisions.approve(w, chosen[w.actor.user_id].application_id, "同意")

    results = race(engine, officers, first.on(4), approve)
    refused = [item for item in results if item is not None]
    assert len(refused) == 1
    assert "名额已满" in refused[0].text.zh
    with session_factory(engine)() as session:
        assert session.get_one(Call, call_id).quota == 1


def test_numbers_of_a_year_are_given_once_each_and_without_gaps(town, engine, make_actor):
    cases = [reviewed(town, {}, "jilin/provider", day=date(2019, 6, 3)) for _ in range(4)]
    officers = [make_actor(Role.OFFICER, "jilin", "220200") for _ in cases]
    chosen = dict(zip((officer.user_id for officer in officers), cases, strict=True))

    def approve(w):
        decisions.approve(w, chosen[w.actor.user_id].application_id, "同意")

    assert race(engine, officers, cases[0].on(4), approve) == [None] * 4
    with session_factory(engine)() as session:
        numbers = session.scalars(
            select(Accreditation.number).where(Accreditation.year == 2019).order_by(Accreditation.number)
        ).all()
    assert numbers == [f"JL-F-2019-{number:04d}" for number in range(1, 5)]
