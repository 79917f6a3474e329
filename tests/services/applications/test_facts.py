"""Facts of an application: whose word counts, what is kept of the others, and what is told of a bad one."""

from dataclasses import replace

import pytest
from sqlalchemy import select

from core.domain.errors import Invalid, NotAllowed, NotFound, Refused
from core.domain.roles import Role
from core.rules.evaluate import Outcome
from core.services.applications import facts
from core.services.applications.case import Case, find
from core.services.base.work import SYSTEM
from core.services.granting import starting
from core.services.people.parties import edit_party
from core.services.review import reviews
from core.storage.engine import session_factory
from core.storage.models import AuditEvent, Party
from core.storage.models.applications import Provenance
from tests.services.journey import claims

CLAIMED, VERIFIED, ATTESTED = Provenance.CLAIMED, Provenance.VERIFIED, Provenance.ATTESTED
KEY = "hubei/specialized"


def load_party(town, case):
    with session_factory(town.engine)() as session:
        return session.get_one(Party, case.party_id)


def test_a_draft_holds_any_part_of_a_profile(town):
    case = town.start(KEY)
    with case.as_applicant() as w:
        changed = facts.save_facts(w, case.application_id, {"staff_full_time": 12}, CLAIMED)
    assert changed == ["staff_full_time"]
    with case.as_applicant() as w:
        facts.save_facts(w, case.application_id, {"satisfaction_pct": "91.50"}, CLAIMED)
    assert case.load().facts == {"staff_full_time": 12, "satisfaction_pct": 91.5}


def test_every_bad_fact_is_named_and_none_is_saved(town, unchanged):
    case = town.start(KEY)
    raw = {
        "staff_full_time": -1,
        "satisfaction_pct": 101,
        "operating_since": "2024-02-30",
        "legal_form": "club",
        "staff_ful_time": 3,
        "service_functions": ["technology", "singing"],
        "mobile": "13900139000",
        "distinctive_strengths": True,
        "finances_sound": True,
    }
    words = ("staff_full_time", "satisfaction_pct", "operating_since", "legal_form", "staff_ful_time")
    with unchanged(Invalid, *words, "singing", "由认定机关判定"), case.as_applicant() as w:
        facts.save_facts(w, case.application_id, raw, CLAIMED)
    with case.as_applicant() as w, pytest.raises(Invalid) as caught:
        facts.save_facts(w, case.application_id, raw, CLAIMED)
    assert set(caught.value.errors) == set(raw) - {"finances_sound"}


def test_only_functions_of_the_text_can_be_claimed(town, unchanged):
    case = town.start("liaocheng/specialized")
    with unchanged(Invalid, "本项目不受理 数字化服务", "digital"), case.as_applicant() as w:
        facts.save_facts(w, case.application_id, {"service_functions": ["digital"]}, CLAIMED)


def test_the_partys_own_data_are_changed_with_the_party(town, unchanged):
    case = town.start(KEY)
    party = load_party(town, case)
    with unchanged(Invalid, "uscc", "主体资料"), case.as_applicant() as w:
        facts.save_facts(w, case.application_id, {"uscc": "91350100M000100Y43"}, CLAIMED)
    with case.as_applicant() as w:
        assert (
            facts.save_facts(w, case.application_id, {"uscc": party.uscc, "name": party.name}, CLAIMED) == []
        )


def test_a_stronger_word_overrides_and_every_word_is_kept(town):
    case = town.start(KEY).fill({"smes_served_last_year": 70}).attach_all().submit()
    case.recommend(changes={"smes_served_last_year": 55}).review()
    assert case.load().facts["smes_served_last_year"] == 55
    with case.as_officer(3) as w:
        reviews.attest(w, case.application_id, {"smes_served_last_year": 49}, "核对台账")
    assert case.load().facts["smes_served_last_year"] == 49
    with case.as_officer(3) as w:
        words = facts.history(find(w, case.application_id), "smes_served_last_year").rows[::-1]
        verdict = Case(w, case.load_in(w)).verdict
    assert [(item.value, item.provenance, item.note) for item in words] == [
        (70, CLAIMED, ""),
        (55, VERIFIED, ""),
        (49, ATTESTED, "核对台账"),
    ]
    assert words[2].by.startswith("officer")
    assert words[0].shown.zh == "70 家"
    row = next(row for row in verdict.rows if row.key == "5(3)")
    assert (row.outcome, row.parts[0].observed[0].provenance) == (Outcome.NOT_MET, ATTESTED)


def test_null_takes_a_statement_back_and_the_weaker_one_counts_again(town):
    case = town.start(KEY).fill({"staff_full_time": 9}).attach_all().submit().recommend().review()
    with case.as_officer(3) as w:
        reviews.attest(w, case.application_id, {"staff_full_time": 7}, "社保名单")
    with case.as_officer(3) as w:
        changed = reviews.attest(w, case.application_id, {"staff_full_time": None}, "名单不全，撤回")
    assert changed == ["staff_full_time"]
    assert case.load().facts["staff_full_time"] == 9
    draft = town.start(KEY).fill()
    with draft.as_applicant() as w:
        facts.save_facts(w, draft.application_id, {"staff_full_time": None}, CLAIMED)
    assert "staff_full_time" not in draft.load().facts
    with draft.as_applicant() as w:
        verdict = Case(w, draft.load_in(w)).verdict
    row = next(row for row in verdict.rows if row.key == "5(2)")
    assert row.outcome is Outcome.UNKNOWN


