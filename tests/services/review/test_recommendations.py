"""Recommendations: what was measured, by whom, alone and in bulk."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from core.domain.errors import Invalid, Refused
from core.domain.lifecycle.states import ApplicationState
from core.services.applications.case import find
from core.services.applications.statements import entries_of
from core.services.granting import starting
from core.services.review import recommendations
from core.services.review.recommendations import Recommended
from core.storage.engine import session_factory
from core.storage.models import Recommendation
from core.storage.models.applications import Provenance

KEY = "liaocheng/specialized"
MEASURED = {"smes_served_last_year": 118, "satisfaction_pct": 90.5, "liaocheng_operation": "运营正常"}


def submitted(town, key=KEY):
    return town.start(key).fill().attach_all().submit()


def words(town, case):
    with session_factory(town.engine)() as session:
        query = select(Recommendation).where(Recommendation.application_id == case.application_id)
        return session.scalars(query.order_by(Recommendation.round)).all()


def words_on(town, case):
    with case.as_officer(2) as w:
        return entries_of(w, case.application_id)


@pytest.mark.parametrize(
    ("key", "asked"),
    [
        (KEY, ["liaocheng_operation", "smes_served_last_year", "satisfaction_pct"]),
        ("jilin/provider", ["avg_annual_small_micro_served", "satisfaction_pct"]),
        ("jilin/expert", []),
    ],
)
def test_the_form_asks_the_results_that_the_text_measures(town, key, asked):
    case = submitted(town, key)
    with case.as_recommender() as w:
        assert [item.name for item in recommendations.form(find(w, case.application_id))] == asked


def test_what_was_measured_is_kept_with_the_opinion(town):
    case = submitted(town)
    body = town.applicant("liaocheng/specialized", case.on(0))[1]
    actor = replace(town.recommender("liaocheng"), recommender_parties=frozenset({body}))
    with town.begin(actor, case.on(1)) as w:
        recommendations.recommend(w, case.application_id, MEASURED, " 同意推荐 ")
    (word,) = words(town, case)
    assert (word.positive, word.opinion, word.measured, word.round) == (True, "同意推荐", MEASURED, 1)
    assert (word.recommender_party_id, word.by_id) == (body, actor.user_id)


def test_whoever_recommends_for_several_bodies_is_asked_for_one(town, unchanged):
    case = submitted(town)
    actor = replace(town.recommender("liaocheng"), recommender_parties=frozenset({10**8, 10**9}))
    with unchanged(Refused, "多个推荐单位"), town.begin(actor, case.on(1)) as w:
        recommendations.recommend(w, case.application_id, MEASURED, "同意推荐")


def test_measured_facts_are_read_like_all_others(town, unchanged):
    case = submitted(town)
    with unchanged(Invalid, "satisfaction_pct", "100"), case.as_recommender() as w:
        recommendations.recommend(w, case.application_id, MEASURED | {"satisfaction_pct": 900}, "同意")
    with unchanged(Invalid, "distinctive_strengths"), case.as_recommender() as w:
        recommendations.recommend(w, case.application_id, MEASURED | {"distinctive_strengths": True}, "同意")
    with unchanged(Invalid, "4000"), case.as_recommender() as w:
        recommendations.recommend(w, case.application_id, MEASURED, "好" * 4001)


def test_a_refused_application_ends_with_the_reason(town, unchanged):
    case = submitted(town)
    with unchanged(Refused, "理由"), case.as_recommender() as w:
        recommendations.decline(w, case.application_id, "")
    with unchanged(Invalid, "2000"), case.as_recommender() as w:
        recommendations.decline(w, case.application_id, "不" * 2001)
    with unchanged(Invalid, "打印"), case.as_recommender() as w:
        recommendations.decline(w, case.application_id, "不\x07符")
    with case.as_recommender() as w:
        recommendations.decline(w, case.application_id, "经营场所已撤销")
    assert case.load().state is ApplicationState.REJECTED
    assert [(word.positive, word.opinion) for word in words(town, case)] == [(False, "经营场所已撤销")]
    with case.as_applicant(1) as w:
        assert starting.start(w, "liaocheng", "specialized", case.party_id, case.load().call_id)


def test_in_bulk_each_is_recommended_whole_or_not_at_all(town):
    good, bare, own, draft = submitted(town), submitted(town), submitted(town), town.start(KEY)
    unsaid = submitted(town)
    actor = replace(town.recommender("liaocheng"), recommender_parties=frozenset({own.party_id}))
    items = [
        Recommended(good.application_id, "同意", MEASURED, "抽查台账"),
        Recommended(unsaid.application_id, "同意", MEASURED, " "),
        Recommended(bare.application_id, "同意", {"satisfaction_pct": 70}, "抽查台账"),
        Recommended(own.application_id, "同意", MEASURED, "抽查台账"),
        Recommended(draft.application_id, "同意", MEASURED, "抽查台账"),
        Recommended(10**9, "同意", MEASURED, "抽查台账"),
    ]
    with town.begin(actor, good.on(1)) as w:
        results = recommendations.bulk_recommend(w, items)
    assert [result.why_not is None for result in results] == [True, *[False] * 5]
    assert "核实依据" in results[1].why_not.zh
    assert "测评核实" in results[2].why_not.zh
    assert "本单位" in results[3].why_not.zh
    notes = {entry.note for entry in words_on(town, good) if entry.provenance is Provenance.VERIFIED}
    assert notes == {"抽查台账"}
    assert [case.load().state for case in (good, bare, own, draft)] == [
        "recommended",
        "submitted",
        "submitted",
        "draft",
    ]
    assert bare.load().facts["satisfaction_pct"] != 70
    with bare.as_officer(2) as w:
        entries = {entry.provenance for entry in entries_of(w, bare.application_id)}
    assert entries == {Provenance.CLAIMED}
