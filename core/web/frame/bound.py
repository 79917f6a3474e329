"""What `core.web.app` binds to an application: the Flask extensions, the files, the clock of its process."""

from collections.abc import Callable
from typing import TypeVar

from flask import current_app, request
from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_sqlalchemy import SQLAlchemy
from flask_wtf.csrf import CSRFProtect

from core.domain.clock import now
from core.services.entry import guesses
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import Base
from core.storage.models.accounts import GuessKind
from core.storage.processes.clocks import Clocks

R = TypeVar("R")

db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})
babel = Babel()
csrf = CSRFProtect()
limiter = Limiter(key_func=get_remote_address, headers_enabled=True)
"""Spares this process work; what keeps a secret is bounded by `guessed`, for all processes."""
clocks = Clocks()


def files() -> FileStore:
    """The application's store of uploaded files."""
    store: FileStore = current_app.extensions["files"]
    return store


def guessed(
    kind: GuessKind,
    check: Callable[[], R],
    user_id: int | None = None,
    is_wrong: Callable[[R], bool] = lambda value: not value,
) -> R:
    """What `check` makes of a guess from where the request comes; TooMany beyond what is looked at."""
    place = guesses.Place(kind, guesses.network(request.remote_addr), user_id)
    return guesses.bounded(session_factory(db.engine), place, now(), check, is_wrong)
