"""A form belongs to the user whose page it stands on, and what is sent in vain is shown again."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html

from core.domain.roles import Role
from core.storage.models import User
from core.web.frame.bound import db
from tests.web.conftest import LogIn, MakeUser
from tests.web.entering import cookie_of

SAID = "企业反映的问题已逐条核对，详见附件。"
FORM = "/admin/system/users/new"


@pytest.fixture(autouse=True)
def checked(app: Flask) -> None:
    """The tokens are checked, as on a real site."""
    app.config["WTF_CSRF_ENABLED"] = True


Enter = Callable[[User], FlaskClient]


@pytest.fixture
def enter(app: Flask, make_user: MakeUser) -> Enter:
    """A browser in which the user has logged in."""
    return lambda user: logged_in(app.test_client(), user)


def logged_in(client: FlaskClient, user: User) -> FlaskClient:
    """The browser, which may have had another user, after the user's login."""
    with client.application.app_context():
        held = cookie_of(db.engine, user.id)
    with client.session_transaction() as cookie:
        cookie.update(held)
    return client


def token(client: FlaskClient) -> str:
    """The token that the pages of this browser have now."""
    return str(client.get("/session").json["token"])  # type: ignore[index]  # an object


def administrator(make_user: MakeUser) -> User:
    return make_user(Role.SYSADMIN)


def send(client: FlaskClient, mark: str, **more: str):  # type: ignore[no-untyped-def]  # werkzeug's own answer
    return client.post(FORM, data={"csrf_token": mark, "name": SAID, "email": "", **more})


def resent(client: FlaskClient, page: str):  # type: ignore[no-untyped-def]  # werkzeug's own answer
    """Press “send again” on the page."""
    form = html.fromstring(page).xpath("//form[@data-unsent]")[0]
    return client.post(form.action, data=dict(form.form_values()))


def test_after_the_end_of_the_session_all_is_shown_and_goes_after_a_new_login(
    app: Flask, make_user: MakeUser, enter: Enter
) -> None:
    user = administrator(make_user)
    mark = token(enter(user))
    later = app.test_client()
    answer = send(later, mark)
    assert answer.status_code == 401
    assert SAID in answer.text
    assert "登录已失效" in answer.text
    logged_in(later, user)
    again = resent(later, answer.text)
    assert again.status_code == 400, "with the old token, but of the same user"
    taken = resent(later, again.text)
    assert taken.status_code == 422, "the form itself, which says what is wrong"
    assert SAID in taken.text
    assert "data-unsent" not in taken.text


def test_it_is_never_sent_for_another(app: Flask, make_user: MakeUser, enter: Enter) -> None:
    first, second = administrator(make_user), administrator(make_user)
    mark = token(enter(first))
    browser = enter(second)
    answer = send(browser, mark)
    assert answer.status_code == 403
    assert SAID in answer.text
    assert "data-unsent" not in answer.text
    # Not with the token of a page that carried it on, either.
    assert send(browser, "", typed_on=mark).status_code == 403


def test_a_session_that_goes_over_to_another_user_does_not_take_the_tokens_along(
    make_user: MakeUser, enter: Enter
) -> None:
    first, second = administrator(make_user), administrator(make_user)
    browser = enter(first)
    mark = token(browser)
    with browser.session_transaction() as cookie:
        # As after the account was closed or its password changed elsewhere: only the user is gone.
        del cookie["_user_id"]
    logged_in(browser, second)
    assert send(browser, mark).status_code == 403


