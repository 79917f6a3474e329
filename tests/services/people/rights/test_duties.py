"""Administration, decision and audit do not meet in one account on one day, whichever way a role comes."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from itertools import permutations
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select, text
from sqlalchemy.exc import IntegrityError

from core.domain.errors import Refused
from core.domain.messages import MessageEvent
from core.domain.roles import Duty, Role
from core.services.messaging.writing import tell_staff
from core.services.people import users
from core.services.people.rights import duties
from core.services.people.succession import pass_on
from core.services.todo.waiting import waiting_for
from core.storage.engine import session_factory
from core.storage.models import Grant, OutboxMessage, User
from core.storage.verify import CHECKS
from tests.services.factory import make_party

AT = "2024-05-20T10:00"
DAY = date(2024, 5, 20)
ENDS = date(2024, 7, 1)
OF = {Duty.ADMINISTRATION: Role.SYSADMIN, Duty.DECISION: Role.REVIEWER, Duty.AUDIT: Role.AUDITOR}


@pytest.fixture
def admin(make_actor: Any) -> Any:
    return make_actor(Role.SYSADMIN)


def roles(engine: Engine, user: int, day: date = DAY) -> set[Role]:
    """What an account may do on a day."""
    with session_factory(engine)() as session:
        return {item.role for item in users.actor_for(session, user, day).grants}


def put(engine: Engine, user: int, role: Role, **days: date | None) -> int:
    """A grant past the services."""
    with engine.begin() as connection:
        made = insert(Grant).values(user_id=user, role=role, **days).returning(Grant.id)
        return connection.scalars(made).one()


def put_as_of_old(engine: Engine, user: int, role: Role, **days: date | None) -> int:
    """A grant of a time before the rule: needs the owner's rights."""
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE role_grant DISABLE TRIGGER USER"))
        made = connection.scalars(
            insert(Grant).values(user_id=user, role=role, **days).returning(Grant.id)
        ).one()
        connection.execute(text("ALTER TABLE role_grant ENABLE TRIGGER USER"))
        return made


def test_no_two_duties_in_one_account(engine: Engine, begin: Any, make_actor: Any, admin: Any) -> None:
    for had, wanted in permutations(Duty, 2):
        user = make_actor(OF[had]).user_id
        for role in Role:
            if role.duty is not wanted:
                continue
            program = "jilin" if role is Role.RECOMMENDER else None
            with pytest.raises(Refused, match="kept apart") as caught, begin(admin, AT) as w:
                users.grant(w, user, role, program=program)
            assert caught.value.field == "role"
            with pytest.raises(IntegrityError, match="another duty"):
                put(engine, user, role)
        assert roles(engine, user) == {OF[had]}


def test_one_duty_takes_many_roles(engine: Engine, begin: Any, make_actor: Any, admin: Any) -> None:
    user = make_actor(Role.OFFICER, "jilin").user_id
    with begin(admin, AT) as w:
        users.grant(w, user, Role.LEAD, program="hubei")
        users.grant(w, user, Role.REVIEWER)
    assert roles(engine, user) == {Role.OFFICER, Role.LEAD, Role.REVIEWER}


@pytest.mark.parametrize(
    ("starts_on", "apart"),
    [(date(2024, 6, 30), False), (ENDS, True), (date(2024, 7, 2), True), (None, False)],
)
def test_one_duty_ends_on_the_day_the_other_begins(
    engine: Engine, begin: Any, make_actor: Any, admin: Any, starts_on: date | None, apart: bool
) -> None:
    users_of = [make_actor(Role.APPLICANT).user_id for _ in range(2)]
    for user in users_of:
        put(engine, user, Role.OFFICER, ends_on=ENDS)
    if apart:
        with begin(admin, AT) as w:
            users.grant(w, users_of[0], Role.AUDITOR, starts_on=starts_on)
        put(engine, users_of[1], Role.AUDITOR, starts_on=starts_on)
        assert roles(engine, users_of[0], date(2024, 6, 30)) >= {Role.OFFICER}
        assert Role.OFFICER not in roles(engine, users_of[0], ENDS)
        # Nor is the first made longer afterwards.
        with pytest.raises(IntegrityError, match="another duty"), engine.begin() as connection:
            connection.execute(
                text("UPDATE role_grant SET ends_on = NULL WHERE user_id = :user AND role = 'officer'"),
                {"user": users_of[1]},
            )
    else:
        with pytest.raises(Refused, match="kept apart"), begin(admin, AT) as w:
            users.grant(w, users_of[0], Role.AUDITOR, starts_on=starts_on)
        with pytest.raises(IntegrityError, match="another duty"):
            put(engine, users_of[1], Role.AUDITOR, starts_on=starts_on)


