"""Of PostgreSQL's programs, the set that suits the server is taken; one that is too old is never tried."""

import gzip
import re
import subprocess
from pathlib import Path

import psycopg
import pytest

from core.embedded import clients
from core.embedded.cluster import EmbeddedServer, carried_programs, conninfo

pytestmark = pytest.mark.database


def major(program: Path) -> int:
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.findall(r"\) (\d+)", said)[0])


def carried() -> list[Path]:
    """Every set of programs that lies in the package."""
    (_, newest), *_ = carried_programs().items()
    return sorted(newest.parents[1].glob("pginstall*/bin"))


def no_system(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(clients, "SYSTEM", (folder, folder))
    monkeypatch.setenv("PATH", str(folder))


def test_two_sets_lie_in_the_package_and_the_older_one_dumps_nothing(
    pg_server: EmbeddedServer, database_url: str, tmp_path: Path
) -> None:
    """The trap: sorted by version as `sort` does it, the set without a number comes last."""
    old = min(carried(), key=lambda folder: major(folder / "pg_dump"))
    new = max(carried(), key=lambda folder: major(folder / "pg_dump"))
    order = subprocess.run(
        ["sort", "--version-sort"], input=f"{old}\n{new}\n", capture_output=True, text=True, check=True
    )
    assert order.stdout.splitlines()[-1] == str(old)
    target = tmp_path / "dump"
    with target.open("wb") as out:
        done = subprocess.run(
            [old / "pg_dump", "--format=custom", f"--dbname={conninfo(database_url)}"],
            stdout=out,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode != 0
    assert "version mismatch" in done.stderr
    assert target.read_bytes() == b""


def test_the_embedded_server_is_dumped_by_programs_of_its_version(
    pg_server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    no_system(monkeypatch, tmp_path)
    written = int((pg_server.data / "PG_VERSION").read_text())
    assert major(clients.client(written) / "pg_dump") == written


def test_a_server_newer_than_every_program_is_refused_with_the_mend(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    no_system(monkeypatch, tmp_path)
    newest = max(carried_programs())
    assert clients.client(newest).is_dir()
    with pytest.raises(clients.ClientError, match=f"postgresql-client-{newest + 1}"):
        clients.client(newest + 1)


def test_the_systems_own_programs_go_first_where_they_suit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    no_system(monkeypatch, tmp_path)
    theirs = tmp_path / "15" / "bin"
    theirs.mkdir(parents=True)
    for name in ("pg_dump", "psql"):
        (theirs / name).write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 15.9 (Debian 15.9-1)'\n")
        (theirs / name).chmod(0o755)
    assert clients.client(14) == clients.client(15) == theirs
    assert clients.client(16) != theirs


def test_a_password_stands_in_no_process_list() -> None:
    address, environment = clients._address("postgresql+psycopg://keeper:p%40ss@db.example:5433/register")
    assert "p@ss" not in address
    assert "keeper" in address
    assert environment["PGPASSWORD"] == "p@ss"


@pytest.mark.parametrize("gone", [False, True])
def test_a_script_that_breaks_off_leaves_nothing(
    database_url: str, monkeypatch: pytest.MonkeyPatch, gone: bool
) -> None:
    """And says why, also where the program has ended before what was written for it is let go."""
    kill = subprocess.Popen.kill

    def killed(running: "subprocess.Popen[bytes]") -> None:
        kill(running)
        if gone:
            running.wait()

    monkeypatch.setattr(subprocess.Popen, "kill", killed)

    def script():
        yield b"CREATE TABLE half (id int);\n"
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        clients.load(database_url, 18, script())
    with psycopg.connect(conninfo(database_url)) as connection:
        assert connection.execute("SELECT to_regclass('half')").fetchone() == (None,)


def test_what_the_program_says_is_told(database_url: str) -> None:
    with pytest.raises(clients.ClientError, match="nowhere"):
        clients.load(database_url, 18, [b"SELECT * FROM nowhere;\n"])


@pytest.mark.parametrize(("version", "kept"), [(16, 0), (17, 1), (18, 1)])
def test_an_older_server_is_not_told_of_what_it_does_not_know(version: int, kept: int) -> None:
    script = [b"SET lock_timeout = 0;\n", clients.NO_TIMEOUT, b"SELECT 1;\n"]
    assert list(clients.for_server(version, script)) == [line for line in script if kept or line != script[1]]


def test_a_row_that_reads_like_it_stays() -> None:
    script = [b"\n"] * clients.TOP_LINES + [clients.NO_TIMEOUT]
    assert list(clients.for_server(14, script)) == script


def test_a_dump_shows_the_snapshot_and_no_later_change(database_url: str, tmp_path: Path) -> None:
    with psycopg.connect(conninfo(database_url), autocommit=True) as writer:
        writer.execute("CREATE TABLE kept (name text)")
        writer.execute("INSERT INTO kept VALUES ('before')")
        with psycopg.connect(conninfo(database_url)) as reader:
            reader.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            ((snapshot,),) = reader.execute("SELECT pg_export_snapshot()").fetchall()
            writer.execute("INSERT INTO kept VALUES ('after')")
            clients.dump(database_url, clients.server_version(reader), snapshot, tmp_path / "dump.gz")
    with gzip.open(tmp_path / "dump.gz") as packed:
        said = packed.read()
    assert b"before" in said
    assert b"after" not in said
