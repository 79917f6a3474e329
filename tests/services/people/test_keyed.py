"""One person is one, whoever enters them and however the number is written, or without one."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from core.domain.errors import Refused
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.services.base.work import ANONYMOUS, Actor
from core.services.granting.libraries import Came, import_register
from core.services.people import keyed, parties
from core.services.public import bodies
from core.storage.engine import session_factory
from core.storage.models import Party
from core.storage.verify.doubles import doubles
from tests.services.factory import accredit, load, make_party, uscc

AT = "2024-05-20T10:00"
ORGANIZATION, PERSON = PartyKind.ORGANIZATION, PartyKind.PERSON
NUMBER = "11010519491231002X"
WRITTEN = (
    "11010519491231002x",
    "１１０１０５１９４９１２３１００２Ｘ",
    "１１０１０５１９４９１２３１００２ｘ",
    " 110105 19491231 002x ",
    "110105-19491231-002X",
    "110105\u200b19491231002\u00adX",
)
FULL_NAME, MOBILE = "阿依努尔·买买提", "13800138000"
FOUND = {"name": FULL_NAME, "region": "220202", "mobile": MOBILE, "phone": ""} | {
    "id_number": NUMBER,
    "uscc": None,
}


@pytest.fixture
def lead(make_actor: Any) -> Actor:
    return make_actor(Role.LEAD)


def included(engine: Engine, **more: Any) -> int:
    """A person whom an entrusted body's table named, without ID number."""
    given = {"name": FULL_NAME, "mobile": MOBILE, "id_number": None, "directly_included": True}
    return make_party(engine, PERSON, "371502", **{**given, **more})


def entered(begin: Any, lead: Actor, program: str, region: str, **given: str) -> Any:
    row = {"track": "expert", "name": "阿依努尔•买买提", "id_number": NUMBER, "region": region}
    with begin(lead, AT) as w:
        (found,) = import_register(w, program, [row | given])
    return found


def number_of_people(engine: Engine) -> int:
    with session_factory(engine)() as session:
        return session.scalar(select(func.count()).select_from(Party).where(Party.kind == PERSON)) or 0


@pytest.mark.parametrize("written", WRITTEN)
def test_however_the_number_is_written_it_is_one_person(
    engine: Engine, begin: Any, make_actor: Any, lead: Actor, unchanged: Any, written: str
) -> None:
    with begin(make_actor(Role.APPLICANT), AT) as w:
        person = parties.register_party(
            w, kind=PERSON, name=FULL_NAME, region="220202", id_number=written, mobile=MOBILE
        )
    assert load(engine, Party, person).id_number == NUMBER
    with unchanged(Refused, "已登记"), begin(make_actor(Role.APPLICANT), AT) as w:
        parties.register_party(w, kind=PERSON, name="王芳", region="371502", id_number=NUMBER)
    first = entered(begin, lead, "jilin", "220202", id_number=written)
    second = entered(begin, lead, "miit_volunteer", "110101", id_number=written)
    assert (first.party_id, second.party_id, number_of_people(engine)) == (person, person, 1)
    with begin(ANONYMOUS, AT) as w:
        assert keyed.by_number(w, written) == person
        held = bodies.body_page(w, person).entries.rows
        assert {item.program for item in held} == {"jilin", "miit_volunteer"}


def test_who_was_entered_without_a_number_is_found_when_it_comes(
    engine: Engine, begin: Any, make_actor: Any, lead: Actor, unchanged: Any
) -> None:
    person = included(engine)
    accredit(engine, "miit_volunteer/expert", "2024-02-01", party_id=person)
    found = entered(begin, lead, "jilin", "220202", mobile=f"+86 {MOBILE}", employer="北华大学")
    assert (found.came, found.party_id, number_of_people(engine)) == (Came.MERGED, person, 1)
    stored = load(engine, Party, person)
    # The number and what else was not known are added; what was known stays.
    assert (stored.id_number, stored.employer, stored.region) == (NUMBER, "北华大学", "371502")
    with begin(ANONYMOUS, AT) as w:
        assert {item.program for item in bodies.body_page(w, person).entries.rows} == {
            "jilin",
            "miit_volunteer",
        }
    # And the person cannot register once more, but is told who can let them in.
    with unchanged(Refused, "已登记"), begin(make_actor(Role.APPLICANT), AT) as w:
        parties.register_party(w, kind=PERSON, name=FULL_NAME, region="220202", id_number=NUMBER)


@pytest.mark.parametrize(
    "other",
    [
        {"mobile": "13900139000"},
        {"mobile": ""},
        {"name": "阿依努尔·买合买提"},
        {"id_number": "110101199003070038", "directly_included": False},
    ],
)
def test_anyone_else_of_the_name_stays_another(engine: Engine, begin: Any, other: dict[str, Any]) -> None:
    included(engine, **other)
    with begin(ANONYMOUS, AT) as w:
        assert keyed.known(w, PERSON, [FOUND]) == [None]
        assert keyed.known(w, PERSON, [FOUND | {"mobile": ""}]) == [None]


def test_of_two_of_the_name_none_is_taken_for_the_person(engine: Engine, begin: Any, lead: Actor) -> None:
    first, second = included(engine), included(engine)
    with begin(lead, AT) as w:
        assert keyed.known(w, PERSON, [FOUND]) == [None]
        party, there = keyed.party_of(w, PERSON, FOUND)
        assert (there, party.id in (first, second)) == (False, False)
    with session_factory(engine)() as session:
        # An officer is shown that the three may be one.
        assert len(list(doubles(session))) == 3


def test_a_body_without_a_code_is_found_within_its_province(engine: Engine, begin: Any) -> None:
    body = make_party(engine, name="甲服务站", region="371502", uscc=None, directly_included=True)
    code = uscc()
    given = {"name": "甲 服务站", "region": "370102", "mobile": "", "phone": "", "uscc": code}
    with begin(ANONYMOUS, AT) as w:
        assert keyed.known(w, ORGANIZATION, [given, given | {"region": "220202"}]) == [body, None]
        assert keyed.known(w, ORGANIZATION, []) == []
        party, there = keyed.party_of(w, ORGANIZATION, dict.fromkeys(keyed.FILLED, "") | given)
        assert (party.id, there, party.uscc) == (body, True, code)


def test_an_officer_who_completes_a_number_that_is_there_is_led_to_the_merger(
    engine: Engine, begin: Any, lead: Actor, unchanged: Any
) -> None:
    make_party(engine, PERSON, name=FULL_NAME, id_number=NUMBER)
    person = included(engine)
    with unchanged(Refused, "已登记", "merge them"), begin(lead, AT) as w:
        parties.edit_party(w, person, {"id_number": WRITTEN[1]})
