"""The second factor: who must have one, and where it is asked for again without losing what was typed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from passlib.totp import TOTP
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from core.domain.roles import Role
from core.services.people.rights.sessions import MOST_WRONG
from core.storage.models import AccessRecord, Grant, Guess, LoginSession, OutboxMessage, User
from core.storage.models.accounts import AccessKind, GuessKind
from core.web.frame.config import FactorOf, from_environment
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser

BEGIN = datetime(2026, 3, 2, 9, tzinfo=UTC)
SERVES, SECOND = timedelta(minutes=15), timedelta(seconds=1)


@pytest.fixture
def app(app: Flask) -> Flask:
    """With the rules of an installation."""
    app.config.update(FACTOR_OF=FactorOf.STAFF, FACTOR_SERVES=SERVES)
    return app


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(BEGIN, tick=False) as moving:
        yield moving


class Held:
    """Somebody with an authenticator."""

    def __init__(self, app: Flask, session: Session, user: User) -> None:
        with app.app_context():
            secret = app.extensions["security"].totp_factory.generate_totp_secret()
            key = app.extensions["security"].totp_factory.get_totp_pretty_key(secret)
        self.user, self.authenticator = user, TOTP(key=key.replace("-", "").replace(" ", ""))
        user.tf_primary_method, user.tf_totp_secret = "authenticator", secret
        user.mf_recovery_codes = ["abcd-efgh-jkmn"]
        session.commit()

    @property
    def code(self) -> str:
        return str(self.authenticator.generate().token)


@pytest.fixture
def held(app: Flask, session: Session, make_user: MakeUser) -> Held:
    return Held(app, session, make_user(Role.SYSADMIN))


def roles(session: Session, user: User) -> list[str]:
    session.expire_all()
    return [str(role) for role in session.scalars(select(Grant.role).where(Grant.user_id == user.id))]


@pytest.mark.parametrize(
    ("passed", "asked"), [(SERVES - SECOND, False), (SERVES, False), (SERVES + SECOND, True)]
)
def test_a_factor_serves_for_fifteen_minutes(
    clock: Any,
    held: Held,
    log_in: LogIn,
    make_user: MakeUser,
    session: Session,
    passed: timedelta,
    asked: bool,
) -> None:
    other, client = make_user(), log_in(held.user)
    clock.shift(passed)
    answer = client.post(f"/admin/system/users/{other.id}/grant", data={"role": "auditor"})
    assert answer.status_code == (401 if asked else 303)
    assert roles(session, other) == ([] if asked else ["auditor"])


def test_nothing_typed_is_lost_and_one_code_serves_for_more(
    clock: Any, held: Held, log_in: LogIn, make_user: MakeUser, session: Session
) -> None:
    other, client = make_user(), log_in(held.user)
    clock.shift(SERVES + SECOND)
    browser = Browser(client)
    page = browser.get(f"/admin/system/users/{other.id}")
    assert page.status == 200, "a page is only looked at"
    asked = page.send("/grant", role="officer", program="hubei", region="420100", ok=False)
    assert asked.status == 401
    wrong = asked.send("/grant", factor_code="000000", ok=False)
    assert wrong.status == 401
    assert any("验证码不正确" in text for text in wrong.complaints)
    done = wrong.send("/grant", factor_code=held.code)
    assert "已授予" in done.text
    session.expire_all()
    (made,) = session.scalars(select(Grant).where(Grant.user_id == other.id))
    assert (made.role, made.program, made.region) == (Role.OFFICER, "hubei", "420100")
    assert "已停用" in done.send("/close").text, "one code serves for what follows"


def test_a_code_works_once_and_a_recovery_code_in_its_place(
    clock: Any, held: Held, log_in: LogIn, make_user: MakeUser, session: Session
) -> None:
    other, client = make_user(), log_in(held.user)
    address = f"/admin/system/users/{other.id}/"
    clock.shift(SERVES + SECOND)
    code = held.code
    assert client.post(f"{address}grant", data={"role": "auditor", "factor_code": code}).status_code == 303
    copy = log_in(held.user)
    session.execute(update(LoginSession).values(factor_at=None))
    session.commit()
    again = {"role": "officer", "factor_code": code}
    assert copy.post(f"{address}close", data=again).status_code == 401
    spent = {"factor_code": "abcd-efgh-jkmn"}
    assert copy.post(f"{address}close", data=spent).status_code == 303
    assert client.post(f"{address}open", data=spent).status_code == 401
    session.expire_all()
    assert session.get_one(User, other.id).active is False


def test_too_many_wrong_codes_end_the_session(
    clock: Any, held: Held, log_in: LogIn, make_user: MakeUser, session: Session
) -> None:
    other, client = make_user(), log_in(held.user)
    clock.shift(SERVES + SECOND)
    guess = {"role": "auditor", "factor_code": "000000"}
    for number in range(1, MOST_WRONG + 1):
        page = client.post(f"/admin/system/users/{other.id}/grant", data=guess)
        assert page.status_code == 401
        assert ("登录已结束" in page.text) is (number == MOST_WRONG)
    assert 'value="auditor"' in page.text
    assert "000000" not in page.text
    right = {"role": "auditor", "factor_code": held.code}
    assert client.post(f"/admin/system/users/{other.id}/grant", data=right).status_code == 302
    assert roles(session, other) == []


@pytest.mark.parametrize("path", ["/tf-setup", "/mf-recovery-codes", "/change"])
def test_what_concerns_ones_own_way_in_asks_before_it_is_shown(
    clock: Any, held: Held, log_in: LogIn, path: str
) -> None:
    client = log_in(held.user)
    assert client.get(path).status_code == 200
    clock.shift(SERVES + SECOND)
    assert client.get(path).status_code == 401
    assert client.post(path, data={"setup": "disable"}).status_code == 401
    answer = client.post(path, data={"factor_code": held.code, "factor_asked": "GET"})
    assert (answer.status_code, answer.headers["Location"]) == (303, path)
    assert client.get(path).status_code == 200


def test_whoever_cannot_show_the_factor_puts_no_other_in_its_place(
    app: Flask, clock: Any, held: Held, log_in: LogIn, make_user: MakeUser, session: Session
) -> None:
    client, stranger = log_in(held.user), log_in(make_user())
    clock.shift(SERVES + SECOND)
    begun = stranger.post("/tf-setup", data={"setup": "authenticator"}).text
    key = re.search(r"<code translate=\"no\">([^<]+)</code>", begun)
    target = re.search(r'action="(/tf-setup/[^"]+)"', begun)
    assert key
    assert target
    own = TOTP(key=key[1].replace("-", "").replace(" ", "")).generate().token
    kept = held.user.tf_totp_secret
    assert client.post(target[1], data={"code": own}).status_code == 401
    session.expire_all()
    assert session.get_one(User, held.user.id).tf_totp_secret == kept


def test_no_password_stands_on_the_page_that_asks(clock: Any, held: Held, log_in: LogIn) -> None:
    client = log_in(held.user)
    clock.shift(SERVES + SECOND)
    new = dict.fromkeys(("password", "new_password", "new_password_confirm"), "brand-new-password")
    page = client.post("/change", data=new)
    assert page.status_code == 401
    assert "brand-new-password" not in page.text


def test_wrong_recovery_codes_are_counted_as_at_the_login(
    clock: Any, held: Held, log_in: LogIn, make_user: MakeUser, session: Session
) -> None:
    other, client = make_user(), log_in(held.user)
    clock.shift(SERVES + SECOND)
    for _ in range(MOST_WRONG):
        client.post(f"/admin/system/users/{other.id}/close", data={"factor_code": "abcd-efgh-jkmx"})
    session.expire_all()
    (counted,) = session.scalars(select(Guess).where(Guess.user_id == held.user.id))
    assert (counted.kind, counted.failures, counted.locked_until is not None) == (
        GuessKind.FACTOR,
        MOST_WRONG,
        True,
    )
    rows = session.scalars(select(AccessRecord).order_by(AccessRecord.id)).all()
    assert [row.kind for row in rows] == [AccessKind.NOT_ENTERED] * MOST_WRONG + [
        AccessKind.LOCKED,
        AccessKind.LEFT,
    ]
    assert {(row.who_id, row.address) for row in rows} == {(held.user.id, "127.0.0.1")}


def test_staff_keep_their_factor_and_applicants_may_give_it_up(
    app: Flask, clock: Any, held: Held, log_in: LogIn, make_user: MakeUser, session: Session
) -> None:
    client = log_in(held.user)
    assert 'value="disable"' not in client.get("/tf-setup").text
    assert "不能停用" in client.post("/tf-setup", data={"setup": "disable"}, follow_redirects=True).text
    applicant = Held(app, session, make_user())
    log_in(applicant.user).post("/tf-setup", data={"setup": "disable"})
    session.expire_all()
    kept = [session.get_one(User, person.user.id).tf_primary_method for person in (held, applicant)]
    assert kept == ["authenticator", None]


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.APPLICANT])
def test_a_role_asks_for_a_second_factor_first(make_user: MakeUser, log_in: LogIn, role: Role) -> None:
    client = log_in(make_user(role, None if role is Role.SYSADMIN else "jilin"))
    for path in ("/admin/", "/inbox/", "/account/settings", "/start"):
        assert client.get(path).headers.get("Location") == "/tf-setup", path
    for path in ("/", "/tf-setup", "/session"):
        assert client.get(path).status_code == 200, path
    kept = client.post("/account/settings", data={"name": "我的新名字"})
    assert kept.status_code == 403
    assert "我的新名字" in kept.text


def test_an_applicant_may_do_without(make_user: MakeUser, log_in: LogIn) -> None:
    assert log_in(make_user()).get("/inbox/").status_code == 200


def test_setting_it_up_opens_the_doors_and_ends_what_was_opened_without(
    app: Flask, clock: Any, make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    auditor = make_user(Role.AUDITOR)
    client, elsewhere = log_in(auditor), log_in(auditor)
    page = client.post("/tf-setup", data={"setup": "authenticator"})
    key = re.search(r"<code translate=\"no\">([^<]+)</code>", page.text)
    target = re.search(r'action="(/tf-setup/[^"]+)"', page.text)
    assert key
    assert target
    factor = TOTP(key=key[1].replace("-", "").replace(" ", ""))
    assert client.post(target[1], data={"code": factor.generate().token}).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert client.get("/session").json["user"]  # type: ignore[index]  # an object
    assert not elsewhere.get("/session").json["user"]  # type: ignore[index]  # an object
    told = select(OutboxMessage.channel, OutboxMessage.event).where(OutboxMessage.user_id == auditor.id)
    assert {event for _, event in session.execute(told)} == {"account.factor_changed"}
    assert len(session.execute(told).all()) == len({channel for channel, _ in session.execute(told)})


@pytest.mark.parametrize(
    ("given", "of"), [("", FactorOf.STAFF), ("1", FactorOf.EVERYONE), ("0", FactorOf.NOBODY)]
)
def test_the_installation_says_who_and_how_long(tmp_path: Any, given: str, of: FactorOf) -> None:
    assert from_environment(tmp_path, {"ACCREDIT_TWO_FACTOR_REQUIRED": given}).factor_of is of
    for wrong in ({"ACCREDIT_TWO_FACTOR_REQUIRED": "no"}, {"ACCREDIT_FACTOR_MINUTES": "0"}):
        with pytest.raises(ValueError, match="ACCREDIT_"):
            from_environment(tmp_path, wrong)
    found = from_environment(tmp_path, {"ACCREDIT_FACTOR_MINUTES": "5", "ACCREDIT_SESSION_HOURS": "1440"})
    assert (found.factor_minutes, found.session_idle_minutes, found.session_hours) == (5, 30, 1440)
    with pytest.raises(ValueError, match="1440"):
        from_environment(tmp_path, {"ACCREDIT_SESSION_HOURS": "1441"})