def test_a_role_to_come_counts(begin: Any, make_actor: Any, admin: Any) -> None:
    user = make_actor(Role.APPLICANT).user_id
    with begin(admin, AT) as w:
        users.grant(w, user, Role.AUDITOR, starts_on=ENDS)
    with pytest.raises(Refused, match="kept apart"), begin(admin, AT) as w:
        users.grant(w, user, Role.OFFICER)


def test_of_two_at_once_one_is_refused(engine: Engine, make_actor: Any) -> None:
    user, gate = make_actor(Role.APPLICANT).user_id, Barrier(2)

    def give(role: Role) -> bool:
        with engine.connect() as connection, connection.begin() as change:
            connection.execute(text("SELECT 1"))
            gate.wait()
            try:
                connection.execute(insert(Grant).values(user_id=user, role=role))
            except IntegrityError:
                change.rollback()
                return False
            return True

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(give, (Role.SYSADMIN, Role.LEAD))) == [False, True]


@pytest.mark.owner
def test_an_account_of_before_keeps_both_and_uses_the_first(
    engine: Engine, begin: Any, make_actor: Any, admin: Any
) -> None:
    old, new = (make_party(engine, region="220202") for _ in range(2))
    user = make_actor(Role.AUDITOR, "jilin").user_id
    second = put_as_of_old(engine, user, Role.SYSADMIN)
    put_as_of_old(engine, user, Role.RECOMMENDER, party_id=old)
    assert roles(engine, user) == {Role.AUDITOR}
    with begin(admin, AT) as w:
        usable = select(Grant.role).where(Grant.user_id == user, Grant.held_on(DAY))
        assert w.session.scalars(usable).all() == [Role.AUDITOR]
        assert duties.is_mixed(w, user)
        found = {item.kind: item.number for item in waiting_for(w)}
        assert found["duties"] == 1
        assert [row.id for row in w.session.scalars(select(User).where(duties.mixed(w.today)))] == [user]
        for role, reached in ((Role.SYSADMIN, False), (Role.AUDITOR, True)):
            about: dict[str, Any] = {"key": f"x/{role}", "program": "jilin", "region": None, "values": {}}
            tell_staff(w, {role}, MessageEvent.ACCOUNT_PASSWORD_CHANGED, **about)
            told = w.session.scalars(
                select(OutboxMessage.user_id).where(OutboxMessage.key.like(f"x/{role}%"))
            )
            assert (user in set(told)) is reached, role
    check = next(item for item in CHECKS if item.name == "grant.two_duties")
    with engine.connect() as connection:
        [row] = connection.execute(text(check.query), {"today": DAY}).all()
        assert (row.id, row.one, row.other) == (user, "auditor", "sysadmin")
    # What it has can be made less, and what would make more is refused with the mend.
    with pytest.raises(Refused, match="kept apart"), begin(admin, AT) as w:
        pass_on(w, old, new, ENDS)
    with begin(admin, AT) as w:
        w.session.get_one(Grant, second).ends_on = DAY
    with begin(admin, AT) as w:
        for item in w.session.get_one(User, user).grants:
            if item.role is Role.RECOMMENDER:
                users.revoke_grant(w, item.id)
    with begin(admin, AT) as w:
        assert not duties.is_mixed(w, user)
        assert "duties" not in {item.kind for item in waiting_for(w)}
    with begin(make_actor(Role.OFFICER), AT) as w:
        assert "duties" not in {item.kind for item in waiting_for(w)}
