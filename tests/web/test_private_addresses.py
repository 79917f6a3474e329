"""No identity number, mobile number or e-mail address stands in the address of a page, which is logged."""

import re
from collections.abc import Iterator
from urllib.parse import unquote_plus

from flask import Flask
from lxml import html
from sqlalchemy import select

from core.storage.engine import session_factory
from core.storage.models import Complaint, Objection, OutboxMessage, Party, User
from core.storage.sealed.boxes import MARK
from tests.web import addresses
from tests.web.crawl import Crawl
from tests.web.filled import Filled

PRIVATE_NAMES = re.compile(r"id_?(number|no|card)|identity|mobile|phone|e?mail|contact", re.IGNORECASE)
PRIVATE_WORDS = re.compile(r"身份证|手机|邮箱|联系方式|identity|ID number|mobile|e-?mail", re.IGNORECASE)
PRIVATE_TYPES = ("email", "tel", "password")
SHORTEST, MANY = 8, 10
COLUMNS = (Party.id_number, Party.mobile, Party.email, User.mobile, User.email, Complaint.contact,
           Objection.contact, OutboxMessage.recipient)  # fmt: skip


def known(filled: Filled) -> set[str]:
    """Every identity number, mobile number and address that the register knows."""
    with session_factory(filled.engine)() as session:
        found = {value for column in COLUMNS for value in session.scalars(select(column)) if value}
    found = {value for value in found | filled.numbers.keys() if len(value) >= SHORTEST}
    assert len(found) > MANY
    assert not [value for value in found if value.startswith(MARK)], "they are looked for as they are read"
    return found


def visits(filled: Filled) -> Iterator[tuple[str, str]]:
    """Every address, with the first person who opens it."""
    for examples in addresses.EXAMPLES.values():
        for example in examples:
            yield example.path(filled.ids), example.people[0]


def leading(page: html.HtmlElement) -> Iterator[str]:
    """Every address that a page names."""
    for name in ("href", "src", "action", "formaction", "hx-get", "hx-post", "data-url", "content"):
        yield from page.xpath(f"//@{name}")


def sent_by_get(page: html.HtmlElement) -> Iterator[str]:
    """What is wrong with the fields that go into an address when a form is sent."""
    for form in page.xpath("//form[not(@method) or translate(@method, 'GET', 'get') = 'get']"):
        for field in form.xpath(".//input[@name] | .//select[@name] | .//textarea[@name]"):
            name, kind = field.get("name"), field.get("type", "text")
            labels = page.xpath("//label[@for=$id]", id=field.get("id") or "")
            texts = [label.text_content() for label in labels]
            said = " ".join([*texts, field.get("placeholder", ""), field.get("aria-label", "")])
            if kind in PRIVATE_TYPES or PRIVATE_NAMES.search(name) or PRIVATE_WORDS.search(said):
                yield f"{form.get('action')} {name}: {said}"


def test_no_page_names_or_asks_for_a_number_in_an_address(filled: Filled, crawled: Crawl) -> None:
    numbers = known(filled)
    wrong: set[str] = set()
    pages = 0
    for path, who in visits(filled):
        answer = crawled.answers[who, path]
        named = [answer.headers.get("Location", "")]
        if answer.page is not None:
            page = html.fromstring(answer.page)
            named += leading(page)
            wrong |= {f"{who} {path}: {field}" for field in sent_by_get(page)}
            pages += 1
        for address in map(unquote_plus, named):
            wrong |= {f"{who} {path}: {address}" for number in numbers if number in address}
    assert wrong == set()
    assert pages > 100


def test_an_account_is_found_by_its_address_in_a_body(filled: Filled, filled_app: Flask) -> None:
    filled_app.config["WTF_CSRF_ENABLED"] = False
    try:
        for who, code in (("sysadmin", 303), ("auditor", 303), ("lead", 403), ("applicant", 403)):
            browser = filled.browser(filled_app, who)
            for given in (filled.emails["officer"], f" {filled.emails['officer'].upper()} "):
                answer = browser.post("/admin/system/users/find", data={"find": given})
                assert answer.status_code == code, who
                if code == 303:
                    assert answer.headers["Location"].endswith(f"/users/{filled.ids['user']}")
        sysadmin = filled.browser(filled_app, "sysadmin")
        for nobody in ("", "nobody@example.cn", "%"):
            answer = sysadmin.post("/admin/system/users/find", data={"find": nobody}, follow_redirects=True)
            assert "没有使用该邮箱或手机号码的账号" in answer.text
        listed = sysadmin.get(f"/admin/users/?search={filled.emails['officer']}").text
        assert "<tbody>" not in listed
    finally:
        filled_app.config["WTF_CSRF_ENABLED"] = True
