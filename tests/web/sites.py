"""The web application of a test: one for all tests of a worker, handed out as if it were new."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import unquote_plus

from flask import Flask, Response, request
from sqlalchemy import Engine

from core.services.exports.long_ones import FOLDER as EXPORTS
from core.storage.files import FileStore
from core.web.app import create_app
from core.web.frame.bound import db, limiter
from core.web.frame.config import AppConfig, FactorOf
from tests import templates
from tests.passwords import check_quickly

PRIVATE = re.compile(r"(?<!\d)(\d{17}[\dXx]|1[3-9]\d{9})(?!\d)|[\w.+-]+@[\w-]+\.\w")
"""An identity number, a mobile number, an e-mail address."""


def leads_to_nobodys_number(answer: Response) -> Response:
    """Whatever a test does, no answer leads to an address with one in it, save where it was asked with it."""
    target = unquote_plus(answer.headers.get("Location", ""))
    for found in PRIVATE.finditer(target):
        assert found[0] in unquote_plus(request.full_path), f"{request.path} leads to {target}"
    return answer


LENIENT = partial(
    AppConfig,
    factor_of=FactorOf.NOBODY,
    session_idle_minutes=10**7,
    session_hours=10**6,
)
"""Nobody is asked for a second factor, and sessions outlast the years that a test lives through: what asks
and what ends has tests of its own."""


@contextmanager
def application(engine: Engine, instance: Path) -> Iterator[Flask]:
    """An application of one's own on a database."""
    url = engine.url.render_as_string(hide_password=False)
    made = create_app(LENIENT(instance=instance, database_url=url, testing=True))
    check_quickly(made)
    templates.keep(made)
    made.after_request(leads_to_nobodys_number)
    yield made
    with made.app_context():
        db.engine.dispose()


@contextmanager
def as_new(app: Flask, instance: Path) -> Iterator[Flask]:
    """An application that exists, with another instance folder; what a test sets in it is taken back.

    Making one takes a sixth of a second, and as much again goes into the templates of its first pages.
    """
    folder = app.instance_path
    set_here = [(given, dict(given)) for given in (app.config, app.extensions, app.view_functions)]
    app.instance_path = str(instance.resolve())
    app.extensions["files"] = FileStore.of(instance)
    app.extensions["exports"] = FileStore(instance.resolve() / EXPORTS)
    limiter.reset()
    try:
        yield app
    finally:
        app.instance_path = folder
        for now, before in set_here:
            now.clear()
            now.update(before)
