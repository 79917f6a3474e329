"""Whoever has the application's password cannot undo what keeps the trail: PostgreSQL itself refuses."""

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from core.embedded.cluster import EmbeddedServer
from core.storage import grants, migrate
from core.storage.ddl import ACCESS, WRITTEN_ONCE
from core.storage.engine import make_engine
from core.storage.models import Base
from tests.databases import APPLICATION, OWNER, SUPERUSER, NewDatabase, as_owner

KEYS = {table: next(iter(Base.metadata.tables[table].primary_key)).name for table in WRITTEN_ONCE}
"""The key of each table that is written once."""

TABLES_HELD = """
SELECT relname, array_agg(privilege_type::text) FROM pg_class, aclexplode(relacl)
WHERE relnamespace = 'public'::regnamespace AND relkind = ANY (:kinds) AND grantee = CAST(:role AS regrole)
GROUP BY relname"""
FOR_ALL = """
SELECT relname FROM pg_class, aclexplode(relacl)
WHERE relnamespace = 'public'::regnamespace AND grantee = 0"""
THERE = """
SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = ANY (:kinds)"""
OWNERS = """
SELECT DISTINCT pg_get_userbyid(owner) FROM (
    SELECT relowner FROM pg_class WHERE relnamespace = 'public'::regnamespace
    UNION ALL SELECT proowner FROM pg_proc WHERE pronamespace = 'public'::regnamespace
    UNION ALL SELECT datdba FROM pg_database WHERE datname = current_database()) AS o (owner)"""

REFUSED = {
    "ALTER TABLE audit_event DISABLE TRIGGER USER",
    "ALTER TABLE audit_event DISABLE TRIGGER audit_event_rows_stay",
    "DROP TRIGGER audit_event_stays ON audit_event",
    "CREATE TRIGGER mine BEFORE INSERT ON audit_event EXECUTE FUNCTION accredit_refuse_change()",
    "CREATE RULE mine AS ON INSERT TO audit_event DO INSTEAD NOTHING",
    "CREATE OR REPLACE FUNCTION accredit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'",
    "CREATE FUNCTION mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "DROP FUNCTION accredit_refuse_change() CASCADE",
    "CREATE TABLE mine (id int)",
    "CREATE SCHEMA mine",
    "ALTER TABLE audit_event RENAME TO gone",
    "ALTER TABLE party ADD COLUMN mine int",
    "ALTER TABLE audit_event OWNER TO accredit",
    "DROP TABLE party CASCADE",
    "DROP SCHEMA public CASCADE",
    "TRUNCATE party CASCADE",
    "UPDATE alembic_version SET version_num = '0001'",
    "COMMENT ON TABLE alembic_version IS '0001'",
    "SET session_replication_role = replica",
    "ALTER ROLE accredit SET session_replication_role = replica",
    "SET ROLE accredit_owner",
    "SET ROLE postgres",
    "GRANT accredit_owner TO accredit",
    "ALTER ROLE accredit SUPERUSER",
    "ALTER ROLE accredit_owner PASSWORD 'mine'",
    "DELETE FROM access_record",
    "UPDATE access_record SET at = at",
    "TRUNCATE access_record",
    *(f"DROP TABLE {table} CASCADE" for table in WRITTEN_ONCE),
    *(f"TRUNCATE {table} CASCADE" for table in WRITTEN_ONCE),
    *(f"DELETE FROM {table}" for table in WRITTEN_ONCE),  # noqa: S608  # constants
    *(f"UPDATE {table} SET {KEYS[table]} = {KEYS[table]}" for table in WRITTEN_ONCE),  # noqa: S608  # constants
}  # fmt: skip
"""What would undo what was written, or prepare it."""


def held(engine: Engine, *kinds: str) -> dict[str, set[str]]:
    with engine.connect() as connection:
        named = {"kinds": list(kinds), "role": APPLICATION}
        return {name: set(rights) for name, rights in connection.execute(text(TABLES_HELD), named)}


def there(engine: Engine, *kinds: str) -> set[str]:
    with engine.connect() as connection:
        return set(connection.scalars(text(THERE), {"kinds": list(kinds)}))


@pytest.mark.parametrize("statement", sorted(REFUSED))
def test_postgresql_refuses_the_application(engine: Engine, statement: str) -> None:
    with (
        engine.connect() as connection,
        pytest.raises(DBAPIError, match=r"permission denied|must be owner|may alter|may grant"),
    ):
        connection.execute(text(statement))


