"""Nothing personal on any page of the public site, followed link by link from the start page."""

from collections import deque
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from flask import Flask
from lxml import html
from sqlalchemy import Engine

from core.domain.clock import now, today
from core.domain.lifecycle.states import AccreditationState
from core.rules.clauses import PartyKind
from core.storage.engine import session_factory
from core.storage.models import Complaint, NoticeItem, Objection, PublicNotice
from core.web.app import create_app
from core.web.frame.bound import db
from tests.databases import NewDatabase
from tests.services.factory import accredit, id_number, make_party
from tests.services.public.test_notices import publish
from tests.web.sites import LENIENT
from tests.web.speech import wrong_words

NUMBER = id_number()
SECRETS = {
    "mobile": "13812345678",
    "email": "zhang.private@example.cn",
    "contact": "张联系人",
    "ID number": NUMBER,
    "address": "保密路一号",
    "complainant": "李投诉人",
    "complaint": "投诉的内容不公开",
    "reason": "内部处理意见",
}
ELSEWHERE = ("/login", "/sign-up", "/start", "/my", "/admin", "/static", "/account")


def fill(engine: Engine) -> None:
    """Bodies and experts in every state, a notice that runs, an objection and a complaint."""
    private = {
        "mobile": SECRETS["mobile"],
        "email": SECRETS["email"],
        "contact_name": SECRETS["contact"],
        "address": SECRETS["address"],
        "profile": {"mobile": SECRETS["mobile"], "contact_name": SECRETS["contact"]},
    }
    body = make_party(engine, name="聊城市启航服务中心", **private)
    expert = make_party(
        engine, PartyKind.PERSON, "220202", name="王芳", employer="吉林大学", id_number=NUMBER, **private
    )
    held = accredit(engine, "liaocheng/comprehensive", "2025-03-01", party_id=body, functions=["training"])
    accredit(engine, "jilin/expert", "2025-03-01", party_id=expert, functions=["financing"])
    for number, state in enumerate(("revoked", "withdrawn", "expired"), start=1):
        accredit(
            engine,
            "liaocheng/specialized",
            f"201{number}-03-01",
            party_id=body,
            state=AccreditationState(state),
            ended_on=date(2020, 5, 1),
            ended_clause="20(1)",
        )
    day = today()
    notice, (application,) = publish(engine, on=day, until=day + timedelta(days=7))
    publish(engine, on=date(2024, 6, 3), until=date(2024, 6, 11))
    said = {
        "contact": SECRETS["mobile"],
        "content": SECRETS["complaint"],
        "decision_reason": SECRETS["reason"],
    }
    with session_factory(engine)() as session, session.begin():
        item = session.query(NoticeItem).filter_by(application_id=application).one()
        session.add(
            Objection(
                notice_item_id=item.id,
                objector=SECRETS["complainant"],
                code="A" * 12,
                received_at=now(),
                **said,
            )
        )
        session.add(
            Complaint(
                accreditation_id=held.id,
                complainant=SECRETS["complainant"],
                code="B" * 12,
                received_on=day,
                **said,
            )
        )
        session.get_one(PublicNotice, notice).introduction = "现予公示。"


@pytest.fixture(scope="module")
def site(new_database: NewDatabase, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application on such a register."""
    instance: Path = tmp_path_factory.mktemp("public")
    with new_database() as engine:
        fill(engine)
        url = engine.url.render_as_string(hide_password=False)
        made = create_app(LENIENT(instance=instance, database_url=url, testing=True))
        yield made
        with made.app_context():
            db.engine.dispose()


@pytest.fixture(scope="module", params=["zh", "en"])
def pages(site: Flask, request: pytest.FixtureRequest) -> tuple[str, dict[str, str]]:
    """A language, and every page that links lead to, by address."""
    return request.param, crawl(site, request.param)


def crawl(site: Flask, language: str) -> dict[str, str]:
    client = site.test_client()
    client.get(f"/?lang={language}")
    waiting, pages = deque(["/", "/register?state=all", "/bodies/lookup?query=服务"]), dict[str, str]()
    while waiting:
        path = waiting.popleft()
        if path in pages:
            continue
        answer = client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code}"
        pages[path] = answer.get_data().decode("utf-8", "replace")
        if answer.mimetype == "text/html":
            for link in html.fromstring(pages[path]).xpath("//a/@href"):
                address = link.split("#")[0]
                if address.startswith("/") and not address.startswith(ELSEWHERE) and "lang=" not in address:
                    waiting.append(address)
    return pages


def test_no_page_tells_anything_personal(pages: tuple[str, dict[str, str]]) -> None:
    _language, found = pages
    assert len(found) > 40
    for start in ("/bodies/", "/verify/", "/notices/", "/programs/", "/complaints/new/", "/open-data/"):
        assert any(path.startswith(start) for path in found), start
    told = {
        f"{path}: {what}"
        for path, text in found.items()
        for what, secret in SECRETS.items()
        if secret in text
    }
    assert told == set()
    assert any("王芳" in text and "吉林大学" in text for text in found.values())


def test_every_page_speaks_one_language(pages: tuple[str, dict[str, str]]) -> None:
    language, found = pages
    assert sum(text.startswith("<!doctype") for text in found.values()) > 40
    wrong = {
        path: words
        for path, text in found.items()
        if text.startswith("<!doctype") and (words := wrong_words(text, language))
    }
    assert wrong == {}
