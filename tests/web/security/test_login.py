"""Logging in: the lockout to its edge, codes that work once, addresses that stay on the site."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from passlib.totp import TOTP
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from core.domain.clock import now
from core.domain.roles import Role
from core.services.entry.guesses import BURST
from core.services.people import users
from core.storage.models import OutboxMessage, SettingOverride, User
from core.storage.models.operations import SettingKind
from core.web.frame.bound import limiter
from tests.web.conftest import PASSWORD, LogIn, MakeUser

REFUSED = "邮箱/手机号或密码不正确"


def enter(client: FlaskClient, user: User | str, password: str = PASSWORD, **more: str):
    email = user if isinstance(user, str) else user.email
    return client.post("/login", data={"email": email, "password": password, **more})


@pytest.fixture
def user(make_user: MakeUser) -> User:
    return make_user(Role.OFFICER, password=PASSWORD)


def test_a_good_login_reaches_the_dashboard(app: Flask, user: User, session: Session) -> None:
    client = app.test_client()
    answer = enter(client, user)
    assert answer.status_code == 302
    assert answer.headers["Location"].endswith("/start")
    assert client.get("/admin/").status_code == 200
    session.expire_all()
    assert session.get_one(User, user.id).login_count == 1


def test_the_address_is_taken_in_any_case(app: Flask, user: User) -> None:
    assert enter(app.test_client(), user.email.upper()).status_code == 302


def test_logging_out_closes_the_door(app: Flask, user: User) -> None:
    client = app.test_client()
    enter(client, user)
    client.post("/logout")
    assert client.get("/admin/").status_code == 302


@pytest.mark.parametrize(("failures", "opens"), [(4, True), (5, False), (6, False)])
def test_the_account_is_locked_after_five_failures(
    app: Flask, user: User, failures: int, opens: bool
) -> None:
    client = app.test_client()
    for _ in range(failures):
        assert REFUSED in enter(client, user, "wrong-password").text
    answer = enter(client, user)
    assert (answer.status_code == 302) is opens
    if not opens:
        assert REFUSED in answer.text


def test_the_owner_comes_in_from_elsewhere_while_a_guesser_is_shut_out(app: Flask, user: User) -> None:
    client = app.test_client()
    for _ in range(5):
        enter(client, user, "wrong-password")
    assert enter(client, user).status_code == 200
    elsewhere = app.test_client()
    elsewhere.environ_base["REMOTE_ADDR"] = "203.0.113.5"
    assert enter(elsewhere, user).status_code == 302


def test_many_accounts_tried_from_one_address_are_bounded(app: Flask, user: User) -> None:
    client = app.test_client()
    limiter.enabled = False
    try:
        for number in range(BURST):
            enter(client, f"nobody-{number}@example.cn", "wrong-password")
        assert enter(client, user).status_code == 200
    finally:
        limiter.enabled = True


def test_the_lock_ends_by_itself_and_counting_starts_anew(app: Flask, user: User) -> None:
    begin = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with time_machine.travel(begin, tick=False) as clock:
        client = app.test_client()
        for _ in range(5):
            enter(client, user, "wrong-password")
        clock.move_to(begin + timedelta(minutes=14, seconds=59))
        assert enter(client, user).status_code == 200
        clock.move_to(begin + timedelta(minutes=15))
        assert enter(client, user, "wrong-password").status_code == 200
        assert enter(client, user).status_code == 302


def test_the_number_of_failures_is_a_setting(app: Flask, user: User, session: Session) -> None:
    session.add(
        SettingOverride(
            program="", kind=SettingKind.OPERATION, name="login_attempts", value="2",
            effective_on=datetime(2020, 1, 1, tzinfo=UTC).date(), reason="加强",
        )
    )  # fmt: skip
    session.commit()
    client = app.test_client()
    enter(client, user, "wrong-password")
    enter(client, user, "wrong-password")
    assert enter(client, user).status_code == 200


def test_the_answer_does_not_tell_which_accounts_there_are(
    app: Flask, user: User, make_user: MakeUser, session: Session
) -> None:
    closed = make_user(Role.OFFICER, password=PASSWORD)
    session.get_one(User, closed.id).active = False
    session.commit()
    client = app.test_client()

    def said(answer) -> str:
        text = re.sub(r'value="[^"]*"|nonce-?="?[\w-]+"?|nonce="[^"]*"', "", answer.text)
        return text[text.index('<form method="post"') :] if "<form" in text else text

    unknown = said(enter(client, "nobody@example.cn", "wrong-password"))
    assert said(enter(client, user, "wrong-password")) == unknown
    assert said(enter(client, closed)) == unknown


def test_a_password_set_by_the_administrator_opens(app: Flask, user: User, session: Session) -> None:
    session.get_one(User, user.id).password = users.hash_password("another-password-1")
    session.commit()
    assert enter(app.test_client(), user, "another-password-1").status_code == 302


@pytest.mark.parametrize(
    "target", ["https:evil.example", "https://evil.example/", "//evil.example", "/\\evil.example"]
)
def test_a_foreign_return_address_is_not_followed(app: Flask, user: User, target: str) -> None:
    answer = enter(app.test_client(), user, next=target)
    # Werkzeug writes a back-slash as %5C, which a browser takes for a letter of a local path.
    assert re.match(r"/($|[^/\\])", answer.headers.get("Location", "/"))


def test_a_local_return_address_is_followed(app: Flask, user: User) -> None:
    answer = enter(app.test_client(), user, next="/admin/parties/")
    assert answer.headers["Location"].endswith("/admin/parties/")


def test_a_password_that_is_typed_again_is_bounded_like_the_login(app: Flask, user: User) -> None:
    client = app.test_client()
    enter(client, user)
    for _ in range(3):
        assert "密码不正确" in client.post("/confirm-password", data={"password": "wrong"}).text
    new = {"new_password": "brand-new-password", "new_password_confirm": "brand-new-password"}
    for _ in range(2):
        assert "密码不正确" in client.post("/change", data={"password": "wrong", **new}).text
    assert "输错次数过多" in client.post("/change", data={"password": PASSWORD, **new}).text
    assert "输错次数过多" in client.post("/confirm-password", data={"password": PASSWORD}).text
    assert enter(app.test_client(), user).status_code == 200
    assert enter(app.test_client(), user, "brand-new-password").status_code == 200


def test_a_page_that_is_only_read_counts_nothing(app: Flask, user: User, session: Session) -> None:
    client = app.test_client()
    enter(client, user)
    rows = session.execute(text("SELECT id, last_at, failures FROM guess ORDER BY id")).all()
    for address in ("/admin/", "/login", "/confirm-password", "/change", "/follow-up", "/account/reset"):
        client.get(address)
    assert session.execute(text("SELECT id, last_at, failures FROM guess ORDER BY id")).all() == rows


def test_too_many_attempts_from_one_address_have_to_wait(app: Flask) -> None:
    client = app.test_client()
    codes = [enter(client, "nobody@example.cn", "x").status_code for _ in range(31)]
    assert codes[-1] == 429


def test_the_password_is_changed_by_its_owner_who_is_told(app: Flask, user: User, session: Session) -> None:
    client = app.test_client()
    enter(client, user)
    new = {"new_password": "brand-new-password", "new_password_confirm": "brand-new-password"}
    assert "密码不正确" in client.post("/change", data={"password": "wrong", **new}).text
    short = {"new_password": "short", "new_password_confirm": "short"}
    assert "至少 12 个字符" in client.post("/change", data={"password": PASSWORD, **short}).text
    told = select(OutboxMessage.event).where(OutboxMessage.user_id == user.id)
    assert session.scalars(told).all() == []
    session.rollback()
    assert client.post("/change", data={"password": PASSWORD, **new}).status_code == 302
    assert set(session.scalars(told)) == {"account.password_changed"}
    assert enter(app.test_client(), user).status_code == 200
    assert enter(app.test_client(), user, "brand-new-password").status_code == 302


def test_a_password_that_no_longer_fits_opens_and_has_to_be_replaced(
    app: Flask, user: User, session: Session
) -> None:
    session.get_one(User, user.id).password = users.hash_password("short-one")
    session.commit()
    client = app.test_client()
    assert enter(client, user, "short-one").status_code == 302
    for address in ("/start", "/admin/", "/account/settings"):
        assert client.get(address).headers["Location"] == "/change"
    assert client.get("/programs").status_code == 200
    page = client.get("/change").text
    assert "不符合现行要求" in page
    assert "至少 12 个字符" in page
    new = {"new_password": "brand-new-password", "new_password_confirm": "brand-new-password"}
    assert client.post("/change", data={"password": "short-one", **new}).status_code == 302
    assert client.get("/admin/").status_code == 200
    session.expire_all()
    assert session.get_one(User, user.id).password_due is None
    assert session.get_one(User, user.id).password_set_at is not None


def test_an_old_password_is_replaced_by_none_of_the_last_five(
    app: Flask, user: User, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCREDIT_PASSWORD_POLICY", "mlps")
    row = session.get_one(User, user.id)
    row.password, row.password_set_at = users.hash_password("Kiefer7-Ufer"), now() - timedelta(days=90)
    session.commit()
    client = app.test_client()
    enter(client, user, "Kiefer7-Ufer")
    assert "使用时间过长" in client.get("/start", follow_redirects=True).text

    def change(old: str, new: str):
        given = {"password": old, "new_password": new, "new_password_confirm": new}
        return client.post("/change", data=given)

    assert change("Kiefer7-Ufer", "Kiefer7-Glas").status_code == 302
    assert "不能与最近 5 个密码相同" in change("Kiefer7-Glas", "Kiefer7-Ufer").text
    assert client.get("/admin/").status_code == 200


def secret_of(page: str) -> str:
    found = re.search(r'<code translate="no">([A-Z0-9-]+)</code>', page)
    assert found
    return found[1].replace("-", "")


def test_a_second_factor_is_set_up_and_each_code_works_once(app: Flask, user: User, log_in: LogIn) -> None:
    begin = datetime(2026, 3, 2, 9, tzinfo=UTC)
    with time_machine.travel(begin, tick=False) as clock:
        client = app.test_client()
        enter(client, user)
        page = client.post("/tf-setup", data={"setup": "authenticator"})
        assert page.status_code == 200
        assert "Authenticator" not in page.text
        factor = TOTP(key=secret_of(page.text))
        target = re.search(r'action="(/tf-setup/[^"]+)"', page.text)
        assert target
        done = client.post(target[1], data={"code": factor.generate().token})
        assert done.status_code == 302

        clock.move_to(begin + timedelta(minutes=5))
        again = app.test_client()
        waiting = enter(again, user)
        assert "/admin/" not in waiting.headers.get("Location", "") or again.get("/admin/").status_code == 302
        code = factor.generate().token
        assert (
            "验证码不正确" in again.post("/tf-validate", data={"code": "000000"}, follow_redirects=True).text
        )
        assert again.post("/tf-validate", data={"code": code}).status_code == 302
        assert again.get("/admin/").status_code == 200

        replay = app.test_client()
        enter(replay, user)
        replay.post("/tf-validate", data={"code": code})
        assert replay.get("/admin/").status_code == 302


@pytest.fixture
def factor(app: Flask, user: User, session: Session) -> Callable[[], str]:
    """Makes codes of the user's second factor, which is set up, with two recovery codes."""
    totp = app.extensions["security"].totp_factory
    with app.app_context():
        secret = totp.generate_totp_secret()
    row = session.get_one(User, user.id)
    row.tf_primary_method, row.tf_totp_secret = "authenticator", secret
    row.mf_recovery_codes = ["first-code", "second-code"]
    session.commit()

    def code() -> str:
        with app.app_context():
            return totp.generate_totp_password(secret)

    return code


