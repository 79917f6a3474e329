"""The one address of the site: links lead there, and no other name is answered."""

import pytest
from flask import Flask
from structlog.testing import capture_logs

from core.web.frame.doors import is_loopback, outside

SITE = "https://register.example.cn"


@pytest.fixture
def site(app: Flask) -> Flask:
    """The application of an installation that says where it is."""
    app.config["BASE_URL"] = SITE
    return app


@pytest.mark.parametrize("host", ["register.example.cn", "register.example.cn:443", "REGISTER.example.cn"])
def test_the_site_answers_to_its_name(site: Flask, host: str) -> None:
    assert site.test_client().get("/verify", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["localhost", "localhost:8000", "127.0.0.1:8000", "[::1]:8000"])
def test_this_machine_is_answered_with_and_without_a_name(app: Flask, host: str) -> None:
    for name in (SITE, ""):
        app.config["BASE_URL"] = name
        assert app.test_client().get("/healthz", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "register.example.cn.evil.example",
        "evil.example:80#@register.example.cn",
        "localhost.evil.example",
        "192.0.2.1",
        "[::1",
        "",
        "a b",
        "x" * 5000,
    ],
)
def test_any_other_name_is_refused_and_the_log_says_what_to_set(app: Flask, host: str) -> None:
    for name in (SITE, ""):
        app.config["BASE_URL"] = name
        for path in ("/", "/login", "/healthz", "/nothing", "/admin"):
            with capture_logs() as logs:
                answer = app.test_client().get(path, headers={"Host": host})
            assert (answer.status_code, answer.mimetype) == (421, "text/plain"), (path, host)
            assert "本站不以此地址提供服务" in answer.text
            assert "evil" not in answer.text
            (line,) = logs
            assert "ACCREDIT_BASE_URL" in line["mend"]


def test_links_for_mails_lead_to_the_site_whatever_the_request_says(site: Flask) -> None:
    for host in ("localhost", "127.0.0.1:8000"):
        with site.test_request_context("/", headers={"Host": host}):
            assert outside("invitations.page", link="abc") == f"{SITE}/account/invitations/abc"


def test_without_an_address_links_lead_back_to_this_machine(app: Flask) -> None:
    with app.test_request_context("/", headers={"Host": "127.0.0.1:8000"}):
        assert outside("home") == "http://127.0.0.1:8000/"


@pytest.mark.parametrize(
    ("host", "loopback"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.0.1", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("::", False),
        ("192.168.1.2", False),
        ("localhost.example", False),
        ("", False),
    ],
)
def test_what_this_machine_is_called(host: str, loopback: bool) -> None:
    assert is_loopback(host) is loopback


@pytest.mark.parametrize("kind", ["application/json", "text/xml", "text/plain"])
def test_what_no_form_sends_is_not_read(app: Flask, kind: str) -> None:
    for language, word in (("zh", "不支持的内容类型"), ("en", "This kind of content is not taken")):
        answer = app.test_client().post(f"/login?lang={language}", data=b"[" * 10**6, content_type=kind)
        assert answer.status_code == 415
        assert word in answer.text
