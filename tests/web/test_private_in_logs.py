"""Numbers, addresses and names that people give, and what fails over them: none is in a line of the log."""

import io
import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from core import logs
from core.domain.clock import now
from core.domain.roles import Role
from core.jobs.tasks import make_app
from core.services.base.queue import CHECK_NOW, defer
from core.services.delivery.letters import Carrier, DeliveryError, Hindrance, Letter
from core.services.delivery.outbox import send_due
from core.storage.engine import session_factory
from core.storage.models import OutboxMessage, User
from core.storage.models.operations import MessageChannel
from core.web.frame import pipeline
from core.web.front.numbered import HEADER, WELL_FORMED, Numbered
from tests.web.conftest import LogIn, MakeUser

ID_NUMBER, MOBILE, EMAIL, NAME = "110101199003074477", "13812345678", "zhang.san@person.example", "张三丰"
PLANTED = (ID_NUMBER, MOBILE, EMAIL, NAME)
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[Lines]:
    """What the process has logged meanwhile, by its real way of logging, debug lines too."""
    root, before = logging.getLogger(), structlog.get_config()
    handlers, level, out = root.handlers[:], root.level, io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    logs.configure("debug", "json")
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.configure(**before)


def discreet(lines: Lines) -> list[dict[str, Any]]:
    """The lines, in which none of what was planted stands."""
    found = lines()
    said = json.dumps(found, ensure_ascii=False)
    assert [planted for planted in PLANTED if planted in said] == []
    return found


def test_who_fails_to_log_in_and_types_badly_is_not_in_the_log(
    app: Flask, make_user: MakeUser, log_in: LogIn, lines: Lines
) -> None:
    client = app.test_client()
    for name in (EMAIL, MOBILE):
        client.post("/login", data={"email": name, "password": ID_NUMBER})
        client.post("/account/sign-up", data={"address": name})
        client.post("/account/reset", data={"address": name})
    client.get(f"/search?q={NAME}")
    client.get(f"/verify?number={ID_NUMBER}&name={NAME}")
    client.get(f"/{NAME}/{MOBILE}")
    client.post("/complaints/new/1", data={"name": NAME, "contact": MOBILE, "content": ID_NUMBER})
    member = log_in(make_user())
    form = {
        "kind": "person",
        "name": NAME,
        "id_number": f"{ID_NUMBER}1",
        "mobile": f"{MOBILE}1",
        "email": EMAIL,
    }
    assert member.post("/my/party/new", data=form).status_code != 500
    assert not [line for line in discreet(lines) if line["level"] == "error"]


def test_what_a_broken_page_was_asked_with_is_not_in_the_log_and_its_number_is(
    app: Flask, session: Session, lines: Lines
) -> None:
    def twice(**_: object) -> Any:
        """Break a constraint, of which the database says the key and the row."""
        for _again in range(2):
            pipeline.session().add(User(email=EMAIL, name=NAME, mobile=MOBILE, fs_uniquifier=MOBILE))
            pipeline.session().flush()

    app.view_functions["verification.form"] = twice
    app.config["PROPAGATE_EXCEPTIONS"] = False
    answer = app.test_client().get(f"/verify?number={ID_NUMBER}")
    assert answer.status_code == 500
    (line,) = [line for line in discreet(lines) if line["event"] == "request failed"]
    assert "UniqueViolation" in line["exception"]
    assert "DETAIL: [left out]" in line["exception"]
    assert line["request"] == answer.headers[HEADER]
    assert f'<code translate="no">{line["request"]}</code>' in answer.text
    assert "请提供编号" in answer.text
    assert "INSERT INTO" in line["exception"], "the statement, without what it was given"


class Refusing:
    """A gateway whose server quotes whom it refuses."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    @contextmanager
    def opened(self) -> Iterator[Carrier]:
        yield self

    def send(self, letter: Letter) -> None:
        raise self.error


@pytest.mark.parametrize(
    "error",
    [
        DeliveryError(Hindrance.REFUSED, f"550 5.1.1 <{EMAIL}>: unknown; call {MOBILE}"),
        ValueError(f"{EMAIL} cannot be written"),
    ],
)
def test_whom_a_mail_server_refuses_is_not_in_the_log(
    session: Session, lines: Lines, error: Exception
) -> None:
    session.add(
        OutboxMessage(
            key="to/1", event="withdrawn", channel="email", recipient=EMAIL, subject=NAME, body=ID_NUMBER,
            created_at=now(), next_attempt_at=now(),
        )
    )  # fmt: skip
    session.commit()
    gateways: Mapping[MessageChannel, Any] = {MessageChannel.EMAIL: Refusing(error)}
    send_due(session_factory(session.get_bind().engine), now(), gateways)
    assert "message.not_sent" in {line["event"] for line in discreet(lines)}


def answered(given: str, *, believed: bool) -> str:
    """The number under which a request with that header is answered."""
    headers: dict[str, str] = {}

    def start(_status: str, pairs: list[tuple[str, str]], *_: object) -> None:
        headers.update(pairs)

    application = Numbered(lambda _, begin: begin("200 OK", []) or [], believed=believed)
    application({"HTTP_X_REQUEST_ID": given}, start)
    assert structlog.contextvars.get_contextvars()["request"] == headers[HEADER]
    return headers[HEADER]


@pytest.mark.parametrize("given", ["7b2e4c1d", "x" * 64, "c9a1-4e7f.0_2", "20260302-0001"])
def test_a_number_of_the_proxy_goes_on_and_nobody_elses(given: str) -> None:
    assert answered(given, believed=True) == given
    assert answered(given, believed=False) != given


@pytest.mark.parametrize(
    "given",
    [
        "",
        "short-7",
        "x" * 65,
        "a b c d e f",
        "a\r\nX: y-----",
        "<script>1",
        MOBILE,
        ID_NUMBER,
        "编号编号编号编号",
    ],
)
def test_one_that_is_not_well_formed_is_replaced(given: str) -> None:
    made = answered(given, believed=True)
    assert made != given
    assert WELL_FORMED.fullmatch(made)
    assert answered(given, believed=True) != made, "each has its own"


def test_every_answer_has_its_number_and_what_it_queues_too(
    app: Flask, make_user: MakeUser, log_in: LogIn, session: Session, lines: Lines
) -> None:
    client: FlaskClient = log_in(make_user(Role.SYSADMIN))
    for path in ("/", "/healthz", "/static/app.css", "/nowhere"):
        assert WELL_FORMED.fullmatch(client.get(path).headers[HEADER]), path
    asked = client.post("/admin/daily-check/run").headers[HEADER]
    jobs = session.execute(text("SELECT id, args FROM procrastinate_jobs")).all()
    ((number, arguments),) = jobs
    assert arguments["request"] == asked
    made = make_app("")
    task = made.tasks[CHECK_NOW]
    with pytest.raises(KeyError):  # it is run without a runtime, far enough to log
        task.func(_Context(number), **arguments)
    structlog.contextvars.clear_contextvars()


def test_the_number_is_no_part_of_what_makes_two_tasks_one(session: Session) -> None:
    for number in ("first-request", "second-request"):
        structlog.contextvars.bind_contextvars(request=number)
        defer(session, CHECK_NOW, as_of="2026-03-02")
    structlog.contextvars.clear_contextvars()
    assert session.scalar(text("SELECT count(*) FROM procrastinate_jobs")) == 1


class _Context:
    """What the job engine hands a task."""

    additional_context: Mapping[str, object] = {}

    def __init__(self, number: int) -> None:
        self.job = type("Job", (), {"id": number, "task_name": CHECK_NOW})()
