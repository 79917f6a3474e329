"""Rules as SQL give the answers of the evaluation in Python, on PostgreSQL itself."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Integer,
    column,
    create_engine,
    select,
    true,
    values,
)
from sqlalchemy.dialects.postgresql import JSONB

from core.domain import facts
from core.domain.profile import to_json
from core.embedded.server import EmbeddedServer, create_database
from core.hooks.catalogue import catalogue
from core.rules.clauses import Condition, Waiver
from core.rules.evaluate import Outcome, evaluate
from core.rules.periods import period_end
from core.rules.terms import (
    Fact,
    Kind,
    OneOf,
    Op,
    Term,
    Value,
)
from core.rules.verdict import judge, judge_condition
from core.rules.walk import needs
from core.storage.rule_sql import (
    FactSource,
    SpreadSource,
    condition,
    condition_for,
    latest_start,
    outcome_for,
    spread,
    verdict_for,
)
from tests.storage.rule_cases import (
    DAYS,
    FACTS,
    cases,
    conditions,
    profiles,
)


@pytest.fixture(scope="module")
def connection(pg_server: EmbeddedServer) -> Iterator[Connection]:
    """One connection for all examples: no table is needed."""
    create_database(pg_server.url("postgres", "postgres"), "rules", owner="accredit", exist_ok=True)
    engine: Engine = create_engine(pg_server.url("rules"))
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def answers(
    connection: Connection,
    profiles: Sequence[Mapping[str, Any]],
    columns: Sequence[ColumnElement[Any]],
    beside: Any = None,
) -> list[tuple[Any, ...]]:
    """What the columns come to on each profile, in one round trip; `beside` is joined to each."""
    rows = values(column("number", Integer), column("facts", JSONB), name="profile").data(
        [(number, to_json(profile)) for number, profile in enumerate(profiles)]
    )
    joined = rows if beside is None else rows.join(beside, true())
    query = select(*(item.label(f"c{number}") for number, item in enumerate(columns))).select_from(joined)
    return [tuple(row) for row in connection.execute(query.order_by(rows.c.number))]


FACTS_COLUMN: ColumnElement[Any] = column("facts", JSONB)
SOURCE = FactSource(FACTS_COLUMN)
TRUTH = {Outcome.MET: True, Outcome.NOT_MET: False, Outcome.UNKNOWN: None}
SLOW = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@SLOW
@given(case=cases())
def test_sql_answers_as_the_evaluation_does(
    connection: Connection, case: tuple[date, list[Term], list[dict[str, Value]]]
) -> None:
    as_of, terms, profiles = case
    found = answers(connection, profiles, [condition(term, SOURCE, as_of) for term in terms])
    for profile, row in zip(profiles, found, strict=True):
        for term, answer in zip(terms, row, strict=True):
            assert answer is TRUTH[evaluate(term, profile, as_of).outcome], (term, profile)


@settings(SLOW, max_examples=60)
@given(
    as_of=st.sampled_from(DAYS),
    items=st.lists(conditions(), min_size=1, max_size=4),
    data=st.data(),
)
def test_conditions_and_verdicts_are_those_of_the_evaluation(
    connection: Connection, as_of: date, items: list[Condition], data: st.DataObject
) -> None:
    some = data.draw(st.lists(profiles(as_of), min_size=3, max_size=8))
    beside = spread(FACTS_COLUMN, FACTS)
    for source, joined in ((SOURCE, None), (SpreadSource(beside), beside)):
        columns = [
            *(outcome_for(item, source, as_of) for item in items),
            *(condition_for(item, source, as_of) for item in items),
            verdict_for(items, source, as_of),
        ]
        for profile, row in zip(some, answers(connection, some, columns, joined), strict=True):
            results = [judge_condition(item, profile, as_of).outcome for item in items]
            assert list(row[: len(items)]) == [outcome.value for outcome in results]
            passed = [True if outcome is Outcome.NOT_APPLICABLE else TRUTH[outcome] for outcome in results]
            assert list(row[len(items) : -1]) == passed
            assert row[-1] == judge(items, profile, as_of).outcome.value


def test_every_track_of_the_shipped_programmes_gets_its_verdict_in_sql(connection: Connection) -> None:
    as_of = date(2024, 6, 28)
    for loaded, track in catalogue().tracks():
        items = loaded.track_rules(track.id, loaded.edition(as_of).id).conditions
        read = dict.fromkeys(fact for item in items for fact in _read(item))
        some = list(_grades(tuple(read)))
        beside = spread(FACTS_COLUMN, read)
        verdicts = set()
        for source, joined in ((SOURCE, None), (SpreadSource(beside), beside)):
            columns = [
                *(outcome_for(item, source, as_of) for item in items),
                verdict_for(items, source, as_of),
            ]
            for profile, row in zip(some, answers(connection, some, columns, joined), strict=True):
                judged = judge(items, profile, as_of)
                outcomes = [result.outcome.value for result in judged.results]
                assert list(row) == [*outcomes, judged.outcome.value]
                verdicts.add(row[-1])
        assert len(verdicts) > 1, f"{loaded.program.id}/{track.id}: the profiles say nothing"


def _read(item: Condition) -> Iterator[Fact]:
    yield from needs(item.test)
    relaxed = (item.relaxed.ground, item.relaxed.test) if item.relaxed else ()
    ground = item.waiver.ground if isinstance(item.waiver, Waiver) else None
    for term in (item.only_if, ground, *relaxed):
        if term is not None:
            yield from needs(term)


def _grades(read: tuple[Fact, ...]) -> Iterator[dict[str, Value]]:
    """The best profile, the poorest, nothing known, and the best with each fact missing or poor in turn."""
    best = {fact.name: _extreme(fact, good=True) for fact in read}
    poor = {fact.name: _extreme(fact, good=False) for fact in read}
    yield from (best, poor, {})
    for fact in read:
        yield {name: value for name, value in best.items() if name != fact.name}
        yield {**best, fact.name: poor[fact.name]}


def _extreme(fact: Fact, *, good: bool) -> Value:
    match fact.kind:
        case Kind.FLAG:
            bad = {"adverse_credit_record", "under_investigation"}
            return good is not (fact.name in bad)
        case Kind.SET:
            return frozenset(key for key, _ in fact.choices) if good else frozenset()
        case Kind.LEVEL:
            return fact.choices[-1 if good else 0][0]
        case Kind.ENUM:
            return fact.choices[0 if good else -1][0]
        case Kind.DATE:
            return date(2000, 1, 1) if good else date(2024, 6, 1)
        case Kind.DATE_OR_NEVER:
            return "never" if good else date(2024, 6, 1)
        case Kind.PERCENT:
            return Decimal(100 if good else 0)
        case _:
            return 10**9 if good else 0


def test_a_null_in_the_facts_is_not_known(connection: Connection) -> None:
    raw = values(column("facts", JSONB), name="profile").data([({fact.name: None for fact in FACTS},)])
    asked: list[Term] = [
        facts.fixed_premises.holds(),
        facts.staff_full_time.at_least(0),
        facts.service_functions.contains("legal"),
        facts.service_functions.counts(Op.AT_LEAST, 0),
        facts.established_on.elapsed(years=0),
        facts.last_penalty_on.clear_for(years=0),
        OneOf(facts.legal_form, ()),
    ]
    query = select(*(condition(term, SOURCE, DAYS[0]).label(f"c{n}") for n, term in enumerate(asked)))
    assert set(connection.execute(query.select_from(raw)).one()) == {None}


@given(as_of=st.dates(date(1900, 1, 1), date(2150, 1, 1)), years=st.integers(0, 120), start=st.data())
@example(as_of=date(2025, 2, 28), years=1, start=None)
@example(as_of=date(2024, 2, 29), years=1, start=None)
@example(as_of=date(2024, 2, 29), years=4, start=None)
@example(as_of=date(2024, 2, 29), years=3000, start=None)
def test_the_latest_start_is_the_last_day_whose_period_has_ended(
    as_of: date, years: int, start: st.DataObject | None
) -> None:
    assume(start is None or years < as_of.year)
    last = latest_start(as_of, years)
    if years >= as_of.year:
        assert last == date.min
        return
    assert period_end(last, years=years) <= as_of < period_end(last + timedelta(days=1), years=years)


def test_json_of_the_facts_is_what_the_conditions_read() -> None:
    long = Decimal("0.1234567890123456789")
    assert json.loads(json.dumps(to_json({"satisfaction_pct": long}))) == {"satisfaction_pct": str(long)}
