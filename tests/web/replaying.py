"""A plugin of pytest that has the site answer each accepted form a second time, as when it is resent.

`pytest -p tests.web.replaying` with `REPLAYS` naming a file, into which a line of JSON goes for each:
endpoint, answer, and what the second copy has changed. The second copy has the first one's cookies, and what
comes of it is told to nobody: the test that sent the form goes on as if there had been one.
"""

from __future__ import annotations

import io
import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import run_wsgi_app

from core.web.frame.bound import db, limiter
from tests.faults.oracle import differences, dump

VARIABLE = "REPLAYS"
EACH = 4
"""So many forms of one kind are sent again; the others are like them."""
MENTIONED = 5
KEPT_CONTEXT = "werkzeug.debug.preserve_context"
"""By which a test's browser looks into the request that it has just made: the first."""

LEFT_OUT = frozenset({"security.login", "filers.look", "filing.numbers"})
"""Logins and looks, each of which is counted: their tests say how many there are."""

once = Flask.__call__
sent: Counter[tuple[str, ...]] = Counter()


def twice(app: Flask, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Answer a request, and once more where it is a form that was taken."""
    if environ["REQUEST_METHOD"] != "POST":
        return once(app, environ, start_response)
    body = environ["wsgi.input"].read()
    again = {**environ, "wsgi.input": io.BytesIO(body)}
    environ["wsgi.input"] = io.BytesIO(body)
    parts, status, headers = run_wsgi_app(_answering(app), environ, buffered=True)
    page = b"".join(parts)
    kind = _kind(app, environ)
    taken = status.startswith(("302", "303")) or (status.startswith("200") and b'role="alert"' not in page)
    if kind is not None and kind[0] not in LEFT_OUT and taken and sent[kind] < EACH:
        sent[kind] += 1
        _send_again(app, again, kind)
    start_response(status, headers.to_wsgi_list())
    return [page]


def _answering(app: Flask) -> Any:
    return lambda environ, start_response: once(app, environ, start_response)


def _kind(app: Flask, environ: dict[str, Any]) -> tuple[str, ...] | None:
    """The endpoint, with those of its arguments that are names."""
    adapter = app.url_map.bind_to_environ(environ)
    if not adapter.test():
        return None
    endpoint, arguments = adapter.match()
    return str(endpoint), *(value for value in arguments.values() if isinstance(value, str))


def _send_again(app: Flask, environ: dict[str, Any], kind: tuple[str, ...]) -> None:
    environ.pop(KEPT_CONTEXT, None)
    with app.app_context():
        engine = db.engine
    before = dump(engine)
    limited, limiter.enabled = limiter.enabled, False
    try:
        parts, status, _ = run_wsgi_app(_answering(app), environ, buffered=True)
        assert parts is not None
    finally:
        limiter.enabled = limited
    changed = [str(item)[:300] for item in differences(before, dump(engine))]
    line = {"endpoint": kind[0], "kind": kind[1:], "status": status, "changed": changed[:MENTIONED]}
    with Path(os.environ[VARIABLE]).open("a", encoding="utf-8") as out:
        print(json.dumps(line, ensure_ascii=False), file=out)


def pytest_configure(config: pytest.Config) -> None:
    """Put it in front of every application."""
    Flask.__call__ = twice  # type: ignore[method-assign,assignment]  # for as long as this process runs
