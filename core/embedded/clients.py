"""PostgreSQL's programs that dump and load a database: which there are, which suits, and how they are run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from core.embedded.cluster import URL_VARIABLE, DatabaseServerError, carried_programs, conninfo

SYSTEM = (Path("/usr/lib/postgresql"), Path("/usr"))
"""Where Debian's packages and PostgreSQL's own for Red Hat keep a folder for each version."""
NO_TIMEOUT = b"SET transaction_timeout = 0;\n"
"""What pg_dump 17 and newer write at the top, and servers before 17 do not know."""
KNOWS_TIMEOUT = 17
TOP_LINES = 40
LONGEST_SAID = 2000


class ClientError(DatabaseServerError):
    """No program suits the server, or one of them failed; the message says which, and what to do."""


def dump(url: str, version: int, snapshot: str, to: Path) -> None:
    """Write the database as the snapshot shows it, as SQL packed by gzip; `version`: the server's major."""
    program = client(version) / "pg_dump"
    asked = ("--format=plain", "--compress=6", "--no-owner", "--no-privileges", "--no-sync")
    address, environment = _address(url)
    command = [str(program), *asked, f"--snapshot={snapshot}", f"--file={to}", f"--dbname={address}"]
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as running:
        try:
            said = running.communicate()[1]
        except BaseException:
            running.kill()
            raise
    _require_done(running, program, said)


def load(url: str, version: int, script: Iterable[bytes]) -> None:
    """Run what `dump` wrote, all of it or nothing; `version`: the major of the server that it goes to."""
    program = client(0) / "psql"
    asked = ("--no-psqlrc", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", "--file=-")
    address, environment = _address(url)
    with subprocess.Popen(
        [str(program), *asked, f"--dbname={address}"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    ) as running:
        assert running.stdin is not None  # noqa: S101  # asked for above
        try:
            _feed(for_server(version, script), running.stdin)
        except BaseException:
            # It takes the end of what it is given for the end of the script, and would keep half.
            running.kill()
            with suppress(BrokenPipeError):
                running.stdin.close()
            raise
        said = running.communicate()[1]
    _require_done(running, program, said)


def server_version(connection: psycopg.Connection) -> int:
    """The major version of the server."""
    return connection.info.server_version // 10000


def client(at_least: int) -> Path:
    """The folder of programs of that major version or a newer one; those of the system go first."""
    # The ones that come along know no TLS, which a server on another machine may ask for.
    found = [*sorted(_of_the_system(), reverse=True), *sorted(carried_programs().items(), reverse=True)]
    for version, folder in found:
        if version >= at_least:
            return folder
    there = ", ".join(str(version) for version in sorted({version for version, _ in found})) or "none"
    raise ClientError(
        f"The server is PostgreSQL {at_least}, and the pg_dump of an older version cannot read it; there is "
        f"{there}. Install the client programs of PostgreSQL {at_least} or newer (on Debian "
        f"postgresql-client-{at_least}), and try again."
    )


def _of_the_system() -> Iterator[tuple[int, Path]]:
    debian, red_hat = SYSTEM
    named = shutil.which("pg_dump")
    folders = [*debian.glob("[0-9]*/bin"), *red_hat.glob("pgsql-[0-9]*/bin")]
    for folder in (*folders, *([Path(named).parent] if named else [])):
        version = _version(folder)
        if version is not None:
            yield version, folder


def _version(folder: Path) -> int | None:
    if not (folder / "pg_dump").exists() or not (folder / "psql").exists():
        return None
    try:
        said = subprocess.run(
            [str(folder / "pg_dump"), "--version"], capture_output=True, text=True, check=False
        ).stdout
    except OSError:
        return None
    found = re.search(r"\) (\d+)", said)
    return int(found[1]) if found else None


def _address(url: str) -> tuple[str, dict[str, str]]:
    """The address for the command line, and the environment with the password that must not stand there."""
    named: dict[str, Any] = {**conninfo_to_dict(conninfo(url))}
    password = named.pop("password", None)
    secret = {"PGPASSWORD": str(password)} if password is not None else {}
    return make_conninfo(**named), {**os.environ, "LC_ALL": "C", **secret}


def for_server(version: int, script: Iterable[bytes]) -> Iterator[bytes]:
    """The lines of a dump without what a server of that major version does not know."""
    for number, line in enumerate(script):
        if version >= KNOWS_TIMEOUT or number >= TOP_LINES or line != NO_TIMEOUT:
            yield line


def _feed(script: Iterable[bytes], into: IO[bytes]) -> None:
    try:
        for line in script:
            into.write(line)
    except BrokenPipeError:
        pass  # it ended early, and says why


def _require_done(done: subprocess.Popen[bytes], program: Path, said: bytes) -> None:
    if done.returncode != 0:
        words = said.decode(errors="replace").strip()[-LONGEST_SAID:]
        tls = (
            f" The programs that come along know no TLS: install PostgreSQL's client programs for the server "
            f"that {URL_VARIABLE} names."
            if "SSL" in words
            else ""
        )
        raise ClientError(f"{program.name} failed. It said:\n{words}{tls}")
