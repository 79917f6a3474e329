"""Where the database is: a server that the environment names, or one started below the instance folder."""

import atexit
import contextlib
import fcntl
import logging
import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from core.embedded.cluster import (
    APPLICATION_ROLE,
    DRIVER,
    OWNER_ROLE,
    OWNER_VARIABLE,
    SETTINGS,
    SUPERUSER,
    URL_VARIABLE,
    DatabaseServerError,
    EmbeddedServer,
    account_for,
    connect,
    connect_or_start,
    conninfo,
    initialise,
    socket_dir_for,
    stop,
)

__all__ = [
    "OWNER_VARIABLE",
    "URL_VARIABLE",
    "DatabaseServerError",
    "EmbeddedServer",
    "attach",
    "connect",
    "conninfo",
    "create_database",
    "database_url",
    "drop_database",
    "normalise_url",
    "owner_url",
    "release",
]

DATABASE = "accredit"
LOCK_SECONDS = 90.0
PAUSE_SECONDS = 0.1

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Hold:
    """This process's share in a server; the operating system drops it with the process, however it ends."""

    descriptor: int
    pid: int


# One entry per server that this process uses: the locks must live exactly as long as the process.
_holds: dict[Path, _Hold] = {}


def database_url(instance_folder: Path) -> str:
    """The SQLAlchemy address of the register's database, started and created where that is needed."""
    given = os.environ.get(URL_VARIABLE, "").strip()
    return normalise_url(given) if given else _created(instance_folder).url(DATABASE)


def owner_url(instance_folder: Path) -> str:
    """The same for the role that owns the tables; on a server of one's own without one, the same address."""
    owner = os.environ.get(OWNER_VARIABLE, "").strip()
    if os.environ.get(URL_VARIABLE, "").strip():
        return normalise_url(owner, OWNER_VARIABLE) if owner else database_url(instance_folder)
    if owner:
        raise DatabaseServerError(
            f"{OWNER_VARIABLE} is set, and {URL_VARIABLE} is not: set both for a server of your own, or "
            "neither for the embedded one."
        )
    server = _created(instance_folder)
    with connect(server.url(DATABASE, SUPERUSER)) as connection:
        # Before the two were told apart the application owned everything.
        whose = sql.SQL("REASSIGN OWNED BY {} TO {}")
        connection.execute(whose.format(sql.Identifier(APPLICATION_ROLE), sql.Identifier(OWNER_ROLE)))
    return server.url(DATABASE, OWNER_ROLE)


def _created(instance_folder: Path) -> EmbeddedServer:
    server = attach(instance_folder)
    create_database(server.url(SUPERUSER, SUPERUSER), DATABASE, owner=OWNER_ROLE, exist_ok=True)
    return server


def normalise_url(text: str, variable: str = URL_VARIABLE) -> str:
    """The same address with the driver that the register uses."""
    try:
        url = make_url(text)
    except ArgumentError as error:
        raise DatabaseServerError(
            f"{variable} is not a database address. Write it as postgresql://user:password@host:5432/name."
        ) from error
    dialect = url.drivername.partition("+")[0]
    if dialect not in {"postgres", "postgresql"}:
        raise DatabaseServerError(
            f"{variable} names a {dialect} database; accredit needs PostgreSQL 14 or newer."
        )
    return url.set(drivername=DRIVER).render_as_string(hide_password=False)


def attach(instance_folder: Path, settings: Mapping[str, str] | None = None) -> EmbeddedServer:
    """Use the embedded server of a folder until this process ends; the last user's leaving stops it.

    `settings` are written into a server that is new, and change nothing in one that exists.
    """
    instance_folder.mkdir(parents=True, exist_ok=True)
    folder = instance_folder.resolve()
    with _alone(folder):
        _hold(folder)
        data = folder / "postgres"
        account = account_for(data)
        if not (data / "PG_VERSION").exists():
            initialise(data, account, {**SETTINGS, **(settings or {})})
        server = EmbeddedServer(data, socket_dir_for(data, account))
        with connect_or_start(server, account) as connection:
            _ensure_roles(connection)
    return server


