"""Long exports: offered, made by a worker with the scope of that moment, downloaded by their owner alone."""

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session, sessionmaker

from core.domain.clock import now
from core.domain.roles import Role
from core.services.exports import long_ones
from core.services.exports.long_ones import KEPT, MOST_UNFINISHED
from core.storage.engine import session_factory
from core.storage.models import DataExport, Grant, OutboxMessage, User
from core.storage.models.operations import JobState
from core.web.export_worker import make_export
from core.web.exports import sending
from tests.services.factory import make_party
from tests.web.conftest import LogIn, MakeUser
from tests.web.screens import Browser, Page

LONG = 6


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch, engine: Any) -> None:
    """What is long has more than six rows here, and a note is made of every second."""
    monkeypatch.setattr(sending, "LONG", LONG)
    monkeypatch.setattr(sending, "EVERY", 2)
    for number in range(LONG + 1):
        make_party(engine, name=f"机构{number}", region="371502" if number % 2 else "310104")


@pytest.fixture
def factory(engine: Any) -> sessionmaker[Session]:
    return session_factory(engine)


@pytest.fixture
def person(make_user: MakeUser) -> User:
    """Whoever asks."""
    return make_user(Role.OFFICER)


@pytest.fixture
def own(person: User, log_in: LogIn) -> FlaskClient:
    return log_in(person)


Ask = Callable[..., int]


@pytest.fixture
def ask(own: FlaskClient, session: Session) -> Ask:
    """Asks for a list as a person does; returns the id of the export."""

    def go(address: str = "/admin/parties/export/csv/", client: FlaskClient | None = None) -> int:
        page = Browser(client or own).get(address)
        done = page.send("/downloads/new")
        assert done.status == 200, done.complaints
        return newest(session)

    return go


def newest(session: Session) -> int:
    session.rollback()
    return session.scalar(select(func.max(DataExport.id))) or 0


def row(session: Session, number: int) -> DataExport:
    session.rollback()
    session.expire_all()
    return session.get_one(DataExport, number)


def names(data: bytes) -> set[str]:
    return {line["名称"] for line in csv.DictReader(io.StringIO(data.decode("utf-8-sig")))}


def test_as_many_as_are_short_come_at_once_and_one_more_is_offered(own: FlaskClient, engine: Any) -> None:
    at_once = own.get("/admin/parties/export/csv/?search=机构1")
    assert names(at_once.data) == {"机构1"}
    offered = own.get("/admin/parties/export/xlsx/")
    assert offered.mimetype == "text/html"
    assert "超过 6 条" in offered.text


@pytest.mark.parametrize("most", [LONG, LONG + 1, LONG + 2])
def test_the_bound_itself_is_short(own: FlaskClient, monkeypatch: pytest.MonkeyPatch, most: int) -> None:
    monkeypatch.setattr(sending, "LONG", most)
    answer = own.get("/admin/parties/export/csv/")
    assert (answer.mimetype == "text/csv") == (most > LONG)


def test_one_is_made_and_downloaded(
    app: Flask, own: FlaskClient, ask: Ask, factory: sessionmaker[Session], session: Session
) -> None:
    number = ask()
    page = own.get("/downloads/").text
    assert "等待生成" in page
    assert "后台任务目前没有运行" in page
    assert make_export(app, factory, number) is True
    made = row(session, number)
    assert (made.state, made.done_rows, made.total_rows) == (JobState.DONE, LONG + 1, LONG + 1)
    page = own.get("/downloads/").text
    assert "已完成，共 7 条" in page
    assert "后台任务目前没有运行" not in page
    answer = own.get(f"/downloads/{number}/file")
    assert "filename*=UTF-8''" in answer.headers["Content-Disposition"]
    assert names(answer.data) == {f"机构{each}" for each in range(LONG + 1)}
    assert make_export(app, factory, number) is False, "done twice, nothing more"
    told = session.scalars(select(OutboxMessage).where(OutboxMessage.event == "export.done")).all()
    assert [message.user_id for message in told] == [made.user_id]


