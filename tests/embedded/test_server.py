"""The embedded server against real processes: started, shared, killed, and found again."""

import contextlib
import os
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import create_engine, text

from core.embedded import cluster, server
from core.embedded.server import connect, drop_database
from tests.jobs.processes import wait_until

pytestmark = pytest.mark.database
USER = """
import sys
from pathlib import Path
from core.embedded.server import database_url
print(database_url(Path(sys.argv[1])), flush=True)
sys.stdin.read()
"""


def quit_servers_below(folder: Path) -> None:
    for data in folder.rglob("postgres"):
        server.release(data.parent)
        if data.is_dir():
            with server._alone(data.parent):
                cluster.stop(data)


@pytest.fixture
def new_instance(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """An instance folder that does not exist yet; whatever still runs below it in the end is stopped."""
    monkeypatch.delenv(server.URL_VARIABLE, raising=False)
    with tempfile.TemporaryDirectory(prefix="ac-", ignore_cleanup_errors=True) as folder:
        yield Path(folder) / "instance"
        quit_servers_below(Path(folder))


@pytest.fixture(scope="module")
def model() -> Iterator[Path]:
    """An instance that was used once, to copy."""
    with tempfile.TemporaryDirectory(prefix="ac-") as folder, pytest.MonkeyPatch.context() as environment:
        environment.delenv(server.URL_VARIABLE, raising=False)
        server.database_url(Path(folder) / "instance")
        server.release(Path(folder) / "instance")
        yield Path(folder) / "instance"


@pytest.fixture
def instance(new_instance: Path, model: Path) -> Path:
    """An instance folder whose database exists and is not running."""
    subprocess.run(["cp", "-a", str(model), str(new_instance)], check=True)
    return new_instance


def new_user(instance: Path, **environment: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", USER, str(instance)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, **environment},
        cwd=Path(__file__).parents[2],
    )


def leave(user: subprocess.Popen[str]) -> int:
    user.communicate(timeout=60)
    return user.returncode


def read_url(user: subprocess.Popen[str]) -> str:
    assert user.stdout is not None
    return user.stdout.readline().strip()


def server_pid(instance: Path) -> int | None:
    """The running server's process, if there is one."""
    data = instance.resolve() / "postgres"
    pid = cluster._noted_pid(data / "postmaster.pid")
    return pid if pid is not None and cluster._serves(pid, data) else None


def ask(url: str, question: str) -> object:
    engine = create_engine(url)
    try:
        with engine.connect() as connection:
            return connection.execute(text(question)).scalar()
    finally:
        engine.dispose()


def write(url: str, *statements: str) -> None:
    engine = create_engine(url)
    with engine.begin() as connection:
        for statement in statements:
            connection.execute(text(statement))
    engine.dispose()


def test_a_given_address_is_used_with_our_driver_and_nothing_is_started(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(server.URL_VARIABLE, "postgres://me:p%40ss@db.example:6543/register?sslmode=require")
    assert server.database_url(tmp_path / "instance") == (
        "postgresql+psycopg://me:p%40ss@db.example:6543/register?sslmode=require"
    )
    assert not (tmp_path / "instance").exists()


@pytest.mark.parametrize(
    "given", ["postgresql://h/d", "postgresql+psycopg2://h/d", "postgresql+psycopg://h/d", "postgres://h/d"]
)
def test_every_spelling_of_a_postgresql_address_is_taken(given: str) -> None:
    assert server.normalise_url(given) == "postgresql+psycopg://h/d"


@pytest.mark.parametrize(
    ("given", "said"), [("sqlite:///x.db", "sqlite"), ("mysql://h/d", "mysql"), ("nonsense", "postgresql://")]
)
def test_another_kind_of_address_is_refused_with_the_mend(given: str, said: str) -> None:
    with pytest.raises(server.DatabaseServerError, match=said):
        server.normalise_url(given)


def test_the_database_is_created_once_and_keeps_its_data(new_instance: Path) -> None:
    first = server.owner_url(new_instance)
    write(first, "CREATE TABLE kept (name text)", "INSERT INTO kept VALUES ('吉林省中小企业')")
    assert server.release(new_instance)
    assert server_pid(new_instance) is None
    assert server.owner_url(new_instance) == first
    assert ask(first, "SELECT name FROM kept") == "吉林省中小企业"


def test_the_register_works_under_a_role_that_is_no_superuser(instance: Path) -> None:
    url = server.database_url(instance)
    assert ask(url, "SELECT current_user") == "accredit"
    assert ask(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user") is False
    assert ask(url, "SHOW fsync") == "on"
    assert ask(url, "SHOW shared_buffers") == "128MB"
    assert ask(url, "SHOW listen_addresses") == ""
    assert ask(url, "SELECT lower('Ä')") == "ä"


def test_no_other_account_reaches_the_socket(instance: Path) -> None:
    server.database_url(instance)
    mode = (instance / "postgres").stat().st_mode
    assert stat.S_IMODE(mode) == 0o700


def test_variables_meant_for_other_servers_do_not_matter(instance: Path) -> None:
    user = new_user(instance, PGPORT="7777", PGDATA="/nowhere", PGHOST="nowhere.invalid", PGDATABASE="x")
    assert ask(read_url(user), "SELECT 1") == 1
    assert leave(user) == 0


def test_processes_that_begin_at_once_share_one_server_and_the_last_stops_it(new_instance: Path) -> None:
    users = [new_user(new_instance) for _ in range(4)]
    urls = {read_url(user) for user in users}
    assert len(urls) == 1
    pid = server_pid(new_instance)
    assert pid is not None
    for user in users[:-1]:
        assert leave(user) == 0
        assert server_pid(new_instance) == pid
    assert ask(urls.pop(), "SELECT 1") == 1
    assert leave(users[-1]) == 0
    assert server_pid(new_instance) is None


def test_a_killed_user_holds_nothing_back(instance: Path) -> None:
    killed, other = new_user(instance), new_user(instance)
    read_url(killed)
    read_url(other)
    killed.kill()
    killed.communicate()
    assert server_pid(instance) is not None
    assert leave(other) == 0
    assert server_pid(instance) is None


def test_a_killed_server_comes_back_with_what_was_committed(instance: Path) -> None:
    url = server.owner_url(instance)
    write(url, "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)")
    pid = server_pid(instance)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert server.owner_url(instance) == url
    assert ask(url, "SELECT n FROM kept") == 7
    assert server_pid(instance) != pid


def test_a_note_whose_number_is_now_another_process_is_no_obstacle(instance: Path) -> None:
    url = server.database_url(instance)
    pid = server_pid(instance)
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    while server_pid(instance) is not None:
        time.sleep(0.01)
    for note in (instance / "postgres/postmaster.pid", instance / "postgres/.s.PGSQL.5432.lock"):
        note.write_text(note.read_text().replace(str(pid), str(os.getpid()), 1))
    assert server.database_url(instance) == url
    assert ask(url, "SELECT 1") == 1


@pytest.mark.parametrize("name", ["x" * 120, "a,b 'c' d", "实例 文件夹"])
def test_any_path_will_do(new_instance: Path, name: str) -> None:
    awkward = new_instance / name / "instance"
    url = server.database_url(awkward)
    assert ask(url, "SELECT 1") == 1
    used = server.attach(awkward).socket_dir
    assert server.release(awkward)
    used.rmdir()


@pytest.mark.parametrize("name", ['a"b', "a$HOME", "a`id`", "a\\b", "a\nb"])
def test_a_path_that_a_shell_would_read_is_refused(new_instance: Path, name: str) -> None:
    with pytest.raises(server.DatabaseServerError, match="another instance folder"):
        server.database_url(new_instance / name)


def test_the_address_also_serves_what_does_not_know_sqlalchemy() -> None:
    url = "postgresql+psycopg://me:p%40ss@h:6543/d?options=-c+search_path%3Da&sslmode=require"
    assert psycopg.conninfo.conninfo_to_dict(server.conninfo(url)) == {
        "user": "me",
        "password": "p@ss",
        "host": "h",
        "port": "6543",
        "dbname": "d",
        "options": "-c search_path=a",
        "sslmode": "require",
    }


def test_a_short_socket_folder_that_someone_else_made_is_refused(new_instance: Path) -> None:
    awkward = new_instance / ("x" * 120)
    used = server.attach(awkward).socket_dir
    assert server.release(awkward)
    used.chmod(0o777)
    with pytest.raises(server.DatabaseServerError, match="someone else"):
        server.attach(awkward)
    used.chmod(0o700)
    used.rmdir()


def test_an_interrupted_creation_leaves_nothing_in_the_way(new_instance: Path) -> None:
    (new_instance / "postgres.new").mkdir(parents=True)
    (new_instance / "postgres.new" / "PG_VERSION").write_text("18\n")
    assert ask(server.database_url(new_instance), "SELECT 1") == 1


def test_files_that_are_no_database_are_left_alone(new_instance: Path) -> None:
    (new_instance / "postgres").mkdir(parents=True)
    (new_instance / "postgres" / "letter.txt").write_text("mine")
    with pytest.raises(server.DatabaseServerError, match="no database"):
        server.database_url(new_instance)
    assert (new_instance / "postgres" / "letter.txt").read_text() == "mine"


def test_a_server_that_cannot_start_says_why(instance: Path) -> None:
    server.database_url(instance)
    assert server.release(instance)
    with (instance / "postgres" / "postgresql.conf").open("a") as settings:
        settings.write("shared_buffers = 'plenty'\n")
    with pytest.raises(server.DatabaseServerError, match=r"shared_buffers[\s\S]*server\.log"):
        server.database_url(instance)


def test_data_of_an_unknown_version_is_named(instance: Path) -> None:
    server.database_url(instance)
    assert server.release(instance)
    (instance / "postgres" / "PG_VERSION").write_text("12\n")
    with pytest.raises(server.DatabaseServerError, match="PostgreSQL 12"):
        server.database_url(instance)
    (instance / "postgres" / "PG_VERSION").write_text("18\n")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root has to hand the server to another account")
def test_under_root_only_the_missing_right_to_pass_is_added(new_instance: Path) -> None:
    private = new_instance.parent / "private"
    inner = private / "readable"
    inner.mkdir(parents=True)
    private.chmod(0o700)
    inner.chmod(0o755)
    url = server.database_url(inner / "instance")
    assert ask(url, "SELECT 1") == 1
    assert stat.S_IMODE(private.stat().st_mode) == 0o701
    assert stat.S_IMODE(inner.stat().st_mode) == 0o755
    assert (inner / "instance" / "postgres").stat().st_uid != 0


@pytest.mark.skipif(os.geteuid() != 0, reason="only root copies without the owner")
def test_data_that_was_copied_without_its_owner_is_told_so(new_instance: Path) -> None:
    (new_instance / "postgres").mkdir(parents=True)
    (new_instance / "postgres" / "PG_VERSION").write_text("18\n")
    with pytest.raises(server.DatabaseServerError, match=r"belongs to root.*chown -R accredit-db: .*cp -a"):
        server.database_url(new_instance)


@pytest.mark.skipif(os.geteuid() != 0, reason="needs a second account")
def test_another_account_is_told_whose_database_it_is(instance: Path) -> None:
    server.database_url(instance)
    assert server.release(instance)
    instance.parent.chmod(0o755)
    os.seteuid(65534)
    try:
        with pytest.raises(server.DatabaseServerError, match="account that owns"):
            server.attach(instance)
    finally:
        os.seteuid(0)


def test_a_second_start_finds_the_data_of_the_first(instance: Path) -> None:
    write(server.owner_url(instance), "CREATE TABLE kept (n int)", "INSERT INTO kept VALUES (7)")
    assert server.release(instance)
    assert ask(server.owner_url(instance), "SELECT n FROM kept") == 7
    assert server.release(instance)


def test_databases_are_made_copied_and_dropped_even_when_in_use(instance: Path) -> None:
    administration = server.attach(instance).url("postgres", "postgres")
    model = server.create_database(administration, "model", owner="accredit")
    write(model.replace("postgres@", "accredit@"), "CREATE TABLE t (n int)", "INSERT INTO t VALUES (1)")
    copy = server.create_database(administration, "copy", template="model")
    assert ask(copy, "SELECT n FROM t") == 1
    with pytest.raises(psycopg.errors.DuplicateDatabase):
        server.create_database(administration, "copy")
    assert server.create_database(administration, "copy", exist_ok=True) == copy
    user = create_engine(copy)
    with contextlib.closing(user.connect()) as connection:
        connection.execute(text("SELECT 1"))
        drop_database(administration, "copy")
        drop_database(administration, "copy")
        connection.invalidate()
    user.dispose()


def test_one_is_dropped_once_a_client_reads_that_kept_the_server_waiting(instance: Path) -> None:
    administration = server.attach(instance).url("postgres", "postgres")
    server.create_database(administration, "model")
    with connect(administration) as slow, ThreadPoolExecutor(1) as apart:
        slow.pgconn.send_query(b"SELECT repeat('x', 100000000)")
        waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'ClientWrite'"
        wait_until("the server waits for its reader", lambda: ask(administration, waits) == 1)
        with pytest.raises(psycopg.errors.QueryCanceled):
            drop_database(administration, "model", patience=0.5, tries=2)
        waiting = apart.submit(drop_database, administration, "model", patience=1)
        while slow.pgconn.get_result() is not None:
            pass
        waiting.result(timeout=30)
        slow.execute("SELECT 1")
    assert ask(administration, "SELECT count(*) FROM pg_database WHERE datname = 'model'") == 0


def test_each_test_gets_an_empty_database(database_url: str) -> None:
    write(database_url, f"CREATE TABLE only_here_{uuid4().hex} (n int)")
    assert ask(database_url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 1


def test_the_next_test_sees_none_of_it(database_url: str) -> None:
    assert ask(database_url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == 0
