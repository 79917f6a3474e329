"""Links and codes that some know are tried so often from one network address, for all processes at once."""

from flask import Flask
from sqlalchemy import Engine

from core.domain.clock import now
from core.services.entry.guesses import BURST
from core.storage.engine import session_factory
from core.storage.models import Guess
from core.storage.models.accounts import GuessKind


def full(engine: Engine, kind: GuessKind, failures: int) -> None:
    """So many guesses from this machine that another process has counted."""
    with session_factory(engine).begin() as session:
        session.add(Guess(kind=kind, address="127.0.0.1", failures=failures, last_at=now()))


def test_links_of_invitations_are_tried_to_the_bound(app: Flask, engine: Engine) -> None:
    full(engine, GuessKind.INVITATION, BURST - 1)
    client = app.test_client()
    assert client.get("/account/invitations/nothing").status_code == 404
    refused = client.get("/account/invitations/nothing")
    assert refused.status_code == 429
    assert "输错次数过多，请于" in refused.text


def test_follow_up_codes_are_tried_to_the_bound(app: Flask, engine: Engine) -> None:
    full(engine, GuessKind.FOLLOW_UP, BURST - 1)
    client = app.test_client()
    assert "没有此查询码" in client.post("/follow-up", data={"code": "XXXXXXXXXXXX"}).text
    assert "输错次数过多，请于" in client.post("/follow-up", data={"code": "XXXXXXXXXXXX"}).text
    client.environ_base["REMOTE_ADDR"] = "203.0.113.5"
    assert "没有此查询码" in client.post("/follow-up", data={"code": "XXXXXXXXXXXX"}).text
