"""A database that refuses the n-th row of a table that is written, as one does whose disk is full."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, text

from tests.databases import APPLICATION, as_owner

REFUSED = "could not extend file: No space left on device (a trigger of the tests)"
COUNT = "CREATE SEQUENCE faults_count"
ALLOW = f"GRANT USAGE ON SEQUENCE faults_count TO {APPLICATION}"
REFUSE = """
CREATE FUNCTION faults_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('faults_count') = TG_ARGV[0]::bigint THEN
        RAISE EXCEPTION USING ERRCODE = 'disk_full', MESSAGE = '{refused}';
    END IF;
    RETURN coalesce(NEW, OLD);
END
$$"""
ON = """
CREATE TRIGGER aaa_faults BEFORE {operation} ON {table} FOR EACH ROW EXECUTE FUNCTION faults_refuse({nth})"""


CAME = "SELECT last_value FROM faults_count"


def _run(engine: Engine, *statements: str) -> None:
    with as_owner(engine) as owner, owner.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))


@contextmanager
def refusing(engine: Engine, table: str, operation: str, nth: int) -> Iterator[None]:
    """Refuse the n-th row, which must come; a transaction that is rolled back has counted all the same."""
    _run(
        engine,
        COUNT,
        ALLOW,
        REFUSE.format(refused=REFUSED),
        ON.format(operation=operation, table=table, nth=nth),
    )
    yield
    with as_owner(engine) as owner, owner.connect() as connection:
        assert connection.scalar(text(CAME)) >= nth, f"{operation} on {table}: row {nth} never came"
    _run(
        engine,
        f"DROP TRIGGER aaa_faults ON {table}",
        "DROP FUNCTION faults_refuse",
        "DROP SEQUENCE faults_count",
    )
