"""The databases of a run: a migrated one to copy, copies of it, and one that is emptied after each test."""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from core.domain.holidays import from_chinesecalendar
from core.embedded.cluster import SETTINGS, account_for
from core.embedded.server import EmbeddedServer, conninfo, create_database, drop_database
from core.services.base.work import DECISION_DELAY
from core.storage.engine import make_engine
from core.storage.migrate import upgrade
from core.storage.models import SettingOverride
from core.storage.models.operations import SettingKind
from core.storage.trail.keys import VARIABLE, KeyFile

OWNER, APPLICATION, SUPERUSER = "accredit_owner", "accredit", "postgres"
TEMPLATE = "accredit_template"
TEMPLATE_LOCK = 0x61636373
LARGEST = 8 * 1024 * 1024
"""Bytes of dead rows from which a database is made anew rather than emptied once more."""


def keys() -> KeyFile:
    """The master keys of the trail that all of a run share, also with commands that it starts."""
    return KeyFile(Path(os.environ[VARIABLE]))


def initialise_with(programs: Path, data: Path, settings: Mapping[str, str]) -> int:
    """Make a server's files with the programs of any version, which is returned."""
    data.mkdir(parents=True)
    account = account_for(data)
    if account.switch:
        shutil.chown(data, account.uid, account.gid)
    asked = ("--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", "-U", SUPERUSER)
    made = account.run(programs / "initdb", "-D", str(data), *asked)
    assert made.returncode == 0, made.stdout
    with (data / "postgresql.conf").open("a", encoding="utf-8") as written:
        written.writelines(f"{name} = '{value}'\n" for name, value in {**SETTINGS, **settings}.items())
    return int((data / "PG_VERSION").read_text())


def make_template(server: EmbeddedServer) -> str:
    """The name of the migrated database of the run, made by whichever worker comes first."""
    administration = server.url("postgres", SUPERUSER)
    with psycopg.connect(conninfo(administration), autocommit=True) as connection:
        connection.execute("SELECT pg_advisory_lock(%s)", (TEMPLATE_LOCK,))
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (TEMPLATE,)).fetchone()
        if known is None:
            drop_database(administration, "unfinished")
            create_database(administration, "unfinished", owner=OWNER)
            migrated = make_engine(server.url("unfinished", OWNER), keys())
            upgrade(migrated, application=APPLICATION)
            migrated.dispose()
            connection.execute(f"ALTER DATABASE unfinished RENAME TO {TEMPLATE}")
    return TEMPLATE


class NewDatabase(Protocol):
    """How `new_database` is called."""

    def __call__(self, role: str = APPLICATION) -> AbstractContextManager[Engine]: ...


@contextmanager
def scratch_database(server: EmbeddedServer, template: str, role: str = APPLICATION) -> Iterator[Engine]:
    """An engine on a copy of the migrated database, which goes with the block; as the role says."""
    administration, name = server.url("postgres", SUPERUSER), _new_name()
    create_database(administration, name, template=template, owner=OWNER)
    made = make_engine(server.url(name, role), keys())
    yield made
    made.dispose()
    drop_database(administration, name)


@contextmanager
def as_owner(engine: Engine) -> Iterator[Engine]:
    """An engine on the same database with the owner's rights, for what the application may not do."""
    made = make_engine(engine.url.set(username=OWNER).render_as_string(hide_password=False), keys())
    yield made
    made.dispose()


def _new_name() -> str:
    return f"test_{uuid4().hex[:12]}"


HOLIDAYS = text("""
INSERT INTO holiday_day (day, working, name_zh, name_en) SELECT * FROM unnest(
CAST(:days AS date[]), CAST(:working AS boolean[]), CAST(:zh AS text[]), CAST(:en AS text[]))""")


def load_holidays(engine: Engine) -> None:
    """Put the holiday table of 2015 to 2026 into a database."""
    with engine.begin() as connection:
        connection.execute(HOLIDAYS, _holiday_columns())


def issue_at_once(session: Session) -> None:
    """Let a register issue its decisions as they are taken: for whoever tests what follows from them."""
    session.add(
        SettingOverride(
            program="",
            kind=SettingKind.OPERATION,
            name=DECISION_DELAY,
            value="0",
            effective_on=date(2015, 1, 1),
            reason="立即发出",
        )
    )


@cache
def _holiday_columns() -> dict[str, list[Any]]:
    known = list(from_chinesecalendar(range(2015, 2027)))
    return {
        "days": [row.day for row in known],
        "working": [row.is_working for row in known],
        "zh": [row.name.zh for row in known],
        "en": [row.name.en for row in known],
    }


