"""Changes past the services, as whoever owns the database can make them; `verify` must find each.

A case names the table and the row that must be found. Every audited table has a row deleted and one put in
beside; then come changes of single values by hand, and `of_column` makes one for any column.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ARRAY, Boolean, Column, Connection, Date, DateTime, Integer, Numeric, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from core.storage.models import Base
from core.storage.trail.changes import audited, columns, key_column

TABLES = {entity.__tablename__: entity for entity in audited()}
CONSTRAINTS = """
SELECT format('ALTER TABLE %s DROP CONSTRAINT IF EXISTS %I CASCADE', conrelid::regclass, conname)
FROM pg_constraint WHERE contype IN ('f', 'u', 'c')
AND CAST(:t AS regclass) IN (conrelid, confrelid)
UNION ALL
SELECT format('DROP INDEX IF EXISTS %s', i.indexrelid::regclass) FROM pg_index i
WHERE i.indrelid = CAST(:t AS regclass) AND i.indisunique AND NOT i.indisprimary
AND NOT EXISTS (SELECT FROM pg_constraint c WHERE c.conindid = i.indexrelid)"""


@dataclass(frozen=True)
class Tampering:
    """One change: `statement` with the row's key as `:key`, and what is found, by check."""

    what: str
    table: str
    statement: str
    row: str = ""
    """SQL for the key of the row that is changed; the first unless given."""
    found: str = "audit.state"

    def __str__(self) -> str:
        return f"{self.table}: {self.what}"

    def make(self, connection: Connection) -> str:
        """Make the change, and tell the key of the row that must be found."""
        opened(connection, self.table)
        key = key_column(TABLES[self.table]).name
        row = self.row or f'SELECT min("{key}") FROM "{self.table}"'  # noqa: S608  # the models' names
        chosen = connection.scalar(text(row))
        assert chosen is not None, f"no row in {self.table} to tamper with"
        result = connection.execute(text(self.statement), {"key": chosen} if ":key" in self.statement else {})
        if result.returns_rows:
            return str(result.scalar_one())
        assert result.rowcount == 1, f"{self} changed {result.rowcount} rows"
        return str(chosen)


def opened(connection: Connection, table: str) -> None:
    """Lift what guards a table: triggers, foreign keys, checks, unique keys."""
    connection.execute(text(f'ALTER TABLE "{table}" DISABLE TRIGGER USER'))
    for statement in connection.scalars(text(CONSTRAINTS), {"t": f'"{table}"'}).all():
        connection.execute(text(statement))


def deleted(table: str) -> Tampering:
    """The first row of a table goes."""
    key = key_column(TABLES[table]).name
    statement = f'DELETE FROM "{table}" WHERE "{key}" = :key'  # noqa: S608  # the models' names
    return Tampering("a row is deleted", table, statement, found="audit.row")


def inserted(table: str) -> Tampering:
    """A copy of the first row of a table, under a key of its own."""
    key = key_column(TABLES[table])
    others = ", ".join(f'"{column.name}"' for column in TABLES[table].__table__.c if column is not key)
    new = "date '1999-01-02'" if isinstance(key.type, Date) else "900001"
    statement = (
        f'INSERT INTO "{table}" ("{key.name}", {others}) SELECT {new}, {others} FROM "{table}" '  # noqa: S608
        f'WHERE "{key.name}" = :key RETURNING "{key.name}"'
    )
    return Tampering("a row is put in", table, statement, found="audit.row")


def of_column(table: str, column: Column[object]) -> Tampering:
    """Another value in one column of the first row."""
    key, name = key_column(TABLES[table]).name, f'"{column.name}"'
    statement = f'UPDATE "{table}" SET {name} = {_other(column, name)} WHERE "{key}" = :key'  # noqa: S608
    return Tampering(f"{column.name} is changed", table, statement)


def _other(column: Column[object], name: str) -> str:
    match column.type:
        case JSONB():
            return (
                f"CASE WHEN jsonb_typeof({name}) = 'object' THEN {name} || '{{\"tampered\": 1}}' "
                "ELSE '\"tampered\"' END"
            )
        case ARRAY():
            return f"array_append({name}, 'tampered')"
        case Boolean():
            return f"NOT coalesce({name}, false)"
        case Integer() | Numeric():
            return f"coalesce({name}, 0) + 1"
        case Date():
            return f"coalesce({name}, date '2020-01-01') + 1"
        case DateTime():
            return f"coalesce({name}, timestamptz '2020-01-01') + interval '1 second'"
        case Uuid():
            return "gen_random_uuid()"
        case _:
            return f"CASE WHEN {name} = 'x' THEN 'y' ELSE 'x' END"


def of_columns(entity: type[Base]) -> list[Tampering]:
    """One for each column of an entity that the trail covers, its key too."""
    key = key_column(entity)
    covered = [column for column in columns(entity).values() if column is not key]
    return [of_column(entity.__tablename__, column) for column in covered]


def _change(what: str, table: str, assignment: str, row: str = "") -> Tampering:
    key = key_column(TABLES[table]).name
    return Tampering(what, table, f'UPDATE "{table}" SET {assignment} WHERE "{key}" = :key', row)  # noqa: S608


