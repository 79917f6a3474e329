"""The web application of a test: one for all tests of a worker, handed out as if it were new."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask
from sqlalchemy import Engine

from core.services.exports.long_ones import FOLDER as EXPORTS
from core.storage.files import FileStore
from core.web.app import create_app
from core.web.frame.bound import db, limiter
from core.web.frame.config import AppConfig
from tests import templates
from tests.passwords import check_quickly


@contextmanager
def application(engine: Engine, instance: Path) -> Iterator[Flask]:
    """An application of one's own on a database."""
    url = engine.url.render_as_string(hide_password=False)
    made = create_app(AppConfig(instance=instance, database_url=url, testing=True))
    check_quickly(made)
    templates.keep(made)
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
