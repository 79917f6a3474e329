"""The frame: doors, languages, headers, errors, secrets."""

import stat
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from lxml import html
from sqlalchemy import text
from sqlalchemy.orm import Session

from core.domain import clock
from core.domain.roles import Role
from core.rules.text import T
from core.web.frame import menu
from core.web.frame.config import secret_key
from core.web.frame.pipeline import local_url
from core.web.frame.policy import LISTS, POLICY
from tests.web.conftest import LogIn, MakeUser


def test_every_endpoint_has_a_policy_line(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    assert endpoints - set(POLICY) == set()
    assert set(POLICY) - endpoints == set(), "a line for a page that is not there"


def test_no_generated_form_is_reachable(app: Flask) -> None:
    endpoints = {rule.endpoint for rule in app.url_map.iter_rules()}
    for name in LISTS:
        for page in ("create_view", "edit_view", "delete_view", "ajax_update"):
            assert f"{name}.{page}" not in endpoints


@pytest.mark.parametrize("name", ["/admin/", *(f"/admin/{name}/" for name in LISTS)])
def test_anonymous_is_sent_to_the_login(app: Flask, name: str) -> None:
    answer = app.test_client().get(name)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/login?next=")


def test_every_list_opens_for_who_may_see_it(make_user: MakeUser, log_in: LogIn) -> None:
    people = [log_in(make_user(role)) for role in (Role.LEAD, Role.SYSADMIN, Role.AUDITOR)]
    for name in LISTS:
        codes = {client.get(f"/admin/{name}/").status_code for client in people}
        assert 200 in codes, name
        assert codes <= {200, 403}


def test_the_language_switches_and_is_remembered(officer: FlaskClient) -> None:
    assert 'lang="zh-CN"' in officer.get("/admin/").text
    english = officer.get("/admin/?lang=en")
    assert "<h1>Dashboard</h1>" in english.text
    assert "<h1>Dashboard</h1>" in officer.get("/admin/").text
    assert "<h1>工作台</h1>" in officer.get("/admin/?lang=zh").text
    assert "<h1>工作台</h1>" in officer.get("/admin/?lang=xx").text


def test_headers_keep_the_page_to_itself(officer: FlaskClient) -> None:
    headers = officer.get("/admin/").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"


def test_pages_load_nothing_from_elsewhere(officer: FlaskClient) -> None:
    text = officer.get("/admin/parties/").text
    assert "http://" not in text.replace("http://www.w3.org", "")
    assert "https://" not in text


def test_a_post_without_a_token_is_refused(app: Flask, make_user: MakeUser, log_in: LogIn) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    answer = log_in(make_user(Role.OFFICER)).post("/admin/parties/action/", data={"action": "x"})
    assert answer.status_code == 400
    assert "校验信息" in answer.text


@pytest.mark.parametrize(("code", "path"), [(404, "/admin/nothing"), (405, "/admin/parties/action/")])
def test_errors_are_pages_in_both_languages(officer: FlaskClient, code: int, path: str) -> None:
    for language, word in (("zh", "回到我的首页"), ("en", "Go to my start page")):
        answer = officer.get(f"{path}?lang={language}")
        assert answer.status_code == code
        assert word in answer.text


def test_an_unexpected_error_is_a_page_without_details(app: Flask, officer: FlaskClient) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    app.view_functions["admin.index"] = lambda: str(1 / 0)
    answer = officer.get("/admin/")
    assert answer.status_code == 500
    assert "系统出现错误" in answer.text
    assert "ZeroDivisionError" not in answer.text


def test_what_fails_in_the_menu_does_not_fail_the_error_page_too(
    app: Flask, officer: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    broken = menu.Entry("work", T("坏行", "Broken line"), "admin.index", "", when=lambda: 1 / 0)
    monkeypatch.setitem(app.extensions, menu.LINES, [*app.extensions[menu.LINES], broken])
    answer = officer.get("/admin/")
    assert answer.status_code == 500
    assert "系统出现错误" in answer.text


@pytest.mark.parametrize(
    "target",
    [
        "https:evil.example",
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/a\nb",
        "",
        None,
        "evil",
    ],
)
def test_return_addresses_stay_on_the_site(target: str | None) -> None:
    assert local_url(target) is None


def test_a_local_return_address_is_kept() -> None:
    assert local_url("/admin/parties/?page=2") == "/admin/parties/?page=2"


@pytest.mark.parametrize("ahead", [timedelta(minutes=6), timedelta(days=-365)])
def test_a_site_whose_clock_is_off_says_so_and_changes_nothing(
    make_user: MakeUser, log_in: LogIn, session: Session, monkeypatch: pytest.MonkeyPatch, ahead: timedelta
) -> None:
    real, client = clock.now, log_in(make_user(Role.SYSADMIN))
    monkeypatch.setattr(clock, "now", lambda: real() + ahead)
    answer = client.get("/healthz")
    said = answer.get_json()
    assert (answer.status_code, said["status"]) == (503, "clock")
    assert abs(said["seconds_ahead"] - ahead.total_seconds()) < 60
    refused = client.post("/admin/daily-check/run", follow_redirects=True)
    assert "服务器时钟比数据库" in refused.text
    jobs = text("SELECT count(*) FROM procrastinate_jobs")
    assert session.scalar(jobs) == 0
    monkeypatch.undo()
    assert client.get("/healthz").status_code == 200
    client.post("/admin/daily-check/run")
    assert session.scalar(jobs) == 1


def test_health_and_metrics(app: Flask) -> None:
    client = app.test_client()
    assert client.get("/healthz").json == {"status": "ok"}
    assert "accredit_requests_total" in client.get("/metrics").text
    assert client.get("/metrics", environ_base={"REMOTE_ADDR": "192.0.2.1"}).status_code == 403
    app.config["METRICS_TOKEN"] = "s3cret"
    assert client.get("/metrics").status_code == 403
    assert client.get("/metrics", headers={"Authorization": "Bearer s3cret"}).status_code == 200


def test_the_secret_key_is_made_once_and_for_its_owner(tmp_path: Path) -> None:
    key = secret_key(tmp_path)
    assert len(key) > 40
    assert secret_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "secret_key").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    "path",
    [
        "/admin/applications/99999999999999999999",
        "/admin/parties/details/?id=99999999999999999999",
        "/admin/parties/details/?id=x",
        "/admin/parties/details/",
        "/admin/holidays/details/?id=x",
        "/admin/parties/details/?id=1%00",
    ],
)
def test_impossible_ids_lead_nowhere(officer: FlaskClient, path: str) -> None:
    assert officer.get(path).status_code == 404


