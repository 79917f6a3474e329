"""A mistaken decision of any kind is corrected by a second person, with a reason; both acts stay."""

from __future__ import annotations

import zipfile
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select

from core.domain.errors import Invalid, NotFound, Refused
from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.services.base.work import ANONYMOUS, SYSTEM
from core.services.calls.bans import why_banned
from core.services.deciding import correcting, correcting_status, corrections
from core.services.duties import complaints, findings
from core.services.endings import exits
from core.services.granting import decisions, notice_ends, notices, starting
from core.services.papers import dossier
from core.services.papers.decisions import decision_letter
from core.services.public.state import PublicState, public_state
from core.services.supervision.living_through import check_now
from core.services.supervision.standings import load_subjects
from core.storage.engine import session_factory
from core.storage.models import (
    Accreditation,
    Agreement,
    Complaint,
    Decision,
    DecisionCorrection,
    ExitCase,
    Finding,
    NoticeItem,
    Objection,
    OutboxMessage,
)
from core.storage.verify import by_rules
from tests.documents.samples import text_of
from tests.services.factory import Held, accredit, load, messages
from tests.services.journey import AUTHORITY, Case, Town

REASON = "误点，应为另一家"


def second(town: Town, case: Case, role: Role = Role.OFFICER) -> Any:
    return town.begin(town.make_actor(role, case.program, AUTHORITY.get(case.program)), case.on(30))


def last_message(town: Town) -> str:
    with session_factory(town.engine)() as session:
        told = OutboxMessage.event == "decision.corrected", OutboxMessage.channel == "email"
        query = select(OutboxMessage.body).where(*told)
        return session.scalars(query.order_by(OutboxMessage.id.desc()).limit(1)).one()


def times_told(engine: Any, event: str) -> int:
    """How often something was written to somebody, whatever the number of ways."""
    with session_factory(engine)() as session:
        query = select(OutboxMessage.key).where(OutboxMessage.event == event)
        return len([key for key in session.scalars(query) if "#" not in key])


def broken(town: Town) -> set[str]:
    """The invariants that the rows of the register break now."""
    with session_factory(town.engine)() as session:
        return {fault.check for fault in by_rules(session, date(2026, 1, 1), catalogue())}


def held_of(town: Town, case: Case) -> list[Accreditation]:
    with session_factory(town.engine)() as session:
        query = select(Accreditation).where(Accreditation.application_id == case.application_id)
        return list(session.scalars(query.order_by(Accreditation.id)))


def test_the_dossier_holds_a_corrected_decision_and_its_correction(town: Town) -> None:
    case = town.start("miit_volunteer/workstation").reviewed().approve()
    with second(town, case) as w:
        correcting.correct_approval(w, case.application_id, REASON)
        corrector = w.actor.name
    with case.as_officer(31) as w:
        first = w.session.scalars(select(Decision)).one()
        assert first.by is not None
        wanted = (f"决定编号：{first.id}", first.by.name, first.reason, corrector, REASON)
        told = acts_in_dossier(town, case, w)
    assert [text for text in wanted if squeezed(text) not in told] == []
    # The party reads the acts, and for which body, but not the names.
    with case.as_applicant(31) as w:
        told = acts_in_dossier(town, case, w)
    assert squeezed(REASON) in told
    assert squeezed(corrector) not in told
    other = town.start("miit_volunteer/workstation").reviewed().approve()
    with other.as_officer(31) as w:
        assert acts_in_dossier(town, other, w) == ""


def squeezed(text: str) -> str:
    return "".join(text.split())


def acts_in_dossier(town: Town, case: Case, w: Any) -> str:
    """What the dossier's page of corrections says; empty where there is none."""
    made = dossier.dossier_zip(w, case.application_id, town.store, language="zh", base_url="https://x.cn")
    with made.stream as stream, zipfile.ZipFile(stream) as packed:
        pages = [packed.read(name) for name in packed.namelist() if "决定更正情况" in name]
    return squeezed("".join(map(text_of, pages)))


