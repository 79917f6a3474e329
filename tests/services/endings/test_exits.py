"""Exit cases: proposal, notice, objection, two officers; each bound and each way to be refused."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Conflict, FactorNeeded, Invalid, NotAllowed, NotFound, Refused
from core.domain.lifecycle.states import AccreditationState
from core.domain.roles import Role
from core.services.endings.exits import ask_for_person, confirm, dismiss, object_to, propose, told
from core.storage.engine import session_factory
from core.storage.models import Accreditation, Ban, ExitCase
from core.storage.models.exits import ExitState
from tests.services.endings.cases import TRACK, case_of
from tests.services.factory import Held, accredit, audited, events, load, messages


def test_proposal_tells_the_party_and_stands_in_timeline_and_trail(
    engine: Engine, held: Held, case_id: int
) -> None:
    case = load(engine, ExitCase, case_id)
    assert case.state is ExitState.PROPOSED
    assert case.ban_years == 3
    # Five working days after 6 May: 7, 8, 9, 10 and Saturday 11, which is worked.
    assert (case.told_on, case.objection_until) == (date(2024, 5, 6), date(2024, 5, 11))
    assert load(engine, Accreditation, held.id).next_due_on == date(2024, 5, 12)
    assert events(engine, held) == [("2024-05-06", "exit_proposed", "20(1)")]
    assert messages(engine, held) == ["exit.proposed"]
    actors = [action for _, action, _ in audited(engine, "exit_case", case_id)]
    assert actors[0] == "exit.propose"


def test_a_second_open_case_under_the_clause_is_a_conflict(
    begin: Any, held: Held, officer: Any, case_id: int
) -> None:
    with pytest.raises(Conflict), begin(officer, "2024-05-07T09:00") as w:
        propose(w, held.id, "20(1)", "再次提出")


def test_proposal_names_the_clauses_there_are(begin: Any, held: Held, officer: Any) -> None:
    with pytest.raises(Invalid) as caught, begin(officer, "2024-05-07T09:00") as w:
        propose(w, held.id, "9(1)", "理由")
    assert "20(1)" in caught.value.errors["clause"].zh
    with pytest.raises(Invalid), begin(officer, "2024-05-07T09:00") as w:
        propose(w, held.id, "20(1)", "  ")


def test_recommender_proposes_only_where_the_text_says_so(
    engine: Engine, begin: Any, make_actor: Any, held: Held
) -> None:
    station = accredit(engine, "miit_volunteer/workstation", "2023-03-20", region="371502")
    entrusted = make_actor(Role.RECOMMENDER, "miit_volunteer", "370000")
    with pytest.raises(NotAllowed), begin(entrusted, "2024-05-07T09:00") as w:
        propose(w, station.id, "A1.15", "理由")
    county = make_actor(Role.RECOMMENDER, "liaocheng", "371502")
    with begin(county, "2024-05-07T09:00") as w:
        propose(w, held.id, "20(2)", "被司法机关处罚")
    hubei = accredit(engine, "hubei/comprehensive", "2023-03-20")
    city = make_actor(Role.RECOMMENDER, "hubei", "420100")
    with begin(city, "2024-05-07T09:00") as w:
        made = propose(w, hubei.id, "18(2)", "发生重大服务纠纷")
    assert load(engine, ExitCase, made).mode == "confirm"
    with pytest.raises(NotAllowed), begin(city, "2024-05-20T09:00") as w:
        confirm(w, made, "推荐单位不能决定")
    other_city = make_actor(Role.RECOMMENDER, "hubei", "420200")
    with pytest.raises(NotFound), begin(other_city, "2024-05-07T09:00") as w:
        propose(w, hubei.id, "18(3)", "理由")


def test_a_body_does_not_propose_its_own_exit(engine: Engine, begin: Any, make_actor: Any) -> None:
    hubei = accredit(engine, "hubei/comprehensive", "2023-03-20")
    itself = make_actor(Role.RECOMMENDER, "hubei", "420000", parties=[hubei.party_id])
    with pytest.raises(Refused), begin(itself, "2024-05-07T09:00") as w:
        propose(w, hubei.id, "18(2)", "理由")


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SYSADMIN, Role.REVIEWER, Role.APPLICANT])
def test_others_decide_nothing(begin: Any, make_actor: Any, case_id: int, role: Role) -> None:
    with pytest.raises((NotAllowed, NotFound)), begin(make_actor(role, "liaocheng"), "2024-05-20T09:00") as w:
        confirm(w, case_id, "理由")


@pytest.mark.parametrize(("program", "region"), [("hubei", None), ("liaocheng", "371600"), ("jilin", None)])
def test_officers_elsewhere_do_not_find_it(
    begin: Any, make_actor: Any, case_id: int, program: str, region: str | None
) -> None:
    with pytest.raises(NotFound), begin(make_actor(Role.OFFICER, program, region), "2024-05-20T09:00") as w:
        dismiss(w, case_id, "理由")


@pytest.mark.parametrize("day", ["2024-05-10", "2024-05-11"])
def test_objection_up_to_its_last_day(
    engine: Engine, begin: Any, member: Any, case_id: int, day: str
) -> None:
    with begin(member, f"{day}T23:59") as w:
        object_to(w, case_id, "处分已被撤销，附件为复议决定书。")
    case = load(engine, ExitCase, case_id)
    assert case.state is ExitState.OBJECTED
    assert case.objected_on == date.fromisoformat(day)


def test_objection_the_day_after_is_late_and_a_person_can_still_be_asked_for(
    engine: Engine, begin: Any, member: Any, case_id: int
) -> None:
    with pytest.raises(Refused), begin(member, "2024-05-12T00:00") as w:
        object_to(w, case_id, "迟到的异议")
    with begin(member, "2024-05-12T00:01") as w:
        ask_for_person(w, case_id)
    case = load(engine, ExitCase, case_id)
    assert (case.state, case.human_requested) == (ExitState.PROPOSED, True)


def test_objecting_twice_and_objecting_for_others(
    begin: Any, make_actor: Any, member: Any, case_id: int
) -> None:
    with begin(member, "2024-05-07T09:00") as w:
        object_to(w, case_id, "异议")
    with pytest.raises(Conflict), begin(member, "2024-05-07T10:00") as w:
        object_to(w, case_id, "又一次")
    with pytest.raises(NotFound), begin(make_actor(Role.APPLICANT), "2024-05-07T10:00") as w:
        object_to(w, case_id, "与我无关")


def test_no_decision_before_the_party_was_heard(begin: Any, held: Held, officer: Any, case_id: int) -> None:
    with pytest.raises(Refused), begin(officer, "2024-05-11T17:00") as w:
        confirm(w, case_id, "属实")
    with begin(officer, "2024-05-06T09:10") as w:
        untold = propose(w, held.id, "20(2)", "司法处罚")
    with pytest.raises(Refused), begin(officer, "2024-06-06T09:00") as w:
        confirm(w, untold, "属实")
    with pytest.raises(Invalid), begin(officer, "2024-06-06T09:00") as w:
        told(w, untold, date(2024, 5, 5))
    with begin(officer, "2024-06-06T09:00") as w:
        told(w, untold, date(2024, 5, 20))
        assert confirm(w, untold, "已邮寄送达") is ExitState.CONFIRMED_ONCE


def test_two_officers_revoke_and_ban(
    engine: Engine, begin: Any, held: Held, officer: Any, second: Any, case_id: int
) -> None:
    with begin(officer, "2024-05-12T09:00") as w:
        assert confirm(w, case_id, "处分决定书原件已核对") is ExitState.CONFIRMED_ONCE
    assert load(engine, Accreditation, held.id).state is AccreditationState.ACTIVE
    with pytest.raises(Refused), begin(officer, "2024-05-12T09:30") as w:
        confirm(w, case_id, "同一人再次确认")
    with begin(second, "2024-05-13T09:00") as w:
        assert confirm(w, case_id, "复核无误") is ExitState.UPHELD
    status = load(engine, Accreditation, held.id)
    assert (status.state, status.ended_on, status.ended_clause) == (
        AccreditationState.REVOKED, date(2024, 5, 13), "20(1)",
    )  # fmt: skip
    with session_factory(engine)() as session:
        ban = session.scalars(select(Ban).where(Ban.party_id == held.party_id)).one()
    assert (ban.party_id, ban.starts_on, ban.through) == (held.party_id, date(2024, 5, 13), date(2027, 5, 13))
    assert [kind for _, kind, _ in events(engine, held)] == ["exit_proposed", "revoked"]
    assert messages(engine, held) == ["exit.proposed", "exit.upheld", "ban"]
    with pytest.raises(Conflict), begin(officer, "2024-05-13T10:00") as w:
        dismiss(w, case_id, "已有结论")


@pytest.mark.parametrize("superior", ["province", None])
def test_the_superior_authority_is_second_where_an_office_has_one(
    engine: Engine, begin: Any, make_actor: Any, held: Held, case_id: int, superior: str | None
) -> None:
    region = load(engine, Accreditation, held.id).region
    alone = make_actor(Role.OFFICER, "liaocheng", region)
    above = make_actor(Role.OFFICER, "liaocheng", superior and f"{region[:2]}0000")
    elsewhere = make_actor(Role.OFFICER, "liaocheng", "110000")
    with begin(alone, "2024-05-12T09:00") as w:
        assert confirm(w, case_id, "属实") is ExitState.CONFIRMED_ONCE
    with pytest.raises(Refused, match="superior division"), begin(alone, "2024-05-12T09:30") as w:
        confirm(w, case_id, "同一人再次确认")
    with pytest.raises(NotFound), begin(elsewhere, "2024-05-12T09:30") as w:
        confirm(w, case_id, "复核无误")
    with begin(above, "2024-05-13T09:00") as w:
        assert confirm(w, case_id, "复核无误") is ExitState.UPHELD


def test_an_old_factor_decides_nothing(engine: Engine, begin: Any, officer: Any, case_id: int) -> None:
    for act in (confirm, dismiss):
        with pytest.raises(FactorNeeded), begin(replace(officer, stale=True), "2024-05-12T09:00") as w:
            act(w, case_id, "属实")
    assert load(engine, ExitCase, case_id).state is ExitState.PROPOSED


def test_the_state_that_an_officer_saw_counts(begin: Any, officer: Any, second: Any, case_id: int) -> None:
    with begin(officer, "2024-05-12T09:00") as w:
        confirm(w, case_id, "属实", seen="proposed")
    with pytest.raises(Conflict), begin(second, "2024-05-12T09:01") as w:
        confirm(w, case_id, "属实", seen="proposed")


def test_two_first_confirmations_at_once(
    engine: Engine, begin: Any, officer: Any, second: Any, case_id: int
) -> None:
    gate = Barrier(2)

    def decide(who: Any) -> str:
        try:
            with begin(who, "2024-05-12T09:00") as w:
                gate.wait()
                return confirm(w, case_id, "属实", seen="proposed")
        except Conflict:
            return "conflict"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(decide, (officer, second)))
    assert outcomes == ["confirmed_once", "conflict"]
    assert load(engine, ExitCase, case_id).second_officer_id is None


def test_dismissed_case_leaves_the_status_and_may_come_again(
    engine: Engine, begin: Any, held: Held, officer: Any, case_id: int
) -> None:
    with begin(officer, "2024-05-07T09:00") as w:
        dismiss(w, case_id, "处分已被撤销")
    assert load(engine, Accreditation, held.id).state is AccreditationState.ACTIVE
    assert messages(engine, held) == ["exit.proposed", "exit.dismissed"]
    with begin(officer, "2024-05-08T09:00") as w:
        propose(w, held.id, "20(1)", "新的处分决定")
    assert [kind for _, kind, _ in events(engine, held)] == [
        "exit_proposed",
        "exit_dismissed",
        "exit_proposed",
    ]


def test_an_objection_voids_the_first_confirmation(
    engine: Engine, begin: Any, held: Held, officer: Any, member: Any, case_id: int
) -> None:
    """Registers of earlier versions have cases that were confirmed while the last day was not known."""
    with session_factory(engine)() as session, session.begin():
        case = session.get_one(ExitCase, case_id)
        case.state, case.first_officer_id, case.objection_until = (
            ExitState.CONFIRMED_ONCE,
            officer.user_id,
            None,
        )
    with begin(member, "2024-05-13T09:00") as w:
        object_to(w, case_id, "不属实")
    case = load(engine, ExitCase, case_id)
    assert (case.state, case.first_officer_id) == (ExitState.OBJECTED, None)


def test_an_officer_of_the_party_does_not_decide(
    engine: Engine, begin: Any, make_actor: Any, held: Held, case_id: int
) -> None:
    own = make_actor(Role.OFFICER, "liaocheng", parties=[held.party_id])
    with pytest.raises(Refused), begin(own, "2024-05-20T09:00") as w:
        dismiss(w, case_id, "自己的单位")


def test_expiry_and_withdrawal_do_not_end_a_case(
    engine: Engine, begin: Any, officer: Any, second: Any
) -> None:
    gone = accredit(
        engine, TRACK, "2021-03-20", state=AccreditationState.EXPIRED, ended_on=date(2024, 3, 21),
        ended_clause="18",
    )  # fmt: skip
    with session_factory(engine)() as session, session.begin():
        session.add(
            ExitCase(
                accreditation_id=gone.id, clause="20(1)", title_zh="处分", title_en="Sanction",
                mode="confirm", ban_years=3, period="finding/1", proposed_on=date(2024, 3, 18),
                told_on=date(2024, 3, 18),
                objection_until=date(2024, 3, 25),
            )
        )  # fmt: skip
    case = case_of(engine, gone)
    with begin(officer, "2024-03-26T09:00") as w:
        confirm(w, case.id, "属实")
    with begin(second, "2024-03-26T10:00") as w:
        confirm(w, case.id, "属实")
    status = load(engine, Accreditation, gone.id)
    assert (status.state, status.ended_on) == (AccreditationState.REVOKED, date(2024, 3, 21))
    with session_factory(engine)() as session:
        assert session.scalars(select(Ban.through).where(Ban.party_id == gone.party_id)).one() == date(
            2027, 3, 26
        )
