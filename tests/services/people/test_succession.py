"""A body that is reorganised: its roles end on a day, and are its successor's from that day, by date."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.errors import Invalid, NotAllowed, Refused
from core.domain.messages import MessageEvent
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.services.messaging.writing import tell_staff
from core.services.people import users
from core.services.people.succession import end_all, pass_on
from core.services.people.users import actor_for
from core.storage.engine import session_factory
from core.storage.models import Grant, OutboxMessage
from tests.services.factory import make_party

AT = "2024-05-20T10:00"
ON = date(2024, 7, 1)
BEFORE = date(2024, 6, 30)


@pytest.fixture
def admin(make_actor: Any) -> Any:
    return make_actor(Role.SYSADMIN)


@pytest.fixture
def bodies(engine: Engine) -> tuple[int, int]:
    """The former body and its successor."""
    return make_party(engine, name="县中小企业局", region="220202"), make_party(
        engine, name="县工业和信息化局", region="220202"
    )


@pytest.fixture
def person(begin: Any, make_actor: Any, admin: Any, bodies: tuple[int, int]) -> int:
    """Who recommends for the former body."""
    user: int = make_actor(Role.APPLICANT).user_id
    with begin(admin, AT) as w:
        users.grant(w, user, Role.RECOMMENDER, program="jilin", region="220202", party_id=bodies[0])
    return user


def grants(engine: Engine, user: int) -> list[tuple[int | None, date | None, date | None]]:
    with session_factory(engine)() as session:
        rows = session.scalars(select(Grant).where(Grant.role == Role.RECOMMENDER).order_by(Grant.id))
        return [(row.party_id, row.starts_on, row.ends_on) for row in rows if row.user_id == user]


def bodies_on(engine: Engine, user: int, day: date) -> tuple[int, set[int]]:
    """How many roles somebody has on a day, and for which bodies."""
    with session_factory(engine)() as session:
        actor = actor_for(session, user, day)
        roles = [grant for grant in actor.grants if grant.role is Role.RECOMMENDER]
        return len(roles), set(actor.recommender_parties)


def test_the_day_itself_is_the_successors(
    engine: Engine, begin: Any, admin: Any, person: int, bodies: tuple[int, int]
) -> None:
    old, new = bodies
    with begin(admin, AT) as w:
        assert pass_on(w, old, new, ON) == 1
    assert grants(engine, person) == [(old, None, ON), (new, ON, None)]
    assert bodies_on(engine, person, date(2024, 5, 20)) == (1, {old})
    assert bodies_on(engine, person, BEFORE) == (1, {old})
    assert bodies_on(engine, person, ON) == (1, {new})
    with session_factory(engine)() as session:
        (told,) = session.scalars(
            select(OutboxMessage).where(OutboxMessage.key.startswith("succession/"))
        ).all()
        assert "代表县中小企业局，至 2024-06-30 止" in told.body
        assert "代表县工业和信息化局，自 2024-07-01 起" in told.body


def told_on(begin: Any, admin: Any, day: date) -> list[int | None]:
    """Whom a message to the recommenders of the county reaches on a day."""
    with begin(admin, f"{day}T09:00") as w:
        tell_staff(
            w,
            {Role.RECOMMENDER},
            MessageEvent.CHANGE_ELSEWHERE,
            key=f"x/{day}",
            program="jilin",
            region="220202",
            values={"program": "jilin", "organisation": "甲", "change": "乙"},
        )
        found = select(OutboxMessage.user_id).where(OutboxMessage.key.startswith(f"x/{day}"))
        return list(w.session.scalars(found))


def test_what_waits_is_told_once_on_either_side_of_the_day(
    engine: Engine, begin: Any, admin: Any, person: int, bodies: tuple[int, int]
) -> None:
    with begin(admin, AT) as w:
        pass_on(w, *bodies, ON)
    assert [told_on(begin, admin, day) for day in (BEFORE, ON)] == [[person], [person]]


def test_roles_that_nobody_succeeds_end_on_the_day(
    engine: Engine, begin: Any, admin: Any, person: int, bodies: tuple[int, int]
) -> None:
    with begin(admin, AT) as w:
        users.grant(
            w, person, Role.RECOMMENDER, program="hubei", party_id=bodies[0], starts_on=date(2024, 8, 1)
        )
        end_all(w, bodies[0], ON)
    # What would have begun later is not there at all.
    assert grants(engine, person) == [(bodies[0], None, ON)]
    assert [told_on(begin, admin, day) for day in (BEFORE, ON)] == [[person], []]


def test_it_goes_on_to_the_next_body_and_back(
    engine: Engine, begin: Any, admin: Any, person: int, bodies: tuple[int, int]
) -> None:
    old, new = bodies
    third = make_party(engine, name="县发展和改革局", region="220202")
    with begin(admin, AT) as w:
        pass_on(w, old, new, ON)
        # Before it ever held for the second body it goes to a third.
        pass_on(w, new, third, ON)
    assert grants(engine, person) == [(old, None, ON), (third, ON, None)]
    with begin(admin, "2024-08-01T10:00") as w:
        pass_on(w, third, old, date(2024, 8, 1))
    assert bodies_on(engine, person, date(2024, 7, 31)) == (1, {third})
    assert bodies_on(engine, person, date(2024, 8, 1)) == (1, {old})


def test_what_cannot_be_passed_on_says_why(
    engine: Engine,
    begin: Any,
    admin: Any,
    person: int,
    bodies: tuple[int, int],
    make_actor: Any,
    unchanged: Any,
) -> None:
    old, new = bodies
    human = make_party(engine, PartyKind.PERSON)
    for arguments, said in (
        ((old, old, ON), "与原单位相同"),
        ((old, human, ON), "个人"),
        ((old, new, date(2024, 5, 19)), "不早于今天"),
    ):
        with unchanged(Invalid, said), begin(admin, AT) as w:
            pass_on(w, *arguments)
    with unchanged(Refused, "没有此日之后仍有效的角色"), begin(admin, AT) as w:
        pass_on(w, new, old, ON)
    with unchanged(NotAllowed), begin(make_actor(Role.LEAD), AT) as w:
        pass_on(w, old, new, ON)
    with begin(admin, AT) as w:
        pass_on(w, old, new, date(2024, 5, 20))
    with unchanged(Refused), begin(admin, AT) as w:
        pass_on(w, old, new, date(2024, 5, 20))


def test_a_role_begins_on_its_day(engine: Engine, begin: Any, admin: Any, make_actor: Any) -> None:
    user = make_actor(Role.APPLICANT).user_id
    with begin(admin, AT) as w:
        users.grant(w, user, Role.RECOMMENDER, program="jilin", starts_on=ON)
    assert (bodies_on(engine, user, BEFORE)[0], bodies_on(engine, user, ON)[0]) == (0, 1)
