"""A browser is logged in without the form: what its cookie says, and the session that this names."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from core.domain.clock import now
from core.services.people.rights.sessions import Lifetime, begin
from core.storage.models import User
from core.web.security.sessions import KEY

LONG = Lifetime(timedelta(days=100_000), timedelta(days=100_000))
"""Tests live through years at one sitting."""


def cookie_of(engine: Engine, user_id: int) -> dict[str, Any]:
    """The cookie of a user whose second factor was shown just now."""
    with Session(engine) as session:
        mark = session.get_one(User, user_id).fs_uniquifier
        made, key = begin(session, user_id, now(), LONG, address="127.0.0.1", device="test")
        made.factor_at = now()
        session.commit()
    return {"_user_id": mark, "_fresh": True, "fs_paa": now().timestamp(), "fs_cc": "set", KEY: key}
