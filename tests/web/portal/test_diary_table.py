"""The diary as a table at its screens: template, look before, errors in the table, export."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from python_calamine import CalamineWorkbook
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from core.services.diary.sheet import COLUMNS
from core.services.files.sheets import write_sheet
from core.storage.models import ServiceRecord
from tests.services.factory import Held, accredit
from tests.web.conftest import LogIn, MakeUser
from tests.web.portal.accredited import ago, enter

HEADERS = [column.title.zh for column in COLUMNS]


@pytest.fixture
def held(engine: Engine) -> Held:
    return accredit(engine, "jilin/expert", ago(130))


@pytest.fixture
def member(app: Flask, session: Session, make_user: MakeUser, log_in: LogIn, held: Held) -> FlaskClient:
    return enter(session, make_user, log_in, [held.party_id])


def table(*rows: dict[str, object]) -> tuple[io.BytesIO, str]:
    usual = {"service_date": date.fromisoformat(ago(3)), "title": "宣讲", "hours": 2}
    cells = [[{**usual, **row}.get(column.key) for column in COLUMNS] for row in rows]
    return io.BytesIO(write_sheet("日记", HEADERS, cells)), "日记.xlsx"


def upload(client: FlaskClient, file: Any, path: str = "/my/diary/import") -> Any:
    return client.post(path, data={"file": file}, content_type="multipart/form-data")


def token(page: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def cells(content: bytes) -> list[list[Any]]:
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def recorded(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.count()).select_from(ServiceRecord)) or 0


def test_a_table_is_looked_at_then_recorded_once(member: FlaskClient, session: Session, held: Held) -> None:
    found = member.get("/my/diary/import/template")
    assert cells(found.data)[0] == HEADERS
    page = upload(member, table({"enterprises": "甲；乙"}, {"title": "第二场", "hours": 1.5})).text
    for words in ("将要登记", "3.5", ago(3)):
        assert words in page
    assert recorded(session) == 0
    done = member.post("/my/diary/import/record", data={"token": token(page)}, follow_redirects=True)
    assert "2 项服务已提交" in done.text
    assert recorded(session) == 2
    again = member.post("/my/diary/import/record", data={"token": token(page)})
    assert again.status_code == 422
    assert "已登记过" in again.text
    assert recorded(session) == 2
    out = member.get(f"/my/diary/export/{held.id}?first={ago(3)}&last={ago(3)}")
    rows = cells(out.data)
    assert [row[2] for row in rows[1:]] == ["宣讲", "第二场"]


def test_drafts_can_be_recorded(member: FlaskClient, session: Session, held: Held) -> None:
    page = upload(member, table({})).text
    member.post("/my/diary/import/record", data={"token": token(page), "action": "draft"})
    session.rollback()
    assert session.scalars(select(ServiceRecord)).one().state.value == "draft"


def test_errors_come_back_in_the_table(member: FlaskClient, session: Session, held: Held) -> None:
    many: list[dict[str, object]] = [{"hours": 25}] * 25
    answer = upload(member, table({}, {"hours": "两", "title": "坏的"}, *many))
    assert answer.status_code == 422
    assert "没有登记任何记录" in answer.text
    assert "第 3 行" in answer.text
    assert "还有 6 处" in answer.text
    link = re.search(r'href="(/my/diary/import/errors[^"]+)"', answer.text)
    assert link is not None
    back = member.get(link[1].replace("&amp;", "&"))
    rows = cells(back.data)
    assert rows[1][-1] == ""
    assert "服务时长" in rows[2][-1]
    assert "24" in rows[3][-1]
    assert recorded(session) == 0
    english = member.get(link[1].replace("&amp;", "&") + "&lang=en")
    assert "row 3" in str(cells(english.data))


def test_what_is_no_table_and_what_is_anothers(
    member: FlaskClient, session: Session, held: Held, engine: Engine, make_user: MakeUser, log_in: LogIn
) -> None:
    for file in ((io.BytesIO(b"x"), "a.xlsx"), (io.BytesIO(b""), "")):
        assert upload(member, file).status_code == 422
    assert upload(member, table()).status_code == 422
    page = upload(member, table({})).text
    other = accredit(engine, "jilin/expert", ago(130))
    stranger = enter(session, make_user, log_in, [other.party_id])
    for path in ("/my/diary/import/record", f"/my/diary/import/record?party={held.party_id}"):
        assert stranger.post(path, data={"token": token(page)}).status_code == 404
    forged = member.post("/my/diary/import/record", data={"token": "x"}, follow_redirects=True)
    assert "页面已过期" in forged.text
    assert stranger.get(f"/my/diary/import/errors?token={token(page)}").status_code == 404
    assert recorded(session) == 0


def test_wrong_words_are_told_with_the_words_that_the_table_takes(member: FlaskClient) -> None:
    page = upload(member, table({"mode": "远程", "public_benefit": "也许"})).text
    assert "可选：线上、线下" in page
    assert "应填写“是”或“否”" in page
    for inner in ("online, offline", "true 或 false", "public_benefit"):
        assert inner not in page


def test_another_table_is_told_once_to_be_no_template(member: FlaskClient) -> None:
    answer = upload(member, (io.BytesIO(write_sheet("表", ["姓名", "学历"], [["甲", "本科"]])), "表.xlsx"))
    assert answer.status_code == 422
    assert "表头与模板不符" in answer.text
    assert "缺少列" not in answer.text
