"""An exit case that was dismissed by mistake is open again: the party is told, and has its time again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.clock import moment
from core.domain.errors import Refused
from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.services.base.work import SYSTEM
from core.services.deciding import corrections
from core.services.deciding.correcting_status import correct_exit, correct_finding
from core.services.delivery.outbox import _tell_again
from core.services.duties.findings import decide_finding, open_finding
from core.services.endings import exits
from core.services.endings.withdrawals import withdraw
from core.storage.engine import session_factory
from core.storage.models import ExitCase, OutboxMessage
from core.storage.models.operations import MessageState
from core.storage.verify import by_rules
from tests.services.factory import Held, accredit, events, load

WHY = "误点驳回"


@pytest.fixture
def held(engine: Engine) -> Held:
    return accredit(engine, "liaocheng/specialized", "2024-03-21")


@pytest.fixture
def officer(make_actor: Any) -> Any:
    return make_actor(Role.OFFICER, "liaocheng", "371500")


@pytest.fixture
def lead(make_actor: Any) -> Any:
    return make_actor(Role.LEAD, "liaocheng", "371500")


def proposed(begin: Any, officer: Any, held: Held) -> int:
    """Told on Monday 2024-05-06: it may be objected to until Saturday 11, a make-up day."""
    with begin(officer, "2024-05-06T09:00") as w:
        number: int = exits.propose(w, held.id, "20(1)", "处分决定")
        exits.told(w, number, w.today)
    return number


def dismissed(begin: Any, officer: Any, number: int, at: str = "2024-05-13T09:00") -> None:
    with begin(officer, at) as w:
        exits.dismiss(w, number, "误以为已撤销")


def told(engine: Engine, event: str) -> list[str]:
    """The occasions on which something was written to the party, in order."""
    with session_factory(engine)() as session:
        query = select(OutboxMessage.key).where(
            OutboxMessage.event == event, OutboxMessage.key.not_like("%#%")
        )
        return list(session.scalars(query.order_by(OutboxMessage.id)))


def broken(engine: Engine) -> set[str]:
    with session_factory(engine)() as session:
        return {
            fault.check for fault in by_rules(session, date(2024, 6, 1), catalogue()) if "exit" in fault.check
        }


def test_a_second_person_opens_it_again_and_both_acts_stay(
    engine: Engine, begin: Any, held: Held, officer: Any, lead: Any, make_actor: Any, unchanged: Any
) -> None:
    number = proposed(begin, officer, held)
    dismissed(begin, lead, number)
    with unchanged(Refused, "不能自行更正"), begin(lead, "2024-05-14T09:00") as w:
        correct_exit(w, number, WHY)
    other = make_actor(Role.LEAD, "liaocheng", "371500")
    with begin(other, "2024-05-20T09:00") as w:
        correct_exit(w, number, WHY)
        (kept,) = corrections.of_accreditation(w, held.id)
        assert (kept.reason, kept.before["by"], kept.before["reason"]) == (WHY, lead.user_id, "误以为已撤销")
    case = load(engine, ExitCase, number)
    assert (case.state, case.decided_on, case.told_on, case.objection_until) == ("proposed", None, None, None)
    assert len(told(engine, "decision.corrected")) == 1
    assert told(engine, "exit.proposed") == [f"proposed/{number}", f"proposed/{number}/{kept.id}"]
    # Nothing runs before the party is told anew; then its whole time does.
    with unchanged(Refused, "尚未告知"), begin(officer, "2024-05-20T10:00") as w:
        exits.confirm(w, number, "属实")
    with begin(SYSTEM, "2024-05-20T11:00") as w:
        exits.told(w, number, w.today)
    assert load(engine, ExitCase, number).objection_until == date(2024, 5, 27)
    # Decided again, the party is told again, and each dismissal stands in the timeline.
    dismissed(begin, officer, number, "2024-05-28T09:00")
    assert len(told(engine, "exit.dismissed")) == 2
    assert [kind for _, kind, _ in events(engine, held)].count("exit_dismissed") == 2
    assert broken(engine) == set()


def test_the_word_of_before_does_not_begin_its_time(
    engine: Engine, begin: Any, held: Held, officer: Any, lead: Any
) -> None:
    number = proposed(begin, officer, held)
    with session_factory(engine)() as session, session.begin():
        for row in session.scalars(select(OutboxMessage).where(OutboxMessage.exit_case_id == number)):
            row.state, row.sent_at = MessageState.SENT, moment("2024-05-06T09:10")
    dismissed(begin, officer, number)
    with begin(lead, "2024-05-20T09:00") as w:
        correct_exit(w, number, WHY)
    with begin(SYSTEM, "2024-05-20T09:01") as w:
        _tell_again(w)
        told_on = w.session.get_one(ExitCase, number).told_on
        assert told_on in (None, date(2024, 5, 20)), "not on the day of the first word"


def test_after_an_objection_a_person_decides_as_before(
    engine: Engine, begin: Any, held: Held, officer: Any, lead: Any, make_actor: Any
) -> None:
    number = proposed(begin, officer, held)
    with begin(make_actor(Role.APPLICANT, parties=[held.party_id]), "2024-05-07T09:00") as w:
        exits.object_to(w, number, "处分对象不是本单位")
    dismissed(begin, officer, number)
    with begin(lead, "2024-05-14T09:00") as w:
        correct_exit(w, number, WHY)
    case = load(engine, ExitCase, number)
    assert (case.state, case.told_on, case.objection) == ("objected", date(2024, 5, 6), "处分对象不是本单位")
    assert len(told(engine, "exit.proposed")) == 1


def test_it_stays_closed_where_it_has_no_ground_or_no_room(
    engine: Engine, begin: Any, held: Held, officer: Any, lead: Any, make_actor: Any, unchanged: Any
) -> None:
    # Beside another one that is open under the clause.
    number = proposed(begin, officer, held)
    dismissed(begin, officer, number)
    with begin(officer, "2024-05-14T09:00") as w:
        another = exits.propose(w, held.id, "20(1)", "新的处分决定")
    with unchanged(Refused, "另有未办结"), begin(lead, "2024-05-15T09:00") as w:
        correct_exit(w, number, WHY)
    dismissed(begin, officer, another, "2024-05-15T10:00")
    # Fallen with the finding that it rested on.
    with begin(officer, "2024-05-16T09:00") as w:
        finding = open_finding(w, held.id, "administrative_sanction", "处分决定")
        decide_finding(w, finding, established=True, reason="属实")
        fallen = w.session.scalars(select(ExitCase.id).where(ExitCase.finding_id == finding)).one()
    with begin(make_actor(Role.OFFICER, "liaocheng", "371500"), "2024-05-17T09:00") as w:
        correct_finding(w, finding, "处分对象是另一家")
    with unchanged(Refused, "依据的结论已更正"), begin(lead, "2024-05-18T09:00") as w:
        correct_exit(w, fallen, WHY)
    # And once the status has ended.
    with begin(make_actor(Role.APPLICANT, parties=[held.party_id]), "2024-05-19T09:00") as w:
        withdraw(w, held.id)
    with unchanged(Refused, "认定已终止"), begin(lead, "2024-05-20T09:00") as w:
        correct_exit(w, another, WHY)
