"""Every revision goes up and down with data, and the last one is what the models say."""

import json
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any

import procrastinate
import pytest
from procrastinate.schema import SchemaManager
from sqlalchemy import Engine, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError

from core.domain import folding
from core.embedded.server import conninfo
from core.storage import ddl, migrate
from core.storage.engine import make_engine, session_factory
from core.storage.losing import LossError
from core.storage.migrate import SCRIPTS, check, current, downgrade, head, revisions, upgrade
from core.storage.models import Base
from core.storage.sealed.boxes import MARK, Kind, opened
from core.storage.sealed.rows import seal_all, sealed_tables
from core.storage.trail.chain import GENESIS, digest, verify_chain
from tests.databases import OWNER, NewDatabase, keys
from tests.storage.sample import ROWS, contents, fill
from tests.storage.trail.trails import sealed, tamper


@pytest.fixture
def blank(database_url: str) -> Iterator[Engine]:
    """An engine on an empty database."""
    made = make_engine(database_url, keys())
    yield made
    made.dispose()


CATALOG = {
    "columns": """
        SELECT table_name, column_name, data_type, udt_name, is_nullable, column_default,
            character_maximum_length, numeric_precision, numeric_scale, is_identity, identity_generation
        FROM information_schema.columns WHERE table_schema = 'public'""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
        WHERE connamespace = 'public'::regnamespace AND contype <> 'n'""",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    "triggers": """
        SELECT tgrelid::regclass::text, tgname, pg_get_triggerdef(oid) FROM pg_trigger
        WHERE NOT tgisinternal""",
    "functions": """
        SELECT proname, pg_get_functiondef(oid), '' FROM pg_proc
        WHERE pronamespace = 'public'::regnamespace""",
}


def catalog(engine: Engine) -> dict[str, list[tuple[Any, ...]]]:
    """What the database says of itself, without the job engine's and Alembic's own."""
    with engine.connect() as connection:
        return {
            kind: sorted(
                tuple(map(str, row))
                for row in connection.execute(text(query))
                if not row[0].startswith(("procrastinate", "alembic"))
            )
            for kind, query in CATALOG.items()
        }


def test_the_migrations_make_what_the_models_say(engine: Engine, blank: Engine) -> None:
    with blank.begin() as connection:
        connection.exec_driver_sql(folding.sql())
        Base.metadata.create_all(connection)
        for statement in ddl.CREATE:
            connection.execute(text(statement))
    from_models, migrated = catalog(blank), catalog(engine)
    for kind in CATALOG:
        assert migrated[kind] == from_models[kind]


def test_alembic_finds_no_difference(engine: Engine) -> None:
    assert check(engine) == []


