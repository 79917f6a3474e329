"""How the register reaches its database: the engine, its sessions, and how values become JSON."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import Session as Session
from sqlalchemy.orm import sessionmaker

from core.domain.clock import SHANGHAI
from core.storage import search
from core.storage.trail import recording

LISTENERS = (recording, search)
"""Modules whose listeners every session needs; importing them sets the listeners up."""

Sessions = sessionmaker[Session]
"""What makes sessions, for whoever works outside a request."""

POOL_SIZE = 5
MOST_OVERFLOW = 15
RECYCLE_SECONDS = 1800
PATIENCE = {"connect_timeout": 5, "tcp_user_timeout": 10_000}
"""A server whose machine is gone is given up after so many seconds, and milliseconds."""


def make_engine(url: str, **options: Any) -> Engine:
    """An engine whose connections are in Asia/Shanghai: a moment's day in SQL is then the day in China."""
    engine = create_engine(url, **{**engine_options(), **options})
    set_time_zone(engine)
    return engine


def engine_options() -> dict[str, Any]:
    """What `create_engine` is given, for whoever makes the engine in another place."""
    return {
        "json_serializer": to_json,
        "pool_size": POOL_SIZE,
        "max_overflow": MOST_OVERFLOW,
        "pool_pre_ping": True,
        "connect_args": PATIENCE,
        "pool_recycle": RECYCLE_SECONDS,
    }


def set_time_zone(engine: Engine) -> None:
    """Let every connection of the engine count days in Asia/Shanghai."""

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


def to_json(value: object) -> str:
    """The value as JSON text; a decimal stays a number where a float writes the same digits."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_plain)


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        if value == value.to_integral_value():
            return int(value)
        near = float(value)
        return near if Decimal(repr(near)) == value else format(value, "f")
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, set | frozenset):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} {value!r} has no JSON form; store a plain value")