def test_it_follows_the_filters_and_the_language_of_the_page(
    app: Flask, own: FlaskClient, ask: Ask, factory: sessionmaker[Session]
) -> None:
    number = ask("/admin/parties/export/csv/?search=机构&lang=en")
    make_export(app, factory, number)
    data = own.get(f"/downloads/{number}/file").data.decode("utf-8-sig")
    assert data.startswith("Name,Kind")
    assert "Organisation" in data or "Organization" in data


def test_a_table_has_typed_cells_too(
    app: Flask, own: FlaskClient, ask: Ask, factory: sessionmaker[Session]
) -> None:
    number = ask("/admin/parties/export/xlsx/")
    make_export(app, factory, number)
    assert own.get(f"/downloads/{number}/file").data.startswith(b"PK")


def test_the_scope_is_that_of_the_moment_in_which_it_is_made(
    app: Flask, own: FlaskClient, ask: Ask, factory: sessionmaker[Session], session: Session, person: User
) -> None:
    number = ask()
    session.get_one(Grant, person.grants[0].id).region = "310000"
    session.commit()
    make_export(app, factory, number)
    assert names(own.get(f"/downloads/{number}/file").data) == {"机构0", "机构2", "机构4", "机构6"}


@pytest.mark.parametrize("lost", ["role", "account"])
def test_who_may_no_longer_see_the_list_gets_nothing(
    app: Flask,
    ask: Ask,
    factory: sessionmaker[Session],
    session: Session,
    person: User,
    own: FlaskClient,
    lost: str,
) -> None:
    number = ask()
    if lost == "role":
        session.delete(person.grants[0])
    else:
        person.active = False
    session.commit()
    assert make_export(app, factory, number) is True
    made = row(session, number)
    assert (made.state, made.message, made.sha256) == (JobState.FAILED, "您已无权查看该列表", None)
    assert session.scalar(select(OutboxMessage.event)) == "export.failed"
    if lost == "role":
        assert "您已无权查看该列表" in own.get("/downloads/").text


