"""A credit code whose check digit does not fit: refused, asked for with the licence, accepted, withdrawn."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, text

from core.domain.errors import Conflict, Invalid, NotFound, Refused
from core.domain.identifiers import fits
from core.domain.lifecycle.change_table import ChangeKind, ChangeState
from core.domain.roles import Role
from core.services.base.work import ANONYMOUS, SYSTEM
from core.services.changes import deciding, numbers, requests
from core.services.changes.looking import shown
from core.services.diary.fields import parse_entry
from core.services.granting import libraries, starting
from core.services.people import keyed, parties
from core.services.people.accepted_codes import accepted, said_of
from core.services.public import register
from core.services.public.register import Search
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import ChangeRequest, Party
from core.storage.verify import faults
from core.storage.verify.intake import UNFIT
from tests.services.changes.conftest import AT, HOME, PROOF
from tests.services.factory import Held, load, uscc

LATER = "2024-05-27T10:00"


def unfit() -> str:
    """A code of the right form whose check digit does not fit."""
    code = uscc()
    return code[:-1] + ("1" if code[-1] != "1" else "2")


@pytest.fixture
def code() -> str:
    return unfit()


@pytest.fixture
def registered(begin: Any, make_actor: Any, held: Held, store: FileStore, code: str) -> tuple[Any, int]:
    """A user, and the body that it registered with such a code and the licence."""
    user = make_actor(Role.APPLICANT)
    with begin(user, AT, "party.register") as w:
        number = numbers.register(
            w, PROOF, store, "证照如此", name="甲机构", region=HOME, uscc=code.lower(), mobile="13800138000"
        )
    return replace(user, parties=user.parties | {number}), number


def open_request(engine: Engine, party_id: int) -> ChangeRequest:
    with session_factory(engine)() as session:
        return session.query(ChangeRequest).filter_by(party_id=party_id, state=ChangeState.OPEN).one()


def diary(w: Any, code: str) -> Any:
    """A service for a body of the code, as a table or a form brings it."""
    served = [{"name": "甲机构", "uscc": code}]
    given = {"service_date": "2024-05-20", "title": "诊断", "hours": "2", "enterprises": served}
    return parse_entry(given, accepted(w))


def wrong(begin: Any) -> set[str]:
    with begin(SYSTEM, LATER) as w:
        return {
            f"{fault.check} {fault.subject_id}" for fault in faults(w.session) if fault.check == "party.code"
        }


def test_it_is_refused_with_the_way_out(begin: Any, make_actor: Any, held: Held, code: str) -> None:
    with begin(make_actor(Role.APPLICANT), AT) as w, pytest.raises(Invalid) as caught:
        parties.register_party(
            w, kind=w.catalogue["jilin"].program.track("provider").party, name="甲", region=HOME, uscc=code
        )
    assert "逐位核对" in caught.value.errors["uscc"].zh
    assert "凭证书请认定机关核准" in caught.value.errors["uscc"].zh


def test_nothing_is_begun_before_an_officer_accepts_it(
    engine: Engine, begin: Any, registered: Any, decide: Any, make_actor: Any, officer: Any, code: str
) -> None:
    user, number = registered
    assert load(engine, Party, number).uscc == code
    asked = open_request(engine, number)
    assert (asked.kind, asked.uscc, asked.statement) == (ChangeKind.NUMBER, code, "证照如此")
    with begin(user, AT) as w, pytest.raises(Refused, match="does not fit, and no authority has accepted"):
        starting.start(w, "jilin", "provider", number, None)
    with begin(user, AT) as w, pytest.raises(NotFound):
        deciding.decide(w, asked.id, granted=True)
    with begin(make_actor(Role.OFFICER, "shanghai", "310000"), AT) as w, pytest.raises(NotFound):
        requests.find(w, asked.id)
    with begin(officer, LATER) as w:
        (view,) = shown(w, [requests.find(w, asked.id)])
        assert (view.to_answer, view.to_revoke, len(view.proofs)) == (True, False, 1)
    decide(asked.id, LATER, answer="与执照一致")
    with begin(user, "2024-05-28T10:00") as w:
        assert starting.start(w, "jilin", "provider", number, None)
        assert said_of(w, w.session.get_one(Party, number)).state is ChangeState.GRANTED
        assert keyed.by_number(w, code.lower()) == number


def test_it_is_withdrawn_with_a_reason_and_only_once(
    engine: Engine, begin: Any, registered: Any, decide: Any, officer: Any
) -> None:
    user, number = registered
    asked = open_request(engine, number).id
    with begin(officer, LATER) as w, pytest.raises(Refused, match="not possible in state"):
        deciding.revoke(w, asked, "证照有误")
    decide(asked, LATER)
    with begin(officer, LATER) as w, pytest.raises(Refused):
        deciding.revoke(w, asked, "  ")
    with begin(replace(officer, parties=frozenset({number})), LATER) as w, pytest.raises(Refused):
        deciding.revoke(w, asked, "证照有误")
    with begin(officer, "2024-05-28T09:00") as w:
        (view,) = shown(w, [requests.find(w, asked)])
        assert view.to_revoke
        deciding.revoke(w, asked, "证照有误")
    with begin(officer, "2024-05-28T09:30") as w, pytest.raises(Conflict, match="answered before"):
        deciding.revoke(w, asked, "证照有误")
    found = load(engine, ChangeRequest, asked)
    assert (found.state, found.answer) == (ChangeState.REVOKED, "证照有误")
    with begin(user, "2024-05-28T10:00") as w, pytest.raises(Refused, match="no authority has accepted"):
        starting.start(w, "jilin", "provider", number, None)


def test_other_changes_are_not_withdrawn(
    engine: Engine, begin: Any, ask: Any, decide: Any, officer: Any
) -> None:
    number = ask()
    decide(number)
    with begin(officer, LATER) as w, pytest.raises(Refused, match="only the acceptance of a code"):
        deciding.revoke(w, number, "理由")


def test_tables_take_it_once_it_is_accepted(
    engine: Engine, begin: Any, registered: Any, decide: Any, make_actor: Any, code: str
) -> None:
    _, number = registered
    lead = make_actor(Role.OFFICER, "jilin", "220000")
    row = {"track": "provider", "name": "甲机构", "uscc": code, "region": HOME}
    with begin(lead, AT) as w, pytest.raises(Invalid, match="check digit"):
        libraries.import_register(w, "jilin", [row])
    with begin(SYSTEM, AT) as w:
        assert "enterprises.1" in diary(w, code).errors
    decide(open_request(engine, number).id, LATER)
    with begin(lead, "2024-05-28T10:00") as w:
        (done,) = libraries.import_register(w, "jilin", [row])
        assert done.party_id == number
    with begin(SYSTEM, "2024-05-28T10:00") as w:
        assert diary(w, code).values["enterprise_keys"][-1] == f"uscc:{code}"
    with begin(ANONYMOUS, "2024-05-29T10:00") as w:
        assert [line.name for line in register.search(w, Search(code)).rows] == ["甲机构"]


def test_verify_finds_a_code_that_nobody_asked_to_accept(
    engine: Engine, begin: Any, registered: Any, held: Held
) -> None:
    assert wrong(begin) == set()
    with engine.begin() as connection:
        connection.execute(
            text("UPDATE party SET uscc = :code WHERE id = :id"), {"code": unfit(), "id": held.party_id}
        )
    assert wrong(begin) == {f"party.code {held.party_id}"}


def test_the_database_reckons_check_digits_as_the_reader_does(engine: Engine, held: Held) -> None:
    codes = [uscc() for _ in range(40)] + [unfit() for _ in range(40)]
    with engine.connect() as connection:
        rows = connection.execute(
            text(f"SELECT p.uscc, NOT ({UNFIT}) AS fits FROM unnest(:codes ::text[]) AS p(uscc)"),  # noqa: S608  # ours
            {"codes": codes},
        ).all()
    assert {row.uscc: row.fits for row in rows} == {code: fits(code) for code in codes}


def test_what_needs_nobody_s_word_is_not_asked(
    begin: Any, ask: Any, decide: Any, held: Held, officer: Any, registered: Any, code: str, store: FileStore
) -> None:
    user, number = registered
    own = ("own", held.party_id)
    for given, who, said in (
        ("", None, "无须核准"),
        (unfit(), None, "由认定机关更正"),
        ("9135", None, "18 位"),
        (code, officer, "已登记"),
    ):
        with pytest.raises(Invalid) as caught:
            ask(ChangeKind.NUMBER, who=who, values={"uscc": given})
        assert said in caught.value.errors["uscc"].zh, own
    with pytest.raises(Conflict):
        ask(ChangeKind.NUMBER, who=user, party_id=number)


def test_an_officer_gives_a_body_such_a_code_and_another_officer_decides(
    engine: Engine, ask: Any, decide: Any, held: Held, officer: Any, make_actor: Any
) -> None:
    code = unfit()
    number = ask(ChangeKind.NUMBER, who=officer, values={"uscc": code})
    with pytest.raises(Refused, match="who asked"):
        decide(number)
    decide(number, who=make_actor(Role.OFFICER, "jilin", "220200"))
    assert load(engine, Party, held.party_id).uscc == code
    with pytest.raises(Invalid, match="accepted already"):
        ask(ChangeKind.NUMBER, at="2024-05-28T10:00")


def test_who_mistyped_it_takes_the_request_back_and_mends_it(
    engine: Engine, begin: Any, registered: Any
) -> None:
    user, number = registered
    good = uscc()
    with begin(user, AT) as w, pytest.raises(Refused, match="waits for its answer"):
        parties.edit_party(w, number, {"uscc": good})
    with begin(user, AT) as w:
        requests.withdraw(w, open_request(engine, number).id)
    with begin(user, AT) as w:
        parties.edit_party(w, number, {"uscc": good})
        assert starting.start(w, "jilin", "provider", number, None)
    with begin(user, AT) as w, pytest.raises(Invalid):
        parties.edit_party(w, number, {"uscc": uscc()})
