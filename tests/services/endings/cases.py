"""The track whose exits are decided on here, and the one case of an accreditation."""

from __future__ import annotations

from sqlalchemy import Engine, select

from core.storage.engine import session_factory
from core.storage.models import ExitCase
from tests.services.factory import Held

TRACK = "liaocheng/specialized"


def case_of(engine: Engine, held: Held) -> ExitCase:
    with session_factory(engine)() as session:
        return session.scalars(select(ExitCase).where(ExitCase.accreditation_id == held.id)).one()
