"""An officer who takes tables in, or only plans it."""

from typing import Any

import pytest

from core.domain.roles import Role
from core.services.takein.entering import take_in
from core.services.takein.plan import Plan, plan
from core.services.takein.reading import Source
from tests.services.takein.tables import AT


@pytest.fixture
def officer(make_actor: Any) -> Any:
    return make_actor(Role.OFFICER, "hubei")


@pytest.fixture
def take(begin: Any, officer: Any) -> Any:
    def take(statuses: Source, beside: Source | None = None, at: str = AT) -> Plan:
        with begin(officer, at, "takein") as w:
            return take_in(w, "hubei", statuses, beside)

    return take


@pytest.fixture
def planned(begin: Any, officer: Any) -> Any:
    def planned(statuses: Source, beside: Source | None = None, at: str = AT) -> Plan:
        with begin(officer, at, "takein") as w:
            return plan(w, "hubei", statuses, beside)

    return planned