@pytest.mark.parametrize(("failures", "opens"), [(4, True), (5, False)])
@pytest.mark.parametrize("how", ["/tf-validate", "/mf-recovery"])
def test_the_second_factor_is_bounded_whichever_way_it_is_guessed(
    app: Flask, user: User, factor: Callable[[], str], how: str, failures: int, opens: bool
) -> None:
    client = app.test_client()
    enter(client, user)
    for number in range(failures):
        client.post(("/tf-validate", "/mf-recovery")[number % 2], data={"code": "000000"})
    right = factor() if how == "/tf-validate" else "first-code"
    answer = client.post(how, data={"code": right})
    assert (client.get("/admin/").status_code == 200) is opens
    assert ("输错次数过多" in answer.text) is not opens


def test_a_recovery_code_works_once(app: Flask, user: User, factor: Callable[[], str]) -> None:
    for inside in (200, 302):
        client = app.test_client()
        enter(client, user)
        client.post("/mf-recovery", data={"code": "first-code"})
        assert client.get("/admin/").status_code == inside


@pytest.mark.parametrize(
    "path", ["/login", "/change", "/tf-setup", "/mf-recovery-codes", "/confirm-password"]
)
def test_the_pages_of_the_account_speak_both_languages(app: Flask, user: User, path: str) -> None:
    client = app.test_client()
    if path != "/login":
        enter(client, user)
    chinese = client.get(f"{path}?lang=zh", follow_redirects=True).text
    english = client.get(f"{path}?lang=en", follow_redirects=True).text
    plain = re.sub(r"<[^>]+>", " ", re.sub(r"<(script|style).*?</\1>", "", chinese, flags=re.S))
    assert (
        re.findall(
            r"[A-Za-z]{3,}", plain.replace("English", "").replace(user.email, "").replace(user.name, "")
        )
        == []
    )
    assert not re.search(
        r"[\u4e00-\u9fff]", re.sub(r"<[^>]+>", " ", english).replace("中文", "").replace(user.name, "")
    )
