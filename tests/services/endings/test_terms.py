"""Withdrawal and extension: each day of the window, who decides, and what a shortfall changes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from core.domain.lifecycle.states import AccreditationState
from core.domain.roles import Role
from core.services.endings.exits import propose
from core.services.endings.extensions import decide_extension, request_extension, window
from core.services.endings.withdrawals import withdraw
from core.services.supervision.status import find
from core.storage.engine import session_factory
from core.storage.models import Accreditation, ExitCase, ExtensionRequest, Rectification
from core.storage.models.supervision import ExtensionState
from tests.services.factory import Held, accredit, audited, events, load, messages

TRACK = "jilin/expert"
"""Two years from 2022-03-20: through 2024-03-20; the window runs from 2023-12-21 to 2024-06-18."""
ENDED = {"state": AccreditationState.EXPIRED, "ended_on": date(2024, 3, 21), "ended_clause": "10(1)"}


@pytest.fixture
def held(engine: Engine) -> Held:
    return accredit(engine, TRACK, "2022-03-20")


@pytest.fixture
def officer(make_actor: Any) -> Any:
    return make_actor(Role.OFFICER, "jilin")


def member_of(make_actor: Any, held: Held) -> Any:
    return make_actor(Role.APPLICANT, parties=[held.party_id])


def requested(begin: Any, make_actor: Any, held: Held, on: str) -> int:
    with begin(member_of(make_actor, held), f"{on}T09:00", "extension.request") as w:
        return request_extension(w, held.id, "请予延期")


@pytest.mark.parametrize("on", ["2023-12-21", "2024-03-20"])
def test_asked_for_from_ninety_days_before(
    engine: Engine, begin: Any, make_actor: Any, held: Held, on: str
) -> None:
    request = load(engine, ExtensionRequest, requested(begin, make_actor, held, on))
    assert (request.old_valid_through, request.new_valid_through) == (date(2024, 3, 20), date(2026, 3, 20))


def test_ninety_one_days_before_is_too_early(begin: Any, make_actor: Any, held: Held) -> None:
    with pytest.raises(Refused):
        requested(begin, make_actor, held, "2023-12-20")


def test_asked_for_until_ninety_days_after(engine: Engine, begin: Any, make_actor: Any, officer: Any) -> None:
    gone = accredit(engine, TRACK, "2022-03-20", **ENDED)
    request = requested(begin, make_actor, gone, "2024-06-18")
    with begin(officer, "2024-07-30T09:00", "extension.decide") as w:
        decide_extension(w, request, granted=True)
    status = load(engine, Accreditation, gone.id)
    assert (status.state, status.ended_on, status.ended_clause) == (AccreditationState.ACTIVE, None, "")
    assert (status.valid_from, status.valid_through) == (date(2024, 3, 20), date(2026, 3, 20))
    assert ("2024-07-30", "extended", "10(3)") in events(engine, gone)
    assert "extension.granted" in messages(engine, gone)
    assert "extension.decide" in [action for _, action, _ in audited(engine, "accreditation", gone.id)]


def test_ninety_one_days_after_is_too_late(engine: Engine, begin: Any, make_actor: Any) -> None:
    gone = accredit(engine, TRACK, "2022-03-20", **ENDED)
    with pytest.raises(Refused):
        requested(begin, make_actor, gone, "2024-06-19")
    with begin(member_of(make_actor, gone), "2024-06-19T09:00") as w:
        shown = window(find(w, gone.id))
    assert shown is not None
    assert (shown.first, shown.last, shown.open) == (date(2023, 12, 21), date(2024, 6, 18), False)


def test_terms_are_chained_to_the_first_day(
    engine: Engine, begin: Any, make_actor: Any, officer: Any
) -> None:
    leap = accredit(engine, "miit_volunteer/expert", "2024-02-29")
    assert load(engine, Accreditation, leap.id).valid_through == date(2027, 2, 28)
    request = requested(begin, make_actor, leap, "2027-02-28")
    with begin(make_actor(Role.LEAD, "miit_volunteer"), "2027-02-28T10:00") as w:
        decide_extension(w, request, granted=True)
    assert load(engine, Accreditation, leap.id).valid_through == date(2030, 2, 28)


@pytest.mark.parametrize("track", ["liaocheng/specialized", "hubei/comprehensive", "shanghai/specialized"])
def test_programmes_without_extension_point_to_a_new_application(
    engine: Engine, begin: Any, make_actor: Any, track: str
) -> None:
    other = accredit(engine, track, "2022-03-20")
    with pytest.raises(Refused) as caught, begin(member_of(make_actor, other), "2025-03-01T09:00") as w:
        request_extension(w, other.id)
    assert "新" in caught.value.text.zh or "重新申报" in caught.value.text.zh


def test_asking_twice_and_asking_for_others(begin: Any, make_actor: Any, held: Held) -> None:
    requested(begin, make_actor, held, "2024-03-01")
    with pytest.raises(Conflict):
        requested(begin, make_actor, held, "2024-03-02")
    with pytest.raises(NotFound), begin(make_actor(Role.APPLICANT), "2024-03-02T09:00") as w:
        request_extension(w, held.id)


@pytest.mark.parametrize("role", [Role.RECOMMENDER, Role.AUDITOR, Role.SYSADMIN])
def test_only_the_authority_answers(begin: Any, make_actor: Any, held: Held, role: Role) -> None:
    request = requested(begin, make_actor, held, "2024-03-01")
    with pytest.raises((NotAllowed, NotFound)), begin(make_actor(role, "jilin"), "2024-03-02T09:00") as w:
        decide_extension(w, request, granted=True)


def test_an_order_goes_on_after_the_term_with_its_time(
    engine: Engine, begin: Any, make_actor: Any, officer: Any
) -> None:
    gone = accredit(engine, TRACK, "2022-03-20", **ENDED)
    with session_factory(engine)() as session, session.begin():
        session.add(
            Rectification(
                accreditation_id=gone.id, clause="11(2)", ordered_on=date(2024, 3, 1),
                deadline=date(2024, 3, 31),
            )
        )  # fmt: skip
    request = requested(begin, make_actor, gone, "2024-04-01")
    with begin(officer, "2024-04-10T09:00") as w:
        decide_extension(w, request, granted=True)
    assert load(engine, Accreditation, gone.id).state is AccreditationState.RECTIFYING
    with session_factory(engine)() as session:
        query = select(Rectification.deadline).where(Rectification.accreditation_id == gone.id)
        assert session.scalars(query).one() == date(2024, 4, 20)


def test_an_exit_about_a_failed_order_keeps_the_new_term_under_rectification(
    engine: Engine, begin: Any, make_actor: Any, officer: Any
) -> None:
    gone = accredit(engine, TRACK, "2022-03-20", **ENDED)
    with session_factory(engine)() as session, session.begin():
        own = {"accreditation_id": gone.id, "clause": "11(2)"}
        session.add_all(
            [
                Rectification(
                    ordered_on=date(2024, 2, 1), deadline=date(2024, 3, 1), state="lapsed", **own
                ),
                ExitCase(
                    title_zh="整改未通过", title_en="Not put right", mode="confirm",
                    period="order/2024-02-01", proposed_on=date(2024, 3, 2), **own,
                ),
            ]
        )  # fmt: skip
    request = requested(begin, make_actor, gone, "2024-04-01")
    with begin(officer, "2024-04-10T09:00") as w:
        decide_extension(w, request, granted=True, reason="退出案件另行处理")
    assert load(engine, Accreditation, gone.id).state is AccreditationState.RECTIFYING


def test_refusal_is_written_told_and_final(
    engine: Engine, begin: Any, make_actor: Any, held: Held, officer: Any
) -> None:
    request = requested(begin, make_actor, held, "2024-03-01")
    with pytest.raises(Invalid), begin(officer, "2024-03-02T09:00") as w:
        decide_extension(w, request, granted=False)
    with begin(officer, "2024-03-02T09:00") as w:
        decide_extension(w, request, granted=False, reason="考核期内服务不足")
    assert ("2024-03-02", "extension_refused", "10(3)") in events(engine, held)
    assert "extension.refused" in messages(engine, held)
    assert load(engine, Accreditation, held.id).valid_through == date(2024, 3, 20)
    with pytest.raises(Conflict), begin(officer, "2024-03-02T09:00") as w:
        decide_extension(w, request, granted=True, reason="改变主意")


def test_after_a_shortfall_consent_needs_a_reason(
    engine: Engine, begin: Any, make_actor: Any, officer: Any
) -> None:
    short = accredit(engine, TRACK, "2022-03-20", extension_needs_decision=True, **ENDED)
    request = requested(begin, make_actor, short, "2024-04-01")
    with pytest.raises(Invalid), begin(officer, "2024-04-02T09:00") as w:
        decide_extension(w, request, granted=True)
    with begin(officer, "2024-04-02T09:00") as w:
        decide_extension(w, request, granted=True, reason="因病未能服务，已恢复")
    assert load(engine, Accreditation, short.id).extension_needs_decision is False


def test_with_an_exit_case_open_consent_needs_a_reason(
    begin: Any, make_actor: Any, held: Held, officer: Any
) -> None:
    with begin(officer, "2024-02-28T09:00") as w:
        propose(w, held.id, "11(3)", "涉嫌违纪")
    request = requested(begin, make_actor, held, "2024-03-01")
    with pytest.raises(Invalid), begin(officer, "2024-03-02T09:00") as w:
        decide_extension(w, request, granted=True)


def test_a_status_that_ended_otherwise_is_not_extended(
    engine: Engine, begin: Any, make_actor: Any, held: Held, officer: Any
) -> None:
    request = requested(begin, make_actor, held, "2024-03-01")
    with begin(member_of(make_actor, held), "2024-03-05T09:00") as w:
        withdraw(w, held.id)
    with pytest.raises(Refused), begin(officer, "2024-03-06T09:00") as w:
        decide_extension(w, request, granted=True)
    with pytest.raises(Refused):
        requested(begin, make_actor, held, "2024-03-06")


def test_two_answers_at_once(engine: Engine, begin: Any, make_actor: Any, held: Held) -> None:
    request = requested(begin, make_actor, held, "2024-03-01")
    gate = Barrier(2)

    def answer(granted: bool) -> str:  # mapped over
        officer = make_actor(Role.OFFICER, "jilin")
        try:
            with begin(officer, "2024-03-02T09:00") as w:
                gate.wait()
                decide_extension(w, request, granted=granted, reason="理由")
        except Conflict:
            return "conflict"
        return "done"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(answer, (True, False))) == ["conflict", "done"]
    state = load(engine, ExtensionRequest, request).state
    extended = load(engine, Accreditation, held.id).valid_through == date(2026, 3, 20)
    assert extended == (state is ExtensionState.GRANTED)


def test_withdrawal_ends_the_status_today(engine: Engine, begin: Any, make_actor: Any, held: Held) -> None:
    member = member_of(make_actor, held)
    with begin(member, "2023-05-05T09:00", "withdraw") as w:
        withdraw(w, held.id, "不再从事此项服务")
    status = load(engine, Accreditation, held.id)
    assert (status.state, status.ended_on, status.ended_clause) == (
        AccreditationState.WITHDRAWN,
        date(2023, 5, 5),
        "11(4)",
    )
    assert events(engine, held) == [("2023-05-05", "withdrawn", "11(4)")]
    assert messages(engine, held) == ["withdrawn"]
    assert audited(engine, "accreditation", held.id)[-1][:2] == (member.name, "withdraw")
    with pytest.raises(Refused), begin(member, "2023-05-05T10:00") as w:
        withdraw(w, held.id)


@pytest.mark.parametrize("role", [Role.OFFICER, Role.LEAD, Role.AUDITOR])
def test_nobody_withdraws_for_the_party(begin: Any, make_actor: Any, held: Held, role: Role) -> None:
    with pytest.raises(NotFound), begin(make_actor(role, "jilin"), "2023-05-05T09:00") as w:
        withdraw(w, held.id)


def test_the_days_that_were_missed_come_before_the_act(engine: Engine, begin: Any, make_actor: Any) -> None:
    late = accredit(engine, TRACK, "2022-03-20", next_due_on=date(2023, 3, 21))
    with pytest.raises(Refused), begin(member_of(make_actor, late), "2024-03-25T09:00") as w:
        withdraw(w, late.id)
    # Nothing of a refused act stays, nor of the days lived through for it.
    assert events(engine, late) == []
    with begin(member_of(make_actor, late), "2024-03-25T09:00") as w:
        request_extension(w, late.id)
    assert ("2024-03-21", "expired", "10(1)") in events(engine, late)


@pytest.mark.parametrize(
    ("on", "granted"), [("2026-03-19", True), ("2026-03-20", True), ("2026-03-21", False)]
)
def test_an_extension_never_ends_before_it_is_granted(
    engine: Engine, begin: Any, make_actor: Any, held: Held, officer: Any, on: str, granted: bool
) -> None:
    request = requested(begin, make_actor, held, "2024-03-20")
    if granted:
        with begin(officer, f"{on}T09:00") as w:
            decide_extension(w, request, granted=True, reason="同意")
    else:
        with pytest.raises(Refused), begin(officer, f"{on}T09:00") as w:
            decide_extension(w, request, granted=True, reason="同意")
    found = load(engine, Accreditation, held.id).valid_through
    assert found == (date(2026, 3, 20) if granted else date(2024, 3, 20))
