"""Items to correct: marked when an application is returned, told to its party, seen again when it is back."""

import pytest
from sqlalchemy import select

from core.domain.errors import Conflict, Invalid
from core.domain.lifecycle.states import Action, ApplicationState
from core.services.applications import changes, corrections, facts, materials
from core.services.applications.case import find
from core.services.applications.checklist import ChecklistRow
from core.services.applications.corrections import Mark
from core.services.granting import starting
from core.storage.models import CorrectionItem, OutboxMessage
from core.storage.models.applications import Provenance
from core.storage.models.decisions import CorrectionKind
from tests.services.conftest import Unchanged
from tests.services.journey import PDF, Case, Town, race

KEY = "shanghai/comprehensive"
REASON = "请核对"
FACT, MATERIAL = CorrectionKind.FACT, CorrectionKind.MATERIAL
STAFF = Mark(FACT, "staff_full_time", "与社保名单不一致")


def handed_in(town: Town, key: str = KEY) -> Case:
    """A case that waits for its recommender or officer."""
    return town.start(key).fill().attach_all().submit()


def papers(case: Case) -> list[ChecklistRow]:
    """Its documents."""
    with case.as_applicant() as w:
        return list(materials.checklist(w, case.application_id))


def give_back(case: Case, *marks: Mark, days: int = 1) -> None:
    """Return it with these marks."""
    with case.as_recommender(days) as w:
        starting.return_for_correction(w, case.application_id, REASON, marks)


def seen(case: Case, days: int) -> list[tuple[str, str, bool]]:
    """What its party sees of the marks: key, note, whether it was changed."""
    with case.as_applicant(days) as w:
        found = changes.changes_since(find(w, case.application_id))
    assert found is not None
    assert found.untouched == tuple(mark for mark in found.marks if not mark.changed)
    return [(mark.key, mark.note, mark.changed) for mark in found.marks]


def test_marks_are_seen_as_done_when_the_thing_itself_was_changed(town: Town) -> None:
    case = handed_in(town)
    first, second = papers(case)[:2]
    give_back(case, Mark(MATERIAL, second.key), Mark(MATERIAL, first.key, " 换清晰的 "), STAFF)
    number = case.application_id
    before = case.load().facts["staff_full_time"]
    # In the order of the form, however they were ticked.
    untouched = [
        ("staff_full_time", STAFF.note, False),
        (first.key, "换清晰的", False),
        (second.key, "", False),
    ]
    assert seen(case, 2) == untouched
    with case.as_applicant(2) as w:
        facts.save_facts(
            w, number, {"staff_full_time": before + 5, "premises_area_m2": 9}, Provenance.CLAIMED
        )
        materials.attach(w, number, first.key, "新.pdf", PDF, town.store, replaces=first.present[0].id)
    assert [done for *_, done in seen(case, 3)] == [True, True, False]
    with case.as_applicant(3) as w:
        facts.save_facts(w, number, {"staff_full_time": before}, Provenance.CLAIMED)
        starting.resubmit(w, number)
    for unit in (case.as_recommender(4), case.as_officer(4)):
        with unit as w:
            found = changes.changes_since(find(w, number))
        assert found is not None
        assert [(mark.name.zh, mark.changed) for mark in found.marks] == [
            ("从事中小企业服务的专职人员数", False), (first.title.zh, True), (second.title.zh, False),
        ]  # fmt: skip


def test_every_return_keeps_its_own_marks(town: Town) -> None:
    case = handed_in(town)
    give_back(case, STAFF)
    with case.as_applicant(2) as w:
        starting.resubmit(w, case.application_id)
    give_back(case, Mark(FACT, "premises_area_m2"), days=3)
    assert seen(case, 4) == [("premises_area_m2", "", False)]
    with case.as_applicant(4) as w:
        starting.resubmit(w, case.application_id)
    give_back(case, days=5)
    assert seen(case, 6) == []
    with case.as_officer(6) as w:
        query = select(CorrectionItem).where(CorrectionItem.application_id == case.application_id)
        kept = [(item.key, item.note) for item in w.session.scalars(query.order_by(CorrectionItem.id))]
    assert kept == [("staff_full_time", STAFF.note), ("premises_area_m2", "")]


