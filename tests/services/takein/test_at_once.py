"""Two who enter one body at the same time: one party and one status, and the later one is told."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy.exc import IntegrityError

from core.domain.errors import Conflict, Refused
from core.domain.roles import Role
from core.rules.clauses import PartyKind
from core.services.base.work import Work
from core.services.people.parties import register_party
from core.services.takein.entering import take_in
from core.storage.engine import session_factory
from core.storage.models import Accreditation, Party
from tests.services.factory import accredit, uscc
from tests.services.takein.tables import AT, row, table

WAITS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
)
FIRST, OTHERWISE = "鄂严选〔2023〕17号", "鄂严选（2023）17 号"

Doing = Callable[[Work], object]
Meanwhile = Callable[[Doing, Doing], Any]


@pytest.fixture
def meanwhile(engine: Engine, begin: Any, make_actor: Any) -> Meanwhile:
    """Does one thing, and before it is committed another: what the second comes to, or its error."""
    one, two = make_actor(Role.OFFICER, "hubei"), make_actor(Role.OFFICER, "hubei")

    def second(act: Doing) -> object:
        try:
            with begin(two, AT, "takein") as w:
                return act(w)
        except (Conflict, Refused) as error:
            return error

    def run(first: Doing, then: Doing) -> object:
        with ThreadPoolExecutor(1) as pool:
            with begin(one, AT, "takein") as w:
                first(w)
                later = pool.submit(second, then)
                with engine.connect() as connection:
                    while not connection.scalar(WAITS):
                        assert not later.done(), "the second did not wait for the first"
                        connection.rollback()
                        time.sleep(0.01)
            return later.result(60)

    return run


def counted(engine: Engine) -> tuple[int, int]:
    with session_factory(engine)() as session:
        kinds = (Party, Accreditation)
        parties, statuses = (session.scalar(select(func.count()).select_from(kind)) or 0 for kind in kinds)
        return parties, statuses


def taking(**given: object) -> Doing:
    return lambda w: take_in(w, "hubei", table(row(**given)))


def registering(code: str) -> Doing:
    kind = PartyKind.ORGANIZATION
    return lambda w: register_party(w, kind=kind, name="武汉某某服务中心", region="420106", uscc=code)


def test_of_two_tables_at_once_the_later_is_told_which_number_is_there(
    engine: Engine, meanwhile: Meanwhile
) -> None:
    code = uscc()
    error = meanwhile(taking(number=FIRST, uscc=code), taking(number=OTHERWISE, uscc=code.lower()))
    assert isinstance(error, Conflict)
    assert FIRST in error.text.zh
    assert FIRST in error.text.en
    assert counted(engine) == (1, 1)


def test_a_body_that_is_just_being_registered_is_the_one_of_the_table(
    engine: Engine, meanwhile: Meanwhile
) -> None:
    code = uscc()
    found = meanwhile(registering(code), taking(uscc=code.lower()))
    assert not isinstance(found, Exception)
    assert counted(engine) == (1, 1)


def test_a_body_that_a_table_just_brings_is_not_registered_again(
    engine: Engine, meanwhile: Meanwhile
) -> None:
    code = uscc()
    error = meanwhile(taking(uscc=code), registering(code.lower()))
    assert isinstance(error, Refused)
    assert "已登记" in error.text.zh
    assert counted(engine) == (1, 1)


def test_the_database_takes_no_number_twice_however_it_is_written(engine: Engine) -> None:
    accredit(engine, "hubei/specialized", "2023-03-20", number=FIRST)
    accredit(engine, "hubei/specialized", "2023-03-20", number="鄂严选〔2023〕18号")
    with pytest.raises(IntegrityError, match="uq_accreditation_number_key"):
        accredit(engine, "hubei/specialized", "2023-03-20", number=OTHERWISE)
