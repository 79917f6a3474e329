"""A new name, division or employer: asked for with proof; the old one holds until then, and is kept."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Conflict, DomainError, Invalid, NotFound, Refused
from core.domain.lifecycle.change_table import ChangeKind, ChangeState
from core.domain.lifecycle.states import AccreditationState
from core.domain.roles import Role
from core.services.attachments import party_files
from core.services.base.work import ANONYMOUS
from core.services.changes import certificates, deciding, requests
from core.services.endings.withdrawals import withdraw
from core.services.people import parties
from core.services.people.vouched import formers, name_on
from core.services.public import bodies, register
from core.services.public.register import Search
from core.services.supervision.status import find
from core.storage.engine import session_factory
from core.storage.models import (
    Accreditation,
    Attachment,
    CertificateIssue,
    ChangeRequest,
    OutboxMessage,
    Party,
)
from core.storage.models.changes import Vouched
from tests.services.changes.conftest import AT, AWAY, HOME, NEW, OLD, PDF
from tests.services.factory import Held, accredit, events, load, make_party
from tests.services.journey import Town

GRANTED_ON = date(2024, 5, 27)


def told(engine: Engine, event: str) -> list[str]:
    with session_factory(engine)() as session:
        query = select(OutboxMessage.recipient).where(OutboxMessage.event == event)
        return list(session.scalars(query.order_by(OutboxMessage.id)))


def found(begin: Any, text: str) -> list[str]:
    with begin(ANONYMOUS, "2024-06-03T10:00") as w:
        return [row.name for row in register.search(w, Search(text)).rows]


def test_the_old_name_holds_until_the_new_one_is_granted_and_is_found_afterwards(
    engine: Engine, begin: Any, ask: Any, decide: Any, held: Held
) -> None:
    number = ask()
    assert load(engine, Party, held.party_id).name == OLD
    assert (found(begin, OLD), found(begin, NEW)) == ([OLD], [])
    decide(number)
    assert load(engine, Party, held.party_id).name == NEW
    # By a part of either, as people type it.
    assert found(begin, "松花江创业") == found(begin, "松花江 企业") == [NEW]
    assert events(engine, held)[-1] == ("2024-05-27", "changed", "")
    with begin(ANONYMOUS, "2024-06-03T10:00") as w:
        page = bodies.body_page(w, held.party_id)
        assert [(item.value, item.since, item.until) for item in page.formers] == [(OLD, None, GRANTED_ON)]
        assert OLD in page.history[held.id][-1].title.zh
        assert NEW in page.history[held.id][-1].title.zh
        verified = bodies.verify(w, held.number)
        assert verified is not None
        assert (verified.entry.name, [item.value for item in verified.formers]) == (NEW, [OLD])


def test_each_day_has_its_name(engine: Engine, begin: Any, ask: Any, decide: Any, held: Held) -> None:
    for values, at, on in (
        ({"name": NEW}, AT, "2024-05-27T10:00"),
        ({"name": "第三个名称"}, "2024-06-03T10:00", "2024-06-10T10:00"),
        ({"name": "第四个名称"}, "2024-06-10T11:00", "2024-06-10T12:00"),
    ):
        decide(ask(at=at, values=values), on)
    with begin(ANONYMOUS, "2024-06-11T10:00") as w:
        party = w.session.get_one(Party, held.party_id)
        named = [name_on(w, party, date(2024, *day)) for day in ((5, 26), (5, 27), (6, 9), (6, 10))]
        assert named == [OLD, NEW, NEW, "第四个名称"]
        spans = [(item.since, item.until) for item in formers(w, [party.id], Vouched.NAME)[party.id]]
    second, third = date(2024, 6, 10), date(2024, 6, 10)
    assert spans == [(None, GRANTED_ON), (GRANTED_ON, second), (second, third)]


def test_a_member_cannot_change_it_without_asking_and_others_edit_freely(
    engine: Engine, begin: Any, member: Any, held: Held, make_actor: Any
) -> None:
    for field, value in {"name": NEW, "region": AWAY, "employer": "某公司"}.items():
        with pytest.raises(Invalid, match="with proof"), begin(member, AT) as w:
            parties.edit_party(w, held.party_id, {field: value, "address": "某路 1 号"})
    assert load(engine, Party, held.party_id).address == ""
    with begin(member, AT) as w:
        parties.edit_party(w, held.party_id, {"address": "某路 1 号"})
    free = make_party(engine)
    with begin(make_actor(Role.APPLICANT, parties=[free]), AT) as w:
        parties.edit_party(w, free, {"name": NEW})
        assert formers(w, [free]) == {}
    assert load(engine, Party, free).name == NEW


def test_nor_does_an_officer_of_a_party_that_holds_or_seeks_a_status(
    engine: Engine, begin: Any, officer: Any, ask: Any, decide: Any, held: Held, make_actor: Any, town: Town
) -> None:
    expert = accredit(engine, "jilin/expert", "2024-03-20", region=HOME)
    for party, changes in (
        (held.party_id, {"name": NEW}),
        (held.party_id, {"region": AWAY}),
        (expert.party_id, {"employer": "某公司"}),
    ):
        with pytest.raises(Invalid, match="another officer decides") as caught, begin(officer, AT) as w:
            parties.edit_party(w, party, {**changes, "address": "某路 1 号"})
        assert set(caught.value.errors) == set(changes)
        assert load(engine, Party, party).address == ""
    with begin(officer, AT) as w:
        parties.edit_party(w, held.party_id, {"name": OLD, "address": "某路 1 号"})
    # The way out leads there, by a second officer.
    number = ask(who=officer)
    with pytest.raises(Refused, match="who asked"):
        decide(number)
    decide(number, who=make_actor(Role.OFFICER, "jilin", "220200"))
    assert load(engine, Party, held.party_id).name == NEW
    case = town.start("jilin/provider").fill().attach_all()
    with case.as_officer() as w:
        parties.edit_party(w, case.party_id, {"name": "录入有误的名称"})
    case.submit()
    with pytest.raises(Invalid), case.as_officer(1) as w:
        parties.edit_party(w, case.party_id, {"name": NEW})


def test_who_held_a_status_formerly_edits_freely_and_its_old_name_is_kept(
    engine: Engine, begin: Any, make_actor: Any
) -> None:
    over = {"state": AccreditationState.EXPIRED, "ended_on": date(2023, 1, 2)}
    old = accredit(engine, "jilin/provider", "2021-01-01", **over)
    name = load(engine, Party, old.party_id).name
    with begin(make_actor(Role.APPLICANT, parties=[old.party_id]), AT) as w:
        parties.edit_party(w, old.party_id, {"name": NEW})
        assert [item.value for item in formers(w, [old.party_id])[old.party_id]] == [name]
    with begin(make_actor(Role.OFFICER), AT) as w:
        parties.edit_party(w, old.party_id, {"name": "又一个名称"})
        assert [item.value for item in formers(w, [old.party_id])[old.party_id]] == [name, NEW]


def test_an_application_before_an_authority_binds_too_and_a_draft_does_not(town: Town, store: Any) -> None:
    case = town.start("jilin/provider").fill().attach_all()
    with case.as_applicant() as w:
        parties.edit_party(w, case.party_id, {"name": "改过的名称"})
    case.submit()
    with pytest.raises(Invalid), case.as_applicant(1) as w:
        parties.edit_party(w, case.party_id, {"name": NEW})
    with case.as_applicant(1) as w:
        proof = requests.Proof("证明.pdf", PDF)
        number = requests.ask(w, case.party_id, ChangeKind.DETAILS, proof, store, values={"region": AWAY})
    with case.as_officer(2) as w:
        deciding.decide(w, number, granted=True)
    # The recommender of the new county has it in its queue now, and who had it before does not.
    assert case.load().region == AWAY
    with pytest.raises(NotFound), case.as_recommender(3) as w:
        requests.find(w, number)


def test_supervision_moves_with_the_division_and_the_new_county_is_told(
    engine: Engine, begin: Any, ask: Any, decide: Any, held: Held, make_actor: Any
) -> None:
    before, after = (make_actor(Role.RECOMMENDER, "jilin", region) for region in (HOME, AWAY))
    decide(ask(values={"region": AWAY}))
    assert load(engine, Accreditation, held.id).region == AWAY
    with begin(after, "2024-06-03T10:00") as w:
        assert find(w, held.id).accreditation.region == AWAY
    with pytest.raises(NotFound), begin(before, "2024-06-03T10:00") as w:
        find(w, held.id)
    with session_factory(engine)() as session:
        written = select(OutboxMessage.user_id, OutboxMessage.region).where(
            OutboxMessage.event == "change.elsewhere"
        )
        assert [row.user_id for row in session.execute(written)] == [after.user_id]


def test_outside_the_territory_the_status_stays_where_it_is_supervised(
    engine: Engine, ask: Any, decide: Any, held: Held
) -> None:
    decide(ask(values={"region": "310104"}))
    assert load(engine, Party, held.party_id).region == "310104"
    assert load(engine, Accreditation, held.id).region == HOME


def test_other_authorities_are_told_and_one_decision_holds_for_all(
    engine: Engine, ask: Any, decide: Any, held: Held, make_actor: Any
) -> None:
    accredit(engine, "liaocheng/specialized", "2024-03-20", party_id=held.party_id)
    make_actor(Role.OFFICER, "liaocheng", "371500")
    decide(ask())
    assert len(told(engine, "change.elsewhere")) == 1


def test_an_experts_employer_is_asked_for_and_the_party_is_told(
    engine: Engine, begin: Any, make_actor: Any, ask: Any, decide: Any
) -> None:
    expert = accredit(engine, "jilin/expert", "2024-03-20", region=HOME)
    me = make_actor(Role.APPLICANT, parties=[expert.party_id])
    decide(ask(who=me, party_id=expert.party_id, values={"employer": "新单位"}))
    assert load(engine, Party, expert.party_id).employer == "新单位"
    # Nothing was known before: nothing is kept.
    with begin(me, AT) as w:
        assert formers(w, [expert.party_id]) == {}
    assert told(engine, "change.granted") != []


def test_what_is_asked_is_read_as_on_any_form_and_needs_its_proof(ask: Any, unchanged: Any) -> None:
    with unchanged(Invalid, "相同"):
        ask(values={"name": f" {OLD} "})
    with unchanged(Invalid, "填写"):
        ask(proof=None)
    with unchanged(Invalid, "类型"):
        ask(proof=requests.Proof("证明.exe", b"MZ"))
    with unchanged(Invalid, "无法打印"):
        ask(values={"name": "某\ue000公司"})
    with pytest.raises(Invalid) as caught:
        ask(values={"name": "名" * 201, "region": "37"})
    assert set(caught.value.errors) == {"name", "region"}


def test_a_second_request_is_refused_with_a_pointer_until_the_first_is_answered_or_taken_back(
    begin: Any, ask: Any, decide: Any, member: Any, unchanged: Any
) -> None:
    first = ask()
    with unchanged(Conflict, f"#{first}", "2024-05-20"):
        ask(values={"name": "另一个名称"})
    with begin(member, AT) as w:
        requests.withdraw(w, first)
    second = ask(values={"name": "另一个名称"})
    decide(second)
    assert ask(at="2024-06-03T10:00") > second


def test_one_answer_only_and_a_reason_for_a_refusal(
    engine: Engine,
    begin: Any,
    ask: Any,
    decide: Any,
    held: Held,
    member: Any,
    make_actor: Any,
    unchanged: Any,
) -> None:
    number = ask()
    with unchanged(Refused, "理由"):
        decide(number, granted=False)
    decide(number, granted=False, answer="证明不符")
    request = load(engine, ChangeRequest, number)
    assert (request.state, request.answer) == (ChangeState.REFUSED, "证明不符")
    assert load(engine, Party, held.party_id).name == OLD
    with unchanged(Conflict, "已有结果"):
        decide(number)
    with unchanged(Conflict, "已有结果"), begin(member, "2024-06-03T10:00") as w:
        requests.withdraw(w, number)
    with pytest.raises(Refused, match="settled"), begin(member, "2024-06-03T10:00") as w:
        party_files.remove(w, w.session.scalar(select(Attachment.id)))


def test_who_asked_does_not_decide_nor_who_belongs_to_the_party(
    begin: Any, ask: Any, decide: Any, officer: Any, held: Held, make_actor: Any, unchanged: Any
) -> None:
    number = ask(who=officer)
    with unchanged(Refused, "提出人"):
        decide(number)
    insider = make_actor(Role.OFFICER, "jilin", "220200", parties=[held.party_id])
    with unchanged(Refused, "本单位"):
        decide(number, who=insider)
    for stranger in (make_actor(Role.OFFICER, "liaocheng"), make_actor(Role.RECOMMENDER, "jilin", AWAY)):
        with pytest.raises(NotFound):
            decide(number, who=stranger)
    decide(number, who=make_actor(Role.LEAD))


def test_without_its_proof_nothing_is_granted(
    begin: Any, ask: Any, decide: Any, member: Any, unchanged: Any
) -> None:
    number = ask()
    with begin(member, AT) as w:
        party_files.remove(w, w.session.scalar(select(Attachment.id)))
    with unchanged(Refused, "证明材料"):
        decide(number)


def test_it_is_still_decided_after_the_status_has_ended(
    engine: Engine, begin: Any, ask: Any, decide: Any, held: Held, member: Any
) -> None:
    number = ask()
    with begin(member, "2024-05-22T10:00") as w:
        withdraw(w, held.id)
    decide(number, new_certificates=True)
    assert load(engine, Party, held.party_id).name == NEW
    assert [kind for _, kind, _ in events(engine, held)] == ["withdrawn"]
    with session_factory(engine)() as session:
        assert session.scalar(select(CertificateIssue.id)) is None


def test_two_officers_at_once_decide_once(
    engine: Engine, begin: Any, ask: Any, make_actor: Any, held: Held
) -> None:
    number, gate = ask(), Barrier(2)
    officers = [make_actor(Role.OFFICER, "jilin", "220200") for _ in range(2)]

    def answer(who: Any) -> str:
        gate.wait(30)
        try:
            with begin(who, "2024-05-27T10:00") as w:
                deciding.decide(w, number, granted=True)
        except DomainError as error:
            return error.text.zh
        return "done"

    with ThreadPoolExecutor(2) as pool:
        said = sorted(pool.map(answer, officers))
    assert said[0] == "done"
    assert "已有结果" in said[1]
    with begin(ANONYMOUS, AT) as w:
        assert len(formers(w, [held.party_id])[held.party_id]) == 1


def test_a_certificate_states_the_name_of_its_day_and_is_issued_anew_once(
    engine: Engine, begin: Any, ask: Any, decide: Any, officer: Any, held: Held, unchanged: Any
) -> None:
    decide(ask())
    with begin(officer, "2024-06-03T10:00") as w:
        (only,) = certificates.issues(w, w.session.get_one(Accreditation, held.id))
        assert (only.name, only.on, only.replaced_on) == (OLD, date(2024, 3, 20), None)
    with begin(officer, "2024-06-03T10:00") as w:
        certificates.issue(w, held.id)
    with unchanged(Refused, "无须换发"), begin(officer, "2024-06-03T11:00") as w:
        certificates.issue(w, held.id)
    with begin(officer, "2024-06-03T10:00") as w:
        first, second = certificates.issues(w, w.session.get_one(Accreditation, held.id))
    assert (first.name, first.replaced_on) == (OLD, date(2024, 6, 3))
    assert (second.name, second.on, second.number) == (NEW, date(2024, 6, 3), 2)


def test_new_certificates_can_come_with_the_decision(
    begin: Any, ask: Any, decide: Any, officer: Any, held: Held
) -> None:
    decide(ask(), new_certificates=True)
    with begin(officer, "2024-06-03T10:00") as w:
        assert [item.name for item in certificates.issues(w, w.session.get_one(Accreditation, held.id))] == [
            OLD,
            NEW,
        ]
