"""A withdrawal entered by mistake, and an extension answered by mistake, are corrected by a second person."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from core.domain.errors import Invalid, NotAllowed, NotFound, Refused
from core.domain.roles import Role
from core.rules.periods import DAY
from core.services.base.behalf import on_behalf
from core.services.base.work import SYSTEM, Actor
from core.services.daily_check.run import run_checks
from core.services.deciding import corrections
from core.services.deciding.correcting_status import correct_exit
from core.services.deciding.correcting_terms import correct_extension, correct_withdrawal
from core.services.endings import exits, extensions, withdrawals
from core.services.papers.extensions import extension_letter
from core.services.public.bodies import verify
from core.services.public.state import PublicState
from core.storage.engine import session_factory
from core.storage.models import Accreditation, ExtensionRequest
from tests.services.deciding.test_voiding import broken_rows
from tests.services.factory import accredit, events, load, messages

REASON = "误点，应为另一家"
BEGAN = date(2024, 3, 21)


class People:
    """Those who have a part in a status."""

    def __init__(self, engine: Engine, begin: Any, make_actor: Any, key: str) -> None:
        program = key.split("/")[0]
        self.engine, self.begin = engine, begin
        self.held = accredit(engine, key, str(BEGAN))
        self.party = make_actor(Role.APPLICANT, parties={self.held.party_id})
        self.officer, self.other = (make_actor(Role.OFFICER, program) for _ in range(2))
        self.lead, self.second_lead = (make_actor(Role.LEAD, program) for _ in range(2))

    def status(self) -> Accreditation:
        """The status as it stands."""
        found: Accreditation = load(self.engine, Accreditation, self.held.id)
        return found

    def withdraw(self, by: Actor, day: date = date(2024, 5, 6)) -> None:
        """Give it back: as its party, or for it at the counter."""
        with self.begin(by, f"{day}T09:00") as w:
            unit = (
                w
                if by is self.party
                else on_behalf(w, self.held.party_id, self.held.program, self.held.region)
            )
            withdrawals.withdraw(unit, self.held.id, "不再开展服务")

    def correct(self, by: Actor, day: date = date(2024, 5, 20)) -> None:
        """Correct the withdrawal."""
        with self.begin(by, f"{day}T09:00") as w:
            correct_withdrawal(w, self.held.id, REASON)


@pytest.fixture
def people(engine: Engine, begin: Any, make_actor: Any) -> People:
    return People(engine, begin, make_actor, "liaocheng/specialized")


@pytest.fixture
def extendable(engine: Engine, begin: Any, make_actor: Any) -> People:
    """In a programme that knows extensions."""
    return People(engine, begin, make_actor, "jilin/provider")


def test_a_withdrawal_at_the_counter_is_corrected_by_another_lead(people: People, unchanged: Any) -> None:
    with unchanged(Refused, "没有主动退出"):
        people.correct(people.lead)
    people.withdraw(people.lead)
    assert people.status().state == "withdrawn"
    with unchanged(Refused, "不能自行更正"):
        people.correct(people.lead)
    with unchanged(NotAllowed):
        people.correct(people.officer)
    with unchanged(NotFound):
        people.correct(people.party)
    with unchanged(Invalid), people.begin(people.second_lead, "2024-05-20T09:00") as w:
        correct_withdrawal(w, people.held.id, " ")
    people.correct(people.second_lead)
    status = people.status()
    assert (status.state, status.ended_on, status.ended_clause) == ("active", None, "")
    assert [kind for _, kind, _ in events(people.engine, people.held)][-2:] == ["withdrawn", "restored"]
    assert messages(people.engine, people.held)[-1] == "decision.corrected"
    with people.begin(SYSTEM, "2024-05-20T10:00") as w:
        told = verify(w, people.held.number)
        assert told is not None
        assert told.entry.state is PublicState.IN_FORCE
        (kept,) = corrections.of_accreditation(w, people.held.id)
        assert (kept.kind, kept.before["by"], kept.before["reason"]) == (
            "withdrawal",
            people.lead.user_id,
            "不再开展服务",
        )
    with unchanged(Refused, "没有主动退出"):
        people.correct(people.second_lead)


def test_given_back_again_on_the_same_day_it_is_withdrawn_from_then(people: People) -> None:
    day = date(2024, 5, 6)
    people.withdraw(people.party, day)
    people.correct(people.lead, day)
    people.withdraw(people.party, day)
    status = people.status()
    assert (status.state, status.ended_on) == ("withdrawn", day)
    people.correct(people.lead, day)
    assert people.status().state == "active"


def test_a_corrected_withdrawal_bears_on_no_later_exit(people: People) -> None:
    people.withdraw(people.party)
    people.correct(people.lead)
    with people.begin(people.officer, "2024-06-03T09:00") as w:
        number = exits.propose(w, people.held.id, "20(1)", "处分决定")
        exits.told(w, number, w.today)
    for who in (people.officer, people.other):
        with people.begin(who, "2024-06-17T09:00") as w:
            exits.confirm(w, number, "属实")
    with people.begin(people.lead, "2024-06-18T09:00") as w:
        correct_exit(w, number, REASON)
    assert people.status().state == "active"


@pytest.mark.parametrize(("days", "state"), [(0, "active"), (1, "expired")])
def test_one_whose_term_is_over_meanwhile_ended_by_it(people: People, days: int, state: str) -> None:
    people.withdraw(people.party)
    through = people.status().valid_through
    people.correct(people.lead, through + timedelta(days=days))
    status = people.status()
    assert status.state == state
    assert status.ended_on == (through + DAY if days else None)


def ask(people: People, day: date) -> int:
    with people.begin(people.party, f"{day}T09:00") as w:
        return extensions.request_extension(w, people.held.id)


def answer(people: People, request: int, day: date, *, granted: bool, by: Actor | None = None) -> None:
    with people.begin(by or people.officer, f"{day}T10:00") as w:
        extensions.decide_extension(w, request, granted=granted, reason="依据年度服务情况")


def again(people: People, request: int, day: date, by: Actor | None = None) -> None:
    with people.begin(by or people.other, f"{day}T11:00") as w:
        correct_extension(w, request, REASON)


def window(people: People) -> date:
    """A day on which an extension can be asked for, before the term ends."""
    return people.status().valid_through - timedelta(days=10)


def letter(people: People, request: int, day: date) -> bytes:
    with people.begin(people.party, f"{day}T12:00") as w:
        return extension_letter(w, request, language="zh").content


def test_a_granted_extension_is_taken_back_and_decided_anew(extendable: People, unchanged: Any) -> None:
    before = extendable.status()
    day = window(extendable)
    request = ask(extendable, day)
    with unchanged(Refused, "尚无答复"):
        again(extendable, request, day)
    answer(extendable, request, day, granted=True)
    longer = extendable.status().valid_through
    assert longer > before.valid_through
    with unchanged(Refused, "不能自行更正"):
        again(extendable, request, day, extendable.officer)
    again(extendable, request, day)
    status = extendable.status()
    assert (status.valid_from, status.valid_through) == (before.valid_from, before.valid_through)
    found = load(extendable.engine, ExtensionRequest, request)
    assert (found.state, found.decided_by_id, found.reason) == ("open", None, "")
    assert messages(extendable.engine, extendable.held)[-1] == "decision.corrected"
    answer(extendable, request, day, granted=False)
    assert extendable.status().valid_through == before.valid_through
    assert letter(extendable, request, day)
    again(extendable, request, day)
    answer(extendable, request, day, granted=True)
    assert extendable.status().valid_through == longer
    told = messages(extendable.engine, extendable.held)
    assert told.count("extension.granted") == 1, "by event; each answer has its own"
    assert "extension.applied" not in broken_rows(extendable.engine, day)


def test_a_refused_extension_is_open_again(extendable: People, unchanged: Any) -> None:
    day = window(extendable)
    request = ask(extendable, day)
    answer(extendable, request, day, granted=False)
    second = ask(extendable, day)
    with unchanged(Refused, "另有待答复"):
        again(extendable, request, day)
    answer(extendable, second, day, granted=False)
    again(extendable, request, day)
    assert load(extendable.engine, ExtensionRequest, request).state == "open"


@pytest.mark.parametrize(("days", "state"), [(0, "active"), (1, "expired")])
def test_without_its_extension_a_term_that_is_over_has_ended(
    extendable: People, days: int, state: str
) -> None:
    through = extendable.status().valid_through
    request = ask(extendable, window(extendable))
    answer(extendable, request, window(extendable), granted=True)
    day = through + timedelta(days=days)
    again(extendable, request, day)
    status = extendable.status()
    assert (status.state, status.valid_through) == (state, through)
    assert status.ended_on == (through + DAY if days else None)
    run_checks(session_factory(extendable.engine), through + DAY)
    assert extendable.status().state == "expired"


def test_only_the_latest_answer_is_taken_back(extendable: People, unchanged: Any) -> None:
    first = ask(extendable, window(extendable))
    answer(extendable, first, window(extendable), granted=True)
    day = window(extendable)
    second = ask(extendable, day)
    with unchanged(Refused, "另有待答复"):
        again(extendable, first, day)
    answer(extendable, second, day, granted=True)
    with unchanged(Refused, "最近一次"):
        again(extendable, first, day)
    with unchanged(NotFound), extendable.begin(extendable.party, f"{day}T11:00") as w:
        correct_extension(w, second, REASON)
    extendable.withdraw(extendable.party, day)
    with unchanged(Refused, "不再更正"):
        again(extendable, second, day)
