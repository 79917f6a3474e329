"""What the public sees of a party that was registered twice: one body, reached by either number and page."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine

from core.domain.roles import Role
from core.services.base.work import ANONYMOUS
from core.services.granting.libraries import import_register
from core.services.mergers import merging
from core.services.public import bodies, register
from core.services.public.register import Search
from core.services.public.state import PublicState
from tests.services.factory import accredit, id_number, make_party

AT = "2024-06-03T10:00"
KEY, PLACE = "liaocheng/comprehensive", "371502"
KEPT, MERGED = "鲁西某某服务中心（聊城）", "聊城鲁西某某中心"


def test_both_numbers_and_both_pages_lead_to_the_one_left(
    engine: Engine, begin: Any, make_actor: Any
) -> None:
    first, second = (make_party(engine, name=name, region=PLACE) for name in (KEPT, MERGED))
    older = accredit(engine, KEY, "2023-06-01", party_id=first)
    newer = accredit(engine, KEY, "2024-02-01", party_id=second)
    other = accredit(engine, "liaocheng/specialized", "2024-02-01", party_id=second)
    with begin(make_actor(Role.LEAD), AT) as w:
        merging.merge(w, first, second, "两次登记")
    with begin(ANONYMOUS, AT) as w:
        ended, held = bodies.verify(w, newer.number), bodies.verify(w, other.number)
        assert ended is not None
        assert held is not None
        assert (ended.entry.state, ended.entry.party_id, ended.entry.name) == (
            PublicState.DUPLICATE,
            first,
            KEPT,
        )
        assert ended.successor is not None
        assert ended.successor.number == older.number
        assert ended.ended is not None
        assert older.number in ended.ended.title.zh
        # One in force says which name its certificate states.
        assert (held.entry.state, held.entry.name) == (PublicState.IN_FORCE, KEPT)
        assert held.entry.registered_as == MERGED
        for number in (first, second):
            page = bodies.body_page(w, number)
            assert (page.id, page.name) == (first, KEPT)
            assert {item.number for item in page.entries.rows} == {older.number, newer.number, other.number}
        # Found under either name, as one.
        for text in ("鲁西某某", "聊城鲁西", newer.number):
            assert [(body.id, body.name) for body in register.find_bodies(w, text).rows] == [(first, KEPT)]
        listed = register.search(w, Search("聊城鲁西"))
        assert {(item.party_id, item.name) for item in listed.rows} == {(first, KEPT)}
        assert {item.number for item in listed.rows} == {older.number, other.number}


def test_one_person_accredited_by_two_programmes_is_one(engine: Engine, begin: Any, make_actor: Any) -> None:
    number = id_number()
    row = {"name": "阿依努尔·买买提", "id_number": number, "mobile": "13800138000", "employer": "某某大学"}
    for program, region, name in (
        ("jilin", "220202", "阿依努尔·买买提"),
        ("miit_volunteer", "110101", "阿依努尔•买买提"),
    ):
        with begin(make_actor(Role.LEAD, program=program), AT) as w:
            given = {
                **row,
                "track": "expert",
                "region": region,
                "name": name,
                "id_number": f" {number.lower()} ",
            }
            (entered,) = import_register(w, program, [given])
    with begin(ANONYMOUS, AT) as w:
        page = bodies.body_page(w, entered.party_id)
        assert {item.program for item in page.entries.rows} == {"jilin", "miit_volunteer"}

        assert [body.id for body in register.find_bodies(w, "阿依努尔．买买提").rows] == [entered.party_id]