def test_a_corrected_approval_voids_the_status_and_it_can_be_decided_anew(town: Town, unchanged) -> None:
    case = town.start("miit_volunteer/workstation").accredited()
    (held,) = held_of(town, case)
    with unchanged(Refused, "不能自行更正"), case.as_officer(30) as w:
        correcting.correct_approval(w, case.application_id, REASON)
    with unchanged(Refused, "未写明理由"), second(town, case) as w:
        correcting.correct_approval(w, case.application_id, " ")
    with unchanged(NotFound), case.town.begin(ANONYMOUS, case.on(30)) as w:
        correcting.correct_approval(w, case.application_id, REASON)
    with second(town, case) as w:
        correcting.correct_approval(w, case.application_id, REASON)
    (void,) = held_of(town, case)
    assert (void.number, void.state, void.ended_clause) == (held.number, "annulled", "")
    assert (
        public_state(void.state, void.started_on, void.valid_through, date(2024, 1, 1))
        is PublicState.ANNULLED
    )
    assert case.load().state == "under_review"
    assert void.number in last_message(town)
    assert REASON in last_message(town)
    with case.as_applicant(31) as w:
        assert why_banned(w, case.party_id, case.program, w.today) is None
        with pytest.raises(NotFound):
            decision_letter(w, case.application_id, language="zh")
    with session_factory(town.engine)() as session:
        assert [item.struck_on is None for item in session.scalars(select(NoticeItem))] == [False]
    assert broken(town) == set()
    # Decided anew it is published anew, and gets a number of its own.
    case.approve(32).publish(32).finish(60)
    first, again = held_of(town, case)
    assert (first.state, again.state) == ("annulled", "active")
    assert times_told(town.engine, "application.accredited") == 2
    assert again.number != first.number
    with session_factory(town.engine)() as session:
        one, two = session.scalars(select(Decision).order_by(Decision.id))
        assert (one.instead_of_id, two.instead_of_id) == (None, one.id)
    assert broken(town) == set()


def test_a_corrected_approval_leaves_the_notice_and_the_agreement(town: Town, unchanged) -> None:
    case = town.start("liaocheng/specialized").reviewed().approve().publish()
    with session_factory(town.engine)() as session:
        notice = session.scalars(select(NoticeItem.notice_id)).one()
    with second(town, case) as w:
        correcting.correct_approval(w, case.application_id, REASON)
    with unchanged(Refused, "更正"), town.begin(ANONYMOUS, case.on(5)) as w:
        notices.object_to(w, notice, case.application_id, objector="李", contact="x@y.cn", content="不实")
    with town.begin(SYSTEM, case.on(60)) as w:
        notice_ends.close_due(w, w.today)
    assert case.load().state == "under_review"
    assert held_of(town, case) == []
    assert broken(town) == set()
    # An application to a programme that signs: the agreement goes with the approval.
    signed = town.start("shanghai/specialized").accredited()
    with second(town, signed) as w:
        correcting.correct_approval(w, signed.application_id, REASON)
    with session_factory(town.engine)() as session:
        assert session.scalar(select(func.count()).select_from(Agreement)) == 0
        kept = session.scalars(select(DecisionCorrection).order_by(DecisionCorrection.id.desc())).first()
        assert kept is not None
        assert len(kept.before["agreement"]) == 3


def test_a_corrected_refusal_is_before_its_decision_again(town: Town, unchanged) -> None:
    case = town.start("jilin/provider").reviewed()
    with case.as_officer(4) as w:
        decisions.reject(w, case.application_id, "不符合条件")
    with unchanged(Refused, "不能自行更正"), case.as_officer(5) as w:
        correcting.correct_refusal(w, case.application_id, REASON)
    with second(town, case) as w:
        correcting.correct_refusal(w, case.application_id, REASON)
        (kept,) = corrections.of_application(w, case.application_id)
        assert (kept.kind, kept.before["reason"], kept.reason) == ("refusal", "不符合条件", REASON)
    assert case.load().state == "under_review"
    with unchanged(Refused), second(town, case) as w:
        correcting.correct_refusal(w, case.application_id, REASON)
    case.approve(40)
    assert case.load().state == "accredited"
    assert broken(town) == set()


def test_whoever_objected_learns_that_the_refusal_was_corrected(town: Town) -> None:
    case = town.start("hubei/specialized").reviewed().approve().publish()
    with session_factory(town.engine)() as session:
        notice = session.scalars(select(NoticeItem.notice_id)).one()
    codes = {}
    for name, upheld in (("王", True), ("李", False)):
        with town.begin(ANONYMOUS, case.on(5)) as w:
            codes[upheld] = notices.object_to(
                w, notice, case.application_id, objector=name, contact="wang@example.cn", content="不符合条件"
            )
            number = w.session.scalars(select(Objection.id).where(Objection.code == codes[upheld])).one()
        with case.as_officer(5) as w:
            if not upheld:
                notices.decide_objection(w, number, upheld=False, reason="查无此事")
    with session_factory(town.engine)() as session:
        upheld_one = session.scalars(select(Objection.id).where(Objection.code == codes[True])).one()
    with case.as_officer(6) as w:
        notices.decide_objection(w, upheld_one, upheld=True, reason="属实")
        assert notices.follow_up(w, codes[True]).state.zh == "成立"
    assert case.load().state == "rejected"
    with second(town, case) as w:
        correcting.correct_refusal(w, case.application_id, REASON)
        found = notices.follow_up(w, codes[True])
        assert (found.state.zh, found.decision_reason) == ("结论已更正，申请重新审查", REASON)
        assert notices.follow_up(w, codes[False]).state.zh == "不成立"
        # What was decided stays as it was written.
        kept = w.session.get_one(Objection, upheld_one)
        assert (kept.state, kept.decision_reason) == ("upheld", "属实")
    assert times_told(town.engine, "filing.reopened") == 1
    assert broken(town) == set()


