"""Opening an account, losing the password, changing address and wishes: as somebody does it in a browser."""

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.roles import Role
from core.services.entry.guesses import BURST
from core.storage.models import PersonKey, User
from tests.web.conftest import PASSWORD, LogIn, MakeUser
from tests.web.portal.mailbox import code, letters

NEW = "a-new-long-password"
SIGN_UP = {"name": "王芳", "password": PASSWORD}


def ask(client: FlaskClient, address: str, page: str = "/account/sign-up"):
    return client.post(page, data={"address": address})


def join(client: FlaskClient, session: Session, address: str):
    ask(client, address)
    return client.post("/account/sign-up/code", data={"code": code(session, address), **SIGN_UP})


@pytest.mark.parametrize("address", ["new@example.cn", "13912345678"])
def test_whoever_signs_up_is_in_and_finds_where_to_begin(app: Flask, session: Session, address: str) -> None:
    client = app.test_client()
    assert ask(client, address).headers["Location"] == "/account/sign-up/code"
    page = client.get("/account/sign-up/code").text
    assert address in page
    answer = client.post("/account/sign-up/code", data={"code": code(session, address), **SIGN_UP})
    assert answer.headers["Location"] == "/start"
    assert "登记机构" in client.get("/my/").text
    assert client.get("/admin/").status_code == 403
    client.post("/logout")
    entered = client.post("/login", data={"email": address, "password": PASSWORD})
    assert entered.status_code == 302


def test_a_wrong_code_is_told_at_its_field_and_five_are_enough(app: Flask, session: Session) -> None:
    client = app.test_client()
    ask(client, "new@example.cn")
    right = code(session, "new@example.cn")
    wrong = f"{(int(right) + 1) % 10**6:06d}"
    for _ in range(5):
        answer = client.post("/account/sign-up/code", data={"code": wrong, **SIGN_UP})
        assert answer.status_code == 422
        assert "验证码不正确" in answer.text
        assert 'value="王芳"' in answer.text
    answer = client.post("/account/sign-up/code", data={"code": right, **SIGN_UP})
    assert "输错次数过多" in answer.text
    assert session.scalar(select(User).where(User.email == "new@example.cn")) is None


def test_an_address_with_an_account_is_answered_alike(
    app: Flask, session: Session, make_user: MakeUser
) -> None:
    known = make_user(password=PASSWORD).email
    pages = []
    for address in (known, "unknown@example.cn"):
        for page in ("/account/sign-up", "/account/reset"):
            client = app.test_client()
            answer = ask(client, address, page)
            shown = client.get(answer.headers["Location"]).text.replace(address, "…")
            pages.append((page, answer.status_code, answer.headers["Location"], len(shown)))
    assert pages[:2] == pages[2:]
    assert [letter.event for letter in letters(session, known)] == ["account.exists", "account.code"]
    unknown = letters(session, "unknown@example.cn")
    assert [letter.event for letter in unknown] == ["account.code", "account.unknown"]


def test_a_forgotten_password_is_set_anew(app: Flask, session: Session, make_user: MakeUser) -> None:
    email = make_user(Role.OFFICER, password=PASSWORD).email
    client = app.test_client()
    ask(client, email, "/account/reset")
    short = client.post("/account/reset/code", data={"code": code(session, email), "password": "short"})
    assert short.status_code == 422
    done = client.post("/account/reset/code", data={"code": code(session, email), "password": NEW})
    assert done.headers["Location"] == "/login"
    assert client.post("/login", data={"email": email, "password": PASSWORD}).status_code == 200
    assert client.post("/login", data={"email": email, "password": NEW}).status_code == 302


def test_another_code_waits_a_minute_and_needs_a_flow(app: Flask) -> None:
    client = app.test_client()
    assert client.post("/account/again").headers["Location"] == "/login"
    ask(client, "new@example.cn")
    client.post("/account/again")
    assert "秒后再获取" in client.get("/account/sign-up/code").text


def test_codes_are_asked_for_so_often_from_one_place(app: Flask) -> None:
    client = app.test_client()
    for number in range(BURST):
        assert ask(client, f"a{number}@example.cn").status_code == 303
    refused = ask(client, "a99@example.cn")
    assert refused.status_code == 422
    assert "过于频繁" in refused.text


