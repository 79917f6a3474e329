"""The register, a body's page and the verification of certificates, as a visitor finds them."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.domain.lifecycle.states import AccreditationState
from core.storage.models import Region
from tests.services.factory import Held, accredit, make_party
from tests.web.lists.test_lists import statements
from tests.web.screens import Browser

LC = "liaocheng/comprehensive"
ENDED = {"state": AccreditationState.EXPIRED, "ended_on": date(2024, 1, 1)}


@pytest.fixture
def visitor(app: Flask) -> Iterator[FlaskClient]:
    """A browser on a day in 2024."""
    with time_machine.travel("2024-06-03T02:00:00Z"):
        yield app.test_client()


def body(engine: Engine, name: str, **more: Any) -> Held:
    region = more.pop("region", "371502")
    return accredit(engine, LC, "2024-01-10", party_id=make_party(engine, name=name, region=region), **more)


def test_a_search_is_kept_in_the_address_from_page_to_page(engine: Engine, visitor: FlaskClient) -> None:
    for number in range(23):
        body(engine, f"启航中心{number:02d}")
    body(engine, "其他机构")
    browser = Browser(visitor)
    first = browser.get("/register?q=启航&sort=name")
    assert "共 23 条" in first.text
    assert first.doc is not None
    following = first.doc.xpath("//a[@rel='next']/@href")[0]
    second = browser.get(following)
    assert second.doc is not None
    names = [row.text_content().strip() for row in second.doc.xpath("//tbody/tr/td[1]//a")]
    assert names == ["启航中心20", "启航中心21", "启航中心22"]
    assert second.doc.xpath("//input[@name='q']/@value") == ["启航"]
    assert second.doc.xpath("//select[@name='sort']/option[@selected]/@value") == ["name"]
    assert not second.doc.xpath("//a[@rel='next']")


def test_nothing_found_comes_with_advice(engine: Engine, visitor: FlaskClient) -> None:
    body(engine, "旧机构", state=AccreditationState.WITHDRAWN, ended_on=date(2024, 2, 1))
    browser = Browser(visitor)
    page = browser.get("/register?q=旧机构")
    assert "没有找到符合条件的认定" in page.text
    assert page.doc is not None
    wider = next(link for link in page.doc.xpath("//main//a/@href") if "state=all" in link)
    assert "已退出" in browser.get(wider).text
    assert "No accreditations match" in browser.get("/register?q=旧机构&lang=en").text


ODD = (
    "page=-1",
    "page=99999999",
    "state=nonsense",
    "sort=nonsense",
    "program=nowhere&track=x&function=x",
    "region=37%25",
    "region=%00",
    "q=%00",
    "q=%25_%5C",
    "q=" + "长" * 500,
)


def test_odd_arguments_do_no_harm(visitor: FlaskClient) -> None:
    assert {args: visitor.get(f"/register?{args}").status_code for args in ODD} == dict.fromkeys(ODD, 200)


def test_regions_open_step_by_step(engine: Engine, visitor: FlaskClient, session: Session) -> None:
    for code, parent, name in (
        ("370000", None, "山东省"),
        ("371500", "370000", "聊城市"),
        ("371502", "371500", "东昌府区"),
        ("220000", None, "吉林省"),
        ("220200", "220000", "吉林市"),
    ):
        session.add(Region(code=code, parent_code=parent, name=name))
    session.commit()
    body(engine, "聊城机构")
    browser = Browser(visitor)

    def offered(path: str) -> list[str]:
        page = browser.get(path)
        assert page.doc is not None
        return page.doc.xpath("//select[@name='region']/option/@value")[1:]

    assert offered("/register") == ["220000", "370000"]
    assert offered("/register?region=370000") == ["220000", "370000", "371500"]
    assert offered("/register?region=371502") == ["220000", "370000", "371500", "371502"]
    assert "山东省聊城市东昌府区" in browser.get("/register?region=371500").text
    assert "没有找到" in browser.get("/register?region=220000").text


def test_a_longer_list_sends_no_more_statements(app: Flask, engine: Engine, visitor: FlaskClient) -> None:
    one = body(engine, "第一机构", region="370102")
    sent = []
    for _ in range(2):
        for path in ("/", "/register", f"/bodies/{one.party_id}", f"/verify/{one.number}"):
            visitor.get(path)
            with statements(app) as counted:
                assert visitor.get(path).status_code == 200
            sent.append((path, len(counted)))
        for number in range(15):
            body(engine, f"更多机构{number}", region=f"3715{number + 10}")
        accredit(engine, "hubei/specialized", f"20{10 + len(sent)}-01-10", party_id=one.party_id, **ENDED)
    assert sent[:4] == sent[4:]
    assert max(number for _, number in sent) <= 10


def test_a_body_has_a_page_and_others_have_none(engine: Engine, visitor: FlaskClient) -> None:
    held = body(
        engine, "启航中心", state=AccreditationState.REVOKED, ended_on=date(2024, 5, 6), ended_clause="20(1)"
    )
    page = Browser(visitor).get(f"/bodies/{held.party_id}")
    for said in ("启航中心", "已撤销", "2024-05-06", "20(1)", "受行政主管机关处分", held.number):
        assert said in page.text, said
    assert visitor.get(f"/bodies/{make_party(engine)}").status_code == 404
    assert visitor.get("/bodies/99999999999999999999").status_code == 404


ANSWERS = {
    "active": ("有效", "In force"),
    "rectifying": ("有效", "In force"),
    "expired": ("已到期，不再有效", "Expired: no longer valid"),
    "revoked": ("已撤销，不再有效", "Revoked: no longer valid"),
    "withdrawn": ("已退出，不再有效", "Withdrawn: no longer valid"),
    "duplicate": ("重复登记终止", "Ended as a duplicate"),
}


def test_the_answer_stands_in_the_heading(engine: Engine, visitor: FlaskClient) -> None:
    for number, (state, headings) in enumerate(ANSWERS.items()):
        ended = {"ended_on": date(2024, 5, 6), "ended_clause": "20(1)"} if number > 1 else {}
        held = body(
            engine, f"机构{number}", state=AccreditationState(state), number=f"LC-Z-{number}", **ended
        )
        for language, heading in zip(("zh", "en"), headings, strict=True):
            answer = visitor.get(f"/verify/lc z {number}?lang={language}")
            assert answer.status_code == 200
            assert f'<h1 id="answer-title">{heading}</h1>' in answer.text
            assert "2024-06-03 10:00" in answer.text
        assert answer.headers["X-Robots-Tag"] == "noindex"
        assert answer.headers["Cache-Control"] == "no-store"
        assert held.number in answer.text
        if state == "revoked":
            assert "Sanctioned by an administrative authority" in answer.text
            assert "No longer held since 2024-05-06" in answer.text


def test_the_form_leads_to_the_answer_and_advises(engine: Engine, visitor: FlaskClient) -> None:
    body(engine, "启航中心", number="LC-Z-2024-0001")
    browser = Browser(visitor)
    assert "登记内容" in browser.get("/verify?number=ＬＣ－Ｚ－２０２４－０００１").text
    answer = visitor.get("/verify/LC-Z-2024-9999")
    assert answer.status_code == 404
    assert "没有查到此编号" in answer.text
    assert "逐字核对" in answer.text
    for odd in ("%00", "a%2Fb", "%3Cscript%3E", "x" * 500):
        reply = visitor.get(f"/verify/{odd}")
        assert reply.status_code == 404
        assert "<script>" not in reply.text.replace("<script src", "")
    assert visitor.get("/verify?number=%20/.").status_code == 200


def test_guessing_numbers_is_slowed_down(engine: Engine, visitor: FlaskClient) -> None:
    codes = [visitor.get("/bodies/lookup?query=").status_code for _ in range(300)]
    assert set(codes) == {200}
    assert visitor.get("/verify/LC-Z-2024-0001").status_code == 429