def test_a_page_that_stood_too_long_is_sent_again_at_once(
    app: Flask, make_user: MakeUser, enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = enter(administrator(make_user))
    mark = token(browser)
    monkeypatch.setitem(app.config, "WTF_CSRF_TIME_LIMIT", -1)
    answer = send(browser, mark)
    assert answer.status_code == 400
    monkeypatch.setitem(app.config, "WTF_CSRF_TIME_LIMIT", 3600)
    assert resent(browser, answer.text).status_code == 422


@pytest.mark.parametrize("mark", ["", "forged", "a" * 40])
def test_what_no_page_of_ours_sent_is_not_offered_again(make_user: MakeUser, enter: Enter, mark: str) -> None:
    answer = send(enter(administrator(make_user)), mark)
    assert answer.status_code == 400
    assert "data-unsent" not in answer.text


def test_a_strangers_page_is_not_sent_by_whoever_is_logged_in(
    app: Flask, make_user: MakeUser, enter: Enter
) -> None:
    nobody = token(app.test_client())
    answer = send(enter(administrator(make_user)), nobody)
    assert answer.status_code == 403
    assert "data-unsent" not in answer.text


def test_passwords_are_never_shown_again(app: Flask, make_user: MakeUser, enter: Enter) -> None:
    mark = token(enter(administrator(make_user)))
    answer = send(app.test_client(), mark, password="a secret of many words")
    assert answer.status_code == 401
    assert "a secret of many words" not in answer.text


def test_one_time_codes_are_never_shown_again(app: Flask, make_user: MakeUser, enter: Enter) -> None:
    mark = token(enter(administrator(make_user)))
    answer = app.test_client().post("/account/address/code", data={"csrf_token": mark, "code": "271828"})
    assert answer.status_code == 401
    assert "271828" not in answer.text


def test_chosen_files_are_named(app: Flask, make_user: MakeUser, enter: Enter) -> None:
    mark = token(enter(administrator(make_user)))
    data = {"csrf_token": mark, "name": SAID, "file": (io.BytesIO(b"x"), "证明.pdf")}
    assert "证明.pdf" in app.test_client().post(FORM, data=data).text


def test_the_browser_is_told_which_draft_was_taken(make_user: MakeUser, enter: Enter) -> None:
    browser = enter(administrator(make_user))
    assert send(browser, token(browser), draft="abc1").status_code == 422
    assert browser.get_cookie("typed_done") is None
    given = {"name": "新用户", "email": "new@example.com", "password": "long enough 1", "draft": "abc1"}
    assert send(browser, token(browser), **given).status_code in (302, 303)
    assert browser.get_cookie("typed_done").value == "abc1"  # type: ignore[union-attr]  # it is there


def test_what_comes_second_is_told_who_was_first_and_keeps_its_words(
    app: Flask, make_user: MakeUser, log_in: LogIn
) -> None:
    """Two tabs of one user, or two colleagues: the older page does not write over the newer state."""
    app.config["WTF_CSRF_ENABLED"] = False
    user = make_user(Role.OFFICER, "hubei")
    first, second = log_in(user), log_in(user)
    stale = html.fromstring(second.get("/account/settings").text)
    before = dict(next(form for form in stale.forms if "began_with" in form.fields).form_values())
    assert first.post("/account/settings", data=before | {"name": "刘一"}).status_code == 303
    late = second.post("/account/settings", data=before | {"name": "刘二"})
    assert late.status_code == 422
    assert "已在另一窗口或由他人修改" in late.text
    assert "刘二" in late.text
    assert "现有内容：刘一" in late.text
    # Sent again knowingly, it goes.
    page = html.fromstring(late.text)
    again = dict(next(form for form in page.forms if "began_with" in form.fields).form_values())
    assert second.post("/account/settings", data=again).status_code == 303


def load_2024(client: FlaskClient) -> None:
    look = html.fromstring(client.post("/admin/holidays/years/2024/load").text)
    (token,) = look.xpath("//input[@name='token']/@value")
    assert client.post("/admin/holidays/years/2024/enter", data={"token": token}).status_code == 303


@pytest.mark.parametrize(
    ("page", "changed", "words"),
    [
        ("/admin/parameters/-/decision_delay_minutes", {"value": "45"}, "现有内容：45"),
        ("/admin/system/holiday?on=2024-01-01", {"name": "改名"}, "现有内容：改名"),
        ("/admin/holidays/years/2024/enter", {}, "已在另一窗口或由他人修改"),
    ],
)
def test_a_setting_or_a_holiday_is_not_written_over_a_newer_one(
    app: Flask, make_user: MakeUser, log_in: LogIn, page: str, changed: dict[str, str], words: str
) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    first, second = log_in(make_user(Role.LEAD)), log_in(make_user(Role.LEAD))
    load_2024(first)
    stale = html.fromstring(second.get(page).text)
    form = next(form for form in stale.forms if "began_with" in form.fields)
    before = {name: value or "" for name, value in form.form_values()}
    if changed:
        sent = before | {"reason": "试行"} | changed
        assert first.post(page, data=sent).status_code == 303
    else:
        day = {"day": "2024-12-30", "kind": "working", "name": "", "name_en": ""}
        assert first.post("/admin/system/holiday?on=2024-12-30", data=day).status_code == 303
        before |= {"notice": "一、元旦：1月1日放假", "replace": "y"}
    late = second.post(page, data=before | {"reason": "改回", "value": "60"})
    assert late.status_code == 422
    assert words in late.text


def test_an_error_page_shows_what_was_sent(make_user: MakeUser, log_in: LogIn, app: Flask) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    officer = log_in(make_user(Role.OFFICER, "hubei"))
    answer = officer.post("/admin/applications/999999/case/approve", data={"reason": SAID, "version": "12"})
    assert answer.status_code == 404
    assert SAID in answer.text
