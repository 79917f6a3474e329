"""Parties that are likely one are found with what speaks for it; people of one name alone are not."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import Engine

from core.rules.clauses import PartyKind
from core.storage.engine import session_factory
from core.storage.models import Party
from core.storage.verify.doubles import doubles
from tests.services.factory import make_party

PERSON = PartyKind.PERSON
PLACE = "371502"


def found(engine: Engine) -> list[str]:
    with session_factory(engine)() as session:
        return [str(note.message.en) for note in doubles(session)]


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [
        ({"name": "鲁西某某服务中心（聊城）"}, {"name": "鲁西某某服务中心(聊城)"}, "the same name"),
        (
            {"name": "甲服务站", "directly_included": True, "uscc": None, "region": PLACE},
            {"name": "甲 服务站", "region": PLACE},
            "the same name, one of them has neither code nor ID number, the same division",
        ),
        ({"name": "甲服务站"}, {"name": "乙服务站"}, None),
    ],
)
def test_bodies_of_one_name(engine: Engine, one: Any, other: Any, why: str | None) -> None:
    first = make_party(engine, **{"region": "110101", **one})
    second = make_party(engine, **{"region": "371502", **other})
    assert found(engine) == ([f"is likely party {second}: {why}"] if why else [])
    assert first < second


@pytest.mark.parametrize(
    ("shared", "likely"),
    [
        ({"mobile": "13800138000"}, "the same mobile number"),
        ({"email": "wang@example.cn"}, "the same e-mail address"),
        ({"employer": "山东某某大学（聊城）"}, "the same employer"),
        ({}, None),
    ],
)
def test_people_of_one_name_with_something_else_in_common(
    engine: Engine, shared: dict[str, str], likely: str | None
) -> None:
    for region in ("110101", PLACE):
        make_party(
            engine, PERSON, region, name="阿依努尔·买买提" if region == PLACE else "阿依努尔•买买提", **shared
        )
    said = found(engine)
    assert [text.partition(": ")[2] for text in said] == ([f"the same name, {likely}"] if likely else [])


@pytest.mark.parametrize(
    ("one", "other", "likely"),
    [
        ({"phone": "0531-82412345"}, {"phone": "0635-8241234、0531-82412345"}, True),
        ({"phone": "0531-82412345转801"}, {"phone": "0531-82412345"}, True),
        ({"phone": "0531-82412345、13800138000"}, {"mobile": "13800138000"}, True),
        ({"mobile": "13800138000"}, {"phone": "13800138000"}, True),
        ({"phone": "0531-82412345"}, {"phone": "0531-82412346"}, False),
        ({"phone": ""}, {"phone": ""}, False),
    ],
)
def test_people_of_one_name_behind_one_telephone(
    engine: Engine, one: dict[str, str], other: dict[str, str], likely: bool
) -> None:
    for region, called in (("110101", one), (PLACE, other)):
        make_party(engine, PERSON, region, name="王芳", **called)
    said = [text.partition(": ")[2] for text in found(engine)]
    assert said == (["the same name, the same telephone number"] if likely else [])


def test_a_person_without_number_is_likely_one_of_the_same_division(engine: Engine) -> None:
    for region, number in (
        ("371502", {"id_number": None, "directly_included": True}),
        ("371502", {}),
        ("110101", {}),
    ):
        make_party(engine, PERSON, region, name="王芳", **number)
    assert len(found(engine)) == 1


def test_an_organisation_is_no_person_and_a_merged_one_is_known(engine: Engine) -> None:
    body, person = (
        make_party(engine, name="王芳"),
        make_party(engine, PERSON, name="王芳", mobile="13800138000"),
    )
    assert found(engine) == []
    other = make_party(engine, name="王芳")
    assert len(found(engine)) == 1
    with session_factory(engine)() as session, session.begin():
        session.get_one(Party, other).merged_into_id = body
    assert (found(engine), person > body) == ([], True)
