"""The screen of the divisions: a new one is added, and named at once; what is none keeps what was typed."""

from flask import Flask
from lxml import html

from core.domain.roles import Role
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser


def test_a_new_division_is_added_and_offered(make_user: MakeUser, log_in: LogIn) -> None:
    browser = Browser(log_in(make_user(Role.SYSADMIN)))
    assert "没有添加。" in browser.get("/admin/divisions/").text
    again = browser.post("/admin/divisions/", {"code": "3715", "name": "新设区"}, ok=False)
    assert again.status == 422
    assert again.doc.xpath("//input[@name='name']/@value") == ["新设区"]
    page = browser.post("/admin/divisions/", {"code": "371598", "name": "新设区"})
    assert "371598新设区" in page.text
    offered = browser.client.get("/admin/system/regions?query=371598").json
    assert offered == [["371598", "新设区 371598"]]


def test_the_code_of_a_division_is_kept_past_the_end_of_the_session(
    app: Flask, make_user: MakeUser, log_in: LogIn
) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    user = make_user(Role.SYSADMIN)
    mark = log_in(user).get("/session").json["token"]  # type: ignore[index]  # an object
    answer = app.test_client().post(
        "/admin/divisions/", data={"csrf_token": mark, "code": "371598", "name": "新设区"}
    )
    assert answer.status_code == 401
    page = html.fromstring(answer.text)
    sent_again = dict(page.xpath("//form[@data-unsent]")[0].form_values())
    assert (sent_again["code"], sent_again["name"]) == ("371598", "新设区")
    assert page.xpath("//textarea[@readonly]/text()") == ["371598", "新设区"]
