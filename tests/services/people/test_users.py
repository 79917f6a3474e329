"""Accounts, passwords and roles: who makes them, and what cannot be done to them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from functools import partial
from threading import Barrier
from typing import Any
from uuid import uuid4

import pytest
from argon2 import PasswordHasher
from sqlalchemy import Engine, select, update

from core.domain.clock import moment
from core.domain.errors import Conflict, Invalid, NotAllowed, NotFound, Refused
from core.domain.roles import Grant as Granted
from core.domain.roles import Role
from core.services.base.work import SYSTEM
from core.services.entry.guesses import Place, bounded
from core.services.people.users import (
    activate,
    actor_for,
    by_id,
    create_user,
    deactivate,
    find_user,
    grant,
    replace_password,
    revoke_grant,
    send_reset,
)
from core.services.review.panels import candidates
from core.storage.engine import session_factory
from core.storage.models import Grant, OutboxMessage, User
from core.storage.models.accounts import GuessKind
from tests.services.factory import audited, load, make_party

PASSWORD = "正确的密码-电池-1234"


@pytest.fixture
def sysadmin(make_actor: Any) -> Any:
    return make_actor(Role.SYSADMIN)


def new(w: Any, **more: Any) -> int:
    given = {"email": f"u{uuid4().hex[:8]}@example.cn", "name": "张三", **more}
    return create_user(w, **given)


def mails(engine: Engine, user_id: int) -> list[str]:
    with session_factory(engine)() as session:
        query = select(OutboxMessage.event).where(OutboxMessage.user_id == user_id).order_by(OutboxMessage.id)
        return list(session.scalars(query))


def test_an_account_is_made_with_a_hashed_password(engine: Engine, begin: Any) -> None:
    with begin(SYSTEM, "2024-05-06T09:00", "user.create") as w:
        number = new(w, email="Zhang.San@Example.CN", mobile="138 0013 8000", password=PASSWORD)
        found = find_user(w.session, " zhang.san@EXAMPLE.cn")
        assert found is not None
        assert found.id == number
    user = load(engine, User, number)
    assert (user.email, user.mobile, user.active) == ("Zhang.San@example.cn", "13800138000", True)
    assert user.password.startswith("$argon2id$")
    assert PasswordHasher().verify(user.password, PASSWORD)
    [(actor, action, changes)] = audited(engine, "app_user", number)
    assert (actor, action) == (SYSTEM.name, "user.create")
    assert "password" not in changes
    assert mails(engine, number) == []


def test_an_administrator_gives_nobody_a_password(engine: Engine, begin: Any, sysadmin: Any) -> None:
    with pytest.raises(NotAllowed), begin(sysadmin, "2024-05-06T09:00") as w:
        new(w, password=PASSWORD)
    with begin(sysadmin, "2024-05-06T09:00") as w:
        number = new(w)
    assert load(engine, User, number).password is None
    assert mails(engine, number) == ["account.created"]
    with begin(sysadmin, "2024-05-06T09:00") as w:
        send_reset(w, number)
    with pytest.raises(Refused, match="today"), begin(sysadmin, "2024-05-06T23:59") as w:
        send_reset(w, number)
    with begin(sysadmin, "2024-05-07T00:00") as w:
        send_reset(w, number)
        deactivate(w, number)
    with pytest.raises(Refused, match="was closed"), begin(sysadmin, "2024-05-08T09:00") as w:
        send_reset(w, number)
    assert mails(engine, number) == ["account.created", "account.password_reset", "account.password_reset"]
    assert load(engine, User, number).password is None


def test_users_stand_in_the_order_of_how_their_names_are_read(
    engine: Engine, begin: Any, sysadmin: Any
) -> None:
    # By code points it would be 周, 李, 阿, 安; the repaired name is the one that is sorted.
    with begin(sysadmin, "2024-05-06T09:00") as w:
        made = [new(w, name=name) for name in ("周一", " 李\u200b二 ", "阿依努尔", "安三")]
    by_name = select(User.name).where(User.id.in_(made)).order_by(User.sort_name, User.id)
    with session_factory(engine)() as session:
        assert session.scalars(by_name).all() == ["阿依努尔", "安三", "李二", "周一"]
        session.get_one(User, made[0]).name = "包四"
        session.commit()
        assert session.scalars(by_name).all() == ["阿依努尔", "安三", "包四", "李二"]
    with begin(sysadmin, "2024-05-06T09:00") as w:
        for number in reversed(made):
            grant(w, number, Role.REVIEWER, program="jilin")
        assert [item.name for item in candidates(w, "jilin")] == ["阿依努尔", "安三", "包四", "李二"]


def test_every_error_at_once(begin: Any, sysadmin: Any) -> None:
    with begin(sysadmin, "2024-05-06T09:00") as w:
        new(w, email="taken@example.cn")
    with pytest.raises(Invalid) as caught, begin(SYSTEM, "2024-05-06T09:00") as w:
        create_user(w, email="nobody", name=" ", password="short", mobile="123", language="fr")
    assert set(caught.value.errors) == {"email", "name", "password", "mobile", "language"}
    with pytest.raises(Invalid) as caught, begin(sysadmin, "2024-05-06T09:00") as w:
        new(w, email="TAKEN@example.cn")
    assert set(caught.value.errors) == {"email"}


@pytest.mark.parametrize(
    ("password", "good"),
    [
        ("kieferufgla", False),
        ("kieferufglas", True),
        ("aaaaaaaaaaaaaa", False),
        ("long.name@example.cn", False),
        ("字" * 201, False),
    ],
)
def test_passwords(begin: Any, password: str, good: bool) -> None:
    with begin(SYSTEM, "2024-05-06T09:00") as w:
        if good:
            new(w, password=password)
        else:
            with pytest.raises(Invalid):
                new(w, email="long.name@example.cn", password=password)


def test_only_administrators_make_accounts_and_grants(begin: Any, make_actor: Any, sysadmin: Any) -> None:
    with begin(sysadmin, "2024-05-06T09:00") as w:
        number = new(w)
    for role in (Role.LEAD, Role.OFFICER, Role.AUDITOR, Role.APPLICANT):
        with pytest.raises(NotAllowed), begin(make_actor(role), "2024-05-06T09:00") as w:
            new(w)
        with pytest.raises(NotAllowed), begin(make_actor(role), "2024-05-06T09:00") as w:
            grant(w, number, Role.OFFICER)
        with pytest.raises(NotAllowed), begin(make_actor(role), "2024-05-06T09:00") as w:
            send_reset(w, number)


def test_a_password_is_changed_by_its_owner_and_ends_the_sessions(
    engine: Engine, begin: Any, make_actor: Any
) -> None:
    owner = make_actor(Role.OFFICER)
    guess = partial(bounded, session_factory(engine), Place(GuessKind.PASSWORD, "::1", owner.user_id))
    for _ in range(5):
        guess(moment("2024-05-06T09:00"), lambda: False)
    before = load(engine, User, owner.user_id).fs_uniquifier
    with begin(owner, "2024-05-06T09:00") as w:
        replace_password(w, by_id(w.session, owner.user_id), PASSWORD)
    user = load(engine, User, owner.user_id)
    assert user.fs_uniquifier != before
    assert guess(moment("2024-05-06T09:00"), lambda: True)
    assert mails(engine, owner.user_id) == ["account.password_changed"]


def test_roles_are_granted_told_and_taken_away(engine: Engine, begin: Any, sysadmin: Any) -> None:
    party = make_party(engine)
    with begin(sysadmin, "2024-05-06T09:00") as w:
        number = new(w)
        officer = grant(w, number, Role.OFFICER, program="hubei", region="420100")
        grant(w, number, Role.RECOMMENDER, program="hubei", region="420100", party_id=party)
        actor = actor_for(w.session, number, date(2024, 6, 3))
        assert set(actor.grants) == {
            Granted(Role.OFFICER, "hubei", "420100"),
            Granted(Role.RECOMMENDER, "hubei", "420100"),
        }
        assert actor.recommender_parties == {party}
        with pytest.raises(Conflict):
            grant(w, number, Role.OFFICER, program="hubei", region="420100")
    with begin(sysadmin, "2024-05-06T10:00") as w:
        revoke_grant(w, officer)
        assert [item.role for item in actor_for(w.session, number, date(2024, 6, 3)).grants] == [
            Role.RECOMMENDER
        ]
    assert mails(engine, number) == ["account.created", *["account.roles_changed"] * 3]


def test_grants_that_make_no_sense(begin: Any, sysadmin: Any) -> None:
    with begin(sysadmin, "2024-05-06T09:00") as w:
        number = new(w)
        for role, scope, wrong in (
            (Role.APPLICANT, {}, {"role"}),
            (Role.SYSADMIN, {"program": "hubei"}, {"role"}),
            (Role.OFFICER, {"program": "mars", "region": "4201"}, {"program", "region"}),
            (Role.RECOMMENDER, {"party_id": 10**9}, {"program", "party_id"}),
            (Role.OFFICER, {"party_id": 1}, {"party_id"}),
        ):
            with pytest.raises(Invalid) as caught:
                grant(w, number, role, **scope)
            assert set(caught.value.errors) == wrong
        with pytest.raises(NotFound):
            grant(w, 10**9, Role.OFFICER)
        with pytest.raises(NotFound):
            revoke_grant(w, 10**9)
    with pytest.raises(Refused), begin(sysadmin, "2024-05-06T09:00") as w:
        grant(w, sysadmin.user_id, Role.LEAD)


def test_a_closed_account_acts_no_more(engine: Engine, begin: Any, sysadmin: Any) -> None:
    with begin(sysadmin, "2024-05-06T09:00") as w:
        number = new(w)
        deactivate(w, number)
        with pytest.raises(NotFound):
            actor_for(w.session, number, date(2024, 6, 3))
        activate(w, number)
        assert actor_for(w.session, number, date(2024, 6, 3)).user_id == number
    with pytest.raises(Refused), begin(sysadmin, "2024-05-06T09:00") as w:
        deactivate(w, sysadmin.user_id)


def test_the_last_administrator_stays(engine: Engine, begin: Any, make_actor: Any) -> None:
    with engine.begin() as connection:
        administrators = select(Grant.user_id).where(Grant.role == Role.SYSADMIN)
        connection.execute(update(User.__table__).where(User.id.in_(administrators)).values(active=False))
    first, second = make_actor(Role.SYSADMIN), make_actor(Role.SYSADMIN)
    gate = Barrier(2)

    def close(pair: tuple[Any, Any]) -> str:
        try:
            with begin(pair[0], "2024-05-06T09:00") as w:
                gate.wait()
                deactivate(w, pair[1].user_id)
        except Refused:
            return "refused"
        return "closed"

    with ThreadPoolExecutor(2) as pool:
        outcomes = sorted(pool.map(close, ((first, second), (second, first))))
    assert "refused" in outcomes
    active = [load(engine, User, who.user_id).active for who in (first, second)]
    assert any(active)