def _moved(table: str, column: str, target: str) -> Tampering:
    other = f'(SELECT id FROM "{target}" o WHERE o.id IS DISTINCT FROM "{table}"."{column}" LIMIT 1)'  # noqa: S608
    return _change(f"{column} is moved", table, f'"{column}" = {other}')


TAMPERINGS: tuple[Tampering, ...] = (
    *(deleted(table) for table in TABLES),
    *(inserted(table) for table in TABLES),
    _change("a state is put in that there is not", "accreditation", "state = 'x'"),
    _change("a person is renamed", "party", "name = name || '甲'"),
    _change("an ID number is exchanged", "party", "id_number = '110101199003070038'"),
    _change("a key of the profile is set", "party", """profile = profile || '{"mobile": "13900139000"}'"""),
    _change("a key of the profile is new", "party", """profile = profile || '{"planted": null}'"""),
    _change("an account takes another address", "app_user", "email = 'thief@example.cn'"),
    _change("a closed account is opened", "app_user", "active = NOT active"),
    _change("a role reaches everywhere", "role_grant", "program = 'everything'"),
    _change("a role grows", "role_grant", "role = CASE role WHEN 'lead' THEN 'officer' ELSE 'lead' END"),
    _moved("membership", "user_id", "app_user"),
    _change("a call closes later", "call", "submit_by = submit_by + interval '1 day'"),
    _change("a weight is changed", "call", "score_sheet = score_sheet || '[{\"key\": \"x\"}]'"),
    _change("a fact is changed", "application", """facts = jsonb_set(facts, '{staff_full_time}', '999')""",
            "SELECT min(id) FROM application WHERE facts ? 'staff_full_time'"),
    _change("a fact goes", "application", "facts = facts - 'staff_full_time'",
            "SELECT min(id) FROM application WHERE facts ? 'staff_full_time'"),
    _change("true becomes 1", "application", "facts = (SELECT jsonb_object_agg(key, CASE value WHEN 'true' "
            "THEN '1' WHEN 'false' THEN '0' ELSE value END) FROM jsonb_each(facts))",
            "SELECT min(a.id) FROM application a, jsonb_each(a.facts) f WHERE f.value IN ('true', 'false')"),
    _change("a submission is dated back", "application", "submitted_at = submitted_at - interval '1 day'",
            "SELECT min(id) FROM application WHERE submitted_at IS NOT NULL"),
    _moved("application", "party_id", "party"),
    _change("a statement of a fact is changed", "fact_entry", "value = '998'"),
    _change("a document is exchanged", "material_file", "sha256 = repeat('0', 64)"),
    _change("a document is another's", "material_file", "filename = 'other.pdf'"),
    _change("points are raised", "score", "points = points + 1"),
    _change("a conflict is taken back", "review_assignment", "conflict = NOT coalesce(conflict, false)"),
    _change("a recommendation is turned", "recommendation", "positive = NOT positive"),
    _change("a decision is turned", "decision", "kind = 'rejected'"),
    _change("a verdict is changed", "decision", """verdict = verdict || '{"outcome": "not"}'"""),
    _change("a decided fact is changed", "decision", """facts = facts || '{"id_number": "1"}'"""),
    _change("a certificate's number is changed", "accreditation", "number = number || '9'"),
    _change("a term is longer", "accreditation", "valid_through = valid_through + 1"),
    _change("a status is given back", "accreditation", "state = 'active', ended_on = NULL",
            "SELECT min(id) FROM accreditation WHERE state = 'revoked'"),
    _moved("accreditation", "party_id", "party"),
    _change("hours are added", "service_record", "hours = hours + 1"),
    _change("a service is moved into the year", "service_record", "service_date = service_date + 40"),
    _change("a fee is hidden", "service_record", "fee_cny = fee_cny + 1"),
    _change("an entry is told earlier", "register_event", "happened_on = happened_on - 1"),
    _change("a bound is changed", "register_event", """evidence = evidence || '{"bound": 0}'"""),
    _change("a complaint is verified", "complaint", "verified = NOT coalesce(verified, false)"),
    _change("a complaint says else", "complaint", "content = '无事'"),
    _change("an exit is overturned", "exit_case", "state = 'overturned'"),
    _change("the time to object is shorter", "exit_case", "objection_until = objection_until - 1",
            "SELECT min(id) FROM exit_case WHERE objection_until IS NOT NULL"),
    _moved("exit_case", "first_officer_id", "app_user"),
    _change("a ban is shorter", "ban", "through = through - 1"),
    _change("a notice closes earlier", "public_notice", "closes_on = closes_on - 1"),
    _change("an objector is another", "objection", "objector = '别人'"),
    _change("a message went elsewhere", "outbox_message", "recipient = 'other@example.cn'"),
    _change("a message said else", "outbox_message", "body = body || '。'"),
    _change("a parameter has another value", "setting_override", "value = '1'"),
    _change("a holiday is worked", "holiday_day", "working = NOT working"),
)  # fmt: skip