def test_the_application_has_what_is_declared_of_every_table_and_no_more(engine: Engine) -> None:
    found = held(engine, "r", "p", "v", "m")
    assert found == {table: set(grants.rights(table)) for table in there(engine, "r", "p", "v", "m")}
    assert found.keys() >= {*Base.metadata.tables, "alembic_version", "procrastinate_jobs"}
    assert {table for table, rights in found.items() if rights == {"SELECT", "INSERT"}} == {
        *WRITTEN_ONCE,
        ACCESS,
    }
    assert held(engine, "S") == {name: {"USAGE", "SELECT"} for name in there(engine, "S")}


def test_all_belongs_to_the_owner_and_nothing_is_open_to_all(engine: Engine) -> None:
    with engine.connect() as connection:
        assert connection.scalars(text(OWNERS)).all() == [OWNER]
        assert connection.scalars(text(FOR_ALL)).all() == []


def test_a_table_that_comes_later_is_covered_without_a_line(new_database: NewDatabase) -> None:
    with new_database() as engine, as_owner(engine) as owner:
        with owner.begin() as connection:
            connection.execute(text("CREATE TABLE later (id int GENERATED BY DEFAULT AS IDENTITY, n int)"))
            connection.execute(text("GRANT ALL ON party TO accredit, PUBLIC"))
            connection.execute(text("GRANT ALL ON SCHEMA public TO accredit, PUBLIC"))
        migrate.upgrade(owner, application=APPLICATION)
        assert held(engine, "r")["later"] == held(engine, "r")["party"] == grants.WORK
        assert grants.excess(engine) == []
        with engine.begin() as connection:
            connection.execute(text("INSERT INTO later (n) VALUES (1)"))
        again = held(engine, "r", "S")
        migrate.give_rights(owner, APPLICATION)
        assert held(engine, "r", "S") == again


def test_what_was_forgotten_keeps_the_application_from_starting(new_database: NewDatabase) -> None:
    with new_database() as engine, as_owner(engine) as owner:
        assert migrate.unfit(engine) is None
        with owner.begin() as connection:
            connection.execute(text("REVOKE DELETE ON party FROM accredit"))
            connection.execute(text("REVOKE ALL ON alembic_version FROM accredit"))
        assert grants.lacking(engine) == ["alembic_version", "party"]
        why = "lacks rights on 2 tables, alembic_version among them; run accredit db upgrade"
        assert why in str(migrate.unfit(engine))


def test_one_role_for_both_keeps_its_own_rights(new_database: NewDatabase) -> None:
    with new_database(OWNER) as owner:
        migrate.upgrade(owner, application=OWNER)
        assert migrate.unfit(owner) is None


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("GRANT TRUNCATE ON party, audit_event TO accredit", "has TRUNCATE on audit_event, party"),
        ("GRANT UPDATE ON decision TO PUBLIC", "has UPDATE on decision"),
        ("GRANT CREATE ON SCHEMA public TO accredit", "may make tables and functions in the schema public"),
        ("GRANT UPDATE (actor) ON audit_event TO accredit", "has UPDATE on audit_event"),
        ("ALTER TABLE party OWNER TO accredit", "owns the database, tables"),
        ("ALTER FUNCTION accredit_refuse_change() OWNER TO accredit", "owns the database, tables"),
    ],
)
def test_a_right_too_many_is_told(new_database: NewDatabase, statement: str, said: str) -> None:
    with new_database() as engine:
        assert grants.excess(engine) == []
        administration = make_engine(engine.url.set(username=SUPERUSER).render_as_string())
        with administration.begin() as connection:
            connection.execute(text(statement))
        administration.dispose()
        (found,) = grants.excess(engine)
        assert found.startswith(said)


def test_the_owner_and_the_superuser_are_told(new_database: NewDatabase, pg_server: EmbeddedServer) -> None:
    with new_database(OWNER) as owner:
        assert grants.excess(owner) == [
            "owns the database, tables or functions in it, or can become who does"
        ]
    superuser = make_engine(pg_server.url("postgres", SUPERUSER))
    assert grants.excess(superuser) == ["is a superuser, or makes roles"]
    superuser.dispose()
