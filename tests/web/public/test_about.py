"""What the site says of itself: security.txt after RFC 9116, and the accessibility statement."""

from datetime import date

import pytest
import time_machine
from flask import Flask

from core.web.frame.config import Contact, security_contact

CONTACT, UNTIL = "mailto:security@authority.example", date(2027, 6, 30)
ADDRESS = "/.well-known/security.txt"


def test_without_a_contact_there_is_no_such_file(app: Flask) -> None:
    assert app.test_client().get(ADDRESS).status_code == 404


@pytest.mark.parametrize(
    ("moment", "code"),
    [
        ("2027-06-30T23:59:58+08:00", 200),
        ("2027-06-30T23:59:59+08:00", 200),
        ("2027-07-01T00:00:00+08:00", 404),
    ],
)
def test_it_is_served_until_the_end_of_its_last_day(app: Flask, moment: str, code: int) -> None:
    app.config["SECURITY_CONTACT"] = Contact(CONTACT, UNTIL)
    app.config["BASE_URL"] = "http://localhost"
    with time_machine.travel(moment, tick=False):
        answer = app.test_client().get(ADDRESS)
    assert answer.status_code == code
    if code == 200:
        assert answer.content_type == "text/plain; charset=utf-8"
        assert answer.text.splitlines() == [
            f"Contact: {CONTACT}",
            "Expires: 2027-06-30T23:59:59+08:00",
            "Preferred-Languages: zh, en",
            f"Canonical: http://localhost{ADDRESS}",
        ]


@pytest.mark.parametrize("uri", [CONTACT, "https://authority.example/security", "tel:+86-10-12345678"])
def test_the_environment_names_the_contact(uri: str) -> None:
    given = {"ACCREDIT_SECURITY_CONTACT": uri, "ACCREDIT_SECURITY_UNTIL": "2027-06-30"}
    assert security_contact(given) == Contact(uri, UNTIL)
    assert security_contact({}) is None


@pytest.mark.parametrize(
    ("uri", "until", "named"),
    [
        ("security@authority.example", "2027-06-30", "ACCREDIT_SECURITY_CONTACT"),
        ("http://authority.example", "2027-06-30", "ACCREDIT_SECURITY_CONTACT"),
        ("mailto:a@b.cn\nX: y", "2027-06-30", "ACCREDIT_SECURITY_CONTACT"),
        (CONTACT, "", "ACCREDIT_SECURITY_UNTIL"),
        (CONTACT, "next year", "ACCREDIT_SECURITY_UNTIL"),
    ],
)
def test_what_cannot_be_told_is_refused_at_the_start(uri: str, until: str, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        security_contact({"ACCREDIT_SECURITY_CONTACT": uri, "ACCREDIT_SECURITY_UNTIL": until})


@pytest.mark.parametrize(("language", "said"), [("zh", "意见和投诉"), ("en", "How to complain")])
def test_the_statement_says_how_to_complain_and_is_linked_from_the_foot(
    app: Flask, language: str, said: str
) -> None:
    client = app.test_client()
    assert 'href="/accessibility"' in client.get("/").text
    assert said in client.get(f"/accessibility?lang={language}").text
    assert 'href="/programs"' in client.get("/accessibility").text
    app.config["ACCESSIBILITY_CONTACT"] = "010-12345678"
    assert "010-12345678" in client.get("/accessibility").text
