"""Whoever acts for an accredited party, and the one thing of a kind that belongs to it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Engine, select

from core.domain.roles import Role
from core.storage.engine import session_factory
from tests.services.factory import Held


def member_of(make_actor: Any, held: Held) -> Any:
    return make_actor(Role.APPLICANT, parties=[held.party_id])


def only(engine: Engine, kind: Any, held: Held) -> Any:
    """The one thing of a kind that belongs to the accreditation."""
    with session_factory(engine)() as session:
        return session.scalars(select(kind).where(kind.accreditation_id == held.id)).one()
