"""A party that ended by mistake goes on, with its statuses, applications and roles; both acts stay."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Conflict, Invalid, NotFound, Refused
from core.domain.lifecycle.change_table import ChangeKind, ChangeState
from core.domain.lifecycle.states import AccreditationState, ApplicationState
from core.domain.roles import Role
from core.hooks.catalogue import catalogue
from core.services.base.work import ANONYMOUS, Actor
from core.services.changes import requests
from core.services.changes.looking import shown
from core.services.deciding import corrections
from core.services.deciding.correcting_parties import correct_closure
from core.services.mergers import merging
from core.services.public import bodies
from core.services.public.state import PublicState
from core.storage.engine import session_factory
from core.storage.models import Accreditation, Application, Grant, OutboxMessage, Party
from core.storage.verify import by_rules
from tests.services.changes.conftest import PROOF
from tests.services.factory import Held, accredit, events, load, make_party, uscc

ON, LATER = date(2024, 5, 27), "2024-06-03T10:00"
WHY = "注销登记系同名单位，误办"
HEIR = "松江服务集团有限公司"


@pytest.fixture
def lead(make_actor: Any) -> Actor:
    return make_actor(Role.LEAD, "jilin")


@pytest.fixture
def correct(begin: Any, lead: Actor) -> Any:
    def run(number: int, at: str = LATER, who: Actor | None = None, why: str = WHY) -> int:
        with begin(who or lead, at, "change.correct") as w:
            return correct_closure(w, number, why)

    return run


def told(engine: Engine, event: str) -> list[str]:
    with session_factory(engine)() as session:
        query = select(OutboxMessage.body).where(OutboxMessage.event == event).order_by(OutboxMessage.id)
        return list(session.scalars(query))


def test_the_status_stands_again_and_both_acts_stay_on_record(
    engine: Engine, begin: Any, ask: Any, decide: Any, correct: Any, held: Held, officer: Actor, lead: Actor
) -> None:
    number = ask(ChangeKind.CLOSURE)
    decide(number, answer="已核对")
    correct(number)
    status = load(engine, Accreditation, held.id)
    assert (status.state, status.ended_on, status.ended_clause) == (AccreditationState.ACTIVE, None, "")
    assert status.next_due_on is not None
    assert [kind for _, kind, _ in events(engine, held)][-2:] == ["ceased", "restored"]
    assert load(engine, Party, held.party_id).closed_on is None
    (letter,) = set(told(engine, "party.corrected"))
    assert held.number in letter
    assert WHY in letter
    with begin(lead, LATER) as w:
        request = requests.find(w, number)
        assert (request.state, request.decided_by_id, request.answer) == (
            ChangeState.CORRECTED,
            officer.user_id,
            "已核对",
        )
        (kept,) = corrections.of_request(w, number)
        assert (kept.kind, kept.before["by"], kept.before["reason"]) == ("closure", officer.user_id, "已核对")
        assert corrections.of_party(w, held.party_id) == corrections.of_accreditation(w, held.id) == [kept]
        assert [
            str(fault) for fault in by_rules(w.session, w.today, catalogue()) if "ceased" in fault.check
        ] == []
    with begin(ANONYMOUS, LATER) as w:
        verified = bodies.verify(w, held.number)
        assert verified is not None
        assert (verified.entry.state, verified.fate.closed_on) == (PublicState.IN_FORCE, None)
        assert verified.fate.after == ()


def test_only_another_lead_within_reach_corrects_and_only_an_end(
    begin: Any, ask: Any, decide: Any, correct: Any, held: Held, officer: Actor, lead: Actor, member: Actor,
    make_actor: Any, unchanged: Any,
) -> None:  # fmt: skip
    number = ask(ChangeKind.CLOSURE)
    with unchanged(Refused):
        correct(number)
    decide(number, who=lead)
    second = make_actor(Role.LEAD, "jilin")

    def offered(who: Actor) -> bool:
        with begin(who, LATER) as w:
            return shown(w, [requests.find(w, number)])[0].to_correct

    assert [offered(who) for who in (lead, second, officer)] == [False, True, False]
    with unchanged(Refused, "不能自行更正"):
        correct(number)
    with unchanged(NotFound):
        correct(number, who=officer)
    with unchanged(NotFound):
        correct(number, who=member)
    with unchanged(NotFound):
        correct(number, who=make_actor(Role.LEAD, "hubei"))
    with unchanged(Invalid):
        correct(number, who=second, why=" ")
    correct(number, who=second)
    with unchanged(Conflict, second.name):
        correct(number, who=second)
    other = ask(at=LATER)
    decide(other, LATER)
    with unchanged(Refused, "没有终止主体"):
        correct(other)


def test_one_whose_term_is_over_by_then_counts_as_held_to_its_end(
    engine: Engine, ask: Any, decide: Any, correct: Any, held: Held
) -> None:
    decide(number := ask(ChangeKind.CLOSURE))
    through = load(engine, Accreditation, held.id).valid_through
    correct(number, f"{through.year + 1}-01-05T10:00")
    status = load(engine, Accreditation, held.id)
    assert (status.state, status.ended_on) == (
        AccreditationState.EXPIRED,
        through.replace(day=through.day + 1),
    )


def test_an_application_goes_on_as_submitted(
    town: Any, begin: Any, decide: Any, correct: Any, store: Any
) -> None:
    case = town.start("jilin/provider").fill().attach_all().submit()
    with case.as_applicant(1) as w:
        number = requests.ask(w, case.party_id, ChangeKind.CLOSURE, PROOF, store)
    decide(number, case.on(2), who=town.officer("jilin"))
    assert case.load().state is ApplicationState.WITHDRAWN
    correct(number, case.on(3))
    again = case.load()
    assert (again.state, again.submitted_at.date().isoformat()) == (
        ApplicationState.SUBMITTED,
        case.on(3)[:10],
    )
    assert any("按已提交继续办理" in body for body in told(town.engine, "decision.corrected"))


def test_a_draft_is_begun_anew(engine: Engine, ask: Any, decide: Any, correct: Any, held: Held) -> None:
    with session_factory(engine)() as session, session.begin():
        made = Application(
            program="jilin", track="provider", edition="interim", party_id=held.party_id,
            region=held.region, state=ApplicationState.DRAFT, facts={},
        )  # fmt: skip
        session.add(made)
        session.flush()
        draft = made.id
    decide(number := ask(ChangeKind.CLOSURE))
    correct(number)
    with session_factory(engine)() as session:
        assert session.get_one(Application, draft).state is ApplicationState.WITHDRAWN


def test_roles_for_a_body_that_closed_are_given_back_to_the_end_that_they_had(
    engine: Engine, ask: Any, decide: Any, correct: Any, held: Held, make_actor: Any
) -> None:
    one, two = (make_actor(Role.RECOMMENDER, "jilin", parties=[held.party_id]) for _ in range(2))
    with session_factory(engine)() as session, session.begin():
        session.scalars(select(Grant).where(Grant.user_id == two.user_id)).one().ends_on = date(2024, 12, 1)

    def ends() -> list[date | None]:
        with session_factory(engine)() as session:
            query = select(Grant.ends_on).where(Grant.user_id.in_((one.user_id, two.user_id)))
            return list(session.scalars(query.order_by(Grant.id)))

    decide(number := ask(ChangeKind.CLOSURE))
    assert ends() == [ON, ON]
    correct(number)
    assert ends() == [None, date(2024, 12, 1)]


def test_a_role_is_not_given_back_beside_another_duty(
    engine: Engine, ask: Any, decide: Any, correct: Any, held: Held, make_actor: Any, unchanged: Any
) -> None:
    person = make_actor(Role.RECOMMENDER, "jilin", parties=[held.party_id])
    decide(number := ask(ChangeKind.CLOSURE))
    with session_factory(engine)() as session, session.begin():
        session.add(Grant(user_id=person.user_id, role=Role.AUDITOR, starts_on=ON))
    with unchanged(Refused, person.name):
        correct(number)


def test_roles_that_went_to_a_successor_stay_there(
    engine: Engine, ask: Any, decide: Any, correct: Any, held: Held, make_actor: Any
) -> None:
    code = uscc()
    heir = make_party(engine, uscc=code, name=HEIR)
    make_actor(Role.RECOMMENDER, "jilin", parties=[held.party_id])
    decide(number := ask(ChangeKind.MERGER, successors=f"{code} {HEIR}"))
    correct(number)
    with session_factory(engine)() as session:
        query = select(Grant.party_id, Grant.ends_on).where(Grant.role == Role.RECOMMENDER).order_by(Grant.id)
        assert [tuple(row) for row in session.execute(query)] == [(held.party_id, ON), (heir, None)]


def test_with_the_second_registration_what_it_held_stands_again(
    engine: Engine, begin: Any, ask: Any, decide: Any, correct: Any, held: Held, make_actor: Any
) -> None:
    left = make_party(engine, region=held.region)
    other = accredit(engine, "liaocheng/comprehensive", "2024-03-20", party_id=left, region=held.region)
    with begin(make_actor(Role.LEAD), "2024-05-20T09:00") as w:
        merging.merge(w, left, held.party_id, "两次登记")
    decide(number := ask(ChangeKind.CLOSURE))
    assert [load(engine, Accreditation, each.id).state.value for each in (held, other)] == ["ceased"] * 2
    correct(number)
    assert [load(engine, Accreditation, each.id).state.value for each in (held, other)] == ["active"] * 2
    assert [load(engine, Party, each).closed_on for each in (held.party_id, left)] == [None, None]
