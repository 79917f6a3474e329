"""Closure, merger, division: statuses end with their holder, none passes on, the successor is linked."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Invalid, Refused
from core.domain.identifiers import NOT_ACCEPTED
from core.domain.lifecycle.change_table import ChangeKind
from core.domain.lifecycle.states import AccreditationState, ApplicationState
from core.domain.roles import Role
from core.services.base.work import ANONYMOUS
from core.services.changes import requests
from core.services.changes.successors import MOST_SUCCESSORS, read_successors
from core.services.endings.appeals import appeal, decide_appeal
from core.services.granting import starting
from core.services.people import users
from core.services.public import bodies
from core.services.public.state import PublicState
from core.storage.engine import session_factory
from core.storage.models import Accreditation, Application, ExitCase, Party
from core.storage.models.exits import ExitState
from tests.services.changes.conftest import OLD, PROOF
from tests.services.factory import Held, accredit, events, load, make_party, messages, uscc

CLOSED_ON = date(2024, 5, 27)
HEIR = "松江服务集团有限公司"


def status(engine: Engine, held: Held) -> Any:
    return load(engine, Accreditation, held.id)


def test_a_closure_ends_the_status_in_a_way_of_its_own(
    engine: Engine, begin: Any, ask: Any, decide: Any, held: Held
) -> None:
    decide(ask(ChangeKind.CLOSURE, statement="已办理注销登记"))
    ended = status(engine, held)
    assert (ended.state, ended.ended_on, ended.ended_clause) == (
        AccreditationState.CEASED,
        CLOSED_ON,
        "closure",
    )
    assert events(engine, held)[-1] == ("2024-05-27", "ceased", "closure")
    assert messages(engine, held) == ["ceased"]
    assert load(engine, Party, held.party_id).closed_on == CLOSED_ON
    with begin(ANONYMOUS, "2024-06-03T10:00") as w:
        verified = bodies.verify(w, held.number)
        assert verified is not None
        assert (verified.entry.state, verified.fate.closed_on) == (PublicState.CEASED, CLOSED_ON)
        assert verified.ended is not None
        assert verified.ended.title.zh == "注销"


def test_nothing_is_begun_with_a_party_that_is_no_more(
    begin: Any, ask: Any, decide: Any, held: Held, member: Any, unchanged: Any
) -> None:
    decide(ask(ChangeKind.CLOSURE))
    with unchanged(Refused, "2024-05-27"), begin(member, "2024-06-03T10:00") as w:
        starting.start(w, "jilin", "provider", held.party_id)
    with unchanged(Refused, "终止"):
        ask(at="2024-06-03T10:00")


def test_open_applications_end_with_it(town: Any, begin: Any, decide: Any, store: Any) -> None:
    case = town.start("jilin/provider").fill().attach_all().submit()
    with case.as_applicant(1) as w:
        number = requests.ask(w, case.party_id, ChangeKind.CLOSURE, PROOF, store)
    decide(number, case.on(2), who=town.officer("jilin"))
    assert case.load().state is ApplicationState.WITHDRAWN


def test_a_merger_names_and_links_its_successor_and_no_status_passes(
    engine: Engine, begin: Any, ask: Any, decide: Any, held: Held
) -> None:
    code = uscc()
    heir = accredit(engine, "jilin/provider", "2024-03-20", party_id=make_party(engine, uscc=code, name=HEIR))
    decide(ask(ChangeKind.MERGER, successors=f"{code.lower()}　{HEIR}"))
    assert status(engine, held).state is AccreditationState.CEASED
    with session_factory(engine)() as session:
        kept = select(Accreditation.id).where(Accreditation.party_id == heir.party_id)
        assert session.scalars(kept).all() == [heir.id]
    with begin(ANONYMOUS, "2024-06-03T10:00") as w:
        (turn,) = bodies.body_page(w, held.party_id).fate.after
        assert (turn.kind, turn.on) == (ChangeKind.MERGER, CLOSED_ON)
        assert [(item.name, item.party_id) for item in turn.others] == [(HEIR, heir.party_id)]
        (before,) = bodies.body_page(w, heir.party_id).fate.before
        assert [(item.name, item.party_id) for item in before.others] == [(OLD, held.party_id)]


def test_who_is_divided_may_go_on(engine: Engine, begin: Any, ask: Any, decide: Any, held: Held) -> None:
    names = f"{uscc()} 甲公司\n{uscc()}，乙公司\n"
    decide(ask(ChangeKind.SPLIT, successors=names, goes_on=True))
    assert status(engine, held).state is AccreditationState.ACTIVE
    assert events(engine, held)[-1][1] == "changed"
    with begin(ANONYMOUS, "2024-06-03T10:00") as w:
        fate = bodies.body_page(w, held.party_id).fate
        assert fate.closed_on is None
        # Neither is accredited: nothing of them is public but what was named here.
        assert [(item.name, item.party_id) for item in fate.after[0].others] == [
            ("甲公司", None),
            ("乙公司", None),
        ]
    decide(ask(ChangeKind.SPLIT, at="2024-06-03T10:00", successors=names), "2024-06-03T11:00")
    assert status(engine, held).state is AccreditationState.CEASED


def test_successors_are_read_line_by_line() -> None:
    own, other = uscc(), uscc()
    for text, said in (
        ("", "写明"),
        (f"{own} 自己", "自己"),
        (f"{other}", "写名称"),
        (f"{other} {'名' * 201}", "写名称"),
        (f"甲公司 {other}", "第 1 行"),
        ("\n".join(f"{uscc()} 甲" for _ in range(MOST_SUCCESSORS + 1)), "至多"),
    ):
        named, errors = read_successors(text, own, NOT_ACCEPTED)
        assert named == ()
        assert said in errors["successors"].zh, text
    assert (
        len(read_successors("\n".join(f"{uscc()} 甲" for _ in range(MOST_SUCCESSORS)), own, NOT_ACCEPTED)[0])
        == 10
    )


def test_a_person_is_neither_merged_nor_divided(engine: Engine, ask: Any, make_actor: Any) -> None:
    expert = accredit(engine, "jilin/expert", "2024-03-20")
    me = make_actor(Role.APPLICANT, parties=[expert.party_id])
    with pytest.raises(Invalid) as caught:
        ask(ChangeKind.MERGER, who=me, party_id=expert.party_id, successors=f"{uscc()} 甲")
    assert set(caught.value.errors) == {"kind"}
    nobody = make_party(engine)
    stranger = make_actor(Role.APPLICANT, parties=[nobody])
    with pytest.raises(Refused, match="never held"):
        ask(ChangeKind.CLOSURE, who=stranger, party_id=nobody)


def test_a_revocation_that_falls_leaves_a_status_ended_with_its_holder(
    engine: Engine, begin: Any, ask: Any, decide: Any, held: Held, member: Any, make_actor: Any
) -> None:
    decide(ask(ChangeKind.CLOSURE))
    with session_factory(engine)() as session, session.begin():
        case = ExitCase(
            accreditation_id=held.id,
            clause="11(2)",
            title_zh="撤销",
            title_en="Revoke",
            mode="confirm",
            period="finding/1",
            proposed_on=date(2024, 5, 20),
            state=ExitState.UPHELD,
            decided_on=date(2024, 6, 3),
        )
        session.add(case)
        session.flush()
        number = case.id
        found = session.get_one(Accreditation, held.id)
        found.state, found.ended_clause = AccreditationState.REVOKED, "11(2)"
    with begin(member, "2024-06-04T10:00") as w:
        appeal(w, number, "不服")
    with begin(make_actor(Role.LEAD), "2024-06-11T10:00") as w:
        decide_appeal(w, number, upheld=True, reason="申诉成立")
    ended = status(engine, held)
    assert (ended.state, ended.ended_on) == (AccreditationState.CEASED, CLOSED_ON)


def test_a_draft_ends_too(engine: Engine, town: Any, begin: Any, decide: Any, held: Held, ask: Any) -> None:
    with session_factory(engine)() as session, session.begin():
        draft = Application(
            program="jilin", track="provider", edition="interim", party_id=held.party_id, region=held.region
        )
        session.add(draft)
        session.flush()
        number = draft.id
    decide(ask(ChangeKind.CLOSURE))
    assert load(engine, Application, number).state is ApplicationState.WITHDRAWN


@pytest.mark.parametrize(("kind", "passed"), [(ChangeKind.MERGER, True), (ChangeKind.CLOSURE, False)])
def test_roles_of_a_body_pass_to_its_successor_and_end_with_a_closure(
    engine: Engine,
    begin: Any,
    make_actor: Any,
    held: Held,
    ask: Any,
    decide: Any,
    kind: ChangeKind,
    passed: bool,  # a case of the table above
) -> None:
    user, code = make_actor(Role.APPLICANT).user_id, uscc()
    heir = make_party(engine, name=HEIR, uscc=code)
    with begin(make_actor(Role.SYSADMIN), "2024-05-20T10:00") as w:
        users.grant(w, user, Role.RECOMMENDER, program="jilin", region="220202", party_id=held.party_id)
    decide(ask(kind, **({"successors": f"{code} {HEIR}"} if passed else {})))
    with session_factory(engine)() as session:
        before = users.actor_for(session, user, date(2024, 5, 26))
        after = users.actor_for(session, user, date(2024, 5, 27))
    assert set(before.recommender_parties) == {held.party_id}
    assert set(after.recommender_parties) == ({heir} if passed else set())
    assert after.has(Role.RECOMMENDER) is passed
