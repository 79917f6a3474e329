"""After an exit: appeals, what the brake held, and exits that findings propose."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import Engine, select

from core.domain.errors import Conflict, NotAllowed, Refused
from core.domain.lifecycle.states import AccreditationState
from core.domain.roles import Role
from core.services.deciding.correcting_status import correct_exit
from core.services.duties.findings import decide_finding, open_finding
from core.services.duties.rectifications import order
from core.services.endings.appeals import GRANTED, REFUSED, appeal, came_of, decide_appeal
from core.services.endings.exits import confirm, propose, release_held, told
from core.services.endings.withdrawals import withdraw
from core.services.papers.supervision import APPEAL, exit_letter
from core.services.todo.waiting import waiting_for
from core.storage.engine import session_factory
from core.storage.models import Accreditation, Ban, ExitCase, Rectification
from core.storage.models.exits import ExitState
from core.web.cases.exit_steps import EXIT_STEPS
from tests.services.endings.cases import TRACK, case_of
from tests.services.factory import Held, accredit, events, load, messages
from tests.services.members import only


def revoked(begin: Any, officer: Any, second: Any, case_id: int) -> None:
    for who in (officer, second):
        with begin(who, "2024-05-13T09:00") as w:
            confirm(w, case_id, "属实")


def test_an_upheld_appeal_gives_the_status_back_and_lifts_the_ban(
    engine: Engine, begin: Any, held: Held, officer: Any, second: Any, member: Any, lead: Any, case_id: int
) -> None:
    revoked(begin, officer, second, case_id)
    with begin(member, "2024-06-01T09:00") as w:
        appeal(w, case_id, "处分决定已被法院撤销")
    with pytest.raises(Conflict), begin(member, "2024-06-01T10:00") as w:
        appeal(w, case_id, "再次申诉")
    with pytest.raises(NotAllowed), begin(officer, "2024-06-03T09:00") as w:
        decide_appeal(w, case_id, upheld=True, reason="经办人不能复核")
    with begin(lead, "2024-06-03T09:00") as w:
        decide_appeal(w, case_id, upheld=True, reason="法院判决书已核对")
    status = load(engine, Accreditation, held.id)
    assert (status.state, status.ended_on, status.ended_clause) == (AccreditationState.ACTIVE, None, "")
    with session_factory(engine)() as session:
        assert session.scalars(select(Ban.lifted_on).where(Ban.party_id == held.party_id)).one() == date(
            2024, 6, 3
        )
    assert events(engine, held)[-1] == ("2024-06-03", "exit_overturned", "20(1)")
    assert messages(engine, held)[-1] == "appeal.decided"
    with pytest.raises(Conflict), begin(lead, "2024-06-03T10:00") as w:
        decide_appeal(w, case_id, upheld=False, reason="改变主意")


@pytest.mark.parametrize(("day", "state"), [("2026-03-20", "active"), ("2026-03-21", "expired")])
def test_given_back_up_to_the_last_day_of_the_term(
    engine: Engine, begin: Any, held: Held, officer: Any, second: Any, member: Any, lead: Any, case_id: int,
    day: str, state: str,
) -> None:  # fmt: skip
    revoked(begin, officer, second, case_id)
    with begin(member, "2024-06-01T09:00") as w:
        appeal(w, case_id, "申诉")
    with begin(lead, f"{day}T09:00") as w:
        decide_appeal(w, case_id, upheld=True, reason="成立")
    status = load(engine, Accreditation, held.id)
    assert status.state == state
    assert status.ended_on == (None if state == "active" else date(2026, 3, 21))


def test_a_refused_appeal_and_a_lead_who_decided_before(
    engine: Engine,
    begin: Any,
    held: Held,
    officer: Any,
    lead: Any,
    member: Any,
    make_actor: Any,
    case_id: int,
) -> None:
    revoked(begin, officer, lead, case_id)
    with pytest.raises(Refused), begin(lead, "2024-06-03T09:00") as w:
        decide_appeal(w, case_id, upheld=True, reason="尚无申诉")
    with begin(member, "2024-06-01T09:00") as w:
        appeal(w, case_id, "申诉")
    with pytest.raises(Refused), begin(lead, "2024-06-03T09:00") as w:
        decide_appeal(w, case_id, upheld=True, reason="作出决定的人")
    with begin(make_actor(Role.LEAD, "liaocheng"), "2024-06-03T09:00") as w:
        decide_appeal(w, case_id, upheld=False, reason="证据不足")
    assert load(engine, Accreditation, held.id).state is AccreditationState.REVOKED


@pytest.mark.parametrize(
    ("corrected_at", "reason"), [("2024-06-05T09:00", "证据不足"), ("2024-06-03T12:00", "另一家")]
)
def test_a_dismissed_appeal_is_told_as_that_after_the_exit_was_corrected(
    begin: Any, held: Held, officer: Any, second: Any, member: Any, lead: Any, make_actor: Any, case_id: int,
    corrected_at: str, reason: str,
) -> None:  # fmt: skip
    revoked(begin, officer, second, case_id)
    with begin(member, "2024-06-01T09:00") as w:
        appeal(w, case_id, "申诉")
        assert came_of(w, w.session.get_one(ExitCase, case_id)) is None
    with begin(lead, "2024-06-03T09:00") as w:
        decide_appeal(w, case_id, upheld=False, reason="证据不足")
        assert came_of(w, w.session.get_one(ExitCase, case_id)) == REFUSED
    with begin(make_actor(Role.LEAD, "liaocheng"), corrected_at) as w:
        correct_exit(w, case_id, reason)
    with begin(lead, "2024-06-10T09:00") as w:
        told_as = came_of(w, w.session.get_one(ExitCase, case_id))
        assert told_as is not None
        assert (told_as.zh, told_as.en) == (
            f"申诉于 2024-06-03 不成立；{corrected_at[:10]}：退出决定已更正，恢复原状",
            f"The appeal was dismissed on 2024-06-03; on {corrected_at[:10]}: "
            "The exit was corrected: the status stands as before",
        )
        letter = exit_letter(w, case_id, APPEAL, language="zh").content
        text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(letter)).pages)
        assert "申诉于2024-06-03不成立" in text.replace(" ", "").replace("\n", "")


def test_what_came_of_an_appeal_that_was_upheld_or_ended_with_its_exit(
    begin: Any, held: Held, officer: Any, second: Any, member: Any, lead: Any, case_id: int
) -> None:
    revoked(begin, officer, second, case_id)
    with begin(member, "2024-06-01T09:00") as w:
        appeal(w, case_id, "申诉")
    with begin(lead, "2024-06-03T09:00") as w:
        with w.session.begin_nested() as tried:
            decide_appeal(w, case_id, upheld=True, reason="成立")
            assert came_of(w, w.session.get_one(ExitCase, case_id)) == GRANTED
            tried.rollback()
        w.session.expire_all()
        correct_exit(w, case_id, "处分对象是另一家")
        ended = came_of(w, w.session.get_one(ExitCase, case_id))
    assert ended is not None
    assert ended.zh == "2024-06-03：退出决定已更正，恢复原状，申诉随之办结"


def test_an_appeal_ends_with_the_exit_that_it_was_about(
    engine: Engine, begin: Any, held: Held, officer: Any, second: Any, member: Any, lead: Any, case_id: int
) -> None:
    revoked(begin, officer, second, case_id)
    with begin(member, "2024-06-01T09:00") as w:
        appeal(w, case_id, "处分对象不是本单位")
    with begin(lead, "2024-06-03T09:00") as w:
        assert [item.number for item in waiting_for(w) if item.kind == "appeals"] == [1]
        correct_exit(w, case_id, "处分对象是另一家")
        assert [item for item in waiting_for(w) if item.kind == "appeals"] == []
    case = load(engine, ExitCase, case_id)
    assert (case.appeal_decided_on, case.appeal_reason) == (date(2024, 6, 3), "处分对象是另一家")
    with pytest.raises(Conflict), begin(lead, "2024-06-04T09:00") as w:
        decide_appeal(w, case_id, upheld=False, reason="证据充分")
    assert load(engine, Accreditation, held.id).state is AccreditationState.ACTIVE
    assert "appeal.decided" not in messages(engine, held)


def test_no_appeal_is_decided_against_a_decision_that_stands_no_more(
    engine: Engine, begin: Any, held: Held, officer: Any, second: Any, member: Any, lead: Any, case_id: int
) -> None:
    """As an earlier version left them: overturned by a correction, with the appeal still open."""
    revoked(begin, officer, second, case_id)
    with begin(member, "2024-06-01T09:00") as w:
        appeal(w, case_id, "处分对象不是本单位")
    with begin(lead, "2024-06-03T09:00") as w:
        correct_exit(w, case_id, "处分对象是另一家")
    with session_factory(engine)() as session, session.begin():
        session.get_one(ExitCase, case_id).appeal_decided_on = None
    before = messages(engine, held)
    for upheld in (False, True):
        with pytest.raises(Refused, match="stands no more"), begin(lead, "2024-06-04T09:00") as w:
            decide_appeal(w, case_id, upheld=upheld, reason="维持")
    assert messages(engine, held) == before
    decide = next(step for step in EXIT_STEPS if step.name == "decide-appeal")
    with begin(lead, "2024-06-04T09:00") as w:
        assert decide.when is not None
        assert not decide.when(None, w.session.get_one(ExitCase, case_id))  # type: ignore[arg-type]  # the case is not looked at


def test_given_back_beside_a_newer_status_it_stays_ended(
    engine: Engine, begin: Any, held: Held, officer: Any, second: Any, member: Any, lead: Any, case_id: int
) -> None:
    revoked(begin, officer, second, case_id)
    newer = accredit(engine, TRACK, "2024-05-20", party_id=held.party_id)
    with begin(member, "2024-06-01T09:00") as w:
        appeal(w, case_id, "申诉")
    with begin(lead, "2024-06-03T09:00") as w:
        decide_appeal(w, case_id, upheld=True, reason="成立")
    assert load(engine, Accreditation, held.id).state is AccreditationState.EXPIRED
    assert load(engine, Accreditation, newer.id).state is AccreditationState.ACTIVE


def test_released_cases_take_effect_at_once(engine: Engine, begin: Any, make_actor: Any) -> None:
    miit = accredit(engine, "miit_volunteer/expert", "2023-01-10")
    with session_factory(engine)() as session, session.begin():
        session.add(
            ExitCase(
                accreditation_id=miit.id, clause="A2.13", title_zh="未达标", title_en="Short",
                mode="automatic", period="2023-01-10/2024-01-10", proposed_on=date(2024, 1, 11),
                told_on=date(2024, 1, 11),
                objection_until=date(2024, 1, 18), state=ExitState.HELD,
            )
        )  # fmt: skip
    case = case_of(engine, miit)
    officer, lead = make_actor(Role.OFFICER, "miit_volunteer"), make_actor(Role.LEAD, "miit_volunteer")
    with pytest.raises(NotAllowed), begin(officer, "2024-02-01T09:00") as w:
        release_held(w, [case.id])
    with begin(lead, "2024-02-01T09:00") as w:
        assert release_held(w, [case.id]) == 1
    assert load(engine, Accreditation, miit.id).state is AccreditationState.REVOKED
    with pytest.raises(Conflict), begin(lead, "2024-02-01T09:30") as w:
        release_held(w, [case.id])


def test_a_released_case_waits_for_the_person_that_the_party_asked_for(
    engine: Engine, begin: Any, make_actor: Any
) -> None:
    miit = accredit(engine, "miit_volunteer/expert", "2023-01-10")
    with session_factory(engine)() as session, session.begin():
        session.add(
            ExitCase(
                accreditation_id=miit.id, clause="A2.13", title_zh="未达标", title_en="Short",
                mode="automatic", period="2023-01-10/2024-01-10", proposed_on=date(2024, 1, 11),
                told_on=date(2024, 1, 11), human_requested=True,
                objection_until=date(2024, 1, 18), state=ExitState.HELD,
            )
        )  # fmt: skip
    case = case_of(engine, miit)
    with begin(make_actor(Role.LEAD, "miit_volunteer"), "2024-02-01T09:00") as w:
        assert release_held(w, [case.id]) == 1
    assert load(engine, ExitCase, case.id).state is ExitState.PROPOSED
    assert load(engine, Accreditation, miit.id).state is AccreditationState.ACTIVE
    for _ in range(2):
        with begin(make_actor(Role.OFFICER, "miit_volunteer"), "2024-02-02T09:00") as w:
            confirm(w, case.id, "已听取当事人意见")
    assert load(engine, Accreditation, miit.id).state is AccreditationState.REVOKED


def test_of_two_revocations_the_other_stands_when_one_falls(
    engine: Engine, begin: Any, held: Held, officer: Any, second: Any, member: Any, lead: Any, case_id: int
) -> None:
    with begin(officer, "2024-05-06T09:10") as w:
        other = propose(w, held.id, "20(2)", "司法处罚")
        told(w, other, date(2024, 5, 6))
    revoked(begin, officer, second, case_id)
    for who in (officer, second):
        with begin(who, "2024-05-14T09:00") as w:
            confirm(w, other, "属实")
    status = load(engine, Accreditation, held.id)
    assert (status.ended_on, status.ended_clause) == (date(2024, 5, 13), "20(2)")
    with begin(member, "2024-06-01T09:00") as w:
        appeal(w, other, "司法处罚已撤销")
    with begin(lead, "2024-06-03T09:00") as w:
        decide_appeal(w, other, upheld=True, reason="成立")
    status = load(engine, Accreditation, held.id)
    assert (status.state, status.ended_on, status.ended_clause) == (
        AccreditationState.REVOKED, date(2024, 5, 13), "20(1)",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("day", "ends"),
    [("2024-05-14", "2024-05-14"), ("2026-03-20", "2026-03-20"), ("2026-04-20", "2026-03-21")],
)
def test_when_the_first_of_two_revocations_falls_it_ends_with_the_second_or_its_term(
    engine: Engine, begin: Any, held: Held, officer: Any, second: Any, member: Any, lead: Any, case_id: int,
    day: str, ends: str,
) -> None:  # fmt: skip
    with begin(officer, "2024-05-06T09:10") as w:
        other = propose(w, held.id, "20(2)", "司法处罚")
        told(w, other, date(2024, 5, 6))
    revoked(begin, officer, second, case_id)
    for who in (officer, second):
        with begin(who, f"{day}T09:00") as w:
            confirm(w, other, "属实")
    assert load(engine, Accreditation, held.id).ended_on == date(2024, 5, 13)
    with begin(member, "2026-06-01T09:00") as w:
        appeal(w, case_id, "处分决定已被法院撤销")
    with begin(lead, "2026-06-03T09:00") as w:
        decide_appeal(w, case_id, upheld=True, reason="法院判决书已核对")
    status = load(engine, Accreditation, held.id)
    assert (status.state, status.ended_on, status.ended_clause) == (
        AccreditationState.REVOKED, date.fromisoformat(ends), "20(2)",
    )  # fmt: skip


def test_given_back_to_a_party_that_had_left_it_stays_left(
    engine: Engine, begin: Any, held: Held, officer: Any, second: Any, member: Any, lead: Any, case_id: int
) -> None:
    with begin(member, "2024-05-08T09:00") as w:
        withdraw(w, held.id, "不再从事")
    revoked(begin, officer, second, case_id)
    with begin(member, "2024-06-01T09:00") as w:
        appeal(w, case_id, "申诉")
    with begin(lead, "2024-06-03T09:00") as w:
        decide_appeal(w, case_id, upheld=True, reason="成立")
    status = load(engine, Accreditation, held.id)
    left = next(line for line in events(engine, held) if line[1] == "withdrawn")
    assert (status.state, status.ended_on, status.ended_clause) == (
        AccreditationState.WITHDRAWN, date(2024, 5, 8), left[2],
    )  # fmt: skip


def test_given_back_with_an_open_order_it_goes_on_being_put_right(
    engine: Engine, begin: Any, make_actor: Any
) -> None:
    hubei = accredit(engine, "hubei/specialized", "2023-06-01")
    first, second = (make_actor(Role.OFFICER, "hubei") for _ in range(2))
    with begin(first, "2024-05-06T09:00") as w:
        order(w, hubei.id, "18(1)", date(2024, 6, 5), "满意度低于80%")
        made = propose(w, hubei.id, "18(2)", "发生重大服务纠纷")
        told(w, made, date(2024, 5, 6))
    revoked(begin, first, second, made)
    with begin(make_actor(Role.APPLICANT, parties=[hubei.party_id]), "2024-06-01T09:00") as w:
        appeal(w, made, "纠纷已和解")
    with begin(make_actor(Role.LEAD, "hubei"), "2024-06-03T09:00") as w:
        decide_appeal(w, made, upheld=True, reason="成立")
    status = load(engine, Accreditation, hubei.id)
    assert (status.state, status.ended_on) == (AccreditationState.RECTIFYING, None)
    # Revoked from 13 May to 3 June: those 21 days are not held against the party.
    assert only(engine, Rectification, hubei).deadline == date(2024, 6, 26)


def test_an_established_finding_proposes_the_exit_the_same_day(
    engine: Engine, begin: Any, held: Held, officer: Any
) -> None:
    with begin(officer, "2024-05-06T09:00") as w:
        finding = open_finding(w, held.id, "administrative_sanction", "处分决定书")
    with begin(officer, "2024-05-08T09:00") as w:
        decide_finding(w, finding, established=True, reason="已核对")
    case = case_of(engine, held)
    assert (case.clause, case.proposed_on, case.finding_id) == ("20(1)", date(2024, 5, 8), finding)
    assert messages(engine, held) == ["finding.opened", "finding.decided", "exit.proposed"]