@pytest.mark.owner
def test_a_model_without_its_migration_is_noticed(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE party DROP COLUMN employer"))
    assert "employer" in check(engine)[0]


def read(value: Any) -> Any:
    """The value with what is sealed in it opened."""
    match value:
        case dict():
            return {key: read(item) for key, item in value.items()}
        case list():
            return [read(item) for item in value]
        case str():
            return next((text for kind in Kind if (text := opened(keys(), kind, value)) != value), value)
        case _:
            return value


def same(before: dict[str, list[dict[str, Any]]], after: dict[str, list[dict[str, Any]]]) -> None:
    """What both have is equal once opened; a revision may have added tables and columns to one of them."""
    before, after = read(before), read(after)
    for name in before.keys() & after.keys():
        columns = before[name][0].keys() & after[name][0].keys()
        assert [{c: row[c] for c in columns} for row in before[name]] == [
            {c: row[c] for c in columns} for row in after[name]
        ], name


def told_losses(engine: Engine, below: str) -> dict[str, int]:
    """What is said to be lost on the way down, which is then refused and changes nothing; else it is gone."""
    with engine.connect() as connection:
        before, there = contents(connection), current(engine)
    try:
        downgrade(engine, below)
    except LossError as refused:
        told = refused.losses
    else:
        return {}
    with engine.connect() as connection:
        assert (contents(connection), current(engine)) == (before, there)
    downgrade(engine, below, lose=True)
    return {name: number for name, number in told.items() if name in ROWS}


def lost(before: dict[str, list[Any]], after: dict[str, list[Any]]) -> dict[str, int]:
    """By table how many rows are not there any more as they were."""
    found = {name: missing(before[name], after[name]) for name in before}
    return {name: number for name, number in found.items() if number}


def missing(before: list[dict[str, Any]], after: list[dict[str, Any]]) -> int:
    """How many of the rows are not there any more as they were."""
    counts = (Counter(json.dumps(row, sort_keys=True) for row in rows) for rows in (before, after))
    return sum((next(counts) - next(counts)).values())


def test_every_revision_goes_up_and_down_with_data(blank: Engine) -> None:
    steps = ["base", *revisions()]
    for below, revision in pairwise(steps):
        with blank.connect() as connection:
            before = contents(connection)
        upgrade(blank, revision)
        with blank.begin() as connection:
            same(before, contents(connection))
            fill(connection)
            given = contents(connection)
        told = told_losses(blank, below)
        with blank.begin() as connection:
            same(before, contents(connection))
        upgrade(blank, revision)
        with blank.begin() as connection:
            same(before, contents(connection))
            assert told == lost(given, contents(connection)), revision
            fill(connection)
            filled = contents(connection)
    assert current(blank) == head() == revisions()[-1]
    assert set(filled) == set(ROWS) == set(Base.metadata.tables)
    for below in reversed(steps[:-1]):
        downgrade(blank, below, lose=True)
        with blank.begin() as connection:
            same(filled, contents(connection))
    assert current(blank) is None
    with blank.connect() as connection:
        left = connection.scalars(
            text("SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace")
        )
        assert set(left) <= {"alembic_version", "alembic_version_pkc"}
        assert (
            connection.scalar(text("SELECT count(*) FROM pg_type WHERE typname LIKE 'procrastinate%'")) == 0
        )
        assert (
            connection.scalar(text("SELECT count(*) FROM pg_proc WHERE proname LIKE 'procrastinate%'")) == 0
        )


def test_the_way_back_over_the_seals_is_tried_without_opening_one(new_database: NewDatabase) -> None:
    with new_database(OWNER) as made:
        # Whoever waits for a lock of the try itself would wait for good.
        patience = {"connect_args": {"options": "-c lock_timeout=3s"}}
        engine = make_engine(made.url.render_as_string(hide_password=False), keys(), **patience)
        downgrade(engine, "0040", lose=True)
        with engine.begin() as connection:
            fill(connection)
        with engine.connect() as connection:
            there = contents(connection)
            for of in sealed_tables():
                if of.name in there:
                    seal_all(connection, of)
            before = contents(connection)
        with pytest.raises(LossError):
            downgrade(engine, "0037")
        with engine.connect() as connection:
            assert contents(connection) == before
        downgrade(engine, "0038")
        with engine.connect() as connection:
            assert MARK not in json.dumps(contents(connection))
        upgrade(engine, "0040")
        with engine.connect() as connection:
            assert contents(connection) == before
        engine.dispose()


def test_a_number_that_an_earlier_version_took_in_twice_stays_and_is_taken_in_no_third_time(
    blank: Engine,
) -> None:
    written = text("""
        INSERT INTO accreditation (id, program, track, edition, party_id, number, year, region, state,
            started_on, valid_from, valid_through, ended_on)
        SELECT :id, program, track, edition, party_id, :number, year, region, 'expired', started_on,
            valid_from, valid_through, valid_through + 1
        FROM accreditation ORDER BY id LIMIT 1""")
    kept = text("SELECT count(*) FROM accreditation")
    upgrade(blank, "0031")
    with blank.begin() as connection:
        fill(connection)
        connection.execute(written, {"id": 1000, "number": "p–t 2024‑0001"})
    upgrade(blank, "0032")
    with pytest.raises(IntegrityError, match="uq_accreditation_number_key"), blank.begin() as connection:
        connection.execute(written, {"id": 1001, "number": "ＰＴ20240001"})
    for revision, move in (("0031", downgrade), ("0032", upgrade)):
        move(blank, revision)
        with blank.connect() as connection:
            assert connection.scalar(kept) == 2


@pytest.mark.assurance
def test_each_way_down_from_the_newest_tells_what_it_loses(new_database: NewDatabase) -> None:
    """With every column filled, and each step tried twice: as told, and in earnest."""
    with new_database(OWNER) as engine:
        with engine.begin() as connection:
            fill(connection)
        for below, revision in reversed(list(pairwise(["base", *revisions()]))):
            with engine.connect() as connection:
                given = contents(connection)
            told = told_losses(engine, below)
            upgrade(engine, revision)
            with engine.connect() as connection:
                assert told == lost(given, contents(connection)), revision
            downgrade(engine, below, lose=True)


def test_processes_that_start_at_once_migrate_once(blank: Engine) -> None:
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(upgrade, [blank] * 3))
    assert current(blank) == head()