TABLES = """
SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
AND relname <> 'alembic_version' ORDER BY relname"""
SEQUENCES = "SELECT relname FROM pg_class WHERE relkind = 'S' AND relnamespace = 'public'::regnamespace"
UNVACUUMED = """
UPDATE pg_class SET reloptions = reloptions || '{autovacuum_enabled=off}'
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"""
"""A vacuum in the background would change the order in which rows lie, now and then.

Said to each table by a statement of its own, it takes five times as long as copying the whole database.
"""
EMPTYING = """
CREATE FUNCTION pg_temp.emptied() RETURNS void LANGUAGE plpgsql AS $$ BEGIN
{deleting}
{restarting}
END $$"""
"""Planned once for all tests: planning takes longer than deleting what most tables do not hold."""
SHAPE = """
SELECT count(*), count(*) FILTER (WHERE age(xmin) < age(CAST(%s AS xid))) FROM (
  SELECT xmin FROM pg_class WHERE relnamespace = 'public'::regnamespace
  UNION ALL SELECT xmin FROM pg_attribute WHERE attrelid >= 16384
  UNION ALL SELECT xmin FROM pg_constraint
  UNION ALL SELECT xmin FROM pg_trigger
  UNION ALL SELECT xmin FROM pg_proc WHERE pronamespace = 'public'::regnamespace
  UNION ALL SELECT xmin FROM pg_statistic WHERE starelid >= 16384) AS described"""
"""How much describes the schema, and how much of it is younger than a transaction.

Differs after any change of the schema, and after an ANALYZE.
"""
SIZE = """
SELECT sum(pg_relation_size(oid)) FROM pg_class
WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"""
END_USERS = """
SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity a
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
AND (state <> 'idle' OR EXISTS (SELECT FROM pg_locks l WHERE l.pid = a.pid AND locktype = 'advisory'))"""
"""Whoever still has a transaction open, or an advisory lock: nothing of a test outlives it."""


class ReusedDatabase:
    """A copy of the migrated database that is emptied after each use: one use cannot see another's data.

    Emptying takes about two milliseconds, where a copy takes a hundred and its new connections twenty more.
    """

    def __init__(self, server: EmbeddedServer, template: str) -> None:
        self._administration = server.url("postgres", SUPERUSER)
        self._template, self.name = template, _new_name()
        self._address = conninfo(server.url(self.name, SUPERUSER))
        self.engine = make_engine(server.url(self.name), keys())
        self._owner = make_engine(server.url(self.name, OWNER), keys())
        self._lent = False
        self._make()

    @contextmanager
    def lent(self, role: str = APPLICATION) -> Iterator[Engine]:
        """An engine on the empty database as that role, for one user at a time."""
        assert not self._lent, "the worker's database is in use; take a scratch database"
        self._lent = True
        try:
            yield self.engine if role == APPLICATION else self._owner
        finally:
            self._empty()
            self._lent = False

    def close(self) -> None:
        """Drop the database."""
        self._direct.close()
        self._dispose()
        drop_database(self._administration, self.name)

    def _dispose(self) -> None:
        self.engine.dispose()
        self._owner.dispose()

    def _make(self) -> None:
        create_database(self._administration, self.name, template=self._template, owner=OWNER)
        self._direct = direct = psycopg.connect(self._address, autocommit=True)
        # Triggers keep the trail from being emptied, and foreign keys would lay down an order.
        direct.execute("SET session_replication_role = replica")
        direct.execute(UNVACUUMED)
        deleting = [
            sql.SQL("DELETE FROM {};").format(sql.Identifier(name)) for (name,) in direct.execute(TABLES)
        ]
        restarting = [
            sql.SQL(
                "PERFORM setval({name}, 1, false) FROM {table} WHERE is_called OR last_value <> 1;"
            ).format(name=sql.Literal(f'"{name}"'), table=sql.Identifier(name))
            for (name,) in direct.execute(SEQUENCES)
        ]
        parts = {"deleting": sql.SQL(" ").join(deleting), "restarting": sql.SQL(" ").join(restarting)}
        direct.execute(sql.SQL(EMPTYING).format(**parts))
        [(self._made,)] = direct.execute("SELECT CAST(CAST(pg_current_xact_id() AS xid) AS text)").fetchall()
        self._shape = self._described()

    def _described(self) -> tuple[Any, ...] | None:
        return self._direct.execute(SHAPE, (self._made,)).fetchone()

    def _empty(self) -> None:
        try:
            if self._direct.execute(END_USERS).fetchone() != (0,):
                self._dispose()
            unchanged = self._described() == self._shape
            size = self._direct.execute(SIZE).fetchone()
            if unchanged and size is not None and size[0] < LARGEST:
                self._direct.execute("SELECT pg_temp.emptied()")
                return
        except psycopg.OperationalError:
            pass  # A test cuts every connection there is.
        self.close()
        self._make()
