"""Who is logged in stands in the database: what was ended opens nothing, whoever holds the cookie."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, select, text
from sqlalchemy.orm import Session

from core.domain.clock import now
from core.domain.roles import Role
from core.services.base.work import SYSTEM, Work, work
from core.services.people import users
from core.services.people.rights.sessions import Lifetime
from core.storage.engine import session_factory
from core.storage.models import LoginSession, User
from tests.web.conftest import PASSWORD, LogIn, MakeUser
from tests.web.screens import Browser

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
SECOND = timedelta(seconds=1)
IDLE, ABSOLUTE = timedelta(minutes=30), timedelta(hours=12)
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0"


@pytest.fixture
def app(app: Flask) -> Flask:
    """With the lifetimes of an installation."""
    app.config["LOGIN_LIFETIME"] = Lifetime(IDLE, ABSOLUTE)
    return app


@pytest.fixture
def user(make_user: MakeUser) -> User:
    return make_user(Role.OFFICER, password=PASSWORD)


def entered(app: Flask, user: User, **more: str) -> FlaskClient:
    client = app.test_client()
    client.post("/login", data={"email": user.email, "password": PASSWORD, **more})
    assert is_in(client)
    return client


def is_in(client: FlaskClient) -> bool:
    return bool(client.get("/session").json["user"])  # type: ignore[index]  # an object


def copy_of(app: Flask, client: FlaskClient) -> FlaskClient:
    """Another browser with the same cookies."""
    thief = app.test_client()
    cookie = client.get_cookie("accredit")
    assert cookie is not None
    thief.set_cookie("accredit", cookie.value)
    return thief


def test_a_stolen_cookie_opens_nothing_after_the_logout(app: Flask, user: User) -> None:
    client = entered(app, user)
    thief = copy_of(app, client)
    assert thief.get("/admin/").status_code == 200
    client.post("/logout")
    assert thief.get("/admin/").status_code == 302
    assert not is_in(thief)


def test_a_cookie_that_this_site_signed_is_not_enough(app: Flask, user: User) -> None:
    client = app.test_client()
    with client.session_transaction() as cookie:
        cookie.update({"_user_id": user.fs_uniquifier, "_fresh": True, "fs_paa": now().timestamp()})
    assert not is_in(client)


def test_no_token_stands_in_for_a_session(app: Flask, user: User) -> None:
    with app.test_request_context():
        token = user.get_auth_token()
    client = app.test_client()
    for by in ({"headers": {"Authentication-Token": token}}, {"query_string": {"auth_token": token}}):
        assert client.get("/session", **by).json["user"] == ""  # type: ignore[index]  # an object
        assert client.get("/admin/", **by).status_code == 302
        assert client.get("/change", **by).status_code == 302


def test_the_key_stands_nowhere_but_in_the_cookie(app: Flask, user: User, engine: Engine) -> None:
    client = entered(app, user)
    with client.session_transaction() as cookie:
        key = cookie["login_key"]
    with engine.connect() as connection:
        rows = connection.scalars(text("SELECT login_session::text FROM login_session")).all()
    assert len(rows) == 1
    assert key not in rows[0]


def by_service(change: Callable[[Work, User], object]) -> Callable[[Engine, User], None]:
    def do(engine: Engine, user: User) -> None:
        with session_factory(engine)() as session, work(session, SYSTEM, now(), "test") as w:
            change(w, w.session.get_one(User, user.id))

    return do


ENDS = {
    "the role is lost": by_service(lambda w, user: users.revoke_grant(w, user.grants[0].id)),
    "the account is closed": by_service(lambda w, user: users.deactivate(w, user.id)),
    "the password is reset": by_service(lambda w, user: users.replace_password(w, user, "another long one")),
    "the factor is reset": by_service(users.forget_factor),
}


@pytest.mark.parametrize("why", ENDS)
def test_sessions_end_with(app: Flask, user: User, engine: Engine, why: str) -> None:
    client = entered(app, user)
    ENDS[why](engine, user)
    assert not is_in(client)
    with engine.connect() as connection:
        assert connection.scalars(select(LoginSession.id)).all() == []


def test_a_change_of_the_password_ends_the_others_and_not_this_one(app: Flask, user: User) -> None:
    this, other = entered(app, user), entered(app, user)
    changed = {
        "password": PASSWORD,
        "new_password": "another-long-one",
        "new_password_confirm": "another-long-one",
    }
    assert this.post("/change", data=changed).status_code == 302
    assert (is_in(this), is_in(other)) == (True, False)


@pytest.mark.parametrize(("waited", "stays"), [(IDLE - SECOND, True), (IDLE, False), (IDLE + SECOND, False)])
def test_a_session_that_is_not_used_ends(app: Flask, user: User, waited: timedelta, stays: bool) -> None:
    with time_machine.travel(BEGIN, tick=False) as clock:
        client = entered(app, user)
        clock.shift(waited)
        assert is_in(client) is stays


@pytest.mark.parametrize(
    ("since", "stays"), [(ABSOLUTE - SECOND, True), (ABSOLUTE, False), (ABSOLUTE + SECOND, False)]
)
def test_a_session_that_is_used_ends_all_the_same(
    app: Flask, user: User, since: timedelta, stays: bool
) -> None:
    with time_machine.travel(BEGIN, tick=False) as clock:
        client = entered(app, user)
        while now() - BEGIN < since - IDLE:
            clock.shift(IDLE - SECOND)
            assert is_in(client)
        clock.move_to(BEGIN + since)
        assert is_in(client) is stays


def test_nobody_is_remembered(app: Flask, user: User) -> None:
    assert 'name="remember"' not in app.test_client().get("/login").text
    client = entered(app, user, remember="y")
    assert client.get_cookie("remember_token") is None


def test_it_is_kept_once_a_minute_when_it_was_seen(app: Flask, user: User, session: Session) -> None:
    def seen() -> datetime:
        session.expire_all()
        return session.scalars(select(LoginSession.seen_at)).one()

    with time_machine.travel(BEGIN, tick=False) as clock:
        client = entered(app, user)
        for seconds, kept in ((59, 0), (60, 60), (119, 60), (120, 120)):
            clock.move_to(BEGIN + timedelta(seconds=seconds))
            assert is_in(client)
            assert seen() == BEGIN + timedelta(seconds=kept), seconds


def test_a_request_reads_it_once(app: Flask, user: User, engine: Engine) -> None:
    client, said = entered(app, user), []
    with app.app_context():
        from core.web.frame.bound import db  # noqa: PLC0415  # bound by the application

        bound = db.engine
    listener = lambda *given: said.append(given[2])  # noqa: E731  # taken away by its name
    event.listen(bound, "before_cursor_execute", listener)
    try:
        client.get("/account/settings")
    finally:
        event.remove(bound, "before_cursor_execute", listener)
    assert sum("login_session" in statement for statement in said) == 1


def test_ones_own_sessions_are_listed_and_ended(app: Flask, user: User, log_in: LogIn) -> None:
    this, other, third = entered(app, user), entered(app, user), log_in(user)
    other.get("/session", headers={"User-Agent": EDGE})
    stranger = app.test_client()
    stranger.post("/login", data={"email": user.email, "password": PASSWORD}, headers={"User-Agent": EDGE})
    page = Browser(this).get("/account/sessions/")
    assert "Edge · Windows" in page.text
    assert page.text.count("（本机）") == 1
    rows = page.doc.xpath("//tbody/tr")  # type: ignore[union-attr]  # an HTML page
    assert len(rows) == 4
    (edge,) = [row for row in rows if "Edge" in row.text_content()]
    this.post(edge.xpath(".//form/@action")[0])
    assert [is_in(client) for client in (this, other, third, stranger)] == [True, True, True, False]
    this.post("/account/sessions/end-others")
    assert [is_in(client) for client in (this, other, third)] == [True, False, False]
    (own,) = Browser(this).get("/account/sessions/").doc.xpath("//tbody//form/@action")  # type: ignore[union-attr]
    this.post(own)
    assert not is_in(this)


def test_nobody_ends_the_session_of_somebody_else(
    app: Flask, user: User, make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    client = entered(app, user)
    number = session.scalars(select(LoginSession.id)).one()
    answer = log_in(make_user(Role.SYSADMIN)).post(f"/account/sessions/{number}/end")
    assert answer.status_code == 404
    assert is_in(client)