def test_the_message_names_them_in_both_languages(town: Town) -> None:
    case = handed_in(town)
    paper = papers(case)[0]
    give_back(case, STAFF, Mark(MATERIAL, paper.key))
    with case.as_officer(2) as w:
        query = select(OutboxMessage).where(
            OutboxMessage.event == "application.returned", OutboxMessage.party_id == case.party_id
        )
        bodies = [told.body for told in w.session.scalars(query)]
    listed = f"补正事项：\n1. 从事中小企业服务的专职人员数：{STAFF.note}\n2. {paper.title.zh}\n"
    assert bodies
    assert all(f"补正要求：{REASON}\n{listed}" in body for body in bodies)
    case = handed_in(town)
    with case.as_recommender(1) as w:
        names = corrections.known(find(w, case.application_id))
        text = corrections.keep(find(w, case.application_id), names, [STAFF, Mark(MATERIAL, paper.key)])
    label = names[FACT, "staff_full_time"].en
    assert text.en == f"\nItems to correct:\n1. {label}: {STAFF.note}\n2. {paper.title.en}"


@pytest.mark.parametrize(("length", "kept"), [(199, True), (200, True), (201, False)])
def test_a_note_has_its_bound(town: Town, unchanged: Unchanged, length: int, kept: bool) -> None:
    case, mark = handed_in(town), Mark(FACT, "staff_full_time", "字" * length)
    if kept:
        give_back(case, mark)
        assert len(seen(case, 2)[0][1]) == length
        return
    with unchanged(Invalid, "“从事中小企业服务的专职人员数”的说明：至多 200 字"):
        give_back(case, mark)
    assert case.load().state is ApplicationState.SUBMITTED


def test_only_what_the_party_states_or_hands_in_can_be_marked(town: Town, unchanged: Unchanged) -> None:
    case = handed_in(town, "hubei/comprehensive")
    with case.as_officer(1) as w:
        asked = facts.asked_facts(find(w, case.application_id))
        judged = next(item.fact.name for item in asked if item.fact.judged)
    for key in (judged, "name", "practising_years", "nothing_at_all", papers(case)[0].key, ""):
        with unchanged(Invalid, f"“{key}”不是本申请要填报的事项或材料"):
            give_back(case, Mark(FACT, key))
    with unchanged(Invalid, "“staff_full_time”"):
        give_back(case, Mark(MATERIAL, "staff_full_time"))
    wrong = [Mark(FACT, "nothing"), Mark(FACT, "staff_full_time", "\x00"), STAFF]
    with pytest.raises(Invalid) as caught, case.as_recommender(1) as w:
        starting.return_for_correction(w, case.application_id, "字" * 2001, wrong)
    assert set(caught.value.errors) == {"reason", "marks"}
    said = caught.value.errors["marks"]
    assert "“nothing”" in said.zh
    assert "不可打印" in said.zh
    assert "nothing is neither stated nor handed in" in said.en
    # What the recommender has measured is not the party's word any more.
    with case.as_recommender(1) as w:
        facts.save_facts(w, case.application_id, {"staff_full_time": 30}, Provenance.VERIFIED)
    with unchanged(Invalid, "“staff_full_time”"):
        give_back(case, STAFF)


def test_of_two_who_return_it_at_once_one_does(town: Town) -> None:
    case = handed_in(town)
    version = case.load().version
    two = [town.recommender("shanghai"), town.officer("shanghai")]
    results = race(
        town.engine,
        two,
        case.on(1),
        lambda w: starting.perform(
            w, case.application_id, Action.RETURN, reason=REASON, marks=[STAFF], version=version
        ),
    )
    assert [type(result) for result in results if result is not None] == [Conflict]
    assert seen(case, 2) == [("staff_full_time", STAFF.note, False)]
