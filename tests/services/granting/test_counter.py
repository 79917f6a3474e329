"""What an officer does for a party, what a recommender notes beforehand, and things that are not there."""

from datetime import date

import pytest

from core.domain.errors import Invalid, NotAllowed, NotFound, Refused
from core.domain.lifecycle.guards import Guard
from core.services.applications import facts, materials
from core.services.applications.case import find
from core.services.applications.moving import available_moves
from core.services.calls import calls
from core.services.granting import starting
from core.services.people import parties
from core.storage.models.applications import Provenance
from tests.services.journey import PDF

KEY = "liaocheng/specialized"
NOWHERE = 10**9


def test_an_officer_begins_and_fills_a_draft_that_the_party_submits(town, begin, unchanged):
    user, party_id = town.applicant(KEY, "2024-05-20T09:00")
    call_id = town.call(KEY, date(2024, 5, 20))
    officer = town.officer("liaocheng")
    with begin(officer, "2024-05-20T10:00") as w:
        number = starting.start(w, "liaocheng", "specialized", party_id, call_id)
        for row in materials.checklist(w, number):
            materials.attach(w, number, row.key, "代为上传.pdf", PDF, town.store)
    with unchanged(NotAllowed), begin(officer, "2024-05-20T11:00") as w:
        starting.submit(w, number)
    with begin(user, "2024-05-20T11:00") as w:
        starting.submit(w, number)
    with unchanged(NotAllowed), begin(town.recommender("liaocheng"), "2024-05-20T10:00") as w:
        starting.start(w, "liaocheng", "comprehensive", party_id, call_id)


def test_a_recommender_notes_what_it_measured_before_it_recommends(town, unchanged):
    case = town.start(KEY).fill().attach_all().submit()
    with case.as_recommender(1) as w:
        facts.save_facts(w, case.application_id, {"satisfaction_pct": 88}, Provenance.VERIFIED)
    with case.as_recommender(1) as w:
        moves = {item.move.action: item.blocked for item in available_moves(find(w, case.application_id))}
    assert moves["recommend"] == ()
    with unchanged(NotAllowed), case.as_applicant(1) as w:
        facts.save_facts(w, case.application_id, {"satisfaction_pct": 99}, Provenance.VERIFIED)
    case.recommend(2)
    assert case.load().facts["satisfaction_pct"] == 88


def test_a_reason_has_a_length(town, unchanged):
    case = town.start(KEY).fill().attach_all().submit()
    with unchanged(Invalid, "至多 2000 字"), case.as_recommender(1) as w:
        starting.return_for_correction(w, case.application_id, "补" * 2001)


def test_what_is_not_there_is_not_found(town):
    case = town.start(KEY)
    with case.as_officer() as w:
        for ask in (
            lambda: materials.open_file(w, NOWHERE, town.store),
            lambda: materials.remove_file(w, NOWHERE),
            lambda: materials.judge_material(w, NOWHERE, accepted=True),
            lambda: calls.close_call(w, NOWHERE),
            lambda: parties.verify_party(w, NOWHERE),
        ):
            with pytest.raises(NotFound):
                ask()
    with case.as_applicant() as w, pytest.raises(NotFound):
        starting.start(w, "liaocheng", "specialized", case.party_id, NOWHERE)


def test_a_call_of_another_track_takes_no_application(town):
    case = town.start(KEY)
    other = town.call("liaocheng/comprehensive", case.day)
    with case.as_applicant() as w, pytest.raises(NotFound):
        starting.start(w, "liaocheng", "specialized", case.party_id, other)


def test_a_replaced_file_is_not_judged(town, unchanged):
    case = town.start(KEY).fill().attach_all()
    with case.as_applicant() as w:
        old = materials.checklist(w, case.application_id)[0].files[0].id
        materials.attach(
            w, case.application_id, "application_report", "新.pdf", PDF, town.store, replaces=old
        )
    case.submit()
    with unchanged(Refused, "已被替换"), case.as_recommender() as w:
        materials.judge_material(w, old, accepted=True)


def test_a_guard_that_has_a_reason_says_it_in_both_languages():
    assert all(guard.reason.zh and guard.reason.en for guard in Guard)
