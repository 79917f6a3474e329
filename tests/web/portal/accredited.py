"""Members of accredited parties at their screens."""

from __future__ import annotations

import io
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session

from core.domain.clock import today
from core.storage.models import Membership
from tests.web.conftest import LogIn, MakeUser


def ago(days: int) -> str:
    return (today() - timedelta(days=days)).isoformat()


def day(text: str) -> date:
    return date.fromisoformat(text)


def enter(session: Session, make_user: MakeUser, log_in: LogIn, parties: Iterable[int]) -> FlaskClient:
    """A browser of someone who acts for the parties."""
    user = make_user()
    session.add_all(Membership(party_id=number, user_id=user.id, main=True) for number in parties)
    session.commit()
    return log_in(user)


def entry(*accreditations: int, **more: Any) -> dict[str, Any]:
    """A filled quick entry."""
    given = {
        "entry_id": str(uuid4()),
        "accreditation_ids": [str(number) for number in accreditations],
        "service_date": ago(1),
        "hours": "2.5",
        "title": "现场诊断",
        "mode": "offline",
        "function": "",
        "enterprise-name": ["甲公司", ""],
        "enterprise-uscc": ["", ""],
        "action": "submit",
    }
    return given | {name.replace("__", "-"): value for name, value in more.items()}


def photo(name: str = "现场.jpg", shade: int = 90) -> tuple[io.BytesIO, str]:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), (shade, 120, 60)).save(out, "JPEG")
    return io.BytesIO(out.getvalue()), name
