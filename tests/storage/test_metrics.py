"""The metrics in SQL are those of the replay, and are read along the index."""

import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, event, insert, text
from sqlalchemy.orm import Session

from core.domain.supervision.metrics import record_satisfaction_pct
from core.domain.supervision.replay import COUNTED, VERIFIED, Record, glimpse, measure
from core.domain.supervision.standing import Ask
from core.rules.terms import Number, Op
from core.storage.engine import session_factory
from core.storage.metrics import glimpses, measure_windows
from core.storage.models import Accreditation, Party, ServiceRecord
from tests.examples import examples

START = date(2023, 1, 10)
STATES = ("draft", "submitted", "verified", "rejected")
KEYS = [f"{sort}:企业{number}" for number in range(3) for sort in ("uscc", "name", "also")]


def accreditations(number: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows of that many parties, each accredited once."""
    ids = range(1, number + 1)
    parties = [
        {"id": n, "kind": "organization", "name": f"机构{n}", "uscc": f"U{n:07d}", "region": "220200"}
        for n in ids
    ]
    held = [
        {
            "id": n, "program": "p", "track": "t", "edition": "e", "party_id": n, "year": 2023,
            "number": f"N{n}",
            "sequence": n, "region": "220200", "started_on": START, "valid_from": START,
            "valid_through": date(2026, 1, 10),
        }
        for n in ids
    ]  # fmt: skip
    return parties, held


@pytest.fixture
def register(engine: Engine) -> Iterator[Session]:
    """A session over three accreditations."""
    parties, held = accreditations(3)
    with engine.begin() as connection:
        connection.execute(insert(Party.__table__), parties)
        connection.execute(insert(Accreditation.__table__), held)
    with session_factory(engine)() as session:
        yield session


rows = st.fixed_dictionaries(
    {
        "accreditation_id": st.integers(1, 3),
        "service_date": st.integers(0, 12).map(lambda days: START + timedelta(days=days)),
        "hours": st.integers(0, 40).map(lambda quarters: Decimal(quarters) / 4),
        "enterprise_keys": st.lists(st.sampled_from(KEYS), max_size=4),
        "state": st.sampled_from(STATES),
        "satisfaction_pct": st.none() | st.sampled_from(["79.99", "80", "80.01", "90", "100"]).map(Decimal),
        "fee_cny": st.sampled_from(["0", "0.01", "100"]).map(Decimal),
        "organized_by_authority": st.booleans(),
        "public_benefit": st.booleans(),
    }
)
bars = st.none() | st.builds(
    Number,
    st.just(record_satisfaction_pct),
    st.sampled_from(Op),
    st.sampled_from([Decimal(80), Decimal("79.99")]),
)
days = st.integers(-2, 14).map(lambda number: START + timedelta(days=number))


def as_record(row: dict[str, Any]) -> Record:
    return Record(
        row["service_date"],
        row["hours"],
        frozenset(row["enterprise_keys"]),
        counted=row["state"] in COUNTED,
        verified=row["state"] == VERIFIED,
        satisfaction=row["satisfaction_pct"],
        fee=row["fee_cny"],
        by_authority=row["organized_by_authority"],
        public_benefit=row["public_benefit"],
    )


@settings(
    max_examples=examples(80),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    some=st.lists(rows, max_size=25),
    low=bars,
    asked=st.lists(st.tuples(st.integers(1, 4), days, days), max_size=8),
)
def test_metrics_and_dates_are_those_of_the_replay(
    register: Session, some: list[dict[str, Any]], low: Number | None, asked: list[tuple[int, date, date]]
) -> None:
    register.rollback()
    if some:
        register.connection().execute(
            insert(ServiceRecord.__table__), [{**row, "entry_id": uuid4()} for row in some]
        )
    kept: dict[int, list[Record]] = {number: [] for number in range(1, 5)}
    for row in some:
        kept[row["accreditation_id"]].append(as_record(row))
    for alone in (False, True):
        assert measure_windows(register, asked, low, only_verified=alone) == {
            (number, first, last): measure(kept[number], Ask(first, last, alone), low)
            for number, first, last in asked
        }
    once = {number: (number, START, day) for number, _, day in asked}
    assert glimpses(register, list(once.values()), low) == {
        number: glimpse(kept[number], day, low) for number, _, day in once.values()
    }


def test_what_is_dated_before_the_start_is_not_looked_at(register: Session) -> None:
    row = {"accreditation_id": 1, "hours": 1, "organized_by_authority": True, "service_date": START}
    register.connection().execute(insert(ServiceRecord.__table__), [{**row, "entry_id": uuid4()}])
    later = START + timedelta(days=1)
    assert glimpses(register, [(1, START, later)], None)[1].last_attended_on == START
    assert glimpses(register, [(1, later, later)], None)[1].last_attended_on is None


def test_nothing_asked_is_nothing_answered(session: Session) -> None:
    assert measure_windows(session, [], None) == {}
    assert glimpses(session, [], None) == {}


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", ()):
        yield from nodes(part)


@pytest.mark.owner
def test_all_step_along_the_covering_index(engine: Engine) -> None:
    parties, held = accreditations(2_000)
    some = [
        {
            "accreditation_id": n, "entry_id": uuid4(), "service_date": START + timedelta(days=30 * k),
            "hours": 1, "enterprise_keys": ["name:甲", "name:乙", "name:丙"], "satisfaction_pct": 90,
        }
        for n in range(1, 2_001) for k in range(10)
    ]  # fmt: skip
    with engine.begin() as connection:
        connection.execute(insert(Party.__table__), parties)
        connection.execute(insert(Accreditation.__table__), held)
        connection.execute(insert(ServiceRecord.__table__), some)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE service_record"))
    seen: list[tuple[str, Any]] = []
    event.listen(
        engine, "before_cursor_execute", lambda _c, _u, query, given, *_: seen.append((query, given))
    )
    low = record_satisfaction_pct.less_than(80)
    asked = [(n, START, START + timedelta(days=100)) for n in range(1, 500)]
    with session_factory(engine)() as session:
        assert measure_windows(session, asked, low)[7, *asked[6][1:]]["enterprises_served"] == 3
        assert len(glimpses(session, asked, low)) == 499
        statements = list(seen)
        assert len(statements) == 3
        used = []
        for query, parameters in statements:
            plan = (
                session.connection()
                .exec_driver_sql(f"EXPLAIN (FORMAT JSON) {query}", parameters)
                .scalar_one()
            )
            read = [node for node in nodes(plan[0]["Plan"]) if node.get("Relation Name") == "service_record"]
            assert {node.get("Index Name") for node in read} == {"ix_service_record_check"}, json.dumps(plan)
            used.append([node["Node Type"] for node in read])
    # Only the enterprises served are read from the table.
    assert used == [["Index Only Scan"], ["Index Scan"], ["Index Only Scan"] * 3]