def test_wrong_codes_are_bounded_from_one_place(app: Flask) -> None:
    """Whichever addresses they were sent to."""
    for number in range(BURST // 5 + 1):
        client = app.test_client()
        ask(client, f"b{number}@example.cn")
        wrong = {"code": "000000", "name": "王", "password": "kiefer-ufer-glas"}
        pages = [client.post("/account/sign-up/code", data=wrong).text for _ in range(5)]
        said = ["输错次数过多，请于" in page for page in pages]
        assert said == [number == BURST // 5] * 5


def test_settings_are_kept_and_the_page_follows_the_language(
    make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    user = make_user()
    client = log_in(user)
    wishes = {"name": "Li", "language": "en", "digest": "weekly"}
    answer = client.post("/account/settings", data=wishes)
    assert answer.headers["Location"] == "/account/settings?lang=en"
    assert "Account settings" in client.get("/account/settings").text
    session.expire_all()
    kept = session.get_one(User, user.id)
    assert (kept.name, kept.wants_email, kept.wants_sms, kept.digest) == ("Li", False, False, "weekly")
    bad = client.post("/account/settings", data={**wishes, "name": "", "digest": "hourly"})
    assert bad.status_code == 422


def test_another_address_is_confirmed_before_it_opens_the_account(
    make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    user = make_user()
    client = log_in(user)
    client.post("/account/address", data={"address": "139 1234 5678"})
    assert session.scalar(select(User.mobile).where(User.id == user.id)) == ""
    done = client.post("/account/address/code", data={"code": code(session, "13912345678")})
    assert done.headers["Location"] == "/account/settings"
    session.expire_all()
    assert session.get_one(User, user.id).mobile_confirmed_at is not None
    refused = client.post("/account/address", data={"address": "13912345678"})
    assert refused.status_code == 422


def test_the_way_after_signing_up_stays_on_this_site(app: Flask, session: Session) -> None:
    for number, (target, then) in enumerate(
        (("/my/parties/new", "/my/parties/new"), ("//evil.example", "/start"), ("https://evil", "/start"))
    ):
        client, address = app.test_client(), f"n{number}@example.cn"
        client.get(f"/account/sign-up?next={target}")
        assert join(client, session, address).headers["Location"] == then


def test_an_account_of_a_number_alone_has_its_second_factor_and_password_too(
    app: Flask, session: Session
) -> None:
    client = app.test_client()
    join(client, session, "13912345678")
    setup = client.post("/tf-setup", data={"setup": "authenticator"})
    assert setup.status_code == 200
    assert "13912345678" in setup.text or "svg" in setup.text
    passwords = {"password": PASSWORD, "new_password": NEW, "new_password_confirm": NEW}
    assert client.post("/change", data=passwords).status_code == 302
    entered = app.test_client().post("/login", data={"email": "+86 139-1234-5678", "password": NEW})
    assert entered.status_code == 302


def test_whoever_gives_the_account_up_is_logged_out_and_unknown(
    app: Flask, make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    user = make_user(password=PASSWORD)
    email, name, client = user.email, user.name, log_in(user)
    assert "/account/give-up/" in client.get("/account/settings").text
    assert name in client.get("/account/settings").text
    wrong = client.post("/account/give-up/", data={"password": "something else"})
    assert wrong.status_code == 422
    assert "密码错误" in wrong.text or "密码不正确" in wrong.text
    session.expire_all()
    assert session.get_one(User, user.id).active
    done = client.post("/account/give-up/", data={"password": PASSWORD})
    assert done.headers["Location"] == "/"
    assert "账号已注销" in client.get("/").text
    assert client.get("/account/settings").status_code == 302
    assert client.post("/account/give-up/", data={"password": PASSWORD}).status_code == 302, "done twice"
    assert app.test_client().post("/login", data={"email": email, "password": PASSWORD}).status_code == 200
    session.expire_all()
    erased = session.get_one(User, user.id)
    assert (erased.name, erased.email, erased.active) == ("", None, False)
    assert session.scalars(select(PersonKey).where(PersonKey.person == f"user:{user.id}")).all() == []
    officer = log_in(make_user(Role.SYSADMIN)).get(f"/admin/system/users/{user.id}")
    assert "本人已注销" in officer.text
    assert "授予角色" not in officer.text
    assert "启用</button>" not in officer.text


def test_what_has_to_be_done_before_an_account_is_given_up_is_on_its_page(
    make_user: MakeUser, log_in: LogIn, session: Session
) -> None:
    client = log_in(user := make_user(Role.OFFICER, "shanghai", "310000", password=PASSWORD))
    assert "请系统管理员先收回" in client.get("/account/give-up/").text
    refused = client.post("/account/give-up/", data={"password": PASSWORD})
    assert (refused.status_code, "您还有工作人员角色" in refused.text) == (422, True)
    session.expire_all()
    assert session.get_one(User, user.id).active
