"""A return for correction: what to change, what was changed since, and the way of an application."""

from datetime import timedelta

import pytest

from core.domain.errors import Invalid, NotFound
from core.domain.lifecycle.states import ApplicationState
from core.domain.roles import Role
from core.services.applications import changes, facts, materials, own
from core.services.applications.case import find
from core.services.base.paging import Wish
from core.services.granting import starting
from core.storage.models.applications import Provenance
from tests.services.journey import PDF, Case, Town

KEY = "shanghai/comprehensive"
REASON = "请补充人员名单"


def returned(town: Town) -> Case:
    """A case that was handed in, found wanting and given back."""
    case = town.start(KEY).fill({"staff_full_time": 9}).attach_all().submit()
    with case.as_recommender(1) as w:
        first = materials.checklist(w, case.application_id)[0].present[0]
        materials.judge_material(w, first.id, accepted=False, remark="看不清")
        starting.return_for_correction(w, case.application_id, REASON)
    return case


def test_what_to_correct_names_reason_files_and_conditions(town: Town) -> None:
    case = returned(town)
    with case.as_applicant(2) as w:
        wrong = changes.to_correct(find(w, case.application_id))
        since = changes.changes_since(find(w, case.application_id))
    assert wrong.reason == REASON
    assert [file.remark for file in wrong.materials] == ["看不清"]
    assert [row.clause for row in wrong.conditions] == ["2.1(2)"]
    assert "还差 1 人" in wrong.conditions[0].lacks[0].zh
    assert wrong.any
    assert since is not None
    assert not since.any
    assert since.returned_at.isoformat() == f"{case.day + timedelta(days=1)}T10:00:00+08:00"


def test_what_changed_since_is_seen_by_all_who_handle_it(town: Town) -> None:
    case = returned(town)
    with case.as_applicant(2) as w:
        facts.save_facts(w, case.application_id, {"staff_full_time": 12}, Provenance.CLAIMED)
        facts.save_facts(w, case.application_id, {"premises_area_m2": 1}, Provenance.CLAIMED)
        row = materials.checklist(w, case.application_id)[0]
        number = case.application_id
        materials.attach(w, number, row.key, "新.pdf", PDF, town.store, replaces=row.present[0].id)
        materials.attach(w, number, row.key, "错.pdf", PDF, town.store)
    with case.as_applicant(3) as w:
        before = dict(case.load().facts)["premises_area_m2"]
        facts.save_facts(w, case.application_id, {"premises_area_m2": before}, Provenance.CLAIMED)
        wrong = materials.checklist(w, case.application_id)[0].present[-1]
        materials.remove_file(w, wrong.id)
        starting.resubmit(w, case.application_id)
    # What others find out afterwards is no correction.
    case.recommend(4).review(4)
    for unit in (case.as_applicant(4), case.as_officer(4), case.as_recommender(4)):
        with unit as w:
            found = changes.changes_since(find(w, case.application_id))
        assert found is not None
        assert ("staff_full_time", "9 人", "12 人") in [
            (f.name, f.before.zh, f.after.zh) for f in found.facts
        ]
        assert [(m.added, len(m.gone)) for m in found.materials] == [(("新.pdf",), 1)]
        assert found.reason == REASON


def test_of_what_was_never_returned_there_are_no_changes(town: Town) -> None:
    case = town.start(KEY).fill()
    with case.as_applicant() as w:
        assert changes.changes_since(find(w, case.application_id)) is None
    stranger, _ = town.applicant(KEY, case.on(0))
    with town.begin(stranger, case.on(0)) as w, pytest.raises(NotFound):
        changes.changes_since(find(w, case.application_id))


def test_what_someone_else_saved_meanwhile_is_not_overwritten(town: Town) -> None:
    case = town.start(KEY).fill({"staff_full_time": 9})
    number, claimed = case.application_id, Provenance.CLAIMED
    with case.as_applicant() as w:
        facts.save_facts(w, number, {"staff_full_time": "12"}, claimed, seen={"staff_full_time": "9"})
    for given, seen in (("15", "9"), (None, "9"), ("15", None)):
        with case.as_applicant() as w, pytest.raises(Invalid) as caught:
            facts.save_facts(w, number, {"staff_full_time": given}, claimed, seen={"staff_full_time": seen})
        assert "“12 人”" in caught.value.errors["staff_full_time"].zh
        assert "12 people" in caught.value.errors["staff_full_time"].en
    with case.as_applicant() as w:
        same = facts.save_facts(w, number, {"staff_full_time": "12"}, claimed, seen={"staff_full_time": "9"})
        assert same == []
        facts.save_facts(w, number, {"staff_full_time": "15"}, claimed, seen={"staff_full_time": "12"})
    assert case.load().facts["staff_full_time"] == 15


def test_the_way_of_a_case_from_its_draft_to_its_end(town: Town) -> None:
    case = town.start("hubei/comprehensive")
    with case.as_applicant() as w:
        steps = own.way(find(w, case.application_id))
    assert [step.state for step in steps if step.at is not None] == [ApplicationState.DRAFT]
    assert [step.state for step in steps if step.at is None][-1] is ApplicationState.ACCREDITED
    case.reviewed().approve().publish().finish()
    with case.as_applicant(30) as w:
        steps = own.way(find(w, case.application_id))
    assert all(step.at is not None for step in steps)
    told = [(step.title.zh, step.note.zh) for step in steps]
    assert ("草稿", "") not in told
    assert any(title == "公示发布" and "公示至" in note for title, note in told)
    assert told[-1][1].startswith("编号 ")
    moments = [step.at for step in steps if step.at is not None]
    assert moments == sorted(moments)


def test_the_list_is_of_ones_own_parties_by_state_and_page(town: Town) -> None:
    first, second = town.start(KEY), town.start(KEY).fill().attach_all().submit()
    both = first.applicant.parties | second.applicant.parties
    user = town.make_actor(Role.APPLICANT, parties=both)
    with town.begin(user, first.on(1)) as w:
        found = own.own_applications(w)
        assert [item.id for item in found.page.rows] == [second.application_id, first.application_id]
        assert found.states == {ApplicationState.DRAFT: 1, ApplicationState.SUBMITTED: 1}
        drafts = own.own_applications(w, state=ApplicationState.DRAFT)
        assert [item.id for item in drafts.page.rows] == [first.application_id]
        assert drafts.page.total == 1
        later = own.own_applications(w, Wish(1, 1))
        assert [item.id for item in later.page.rows] == [first.application_id]
        assert len(own.own_parties(w)) == 2
    officer = town.officer("shanghai")
    with town.begin(officer, first.on(1)) as w:
        assert own.own_applications(w).page.rows == ()
        assert own.own_parties(w) == []
        with pytest.raises(NotFound):
            own.own(w, first.application_id)
