"""Connections count days in China, and JSON keeps its numbers."""

import math
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core.rules.clauses import PartyKind
from core.storage.engine import make_engine, session_factory
from core.storage.json_text import to_json
from core.storage.models import Party


def test_a_moment_before_midnight_in_london_is_the_next_day_in_sql(engine: Engine) -> None:
    with engine.connect() as connection:
        moment = datetime(2024, 5, 6, 16, 30, tzinfo=UTC)
        day, back = connection.execute(text("SELECT CAST(:m AS timestamptz)::date, :m"), {"m": moment}).one()
    assert day == date(2024, 5, 7)
    assert back == moment


def test_every_connection_of_the_pool_is_in_china(engine: Engine) -> None:
    with engine.connect() as first, engine.connect() as second:
        assert {c.scalar(text("SHOW timezone")) for c in (first, second)} == {"Asia/Shanghai"}
        first.rollback()
        assert first.scalar(text("SHOW timezone")) == "Asia/Shanghai"


def test_options_of_the_caller_win(engine: Engine) -> None:
    own = make_engine(engine.url.render_as_string(hide_password=False), pool_size=1, max_overflow=0)
    assert own.pool.size() == 1  # type: ignore[attr-defined]  # a pool of that kind
    own.dispose()


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (Decimal("3.50"), "3.5"),
        (Decimal("12"), "12"),
        (Decimal("0.1234567890123456789"), '"0.1234567890123456789"'),
        ({"服务": Decimal("1E+3")}, '{"服务": 1000}'),
        (date(2024, 2, 29), '"2024-02-29"'),
        ([frozenset({"b", "a"}), None, True], '[["a", "b"], null, true]'),
    ],
)
def test_json_keeps_every_digit(value: object, written: str) -> None:
    assert to_json(value) == written


def test_what_has_no_json_form_is_refused() -> None:
    with pytest.raises(TypeError, match="store a plain value"):
        to_json({"x": object()})
    with pytest.raises(ValueError, match="JSON"):
        to_json(math.nan)


def test_facts_come_back_from_the_database_as_they_were(session: Session, engine: Engine) -> None:
    profile = {"share": Decimal("12.5"), "assets": 3_000_000, "since": date(2020, 1, 1), "fields": {"a"}}
    session.add(
        Party(kind=PartyKind.ORGANIZATION, name="甲", uscc="U1", region="220200", profile=dict(profile))
    )
    session.commit()
    with session_factory(engine)() as other:
        found = other.query(Party).one()
    assert found.profile == {"share": 12.5, "assets": 3_000_000, "since": "2020-01-01", "fields": ["a"]}


def test_an_object_stays_readable_after_the_commit(session: Session) -> None:
    party = Party(kind=PartyKind.ORGANIZATION, name="甲", uscc="U1", region="220200")
    session.add(party)
    session.commit()
    session.close()
    assert (party.id, party.name) == (1, "甲")