def test_the_public_site_offers_the_register_first_and_marks_what_is_open(app: Flask) -> None:
    page = html.fromstring(app.test_client().get("/verify").text)
    lines = [link.text_content().strip() for link in page.xpath("//header//nav//a")]
    assert lines == ["登记查询", "证书查验", "公示公告", "认定项目", "条件对比", "投诉举报", "统计"]
    assert page.xpath("//header//nav//a[@aria-current]/text()") == ["证书查验"]


def test_in_each_group_of_the_menu_work_comes_before_lists(make_user: MakeUser, log_in: LogIn) -> None:
    page = html.fromstring(log_in(make_user(Role.OFFICER)).get("/admin/").get_data(as_text=True))
    (menu,) = page.xpath("//nav[.//a[@href='/admin/']][1]")
    lines = [link.text_content().strip() for link in menu.xpath(".//a")]
    work = ("工作台", "待发出的决定", "评审组织", "汇总表与名录", "检查与复核", "参数与条款理解")
    follows = ["待发出的决定", "统计", "直接纳入", "认定", "投诉", "设置变更"]
    assert [lines[lines.index(line) + 1] for line in work] == follows
    assert lines[lines.index("推荐名单") + 1] == "推荐与表彰"


def test_direct_inclusion_stands_in_the_menu_of_programmes_that_know_it(
    make_user: MakeUser, log_in: LogIn
) -> None:
    knows = log_in(make_user(Role.RECOMMENDER, "miit_volunteer", "370000")).get("/admin/filing/inclusion")
    assert '<a href="/admin/filing/inclusion" aria-current="page">直接纳入</a>' in knows.text
    city = log_in(make_user(Role.OFFICER, "liaocheng", "371500"))
    assert "直接纳入" not in city.get("/admin/").text
    assert "汇总表</option>" not in city.get("/admin/filing/inclusion").text