def test_the_job_engine_takes_and_gives_jobs(engine: Engine) -> None:
    address = conninfo(engine.url.render_as_string(hide_password=False))
    app = procrastinate.App(connector=procrastinate.SyncPsycopgConnector(conninfo=address))

    @app.task(name="check_one")
    def check_one(number: int) -> None: ...

    with app.open():
        job = check_one.configure(lock="acc/7").defer(number=7)
    with engine.connect() as connection:
        rows = connection.execute(
            text("SELECT id, task_name, args, status::text FROM procrastinate_jobs")
        ).all()
    assert [tuple(row) for row in rows] == [(job, "check_one", {"number": 7}, "todo")]


def test_a_newer_job_engine_asks_for_its_own_revision() -> None:
    kept = (SCRIPTS / "sql" / "procrastinate_3_10.sql").read_text(encoding="utf-8")
    assert kept == SchemaManager.get_schema(), (
        "procrastinate's schema changed: add a revision with its migrations"
    )


def at_revision(engine: Engine, revision: str, floor: str) -> None:
    """Make the database look as a newer version would leave it."""
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
        connection.execute(text(f"COMMENT ON TABLE alembic_version IS '{floor}'"))


def test_a_newer_database_is_worked_on_where_older_code_may(new_database: NewDatabase) -> None:
    known = migrate.revisions()
    with new_database(OWNER) as engine:
        assert migrate.unfit(engine) is None
        for floor in (known[-1], known[-2]):
            at_revision(engine, "9999", floor)
            assert migrate.unfit(engine) is None
        at_revision(engine, "9999", "9998")
        assert "install that version" in str(migrate.unfit(engine))
        at_revision(engine, "9999", "")
        assert "install that version" in str(migrate.unfit(engine))
        at_revision(engine, known[-2], known[-2])
        assert "accredit db upgrade" in str(migrate.unfit(engine))


def test_an_empty_database_is_to_be_upgraded(blank: Engine) -> None:
    assert "empty" in str(migrate.unfit(blank))


def test_the_database_notes_the_oldest_code_that_may_work_on_it(
    new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch
) -> None:
    noted = text("SELECT obj_description('alembic_version'::regclass)")
    first = migrate.revisions()[0]
    last = [it.revision for it in migrate.modules() if not getattr(it, "ADDITIVE", False)][-1]
    with new_database(OWNER) as engine, engine.connect() as connection:
        assert connection.scalar(noted) == last
        migrate.downgrade(engine, first, lose=True)
        assert connection.scalar(noted) == first
        migrate.downgrade(engine, "base", lose=True)
        assert connection.scalar(noted) is None


EVENTS = text("""
SELECT id, at, actor_id, actor, action, subject, subject_id, changes, previous_hash, hash
FROM audit_event ORDER BY id""").columns(changes=JSONB)


def test_the_trail_goes_back_to_one_chain_of_events_and_forth(new_database: NewDatabase) -> None:
    """What was changed behind its back is still wrong in the old chain, and no more of it."""
    with new_database(OWNER) as engine, session_factory(engine)() as session:
        sealed(engine, 1, 2)
        with session.begin_nested():
            session.execute(text("SELECT nextval('audit_event_id_seq')"))
        sealed(engine, 3, 4)
        tamper(session, "UPDATE audit_event SET actor = 'other' WHERE id = 2")
        session.close()
        downgrade(engine, "0012", lose=True)
        with engine.connect() as connection:
            previous, wrong = GENESIS, []
            for number, row in enumerate(connection.execute(EVENTS), start=1):
                assert (row.id, row.previous_hash) == (number, previous)
                if digest(row._asdict(), previous) != row.hash:
                    wrong.append(row.id)
                previous = row.hash
            assert (number, wrong) == (4, [2])
        upgrade(engine)
        assert verify_chain(session) == ["audit_event 2: was changed"]
        sealed(engine, 5)
        session.rollback()
        assert verify_chain(session) == ["audit_event 2: was changed"]
        assert session.scalars(text("SELECT number FROM audit_link ORDER BY id")).all() == [1, 2]


@pytest.mark.parametrize(("more", "refused"), [(-1, False), (0, False), (1, True)])
def test_a_server_older_than_the_oldest_tried_is_refused(
    engine: Engine, monkeypatch: pytest.MonkeyPatch, more: int, refused: bool
) -> None:
    with engine.connect() as connection:
        there = int(connection.scalar(text("SHOW server_version_num"))) // 10000
    monkeypatch.setattr(migrate, "OLDEST", there + more)
    for why in (migrate.too_old(engine), migrate.unfit(engine)):
        assert (why is not None and f"needs {there + more} or newer" in why) == refused
