"""PostgreSQL servers of one's own, beside the embedded one: of other versions, by TCP and with a password."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL

from core.embedded.cluster import account_for, carried_programs

OWNER, PASSWORD = "keeper", "p@ss wörd/'1"
NAMED = "POSTGRES"
"""The variable with the folders of further programs."""
DEBIAN = Path("/usr/lib/postgresql")


def other_versions() -> list[Path]:
    """Programs of servers of other versions: the package's older set, what the system has, what is named."""
    newest = max(carried_programs().items())[1]
    older = [path for path in newest.parents[1].glob("pginstall*/bin") if path != newest]
    named = os.environ.get(NAMED, "").split(os.pathsep)
    return [*older, *sorted(DEBIAN.glob("[0-9]*/bin")), *(Path(path) for path in named if path)]


@dataclass(frozen=True)
class Server:
    """A server that listens on this machine."""

    port: int
    version: int

    def new_database(self) -> str:
        """The address of an empty database, whose owner has no other right."""
        name = f"register_{uuid4().hex[:8]}"
        with self._administration() as connection:
            create = sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0")
            connection.execute(create.format(sql.Identifier(name), sql.Identifier(OWNER)))
        return URL.create("postgresql", OWNER, PASSWORD, "127.0.0.1", self.port, name).render_as_string(
            hide_password=False
        )

    def _administration(self) -> psycopg.Connection:
        return psycopg.connect(
            host="127.0.0.1", port=self.port, user="postgres", password=PASSWORD, autocommit=True
        )


@contextmanager
def running(programs: Path, folder: Path) -> Iterator[Server]:
    """A server of that version, with its data in the folder."""
    data, secret = folder / "data", folder / "password"
    folder.mkdir(parents=True)
    secret.write_text(PASSWORD, encoding="utf-8")
    account = account_for(data)
    if account.switch:
        for path in (folder, secret):
            shutil.chown(path, account.uid, account.gid)
        for parent in folder.parents:
            if parent.stat().st_uid == 0 and not parent.stat().st_mode & 1:
                parent.chmod(parent.stat().st_mode | 1)
    asked = ("--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync", "-U", "postgres")
    made = account.run(programs / "initdb", "-D", str(data), f"--pwfile={secret}", *asked)
    assert made.returncode == 0, made.stdout
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c fsync=off"
    log = str(folder / "log")
    started = account.run(programs / "pg_ctl", "-w", "-D", str(data), "-l", log, "-o", options, "start")
    assert started.returncode == 0, (folder / "log").read_text(encoding="utf-8")
    try:
        server = Server(port, int((data / "PG_VERSION").read_text()))
        with server._administration() as connection:
            role = sql.SQL("CREATE ROLE {} LOGIN PASSWORD {}")
            connection.execute(role.format(sql.Identifier(OWNER), sql.Literal(PASSWORD)))
        yield server
    finally:
        account.run(programs / "pg_ctl", "-w", "-D", str(data), "-m", "immediate", "stop")
