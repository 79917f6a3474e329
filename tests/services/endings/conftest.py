"""People of a programme, and an exit case of which the party was told."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from core.domain.roles import Role
from core.services.base.work import SYSTEM
from core.services.endings.exits import propose, told
from tests.services.endings.cases import TRACK
from tests.services.factory import Held, accredit


@pytest.fixture
def held(engine: Engine) -> Held:
    return accredit(engine, TRACK, "2023-03-20")


@pytest.fixture
def officer(make_actor: Any) -> Any:
    return make_actor(Role.OFFICER, "liaocheng")


@pytest.fixture
def second(make_actor: Any) -> Any:
    return make_actor(Role.OFFICER, "liaocheng")


@pytest.fixture
def lead(make_actor: Any) -> Any:
    return make_actor(Role.LEAD, "liaocheng")


@pytest.fixture
def member(make_actor: Any, held: Held) -> Any:
    return make_actor(Role.APPLICANT, parties=[held.party_id])


@pytest.fixture
def case_id(begin: Any, held: Held, officer: Any) -> int:
    """Proposed and told on Monday 2024-05-06: it may be objected to until Saturday 11, a make-up day."""
    with begin(officer, "2024-05-06T09:00", "exit.propose") as w:
        made = propose(w, held.id, "20(1)", "市场监管部门处分决定书〔2024〕3号")
    with begin(SYSTEM, "2024-05-06T09:05") as w:
        told(w, made, date(2024, 5, 6))
    return made