def release(instance_folder: Path, *, patience: float = 0.0) -> bool:
    """Leave the embedded server of a folder, and tell whether that stopped it.

    `patience`: seconds to wait for other users to leave first, for a process that ended its helpers.
    """
    folder = instance_folder.resolve()
    hold = _holds.pop(folder, None)
    if hold is None or hold.pid != os.getpid() or not folder.exists():
        return False
    deadline = time.monotonic() + patience
    while True:
        with _alone(folder):
            last = _is_last(hold)
            if last or time.monotonic() >= deadline:
                # Closing gives the lock up: no one can take part before _alone() is left.
                os.close(hold.descriptor)
                return last and stop(folder / "postgres")
        time.sleep(PAUSE_SECONDS)


def _is_last(hold: _Hold) -> bool:
    """Whether nobody else uses the server; true makes the hold exclusive."""
    try:
        fcntl.flock(hold.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def create_database(
    url: str, name: str, *, template: str | None = None, owner: str | None = None, exist_ok: bool = False
) -> str:
    """Create a database, empty or from a template, beside the one that `url` names; return its address."""
    statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
    if owner is not None:
        statement += sql.SQL(" OWNER {}").format(sql.Identifier(owner))
    if template is not None:
        statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
    with connect(url) as connection:
        known = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
        if known is None or not exist_ok:
            # Two processes may find it missing at once: the slower one is told by either of these.
            race = (psycopg.errors.DuplicateDatabase, psycopg.errors.UniqueViolation) if exist_ok else ()
            with contextlib.suppress(*race):
                connection.execute(statement)
    return make_url(url).set(database=name).render_as_string(hide_password=False)


def drop_database(url: str, name: str, *, patience: float = 20, tries: int = 3) -> None:
    """Drop a database beside the one that `url` names, together with the connections to it.

    The server waits, without end, until each of its processes has heard of it; one that began in the same
    moment, or that waits for its client to read, may not. A second try tells all of them anew.
    """
    dropping = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
    with connect(url) as connection:
        connection.execute(f"SET statement_timeout = {int(patience * 1000)}")
        for left in reversed(range(tries)):
            try:
                connection.execute(dropping)
                return
            except psycopg.errors.QueryCanceled:
                if not left:
                    raise


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time start, stop or create the server of a folder."""
    descriptor = _open_lock(folder / "postgres.lock")
    try:
        give_up = time.monotonic() + LOCK_SECONDS
        while True:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() > give_up:
                    raise DatabaseServerError(
                        f"Another process has been starting or stopping the database in {folder} "
                        f"for {LOCK_SECONDS:.0f} seconds. See {folder / 'postgres' / 'server.log'}, end that "
                        "process, and try again."
                    ) from error
                time.sleep(0.01)
        yield
    finally:
        os.close(descriptor)


def _hold(folder: Path) -> None:
    """Count this process among the users of the server."""
    known = _holds.get(folder)
    if known is not None and known.pid == os.getpid():
        return
    descriptor = _open_lock(folder / "postgres.users")
    fcntl.flock(descriptor, fcntl.LOCK_SH)
    _holds[folder] = _Hold(descriptor, os.getpid())


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise DatabaseServerError(
            f"The database cannot be used: {path} cannot be opened ({error.strerror}). Run accredit under "
            f"the account that owns {path.parent}, or give it that folder."
        ) from error


@atexit.register
def _release_all() -> None:
    for folder in list(_holds):
        try:
            release(folder)
        except (DatabaseServerError, OSError) as error:
            log.warning("The database in %s could not be stopped: %s", folder, error)


def _ensure_roles(connection: psycopg.Connection) -> None:
    """Two roles that are no superusers, as on a managed server: one owns the tables, one works on them."""
    known = {name for (name,) in connection.execute("SELECT rolname FROM pg_roles")}
    for role in (OWNER_ROLE, APPLICATION_ROLE):
        if role not in known:
            connection.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
