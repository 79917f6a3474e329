"""What the application's role may do with each table; whoever owns the tables is another role.

The owner can lift the triggers that keep what was written, and take tables away: so the application, whose
password lies on every machine that answers, is not the owner. What it is given follows from the tables that
are there, so that a new one needs no line here.
"""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import Connection, Engine, text

from core.storage.ddl import ACCESS, LINKS, WRITTEN_ONCE
from core.storage.models import Base

REVISION_TABLE = "alembic_version"
READ = frozenset({"SELECT"})
WRITE_ONCE = READ | {"INSERT"}
PLACE_ONCE = WRITE_ONCE | {"UPDATE"}
WORK = PLACE_ONCE | {"DELETE"}
ALL = WORK | {"TRUNCATE", "REFERENCES", "TRIGGER"}
OF_SEQUENCES = "USAGE, SELECT"
"""To take the next number, and to be put away by a backup."""

# Of the register are the tables whose owner is that of Alembic's: an extension's are not ours to give.
_OURS = """
SELECT c.relname FROM pg_class c JOIN pg_class known ON known.oid = to_regclass('public.alembic_version')
WHERE c.relnamespace = 'public'::regnamespace AND c.relowner = known.relowner AND c.relkind = ANY (:kinds)
ORDER BY c.relname"""
_OWNER = """
SELECT pg_get_userbyid(relowner) FROM pg_class WHERE oid = to_regclass('public.alembic_version')"""
# A right on one column is a right to change a row.
_HELD = """
SELECT c.relname, r.name FROM pg_class c, unnest(CAST(:rights AS text[])) AS r (name)
WHERE c.relnamespace = 'public'::regnamespace AND c.relname = ANY (:tables)
AND CASE WHEN r.name IN ('DELETE', 'TRUNCATE', 'TRIGGER') THEN has_table_privilege(c.oid, r.name)
    ELSE has_any_column_privilege(c.oid, r.name) END
ORDER BY c.relname, r.name"""
_STANDING = """
SELECT rolsuper OR rolcreaterole, pg_has_role(datdba, 'MEMBER') OR EXISTS (
    SELECT FROM pg_class WHERE relnamespace = 'public'::regnamespace AND pg_has_role(relowner, 'MEMBER')
) OR EXISTS (
    SELECT FROM pg_proc WHERE pronamespace = 'public'::regnamespace AND pg_has_role(proowner, 'MEMBER')
), has_schema_privilege('public', 'CREATE')
FROM pg_roles, pg_database WHERE rolname = current_user AND datname = current_database()"""


def rights(table: str) -> frozenset[str]:
    """What the application may do with a table."""
    if table == REVISION_TABLE:
        return READ
    if table == LINKS:
        return PLACE_ONCE
    return WRITE_ONCE if table in (*WRITTEN_ONCE, ACCESS) else WORK


def statements(connection: Connection, role: str) -> list[str]:
    """What gives a role all that the application needs of the tables that are there, and takes away the rest.

    Nothing where the role is the owner itself, or no table is there.
    """
    if owner(connection) in {None, role}:
        return []
    quote = connection.dialect.identifier_preparer.quote
    to = quote(role)
    tables = _names(connection, "r", "p")
    given = [
        f"GRANT USAGE ON SCHEMA public TO {to}",
        # Servers before PostgreSQL 15 let everyone make things there.
        f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {to}",
        f"REVOKE ALL ON {', '.join(map(quote, tables))} FROM PUBLIC, {to}",
    ]
    for kind in (READ, WRITE_ONCE, PLACE_ONCE, WORK):
        named = [quote(table) for table in tables if rights(table) == kind]
        if named:
            given.append(f"GRANT {', '.join(sorted(kind))} ON {', '.join(named)} TO {to}")
    if sequences := [quote(name) for name in _names(connection, "S")]:
        listed = ", ".join(sequences)
        given.append(f"REVOKE ALL ON SEQUENCE {listed} FROM PUBLIC, {to}")
        given.append(f"GRANT {OF_SEQUENCES} ON SEQUENCE {listed} TO {to}")
    return given


def owner(connection: Connection) -> str | None:
    """The role that owns the register's tables; None before there are any."""
    found: str | None = connection.scalar(text(_OWNER))
    return found


def not_owned(connection: Connection) -> str | None:
    """Why the role that is connected cannot change the schema; None where it can."""
    there, role = owner(connection), connection.scalar(text("SELECT current_user"))
    if there is None:
        if connection.scalar(text("SELECT has_schema_privilege('public', 'CREATE')")):
            return None
        return f"the role {role} may make no tables in the database"
    if connection.scalar(text("SELECT pg_has_role(:there, 'USAGE')"), {"there": there}):
        return None
    return f"the tables belong to the role {there}, and this is {role}"


def lacking(engine: Engine) -> list[str]:
    """The tables that this code knows and on which the role that is connected may not do what it must."""
    known = {*Base.metadata.tables, REVISION_TABLE}
    with engine.connect() as connection:
        there = known.intersection(_names(connection, "r", "p"))
        held = set(_held(connection, there))
    return sorted(table for table in there if not {(table, right) for right in rights(table)} <= held)


def excess(engine: Engine) -> list[str]:
    """What the role that is connected may do and the application must not, each as the end of a sentence."""
    with engine.connect() as connection:
        powerful, owns, creates = connection.execute(text(_STANDING)).one()
        if powerful:
            return ["is a superuser, or makes roles"]
        if owns:
            return ["owns the database, tables or functions in it, or can become who does"]
        more: dict[str, list[str]] = {}
        for table, right in _held(connection, _names(connection, "r", "p")):
            if right not in rights(table):
                more.setdefault(right, []).append(table)
    said = [f"has {right} on {', '.join(tables)}" for right, tables in sorted(more.items())]
    return [*(["may make tables and functions in the schema public"] if creates else []), *said]


def _names(connection: Connection, *kinds: str) -> list[str]:
    return list(connection.scalars(text(_OURS), {"kinds": list(kinds)}))


def _held(connection: Connection, tables: Iterable[str]) -> list[tuple[str, str]]:
    asked = {"rights": sorted(ALL), "tables": list(tables)}
    return [(table, right) for table, right in connection.execute(text(_HELD), asked)]
