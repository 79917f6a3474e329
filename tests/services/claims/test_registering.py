"""Registering a party as one's own: what is new is entered, what is there is claimed; within bounds."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine

from core.domain.clock import moment
from core.domain.errors import Invalid, NotAllowed, Refused
from core.domain.lifecycle.change_table import ChangeKind, ChangeState
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.services.base.work import ANONYMOUS, OPEN_CLAIMS, OPERATION_DEFAULTS, REGISTRATIONS_A_DAY, work
from core.services.claims import own, registering
from core.services.claims.registering import Registered
from core.services.people import parties
from core.services.settings.values import set_operation
from core.storage.engine import session_factory
from core.storage.models import ChangeRequest, Party
from core.storage.models.changes import ClaimState
from tests.services.claims.conftest import AT, HOME, claims_of, having, members
from tests.services.factory import id_number, load, make_party, uscc
from tests.services.journey import race

PERSON = PartyKind.PERSON


def test_what_is_new_is_entered_and_its_registrant_is_its_contact(
    engine: Engine, register: Any, claimant: Any, code: str
) -> None:
    made = register(claimant, code)
    (number,) = having(engine, code)
    assert made == Registered(party_id=number)
    assert members(engine, number) == {claimant.user_id: True}
    assert load(engine, Party, number).registered_by_id == claimant.user_id


def test_what_is_there_is_claimed_by_its_number_and_given_to_nobody(
    engine: Engine, register: Any, claimant: Any, contact: Any, party: int, code: str
) -> None:
    made = register(claimant, f" {code.lower()} ", name="随便什么名称", region="420106", mobile="13800138000")
    (claim,) = claims_of(engine, party)
    assert made == Registered(claim_id=claim.id)
    assert (claim.state, claim.user_id) == (ClaimState.WANTED, claimant.user_id)
    assert (claim.name, claim.region, claim.uscc, claim.mobile) == (
        "随便什么名称",
        "420106",
        code,
        "13800138000",
    )
    assert members(engine, party) == {contact.user_id: True}
    assert load(engine, Party, party).name == "聊城甲服务中心"


@pytest.mark.parametrize(
    ("name", "region"),
    [("聊城甲服务中心", HOME), ("聊城 甲服务中心", HOME), ("聊城甲服务中心", "420106")],
)
def test_a_body_that_a_table_brought_without_a_number_is_claimed_by_its_name(
    engine: Engine, register: Any, claimant: Any, name: str, region: str
) -> None:
    listed = make_party(engine, region="371523", uscc=None, name="聊城甲服务中心", directly_included=True)
    assert register(claimant, uscc(), name=name, region=region).claim_id
    assert members(engine, listed) == {}
    assert load(engine, Party, listed).uscc is None


def test_a_person_is_known_by_the_identity_number_or_as_a_table_named_them(
    engine: Engine, register: Any, claimant: Any, begin: Any
) -> None:
    number = id_number()
    there = make_party(engine, PERSON, region=HOME, id_number=number)
    listed = make_party(
        engine, PERSON, HOME, id_number=None, name="王芳", mobile="13800138000", directly_included=True
    )
    given = {"kind": PERSON, "uscc": "", "name": "任何人"}
    assert register(claimant, "", **(given | {"id_number": number.lower()})).claim_id
    by_name = given | {"id_number": id_number(), "name": "王芳"}
    assert register(claimant, "", **(by_name | {"mobile": "13800138000"})).claim_id
    assert [len(claims_of(engine, one)) for one in (there, listed)] == [1, 1]
    # Of the same name, and nobody that the register knows.
    assert register(claimant, "", **(by_name | {"mobile": "13900139000"})).party_id


def test_what_was_merged_is_claimed_as_the_party_that_is_left(
    engine: Engine, register: Any, claimant: Any, party: int, code: str
) -> None:
    left = make_party(engine, region=HOME)
    with session_factory(engine)() as session, session.begin():
        session.get_one(Party, party).merged_into_id = left
    register(claimant, code)
    assert [len(claims_of(engine, one)) for one in (left, party)] == [1, 0]


def test_registered_again_it_is_the_same_claim_and_one_s_own_is_told(
    engine: Engine, register: Any, claimant: Any, contact: Any, party: int, code: str
) -> None:
    assert register(claimant, code) == register(claimant, code)
    assert len(claims_of(engine, party)) == 1
    with pytest.raises(Refused, match="act for this party already"):
        register(contact, code)


def test_of_two_that_register_a_body_at_once_one_has_it_and_the_other_claims_it(
    engine: Engine, make_actor: Any, code: str
) -> None:
    given = {"name": "聊城甲服务中心", "region": HOME, "uscc": code}
    users = [make_actor(Role.APPLICANT) for _ in range(2)]

    def enter(w: Any) -> None:
        kind = PartyKind.ORGANIZATION
        registering.register(w, kind, given, lambda: parties.register_party(w, kind=kind, **given))

    assert race(engine, users, AT, enter) == [None, None]
    (number,) = having(engine, code)
    (first,) = members(engine, number)
    (claim,) = claims_of(engine, number)
    assert {first, claim.user_id} == {user.user_id for user in users}


def test_nothing_that_is_wrong_with_the_input_tells_of_the_register(
    engine: Engine, register: Any, claimant: Any, party: int, code: str
) -> None:
    """A code that does not fit has one answer, also where the register has accepted it for a body."""
    unfit = [number[:-1] + ("1" if number[-1] != "1" else "2") for number in (code, uscc())]
    with session_factory(engine)() as session, session.begin():
        session.get_one(Party, party).uscc = unfit[0]
        asked = ChangeRequest(party_id=party, kind=ChangeKind.NUMBER, uscc=unfit[0], asked_at=moment(AT))
        asked.state, asked.decided_at = ChangeState.GRANTED, moment(AT)
        session.add(asked)
    for number in unfit:
        with pytest.raises(Invalid, match="check digit") as caught:
            register(claimant, number)
        assert "逐位核对" in caught.value.errors["uscc"].zh
    assert claims_of(engine, party) == []
    with pytest.raises(Invalid) as caught:
        register(claimant, code, name=" ", mobile="123")
    assert set(caught.value.errors) == {"name", "mobile"}
    with pytest.raises(NotAllowed):
        register(ANONYMOUS, code)


def test_an_officer_is_nobody_s_contact_and_is_told_of_what_is_there(
    engine: Engine, register: Any, officer: Any, party: int, code: str
) -> None:
    with pytest.raises(Refused, match="registered already"):
        register(officer, code)
    made = register(officer, uscc(), name="另一家")
    assert members(engine, made.party_id) == {}
    assert load(engine, Party, made.party_id).registered_by_id is None


def fill(register: Any, actor: Any, number: int) -> None:
    for place in range(number):
        register(actor, uscc(), name=f"新主体{place}")


@pytest.mark.parametrize(("before", "taken"), [(3, True), (4, True), (5, False), (6, False)])
def test_an_account_registers_so_many_a_day(
    engine: Engine, register: Any, claimant: Any, party: int, code: str, before: int, taken: bool
) -> None:
    """Below, at and above the bound; the answer is one for what is new and what is there."""
    most = int(OPERATION_DEFAULTS[REGISTRATIONS_A_DAY])
    assert most == 5
    fill(register, claimant, min(before, most))
    if taken:
        assert register(claimant, code).claim_id
        return
    said = set()
    for number in (code, uscc()):
        with pytest.raises(Refused) as caught:
            register(claimant, number)
        said.add(caught.value.text)
    (answer,) = said
    assert "至多登记、认领 5 个主体" in answer.zh
    assert "2024-05-21" in answer.zh
    assert "2024-05-21" in answer.en
    assert claims_of(engine, party) == []
    # The day is over at midnight in China.
    with pytest.raises(Refused):
        register(claimant, code, "2024-05-20T23:59:59")
    assert register(claimant, code, "2024-05-21T00:00").claim_id


def test_claims_count_like_registrations_also_when_they_were_taken_back(
    begin: Any, register: Any, claimant: Any, engine: Engine
) -> None:
    for _ in range(5):
        number = uscc()
        make_party(engine, region=HOME, uscc=number)
        made = register(claimant, number)
        with begin(claimant, AT) as w:
            own.withdraw(w, made.claim_id)
    with pytest.raises(Refused, match="at most 5 parties a day"):
        register(claimant, uscc())


@pytest.mark.parametrize(("waiting", "taken"), [(1, True), (2, True), (3, False)])
def test_so_many_claims_of_an_account_wait_for_an_answer(
    begin: Any, engine: Engine, register: Any, claimant: Any, waiting: int, taken: bool
) -> None:
    assert OPERATION_DEFAULTS[OPEN_CLAIMS] == 3
    made = []
    for _ in range(waiting):
        number = uscc()
        make_party(engine, region=HOME, uscc=number)
        made.append(register(claimant, number, "2024-05-13T10:00").claim_id)
    if taken:
        assert register(claimant, uscc()).party_id
        return
    # What is new is refused as well: else the answer would tell which it is.
    with pytest.raises(Refused, match="at most 3 claims"):
        register(claimant, uscc())
    with begin(claimant, AT) as w:
        own.withdraw(w, made[0])
    assert register(claimant, uscc()).party_id


def test_both_bounds_are_settings_of_the_installation(
    begin: Any, register: Any, claimant: Any, make_actor: Any
) -> None:
    with begin(make_actor(Role.LEAD), AT) as w:
        set_operation(w, REGISTRATIONS_A_DAY, "1", w.today, "每人只代表一家")
    register(claimant, uscc())
    with pytest.raises(Refused, match="at most 1 parties a day"):
        register(claimant, uscc())


def test_what_an_account_registers_at_once_is_counted_one_after_another(
    begin: Any, engine: Engine, register: Any, claimant: Any
) -> None:
    fill(register, claimant, 4)
    codes = iter([uscc(), uscc()])

    def enter(w: Any) -> None:
        given = {"name": "同时登记者", "region": HOME, "uscc": next(codes)}
        kind = PartyKind.ORGANIZATION
        registering.register(w, kind, given, lambda: parties.register_party(w, kind=kind, **given))

    twice = [claimant, replace(claimant, name="同一账号")]
    results = race_of(engine, twice, enter)
    assert sorted(type(result).__name__ for result in results) == ["NoneType", "Refused"]


def race_of(engine: Engine, actors: list[Any], act: Any) -> list[Any]:
    """As `race`, of one account in two places."""
    ready = Barrier(len(actors))

    def run(actor: Any) -> Any:
        try:
            with session_factory(engine)() as session, work(session, actor, moment(AT)) as w:
                ready.wait(30)
                act(w)
        except Refused as error:
            return error
        return None

    with ThreadPoolExecutor(len(actors)) as pool:
        return list(pool.map(run, actors))
