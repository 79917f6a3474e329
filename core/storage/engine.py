"""How the register reaches its database: the engine and its sessions."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import Session as Session
from sqlalchemy.orm import sessionmaker

from core.domain.clock import SHANGHAI
from core.storage import search
from core.storage.json_text import to_json
from core.storage.sealed.types import give_keys
from core.storage.trail import recording
from core.storage.trail.keys import OPTION, KeyFile

LISTENERS = (recording, search)
"""Modules whose listeners every session needs; importing them sets the listeners up."""

Sessions = sessionmaker[Session]
"""What makes sessions, for whoever works outside a request."""

POOL_SIZE = 5
MOST_OVERFLOW = 15
RECYCLE_SECONDS = 1800
PATIENCE = {"connect_timeout": 5, "tcp_user_timeout": 10_000}
"""A server whose machine is gone is given up after so many seconds, and milliseconds."""


def make_engine(url: str, keys: KeyFile | None = None, **options: Any) -> Engine:
    """An engine whose connections are in Asia/Shanghai: a moment's day in SQL is then the day in China.

    Without `keys`, the master keys of persons, nothing personal can be read, written or recorded.
    """
    engine = create_engine(url, **{**engine_options(keys), **options})
    prepare(engine)
    return engine


def engine_options(keys: KeyFile | None = None) -> dict[str, Any]:
    """What `create_engine` is given, for whoever makes the engine in another place."""
    return {
        "json_serializer": to_json,
        "pool_size": POOL_SIZE,
        "max_overflow": MOST_OVERFLOW,
        "pool_pre_ping": True,
        "connect_args": PATIENCE,
        "pool_recycle": RECYCLE_SECONDS,
        # What a statement was given is of persons, and errors end in the log.
        "hide_parameters": True,
        "execution_options": {OPTION: keys},
    }


def prepare(engine: Engine) -> None:
    """Let every connection of the engine count days in Asia/Shanghai, and its columns be sealed."""
    if (keys := engine.get_execution_options().get(OPTION)) is not None:
        give_keys(engine.dialect, keys)

    @event.listens_for(engine, "connect")
    def _(connection: Any, _record: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute(f"SET TIME ZONE '{SHANGHAI.key}'")
        connection.commit()


def session_factory(engine: Engine) -> Sessions:
    """Sessions of the register: changes are audited; objects stay readable after the commit."""
    return sessionmaker(engine, expire_on_commit=False)


def reach(session: Session) -> None:
    """Ask the database for nothing but an answer; raises where there is none."""
    session.execute(text("SELECT 1"))