def test_a_refusal_stays_while_the_party_has_another_application(town: Town, unchanged) -> None:
    case = town.start("jilin/provider").reviewed()
    with case.as_officer(4) as w:
        decisions.reject(w, case.application_id, "不符合条件")
    with case.as_applicant(5) as w:
        starting.start(w, case.program, case.track, case.party_id, case.load().call_id)
    with unchanged(Refused, "另有在办的申请"), second(town, case) as w:
        correcting.correct_refusal(w, case.application_id, REASON)


def test_a_corrected_return_goes_on_as_submitted_and_its_time_runs_anew(town: Town, unchanged) -> None:
    case = town.start("jilin/provider").fill().attach_all().submit()
    with case.as_officer(1) as w:
        starting.return_for_correction(w, case.application_id, "请补正")
    with unchanged(Refused, "不能自行更正"), case.as_officer(2) as w:
        correcting.correct_return(w, case.application_id, REASON)
    with second(town, case) as w:
        correcting.correct_return(w, case.application_id, REASON)
        now = w.now
    item = case.load()
    assert (item.state, item.return_reason, item.submitted_at) == ("submitted", "", now)
    assert "无需补正" in last_message(town)


def test_a_corrected_exit_gives_the_status_back_and_lifts_the_ban(
    engine: Any, begin: Any, make_actor: Any
) -> None:
    held = accredit(engine, "liaocheng/specialized", "2024-03-21")
    one, two = (make_actor(Role.OFFICER, "liaocheng", "371500") for _ in range(2))
    lead = make_actor(Role.LEAD, "liaocheng", "371500")
    with begin(one, "2024-05-06T09:00") as w:
        number = exits.propose(w, held.id, "20(1)", "处分决定")
        exits.told(w, number, w.today)
    for who in (one, two):
        with begin(who, "2024-05-20T09:00") as w:
            exits.confirm(w, number, "属实")
    with begin(lead, "2024-05-21T09:00") as w:
        assert why_banned(w, held.party_id, "liaocheng", w.today) is not None
        correcting_status.correct_exit(w, number, "处分对象是另一家")
        assert why_banned(w, held.party_id, "liaocheng", w.today) is None
    status = load(engine, Accreditation, held.id)
    assert (status.state, status.ended_on) == ("active", None)
    case = load(engine, ExitCase, number)
    assert (case.state, case.first_officer_id, "属实" in case.decision_reason) == (
        "overturned",
        one.user_id,
        True,
    )
    assert messages(engine, held)[-1] == "decision.corrected"
    with pytest.raises(Refused), begin(lead, "2024-05-22T09:00") as w:
        correcting_status.correct_exit(w, number, "再次")
    # For supervision it is over: it keeps no warning and no proposal from coming.
    with begin(lead, "2024-05-22T09:00") as w:
        (seen,) = load_subjects(w, [held.id])[held.id].standing.cases
    assert (seen.open, seen.dismissed_on) == (False, date(2024, 5, 21))


def test_neither_of_the_two_who_ended_a_status_corrects_it(
    engine: Any, begin: Any, make_actor: Any, unchanged: Any
) -> None:
    held = accredit(engine, "liaocheng/specialized", "2024-03-21")
    one, two, third = (make_actor(Role.LEAD, "liaocheng", "371500") for _ in range(3))
    with begin(third, "2024-05-06T09:00") as w:
        number = exits.propose(w, held.id, "20(1)", "处分决定")
        exits.told(w, number, w.today)
    for who in (one, two):
        with begin(who, "2024-05-20T09:00") as w:
            exits.confirm(w, number, "属实")
    for who in (one, two):
        with unchanged(Refused, "不能自行更正"), begin(who, "2024-05-21T09:00") as w:
            correcting_status.correct_exit(w, number, REASON)
    with begin(third, "2024-05-21T09:00") as w:
        correcting_status.correct_exit(w, number, REASON)
    assert load(engine, Accreditation, held.id).state == "active"


