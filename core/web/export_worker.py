"""The worker's side: a list is drawn by the same page as for a browser, for the user as things stand now."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from http import HTTPStatus
from pathlib import Path

from flask import Flask, g
from werkzeug.exceptions import HTTPException

from core.domain.clock import now
from core.domain.errors import DomainError
from core.rules.text import T
from core.services.exports import long_ones
from core.services.exports.streaming import MEDIA
from core.storage.engine import Sessions
from core.storage.files import FileStore
from core.storage.models import User
from core.web.app import create_app
from core.web.frame.bound import db
from core.web.frame.config import AppConfig, FactorOf

CLOSED = T("您已无权查看该列表", "You may no longer see this list")
GONE = T("该列表已不存在", "This list is no longer there")


class ExportRefusedError(Exception):
    """The list cannot be had, however often it is tried."""

    def __init__(self, text: T) -> None:
        super().__init__(text.zh)
        self.text = text


def maker(instance: Path, url: str) -> Callable[[Sessions, int], bool]:
    """What makes exports, with one application for all of them."""
    # Who asked had logged in, with whatever that took.
    app = create_app(AppConfig(instance=instance, database_url=url, factor_of=FactorOf.NOBODY))

    def make(factory: Sessions, export_id: int) -> bool:
        return make_export(app, factory, export_id)

    return make


def make_export(app: Flask, factory: Sessions, export_id: int) -> bool:
    """Make one from its beginning; False when there is nothing to do."""
    asked = long_ones.begin(factory, export_id)
    if asked is None:
        return False
    store: FileStore = app.extensions["exports"]
    try:
        with tempfile.TemporaryFile() as file:
            for block in _blocks(app, factory, asked):
                file.write(block)
            file.seek(0)
            stored = store.put(file, at_most=long_ones.MOST_BYTES)
    except ExportRefusedError as error:
        long_ones.fail(factory, asked.id, error.text.get(asked.language), now())
        return True
    long_ones.finish(factory, asked.id, stored.sha256, stored.size, now())
    return True


def _blocks(app: Flask, factory: Sessions, asked: long_ones.Asked) -> Iterator[bytes]:
    """What the list's page answers to the user who asked, piece by piece."""

    def progress(done: int, total: int) -> None:
        long_ones.progress(factory, asked.id, done, total)

    arguments = asked.arguments
    with app.test_request_context(str(arguments["path"]), query_string=str(arguments["query"])):
        user = db.session.get(User, asked.user_id)
        if user is None or not user.active:
            raise ExportRefusedError(CLOSED)
        # What a login and a browser would have told.
        g._login_user = user
        g.language, g.export_progress = asked.language, progress
        try:
            answer = app.preprocess_request()
            response = app.make_response(app.dispatch_request() if answer is None else answer)
        except HTTPException as error:
            raise ExportRefusedError(CLOSED if error.code == HTTPStatus.FORBIDDEN else GONE) from error
        except DomainError as error:
            raise ExportRefusedError(error.text) from error
        if response.content_type != MEDIA[asked.file_format]:
            raise ExportRefusedError(CLOSED if answer is not None else GONE)
        for block in response.response:
            yield block if isinstance(block, bytes) else block.encode()
