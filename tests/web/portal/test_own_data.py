"""Downloading one's own data: asked for, made by a worker, taken once by its owner, on record."""

import io
import json
import zipfile
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from core.services.own_data.package import PER_DAY
from core.storage.engine import session_factory
from core.storage.models import AccessRecord, AuditEvent, DataExport
from core.storage.models.accounts import Look
from core.storage.models.operations import JobState
from core.web.export_worker import make_export
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser


def test_one_asks_for_ones_own_data_and_takes_them(
    app: Flask, engine: Any, session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    person, stranger = make_user(), make_user()
    browser = Browser(log_in(person))
    assert "下载本人资料" in browser.get("/account/settings").text
    page = browser.get("/account/data/")
    assert page.send("/account/data/ask").status == 200
    row = session.scalars(select(DataExport)).one()
    assert make_export(app, session_factory(engine), row.id)
    session.expire_all()
    assert (row.state, row.message) == (JobState.DONE, "")
    answer = log_in(person).get(f"/downloads/{row.id}/file")
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        data = json.loads(packed.read("data.json"))
    assert data["account"][0]["email"] == person.email
    assert str(stranger.email) not in str(data)
    assert log_in(stranger).get(f"/downloads/{row.id}/file").status_code == 404
    taken = session.scalars(select(AccessRecord).where(AccessRecord.look == Look.EXPORT)).all()
    assert [(item.who_id, item.number, item.detail) for item in taken] == [
        (person.id, row.id, "my_data.made")
    ]
    asked = session.scalars(select(AuditEvent.action).where(AuditEvent.subject == "data_export")).all()
    assert "own_data.ask" in asked


def test_the_package_itself_opens_to_the_worker_alone(make_user: MakeUser, log_in: LogIn) -> None:
    answer = log_in(make_user()).get("/account/data/package")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/account/data/")


def test_beyond_what_a_day_allows_it_is_said_and_not_offered(
    session: Session, make_user: MakeUser, log_in: LogIn
) -> None:
    person = make_user()
    client = log_in(person)
    for _ in range(PER_DAY):
        client.post("/account/data/ask")
        row = session.scalars(select(DataExport).order_by(DataExport.id.desc())).first()
        assert row is not None
        row.state = JobState.FAILED
        session.commit()
    page = client.get("/account/data/").text
    assert "今天还可以 0 次" in page
    assert "/account/data/ask" not in page
    refused = client.post("/account/data/ask", follow_redirects=True).text
    assert f"每天最多下载 {PER_DAY} 次" in refused