def test_saying_the_same_again_changes_nothing(town):
    case = town.start(KEY).fill()
    version = case.load().version
    with case.as_applicant() as w:
        assert facts.save_facts(w, case.application_id, claims(KEY), CLAIMED) == []
    assert case.load().version == version


def test_a_judgement_needs_a_note_and_an_officer(town, unchanged, make_actor):
    case = town.start(KEY).fill().attach_all().submit().recommend().review(judge=False)
    with unchanged(Invalid, "请填写"), case.as_officer(3) as w:
        reviews.attest(w, case.application_id, {"distinctive_strengths": True}, "  ")
    with unchanged(NotAllowed), case.as_recommender(3) as w:
        reviews.attest(w, case.application_id, {"distinctive_strengths": True}, "好")
    own = replace(town.officer("hubei"), parties=frozenset({case.party_id}))
    with unchanged(Refused, "本单位"), town.begin(own, case.on(3)) as w:
        reviews.attest(w, case.application_id, {"distinctive_strengths": True}, "好")
    with unchanged(Refused, "只由系统"), case.as_officer(3) as w:
        facts.save_facts(w, case.application_id, {"staff_full_time": 9}, Provenance.DERIVED)
    with town.begin(SYSTEM, case.on(3)) as w:
        facts.save_facts(w, case.application_id, {"staff_full_time": 9}, Provenance.DERIVED)
        assert find(w, case.application_id).origins["staff_full_time"] is Provenance.DERIVED


def test_claims_end_with_the_submission(town, unchanged):
    case = town.start(KEY).fill().attach_all().submit()
    with unchanged(Refused, "已提交", "草稿"), case.as_applicant() as w:
        facts.save_facts(w, case.application_id, {"staff_full_time": 99}, CLAIMED)


def test_an_officer_may_fill_in_for_a_party_and_the_trail_says_so(town, engine):
    case = town.start(KEY)
    with case.as_officer() as w:
        facts.save_facts(w, case.application_id, {"staff_full_time": 12}, CLAIMED)
        (word,) = facts.history(find(w, case.application_id), "staff_full_time").rows
    assert word.by == town.officer("hubei").name
    with session_factory(engine)() as session:
        entries = select(AuditEvent).where(AuditEvent.subject == "fact_entry")
        trail = session.scalars(entries.order_by(AuditEvent.id.desc())).first()
    assert trail.actor == town.officer("hubei").name


def test_the_next_application_begins_with_what_is_known_but_with_no_judgement(town):
    first = town.start("hubei/comprehensive").accredited()
    party = load_party(town, first)
    assert party.profile["staff_full_time"] == claims("hubei/comprehensive")["staff_full_time"]
    assert "core_guiding_role" not in party.profile
    assert party.profile_confirmed_on == first.day
    call_id = town.call("hubei/specialized", first.day)
    with first.as_applicant(1) as w:
        number = starting.start(w, "hubei", "specialized", first.party_id, call_id)
        asked = {item.fact.name: item for item in facts.asked_facts(find(w, number))}
        words = facts.history(find(w, number), "staff_full_time").rows
    assert asked["staff_full_time"].value == party.profile["staff_full_time"]
    assert asked["staff_full_time"].provenance is CLAIMED
    assert asked["distinctive_strengths"].value is None
    assert "主体资料" in words[-1].note


def test_a_form_asks_what_the_track_reads_and_for_which_function(town):
    case = town.start("liaocheng/specialized")
    with case.as_applicant() as w:
        asked = {item.fact.name: item.function for item in facts.asked_facts(find(w, case.application_id))}
    assert asked["info_events"] == "information"
    assert asked["total_assets_cny"] == ""
    assert "registered_capital_cny" not in asked


def test_facts_of_the_plugin_itself_are_taken_and_those_of_another_are_not(town, unchanged):
    case = town.start("jilin/provider")
    with case.as_applicant() as w:
        facts.save_facts(w, case.application_id, {"jilin_service_areas": ["policy", "legal"]}, CLAIMED)
    other = town.start(KEY)
    with unchanged(Invalid, "jilin_service_areas"), other.as_applicant() as w:
        facts.save_facts(w, other.application_id, {"jilin_service_areas": ["policy"]}, CLAIMED)
    with case.as_applicant() as w, pytest.raises(NotFound):
        facts.history(find(w, case.application_id), "no_such_fact")


def test_a_party_that_has_changed_its_region_submits_to_its_new_county(town, begin):
    case = town.start(KEY).fill().attach_all()
    with case.as_applicant() as w:
        edit_party(w, case.party_id, {"region": "420500"})
    case.submit()
    assert case.load().region == "420500"
    yichang = town.make_actor(Role.RECOMMENDER, "hubei", "420500")
    with begin(yichang, case.on(1)) as w:
        assert Case(w, case.load_in(w)).verdict.edition == "measures"