def test_one_that_broke_off_starts_over(
    app: Flask,
    ask: Ask,
    factory: sessionmaker[Session],
    session: Session,
    own: FlaskClient,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    number = ask()
    seen: list[tuple[int, int]] = []
    noted = long_ones.progress

    def note(made_by: Any, export_id: int, done: int, total: int) -> None:
        seen.append((done, total))
        noted(made_by, export_id, done, total)
        if done == 4:
            raise OSError("the worker's machine is gone")

    monkeypatch.setattr(long_ones, "progress", note)
    with pytest.raises(OSError, match="is gone"):
        make_export(app, factory, number)
    assert seen == [(0, 7), (2, 7), (4, 7)]
    halfway = row(session, number)
    assert (halfway.state, halfway.done_rows, halfway.total_rows) == (JobState.RUNNING, 4, 7)
    assert '<progress max="7" value="4"' in own.get("/downloads/").text
    monkeypatch.undo()
    make_export(app, factory, number)
    assert row(session, number).state is JobState.DONE
    assert len(names(own.get(f"/downloads/{number}/file").data)) == 7


def test_what_has_failed_is_made_again_when_asked(
    app: Flask, ask: Ask, factory: sessionmaker[Session], session: Session, own: FlaskClient
) -> None:
    number = ask()
    long_ones.fail(factory, number, "", now())
    session.execute(text("DELETE FROM procrastinate_jobs"))
    session.commit()
    page = Browser(own).get("/downloads/")
    assert "失败" in page.text
    page.send(f"/downloads/{number}/again")
    assert queued(session) == [number]
    assert "等待生成" in own.get("/downloads/").text
    own.post(f"/downloads/{number}/again")
    assert queued(session) == [number], "asked twice, it waits once"
    make_export(app, factory, number)
    again = own.post(f"/downloads/{number}/again", follow_redirects=True)
    assert "该导出已完成" in again.text


def queued(session: Session) -> list[int]:
    session.rollback()
    query = "SELECT (args ->> 'export_id')::int FROM procrastinate_jobs WHERE task_name = 'make_export'"
    return list(session.scalars(text(query)))


def test_the_same_list_is_made_once_and_no_more_than_some_at_a_time(
    ask: Ask, session: Session, own: FlaskClient
) -> None:
    assert ask() == ask()
    for number in range(2, MOST_UNFINISHED + 1):
        ask(f"/admin/parties/export/csv/?page_size={number}")
    assert len(queued(session)) == MOST_UNFINISHED
    page = Browser(own).get("/admin/parties/export/csv/?page_size=99")
    assert f"您已有 {MOST_UNFINISHED} 项导出正在生成" in page.send("/downloads/new", ok=False).text
    assert len(queued(session)) == MOST_UNFINISHED


def test_nobody_else_sees_it(
    app: Flask, ask: Ask, factory: sessionmaker[Session], make_user: MakeUser, log_in: LogIn
) -> None:
    number = ask()
    make_export(app, factory, number)
    for role in (Role.OFFICER, Role.SYSADMIN, None):
        other = log_in(make_user(role))
        assert "还没有导出文件" in other.get("/downloads/").text
        assert other.get(f"/downloads/{number}/file").status_code == 404
        assert other.post(f"/downloads/{number}/again").status_code == 404
    assert app.test_client().get(f"/downloads/{number}/file").status_code == 302


def test_only_what_was_offered_can_be_asked_for(own: FlaskClient, session: Session) -> None:
    for offer in ("", "x", '["/admin/users/","","csv","名.csv"].abcdef'):
        assert own.post("/downloads/new", data={"offer": offer}).status_code == 404
    assert queued(session) == []


def test_a_file_that_is_not_ready_is_not_there(ask: Ask, own: FlaskClient) -> None:
    assert own.get(f"/downloads/{ask()}/file").status_code == 404


def test_it_goes_after_its_days_and_not_before(
    app: Flask, ask: Ask, factory: sessionmaker[Session], session: Session, own: FlaskClient
) -> None:
    number = ask()
    make_export(app, factory, number)
    made = row(session, number)
    finished, sha256 = made.finished_at, made.sha256
    assert finished is not None
    assert sha256 is not None
    store = app.extensions["exports"]
    assert long_ones.clear(factory, store, finished + KEPT) == 0
    assert own.get(f"/downloads/{number}/file").status_code == 200
    assert long_ones.clear(factory, store, finished + KEPT + timedelta(seconds=1)) == 1
    assert not store.exists(sha256)
    assert own.get(f"/downloads/{number}/file").status_code == 404
    assert long_ones.clear(factory, store, finished + KEPT + timedelta(days=1)) == 0


def test_a_file_that_another_export_has_too_stays(
    app: Flask, factory: sessionmaker[Session], session: Session, person: User, ask: Ask
) -> None:
    first = ask()
    make_export(app, factory, first)
    second = ask()
    make_export(app, factory, second)
    older = row(session, first)
    assert older.sha256 == row(session, second).sha256
    older = row(session, first)
    older.finished_at = now() - KEPT - timedelta(days=1)
    session.commit()
    assert long_ones.clear(factory, app.extensions["exports"], now()) == 1
    assert app.extensions["exports"].exists(row(session, second).sha256)


@pytest.fixture
def worker(session: Session) -> None:
    """A worker that shows signs of life."""
    session.execute(text("INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now())"))
    session.commit()


def test_with_a_worker_it_only_waits(ask: Ask, own: FlaskClient, worker: None) -> None:
    ask()
    page = own.get("/downloads/").text
    assert "等待生成" in page
    assert "后台任务目前没有运行" not in page
    assert 'hx-trigger="every 2s"' in page
    assert "<noscript><meta" in page


def test_pages_speak_english_too(ask: Ask, own: FlaskClient) -> None:
    ask()
    shown = Page(Browser(own), own.get("/downloads/?lang=en")).text
    assert "Exported files" in shown
    assert "waiting" in shown
