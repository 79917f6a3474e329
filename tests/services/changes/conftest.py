"""A body that holds a status in one county of Jilin, its member, and officers who do not know it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from core.domain.lifecycle.change_table import ChangeKind
from core.domain.roles import Role
from core.services.changes import deciding, requests
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import Party
from core.storage.seed import seed
from tests.services.factory import Held, accredit

AT = "2024-05-20T10:00"
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
PROOF = requests.Proof("变更通知书.pdf", PDF)
OLD, NEW = "松花江创业服务中心", "松花江企业服务集团"
HOME, AWAY = "220202", "220203"


@pytest.fixture
def held(engine: Engine) -> Held:
    with session_factory(engine)() as session, session.begin():
        seed(session)
    made = accredit(engine, "jilin/provider", "2024-03-20", region=HOME)
    with session_factory(engine)() as session, session.begin():
        session.get_one(Party, made.party_id).name = OLD
    return made


@pytest.fixture
def member(make_actor: Any, held: Held) -> Any:
    return make_actor(Role.APPLICANT, parties=[held.party_id])


@pytest.fixture
def officer(make_actor: Any) -> Any:
    return make_actor(Role.OFFICER, "jilin", "220200")


Ask = Callable[..., int]


@pytest.fixture
def ask(begin: Any, member: Any, held: Held, store: FileStore) -> Ask:
    """Asks for a change with a proof; returns the request's id."""

    def make(
        kind: ChangeKind = ChangeKind.DETAILS,
        at: str = AT,
        who: Any = None,
        proof: requests.Proof | None = PROOF,
        party_id: int | None = None,
        **more: Any,
    ) -> int:
        if kind is ChangeKind.DETAILS:
            more.setdefault("values", {"name": NEW})
        with begin(who or member, at, "change.ask") as w:
            return requests.ask(w, party_id or held.party_id, kind, proof, store, **more)

    return make


@pytest.fixture
def decide(begin: Any, officer: Any) -> Callable[..., None]:
    """Answers a request: it is granted unless said otherwise."""

    def make(number: int, at: str = "2024-05-27T10:00", who: Any = None, **more: Any) -> None:
        with begin(who or officer, at, "change.decide") as w:
            deciding.decide(w, number, **({"granted": True} | more))

    return make
