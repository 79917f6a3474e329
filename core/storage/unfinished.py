"""A note on the database that a restore into it has begun: until it is taken away, nobody may use it."""

from __future__ import annotations

from sqlalchemy import Connection, Engine, text

LOCK = 0x61636D72
"""Key of the advisory lock under which a database is looked at and taken."""
NOTE = "accredit: a restore into this database has begun and is not finished"
# A comment on the database: no table of ours, and no dump has it.
_READ = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = current_database()"
_WRITE = "DO $$ BEGIN EXECUTE format('COMMENT ON DATABASE %I IS {value}', current_database()); END $$"
_TABLES = """
SELECT count(*) FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
WHERE relkind IN ('r', 'p') AND nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'"""
MEND = (
    "a restore into it broke off, and what is there is half a register; remove the instance folder (of a "
    "server of your own: drop the database and create it anew, too) and restore again"
)


def unfinished(engine: Engine) -> bool:
    """Whether a restore into the database has begun and was not ended."""
    with engine.connect() as connection:
        return _noted(connection)


def take(connection: Connection) -> str | None:
    """Note on an empty database that a restore begins; why not, where it is not empty."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LOCK})
    if _noted(connection):
        return MEND
    if connection.scalar(text(_TABLES)):
        return "it is not empty; restore into a new instance folder and an empty database"
    connection.execute(text(_WRITE.format(value=f"''{NOTE}''")))
    return None


def clear(connection: Connection) -> None:
    """Take the note away."""
    connection.execute(text(_WRITE.format(value="NULL")))


def _noted(connection: Connection) -> bool:
    return connection.scalar(text(_READ)) == NOTE
