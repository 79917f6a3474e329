"""A person's browser before a site that is another process: it can be gone in the middle of an answer."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode, urlsplit

import time_machine
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from sqlalchemy.orm import Session

from core.services.base.work import Actor
from core.storage.engine import session_factory
from core.storage.models import User
from core.web.frame.config import derived, secret_key
from core.web.typed.owner import TOKEN
from tests.faults.register import Register
from tests.web.entering import cookie_of
from tests.web.screens import Browser

PATIENCE = 60


class Remote:
    """What `Browser` asks of a client, over HTTP."""

    def __init__(self, port: int, cookie: str) -> None:
        self._site, self._cookie = f"http://127.0.0.1:{port}", cookie

    def get(self, path: str, **_: object) -> Any:
        """Open a page."""
        return self._ask(path, None)

    def post(self, path: str, data: Mapping[str, Any], **_: object) -> Any:
        """Send a form."""
        return self._ask(path, urlencode(data, doseq=True).encode())

    def _ask(self, path: str, data: bytes | None) -> Any:
        request = urllib.request.Request(  # noqa: S310  # a site of the tests
            self._site + path, data, {"Cookie": self._cookie}
        )
        try:
            answer = urllib.request.urlopen(request, timeout=PATIENCE)  # noqa: S310  # the same
        except urllib.error.HTTPError as error:
            answer = error
        with answer:
            text, parts = answer.read().decode(), urlsplit(answer.url)
        return SimpleNamespace(
            status_code=answer.status,
            text=text,
            mimetype=answer.headers.get_content_type(),
            request=SimpleNamespace(full_path=f"{parts.path}?{parts.query}"),
        )


def browser(register: Register, instance: Path, port: int, who: Actor, at: datetime) -> Browser:
    """One in which a person has logged in at a moment."""
    with session_factory(register.town.engine)() as session:
        user = _user(session, who)
    app = Flask("cookies")
    app.secret_key = derived(secret_key(instance), "session")
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    assert signer is not None
    with time_machine.travel(at):
        # Its user's own token, as a page of that user leaves it in the session.
        held = cookie_of(register.town.engine, user.id) | {TOKEN: f"{'a' * 40}.{user.id}"}
        cookie = f"accredit={signer.dumps(held)}"
    return Browser(Remote(port, cookie))


def _user(session: Session, who: Actor) -> User:
    return session.get_one(User, who.user_id)