def test_a_corrected_finding_does_not_count_and_what_rests_on_it_falls(
    engine: Any, begin: Any, make_actor: Any
) -> None:
    held = accredit(engine, "liaocheng/specialized", "2024-03-21")
    one, two = (make_actor(Role.OFFICER, "liaocheng", "371500") for _ in range(2))
    with begin(one, "2024-05-06T09:00") as w:
        number = findings.open_finding(w, held.id, "administrative_sanction", "处分决定")
        findings.decide_finding(w, number, established=True, reason="属实")
    (proposed,) = proposals(engine, held)
    assert (proposed.finding_id, proposed.state) == (number, "proposed")
    with pytest.raises(Refused), begin(one, "2024-05-07T09:00") as w:
        correcting_status.correct_finding(w, number, "同一人")
    with pytest.raises(Invalid), begin(two, "2024-05-07T09:00") as w:
        correcting_status.correct_finding(w, number, "")
    with begin(two, "2024-05-07T09:00") as w:
        correcting_status.correct_finding(w, number, "处分对象是另一家")
    assert load(engine, Finding, number).state == "dismissed"
    assert [item.state for item in proposals(engine, held)] == ["dismissed"]
    with begin(one, "2024-05-08T09:00") as w:
        correcting_status.correct_finding(w, number, "又查实是同一家")
    assert load(engine, Finding, number).state == "open"
    with pytest.raises(Refused), begin(two, "2024-05-09T09:00") as w:
        correcting_status.correct_finding(w, number, "尚无结论")
    with begin(two, "2024-05-10T09:00") as w:
        findings.decide_finding(w, number, established=True, reason="查实")
    assert times_told(engine, "finding.decided") == 2
    # Established anew it is proposed on anew, once.
    assert [(item.period, item.state) for item in proposals(engine, held)] == [
        (f"finding/{number}", "dismissed"),
        (f"finding/{number}/2", "proposed"),
    ]
    with begin(SYSTEM, "2024-05-11T00:10") as w:
        check_now(w, held.id)
    assert len(proposals(engine, held)) == 2


def test_a_corrected_complaint_does_not_count(engine: Any, begin: Any, make_actor: Any) -> None:
    held = accredit(engine, "liaocheng/specialized", "2024-03-21")
    one, two = (make_actor(Role.OFFICER, "liaocheng", "371500") for _ in range(2))
    numbers = []
    for day in ("2024-05-05", "2024-05-06", "2024-05-07"):
        with begin(ANONYMOUS, f"{day}T09:00") as w:
            code = complaints.file_complaint(w, held.number, "李", "x@y.cn", "服务不到位")
            numbers.append(w.session.scalars(select(Complaint.id).where(Complaint.code == code)).one())
        with begin(one, f"{day}T10:00") as w:
            complaints.decide_complaint(w, numbers[-1], verified=True, reason="属实")
    assert [case.state for case in proposals(engine, held)] == ["proposed"]
    with pytest.raises(Refused), begin(one, "2024-05-08T09:00") as w:
        correcting_status.correct_complaint(w, numbers[0], "同一人")
    with begin(two, "2024-05-08T09:00") as w:
        correcting_status.correct_complaint(w, numbers[0], "投诉对象是另一家")
    found = load(engine, Complaint, numbers[0])
    assert (found.verified, found.decided_by_id) == (False, two.user_id)
    assert [case.state for case in proposals(engine, held)] == ["dismissed"]
    with begin(one, "2024-05-09T09:00") as w:
        correcting_status.correct_complaint(w, numbers[0], "又查实属于本单位")
    assert load(engine, Complaint, numbers[0]).verified is None
    assert messages(engine, held)[-1] == "decision.corrected"
    before = times_told(engine, "complaint.verified"), times_told(engine, "filing.decided")
    with begin(two, "2024-05-10T09:00") as w:
        complaints.decide_complaint(w, numbers[0], verified=True, reason="属实")
    after = times_told(engine, "complaint.verified"), times_told(engine, "filing.decided")
    assert after == (before[0] + 1, before[1] + 1)
    # Three conclusions and a correction, each told to who complained; and that it was opened again.
    assert (before[1], times_told(engine, "filing.reopened")) == (4, 1)
    # Three stand again: they are proposed on, from the first one on.
    assert [case.state for case in proposals(engine, held)] == ["dismissed", "proposed"]
    assert proposals(engine, held)[-1].evidence["figures"] == {"verified_complaints": 3}


def proposals(engine: Any, held: Held) -> list[ExitCase]:
    with session_factory(engine)() as session:
        query = select(ExitCase).where(ExitCase.accreditation_id == held.id).order_by(ExitCase.id)
        return list(session.scalars(query))
