"""Objections and complaints from the first page to the answer, and what the site lets a browser keep."""

from datetime import timedelta

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from core.domain.clock import today
from core.storage.models import Complaint, Objection, PublicNotice
from tests.services.factory import accredit, make_party
from tests.services.public.test_notices import publish
from tests.web.screens import Browser

SAID = {"objector": "李四", "contact": "13900000000", "content": "场地证明与事实不符"}


def notice(engine: Engine, days: int = 5) -> int:
    number, _ = publish(engine, 2, today() - timedelta(days=2), today() + timedelta(days=days))
    return number


def test_a_visitor_objects_and_follows_it_up(app: Flask, engine: Engine, session: Session) -> None:
    number = notice(engine)
    browser = Browser(app.test_client())
    page = browser.get("/notices")
    assert "还有 5 天" in page.text
    page = browser.get(f"/notices/{number}")
    assert page.doc is not None
    link = page.doc.xpath("//a[contains(@href, '/objections/')]/@href")[0]
    form = browser.get(link)
    assert "您的信息如何使用" in form.text
    refused = form.send(objector="李四", content="x", ok=False)
    assert refused.status == 422
    assert refused.doc is not None
    assert refused.doc.xpath("//input[@name='objector']/@value") == ["李四"]
    assert "请填写" in refused.text
    receipt = browser.get(link).send(**SAID)
    code = session.scalars(select(Objection.code)).one()
    assert code in receipt.text
    assert code not in browser.get("/follow-up/receipt").text
    state = browser.get("/follow-up").send(code=code.lower())
    assert "处理中" in state.text
    for secret in SAID.values():
        assert secret not in state.text
    unknown = browser.get("/follow-up").send(code="XXXXXXXXXXXX", ok=False)
    assert unknown.status == 422
    assert "没有此查询码" in unknown.text
    assert "No objection or complaint" in browser.get("/follow-up?lang=en").send(code="X", ok=False).text


def test_a_notice_that_is_over_takes_no_objection(app: Flask, engine: Engine, session: Session) -> None:
    number = notice(engine, days=0)
    browser = Browser(app.test_client())
    assert "今天截止" in browser.get("/notices").text
    page = browser.get(f"/notices/{number}")
    assert page.doc is not None
    link = page.doc.xpath("//a[contains(@href, '/objections/')]/@href")[0]
    form = browser.get(link)
    over = session.get_one(PublicNotice, number)
    over.published_on, over.closes_on = today() - timedelta(days=9), today() - timedelta(days=1)
    session.commit()
    late = form.send(**SAID, ok=False)
    assert late.status == 422
    assert "不再受理异议" in late.text
    assert session.scalars(select(Objection)).all() == []
    shown = browser.get(f"/notices/{number}")
    assert "公示期已结束" in shown.text
    assert shown.doc is not None
    assert not shown.doc.xpath("//a[contains(@href, '/objections/')]")
    assert not browser.get(link).has(link)


def test_a_visitor_complains_about_a_body(app: Flask, engine: Engine, session: Session) -> None:
    party = make_party(engine, name="启航创业服务中心")
    held = accredit(engine, "liaocheng/comprehensive", "2025-03-01", party_id=party)
    make_party(engine, name="启航未认定机构")
    client = app.test_client()
    browser = Browser(client)
    assert [row[0] for row in client.get("/bodies/lookup?query=启航").json] == [party]
    assert client.get("/bodies/lookup?query=").json == []
    chosen = browser.get("/complaints/new?body-text=启航")
    assert "启航未认定" not in chosen.text
    assert chosen.doc is not None
    form = browser.get(chosen.doc.xpath("//main//a[contains(@href, '/complaints/new/')]/@href")[0])
    assert browser.get(f"/complaints/new?body={party}").text == form.text
    browser.get(f"/complaints/new/{party}")
    wrong = form.send(number="LC-9", complainant="李四", contact="1", content="乱收费", ok=False)
    assert wrong.status == 422
    receipt = form.send(number=held.number, complainant="李四", contact="1", content="乱收费")
    complaint = session.scalars(select(Complaint)).one()
    assert (complaint.accreditation_id, complaint.content) == (held.id, "乱收费")
    assert complaint.code in receipt.text
    assert "处理中" in browser.get("/follow-up").send(code=complaint.code).text
    assert client.get("/complaints/new/999999").status_code == 404


def test_filing_is_slowed_down_and_needs_a_token(app: Flask, engine: Engine, session: Session) -> None:
    party = make_party(engine)
    accredit(engine, "liaocheng/comprehensive", "2025-03-01", party_id=party)
    client, path = app.test_client(), f"/complaints/new/{party}"
    codes = [client.post(path, data={"content": "x"}).status_code for _ in range(8)]
    assert codes[:6] == [422] * 6
    assert codes[6:] == [429] * 2
    app.config["WTF_CSRF_ENABLED"] = True
    assert app.test_client().post(path, data={}).status_code == 400
    assert session.scalars(select(Complaint)).all() == []


def test_only_pages_of_the_rules_are_kept_by_a_browser(
    app: Flask, engine: Engine, officer: FlaskClient
) -> None:
    number = notice(engine)
    client = app.test_client()
    for path in ("/programs", "/programs/hubei", "/programs/hubei/specialized", "/programs/compare"):
        answer = client.get(path)
        assert answer.headers["Cache-Control"] == "private, max-age=60"
        assert "Cookie" in answer.headers["Vary"]
        assert officer.get(path).headers["Cache-Control"] == "no-store"
    for path in ("/", "/register", f"/notices/{number}", "/follow-up", "/complaints/new", "/verify/x"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_programmes_that_are_not_there_are_not_found(app: Flask) -> None:
    client = app.test_client()
    for path in ("/programs/x", "/programs/hubei/x", "/programs/hubei/specialized?edition=x", "/notices/1"):
        assert client.get(path).status_code == 404, path


def test_two_tracks_are_compared(app: Flask) -> None:
    browser = Browser(app.test_client())
    page = browser.get("/programs/compare?track=hubei/specialized&track=shanghai/specialized&only=different")
    assert page.doc is not None
    assert len(page.doc.xpath("//table/thead/tr/th")) == 3
    rows = [row.text_content() for row in page.doc.xpath("//tr[th[@scope='row']]/th")]
    assert "上年服务中小企业数" in rows
    assert "服务场所面积" not in rows, "the same in both"
    whole = browser.get("/programs/compare?track=hubei/specialized&track=nowhere")
    assert whole.doc is not None
    assert len(whole.doc.xpath("//table/thead/tr/th")) == 9
