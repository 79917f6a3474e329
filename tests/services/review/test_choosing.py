"""Through whom an application goes: named in its draft, seen by that one alone, turned to after a refusal."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from core.domain.acts import Act
from core.domain.errors import Invalid, NotAllowed, NotFound, Refused
from core.domain.lifecycle.states import Action, ApplicationState
from core.services.applications import materials
from core.services.applications.case import find
from core.services.applications.statements import entries_of
from core.services.deciding import correcting
from core.services.endings import exits, proposals
from core.services.granting import starting
from core.services.people.parties import reach
from core.services.recommenders import bodies
from core.services.review import recommendations, recommenders_queue
from core.services.review.recommenders_queue import Narrow
from core.services.supervision.status import find as find_status
from core.services.todo.waiting import waiting_for
from core.storage.engine import session_factory
from core.storage.models import Accreditation, Party, Recommendation
from core.storage.models.applications import Provenance
from tests.services.associations import KEY

STATE = ApplicationState


def choose(case, body, days=0):
    with case.as_applicant(days) as w:
        recommendations.choose(
            w, case.application_id, body.id if body is not None else recommendations.TERRITORY
        )


def queue(town, actor, at):
    with town.begin(actor, at) as w:
        return [item.id for item in recommenders_queue.queue(w, Narrow()).rows]


def declined(town, case, body=None, days=1):
    actor = body.actor if body is not None else town.recommender("hubei")
    with town.begin(actor, case.on(days)) as w:
        recommendations.decline(w, case.application_id, "服务场所与材料不符")


def test_the_territory_and_whoever_lists_the_applicant_may_recommend_it(town, association, department, draft):
    def names(days=0):
        with draft.as_applicant(days) as w:
            return [
                (item.id, item.kind.value) for item in recommendations.choices(find(w, draft.application_id))
            ]

    assert names() == [(0, "territory")]
    association.lists(draft.party_id)
    department.lists(draft.party_id, left_on=date(2020, 1, 2))
    assert names() == [(0, "territory"), (association.id, "membership")]
    department.lists(draft.party_id)
    assert [kind for _, kind in names()] == ["territory", "assignment", "membership"]


@pytest.mark.parametrize(("days", "there"), [(-1, False), (0, True), (1, True), (2, False)])
def test_one_may_turn_to_it_from_the_first_day_to_the_last(town, association, draft, days, there):
    day = date(2024, 4, 20)
    association.lists(draft.party_id, day, day + timedelta(days=2))
    at = f"{day + timedelta(days=days)}T10:00"
    with town.begin(draft.applicant, at) as w:
        found = {item.id for item in recommendations.choices(find(w, draft.application_id))}
    assert (association.id in found) is there


def test_programmes_that_know_no_others_ask_nothing(town):
    case = town.start("liaocheng/specialized")
    with case.as_applicant() as w:
        assert [item.id for item in recommendations.choices(find(w, case.application_id))] == [0]
    direct = town.start("miit_volunteer/workstation")
    with direct.as_applicant() as w:
        assert recommendations.choices(find(w, direct.application_id)) == ()


def test_another_associations_member_is_refused_and_none_recommends_itself(
    town, association, draft, unchanged
):
    with unchanged(Invalid, "名单"):
        choose(draft, association)
    itself = town.start(KEY)
    # It was registered twice, and applies under the other registration.
    with session_factory(town.engine)() as session, session.begin():
        session.get_one(Party, itself.party_id).merged_into_id = association.party_id
    association.lists(itself.party_id)
    with unchanged(Invalid, "名单"):
        choose(itself, association)


def test_it_is_named_in_the_draft_only_and_by_its_party_alone(town, association, draft, unchanged):
    association.lists(draft.party_id)
    stranger, _ = town.applicant(KEY, draft.on(0))
    with unchanged(NotFound), town.begin(stranger, draft.on(0)) as w:
        recommendations.choose(w, draft.application_id, association.id)
    with unchanged(NotAllowed), draft.as_recommender() as w:
        recommendations.choose(w, draft.application_id, association.id)
    with draft.as_officer() as w:
        recommendations.choose(w, draft.application_id, association.id)
    choose(draft, None)
    assert draft.load().recommender_id is None
    draft.submit()
    with unchanged(Refused, "草稿"):
        choose(draft, association)


def test_only_the_one_that_it_goes_through_sees_and_recommends_it(town, association, department, draft):
    association.lists(draft.party_id)
    choose(draft, association)
    draft.submit()
    territory = town.recommender("hubei")
    for actor in (territory, department.actor):
        assert queue(town, actor, draft.on(1)) == []
        with town.begin(actor, draft.on(1)) as w:
            assert not w.session.scalars(select(Party.id).where(reach(actor, Act.PARTY_VIEW))).all()
            assert [item.kind for item in waiting_for(w)] == []
        for act in (
            lambda w: find(w, draft.application_id),
            lambda w: recommendations.decline(w, draft.application_id, "不符"),
            lambda w: recommenders_queue.preview(w, [draft.application_id], as_claimed=True),
            lambda w: starting.return_for_correction(w, draft.application_id, "补正"),
        ):
            with pytest.raises(NotFound), town.begin(actor, draft.on(1)) as w:
                act(w)
    assert queue(town, association.actor, draft.on(1)) == [draft.application_id]
    with association.as_recommender(draft.on(1)) as w:
        assert [item.kind for item in waiting_for(w)] == ["recommend"]
        assert w.session.scalars(select(Party.id).where(reach(w.actor, Act.PARTY_VIEW))).all() == [
            draft.party_id
        ]
        recommendations.recommend(w, draft.application_id, draft.measured(w), "同意推荐")
    with session_factory(town.engine)() as session:
        word = session.scalars(select(Recommendation)).one()
        assert (word.recommender_id, word.recommender_party_id) == (association.id, association.party_id)


def test_the_territorys_own_are_hidden_from_the_association(town, association, draft):
    draft.submit()
    assert queue(town, town.recommender("hubei"), draft.on(1)) == [draft.application_id]
    assert queue(town, association.actor, draft.on(1)) == []
    with pytest.raises(NotFound), association.as_recommender(draft.on(1)) as w:
        find(w, draft.application_id)


def test_who_is_no_member_any_more_is_neither_submitted_nor_recommended(town, association, draft, unchanged):
    association.lists(draft.party_id)
    choose(draft, association)
    association.lists(draft.party_id, left_on=draft.day)
    with unchanged(Refused, "名单"):
        draft.submit()
    choose(draft, None)
    association.lists(draft.party_id, left_on=date(2099, 1, 1))
    choose(draft, association)
    draft.submit()
    with town.begin(town.officer("hubei"), draft.on(0)) as w:
        bodies.end(w, association.id, w.today)
    with unchanged(Refused, "停止推荐"), association.as_recommender(draft.on(1)) as w:
        recommendations.recommend(w, draft.application_id, draft.measured(w), "同意推荐")


def test_a_refusal_ends_the_part_of_that_one_and_another_measures_anew(town, association, draft, unchanged):
    association.lists(draft.party_id)
    draft.submit()
    with draft.as_recommender(1) as w:
        recommendations.evaluate(w, draft.application_id, draft.measured(w), "走访")
    declined(town, draft)
    assert draft.load().state is STATE.REJECTED
    with unchanged(Refused, "不予推荐"), draft.as_applicant(1) as w:
        recommendations.turn(w, draft.application_id, recommendations.TERRITORY)
    with unchanged(Invalid, "填写"), draft.as_applicant(1) as w:
        starting.perform(w, draft.application_id, Action.TURN)
    before = draft.load().submitted_at
    with draft.as_applicant(2) as w:
        starting.perform(w, draft.application_id, Action.TURN, recommender=str(association.id))
    item = draft.load()
    assert (item.state, item.recommender_id, item.submitted_at) == (STATE.SUBMITTED, association.id, before)
    assert queue(town, town.recommender("hubei"), draft.on(2)) == []
    with association.as_recommender(draft.on(2)) as w:
        case = find(w, draft.application_id)
        assert Provenance.VERIFIED not in case.origins.values()
        assert "改由其他推荐单位" in entries_of(w, draft.application_id)[-1].note
    with unchanged(Refused, "测评"), association.as_recommender(draft.on(3)) as w:
        recommendations.recommend(w, draft.application_id, {}, "同意推荐")
    with association.as_recommender(draft.on(3)) as w:
        recommendations.recommend(w, draft.application_id, draft.measured(w), "同意推荐")
    assert draft.load().state is STATE.RECOMMENDED


def test_one_turns_to_nobody_who_may_not_or_has_declined(town, association, department, draft, unchanged):
    association.lists(draft.party_id)
    choose(draft, association)
    draft.submit()
    declined(town, draft, association)
    for number in (association.id, department.id, 10**6):
        with unchanged(Refused, "另选"), draft.as_applicant(2) as w:
            recommendations.turn(w, draft.application_id, number)
    with draft.as_applicant(2) as w:
        assert [item.id for item in recommendations.left(find(w, draft.application_id))] == [0]
        recommendations.turn(w, draft.application_id, 0)
    declined(town, draft, days=3)
    with draft.as_applicant(4) as w:
        assert recommendations.left(find(w, draft.application_id)) == ()
    with unchanged(Refused, "没有其他"), draft.as_applicant(4) as w:
        recommendations.turn(w, draft.application_id, association.id)


@pytest.mark.parametrize(("days", "open_"), [(19, True), (20, False), (21, False)])
def test_one_turns_until_recommendations_close(town, association, draft, days, open_):
    association.lists(draft.party_id)
    draft.submit()
    declined(town, draft)

    def turn():
        with draft.as_applicant(days) as w:
            recommendations.turn(w, draft.application_id, association.id)

    if open_:
        turn()
    else:
        with pytest.raises(Refused, match="recommendations closed"):
            turn()


def test_where_nobody_else_may_recommend_the_refusal_is_the_end(town):
    case = town.start("jilin/provider").fill().attach_all().submit()
    with case.as_recommender(1) as w:
        recommendations.decline(w, case.application_id, "不符")
    with case.as_applicant(2) as w:
        offered = starting.why_not_started(w, "jilin", "provider", w.session.get_one(Party, case.party_id))
        assert offered is None
    with pytest.raises(Refused, match="no other recommender"), case.as_applicant(2) as w:
        recommendations.turn(w, case.application_id, 0)


def test_nobody_else_turns_for_the_party(town, association, draft, unchanged):
    association.lists(draft.party_id)
    draft.submit()
    declined(town, draft)
    with unchanged(NotFound), draft.as_officer(2) as w:
        recommendations.turn(w, draft.application_id, association.id)


def test_a_corrected_refusal_is_none(town, association, draft, make_actor):
    association.lists(draft.party_id)
    draft.submit()
    declined(town, draft)
    with draft.as_officer(2) as w:
        correcting.correct_decline(w, draft.application_id, "误登记")
    with draft.as_applicant(3) as w:
        assert [item.id for item in recommendations.left(find(w, draft.application_id))] == [
            0,
            association.id,
        ]


def test_what_it_recommended_is_supervised_and_its_end_proposed_by_it_alone(
    town, association, department, draft
):
    association.lists(draft.party_id)
    choose(draft, association)
    draft.submit()
    with association.as_recommender(draft.on(1)) as w:
        recommendations.recommend(w, draft.application_id, draft.measured(w), "同意推荐")
    draft.review().score().approve().publish().finish()
    with session_factory(town.engine)() as session:
        held = session.scalars(select(Accreditation).where(Accreditation.party_id == draft.party_id)).one()
    assert held.recommender_id == association.id
    at = draft.on(30)
    for actor in (town.recommender("hubei"), department.actor):
        with town.begin(actor, at) as w:
            assert proposals.can_be_made(w, held.number).total == 0
        for act in (
            lambda w: find_status(w, held.id),
            lambda w: exits.propose(w, held.id, "18(2)", "造成不良影响"),
        ):
            with pytest.raises(NotFound), town.begin(actor, at) as w:
                act(w)
    with association.as_recommender(at) as w:
        assert proposals.can_be_made(w, held.number).total == 1
        exits.propose(w, held.id, "18(2)", "造成不良影响")


def test_the_papers_are_checked_one_by_one_once_the_paper_copy_is_registered(town, unchanged):
    case = town.start("shanghai/comprehensive").fill().attach_all().submit()

    def recommend():
        with case.as_recommender(1) as w:
            recommendations.recommend(w, case.application_id, {}, "同意推荐")

    with case.as_recommender(1) as w:
        assert recommendations.form(find(w, case.application_id)) == []
    with unchanged(Refused, "纸质"):
        recommend()
    with case.as_recommender(1) as w:
        materials.record_paper_copy(w, case.application_id, w.today)
    with unchanged(Refused, "合规性审核", "4.1"):
        recommend()
    with case.as_recommender(1) as w:
        files = [file for row in materials.checklist(w, case.application_id) for file in row.present]
        for file in files[:-1]:
            materials.judge_material(w, file.id, accepted=True)
        materials.judge_material(w, files[-1].id, accepted=False, remark="未盖章")
    with unchanged(Refused, "合规性审核"):
        recommend()
    with case.as_recommender(1) as w:
        materials.judge_material(w, files[-1].id, accepted=True)
    recommend()
    assert case.load().state is STATE.RECOMMENDED


def test_operation_is_measured_in_words_and_kept_from_the_partys_data(town, draft, unchanged):
    draft.submit()
    with draft.as_recommender(1) as w:
        asked = [item.name for item in recommendations.form(find(w, draft.application_id))]
    assert asked == ["hubei_operation", "smes_served_last_year", "satisfaction_pct"]
    with unchanged(Refused, "运营情况"), draft.as_recommender(1) as w:
        measured = draft.measured(w)
        del measured["hubei_operation"]
        recommendations.recommend(w, draft.application_id, measured, "同意推荐")
    draft.recommend()
    with session_factory(town.engine)() as session:
        assert "hubei_operation" not in session.get_one(Party, draft.party_id).profile
        assert "台账" in session.scalars(select(Recommendation)).one().measured["hubei_operation"]
