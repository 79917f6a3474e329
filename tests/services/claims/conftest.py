"""A body in Liaocheng with its contact, somebody who registers it again, and the officer who decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select

from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.services.claims import deciding, own, registering
from core.services.claims.registering import Registered
from core.services.people import parties
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import Membership, OutboxMessage, Party, PartyClaim
from tests.services.factory import make_party, uscc

AT = "2024-05-20T10:00"
WEEK_OVER = "2024-05-28T09:00"
"""The first day on which contacts that were told at AT have had their days."""
HOME = "371502"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PROOF = own.Proof("授权书.pdf", PDF)

Register = Callable[..., Registered]


@pytest.fixture
def code() -> str:
    return uscc()


@pytest.fixture
def party(engine: Engine, code: str) -> int:
    return make_party(engine, region=HOME, uscc=code, name="聊城甲服务中心")


@pytest.fixture
def contact(engine: Engine, make_actor: Any, party: int) -> Any:
    actor = make_actor(Role.APPLICANT, parties=[party])
    with session_factory(engine)() as session, session.begin():
        session.scalars(select(Membership).where(Membership.user_id == actor.user_id)).one().main = True
    return actor


@pytest.fixture
def claimant(make_actor: Any) -> Any:
    return make_actor(Role.APPLICANT)


@pytest.fixture
def officer(make_actor: Any) -> Any:
    return make_actor(Role.OFFICER, None, "371500")


@pytest.fixture
def register(begin: Any) -> Register:
    """Registers a body as one's own: what the register has becomes a claim."""

    def make(actor: Any, number: str, at: str = AT, **more: Any) -> Registered:
        given = {"name": "聊城甲服务中心", "region": HOME, "uscc": number, **more}
        kind = given.pop("kind", PartyKind.ORGANIZATION)
        with begin(actor, at, "party.register") as w:
            return registering.register(w, kind, given, lambda: parties.register_party(w, kind=kind, **given))

    return make


@pytest.fixture
def claim(begin: Any, register: Register, store: FileStore, party: int, code: str) -> Callable[..., int]:
    """A claim of the body, handed in with its proof."""
    assert party

    def make(actor: Any, at: str = AT, *, proven: bool = True, number: str = "") -> int:
        made = register(actor, number or code, at).claim_id
        assert made is not None
        if proven:
            with begin(actor, at, "claim.hand_in") as w:
                own.hand_in(w, made, PROOF, store, "原联系人已离职")
        return made

    return make


@pytest.fixture
def decide(begin: Any, officer: Any) -> Callable[..., None]:
    def make(number: int, at: str = WEEK_OVER, who: Any = None, **more: Any) -> None:
        with begin(who or officer, at, "claim.decide") as w:
            deciding.decide(w, number, **({"accepted": True} | more))

    return make


def members(engine: Engine, party_id: int) -> dict[int, bool]:
    with session_factory(engine)() as session:
        found = session.scalars(select(Membership).where(Membership.party_id == party_id))
        return {item.user_id: item.main for item in found}


def told(engine: Engine, user_id: int) -> list[str]:
    with session_factory(engine)() as session:
        query = select(OutboxMessage.event).where(OutboxMessage.user_id == user_id)
        return list(dict.fromkeys(session.scalars(query.order_by(OutboxMessage.id))))


def claims_of(engine: Engine, party_id: int) -> list[PartyClaim]:
    with session_factory(engine)() as session:
        query = select(PartyClaim).where(PartyClaim.party_id == party_id)
        return list(session.scalars(query.order_by(PartyClaim.id)))


def having(engine: Engine, number: str) -> list[int]:
    with session_factory(engine)() as session:
        return list(session.scalars(select(Party.id).where(Party.uscc == number)))
