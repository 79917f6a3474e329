"""Owner and application as two roles: on a server of one's own, and on the embedded one, new and old."""

import re
import subprocess
import tempfile
from pathlib import Path

import pytest
from psycopg import sql
from sqlalchemy import URL, text
from sqlalchemy.exc import ProgrammingError

from core.embedded.clients import client
from core.embedded.cluster import APPLICATION_ROLE, OWNER_ROLE, SUPERUSER
from core.embedded.server import DATABASE, attach, conninfo, create_database, normalise_url, release
from core.storage import grants
from core.storage.engine import make_engine
from core.storage.migrate import head, unfit, upgrade
from tests.backup.servers import PASSWORD, other_versions, running

ACCOUNT = "kept@example.cn"


@pytest.fixture
def application(database_url):
    """The application's address of an empty database that belongs to the owner."""
    return database_url.replace(f"//{OWNER_ROLE}@", f"//{APPLICATION_ROLE}@")


@pytest.fixture
def run(accredit, application, tmp_path):
    """Runs a command as the application; with `owner`, the owner's address is there too."""

    def command(*arguments, owner="", stdin=None):
        env = {"ACCREDIT_DATABASE_URL": application, "ACCREDIT_OWNER_URL": owner}
        return accredit(*arguments, "--instance", tmp_path, env=env, stdin=stdin)

    return command


CHANGES = (("db", "upgrade"), ("db", "downgrade", "base", "--lose"), ("db", "reset", "--yes"))


@pytest.mark.parametrize("filled", [False, True])
def test_what_changes_the_schema_asks_for_the_owner(run, database_url, filled):
    if filled:
        owner = make_engine(database_url)
        upgrade(owner)
        owner.dispose()
    for command in CHANGES:
        answer = run(*command)
        assert answer.code == 1, command
        assert "needs the owner's rights; run with ACCREDIT_OWNER_URL" in answer.err
        assert "Traceback" not in answer.err


def test_the_owner_makes_the_register_and_the_application_lives_in_it(run, database_url, application):
    answer = run("db", "upgrade", owner=database_url)
    assert answer.code == 0, answer.err
    assert run("db", "current").out == f"{head()} (the newest)\n"
    added = run(
        "user", "add", ACCOUNT, "--name", "甲", "--role", "sysadmin", "--stdin", stdin="long-enough-for-all\n"
    )
    assert added.code == 0, added.err
    for command in ("check", "verify"):
        answer = run(command)
        assert answer.code == 0, answer.err + answer.out
    engine = make_engine(application)
    assert grants.excess(engine) == []
    assert unfit(engine) is None
    engine.dispose()


def test_the_rights_are_printed_for_the_owner_and_given_with_its_address(run, database_url, application):
    assert "accredit db upgrade" in run("db", "roles").err
    engine, owner = make_engine(application), make_engine(database_url)
    upgrade(owner)
    assert "accredit db upgrade" in run("check").err
    printed = run("db", "roles")
    assert printed.code == 0, printed.err
    assert unfit(engine) is not None, "printing gives nothing"
    with owner.begin() as connection:
        connection.execute(text(printed.out))
    assert unfit(engine) is None
    with owner.begin() as connection:
        connection.execute(text("REVOKE ALL ON party FROM accredit; GRANT TRUNCATE ON party TO accredit"))
    for _ in range(2):
        answer = run("db", "roles", owner=database_url)
        assert answer.code == 0, answer.err
        assert answer.out == "accredit has the rights of the application\n"
        assert unfit(engine) is None
        assert grants.excess(engine) == []
    engine.dispose()
    owner.dispose()


def test_one_address_for_both_serves_as_before_and_is_told_how_to_part_them(accredit, database_url, tmp_path):
    env = {"ACCREDIT_DATABASE_URL": database_url}
    assert accredit("db", "upgrade", "--instance", tmp_path, env=env).code == 0
    assert accredit("check", "--instance", tmp_path, env=env).code == 0
    answer = accredit("db", "roles", "--instance", tmp_path, env=env)
    assert answer.code == 1
    assert "make a role of its own for the owner" in answer.err


def test_an_owner_without_an_application_is_refused(accredit, database_url, tmp_path):
    env = {"ACCREDIT_DATABASE_URL": "", "ACCREDIT_OWNER_URL": database_url}
    answer = accredit("db", "upgrade", "--instance", tmp_path / "new", env=env)
    assert answer.code == 1
    assert "ACCREDIT_DATABASE_URL is not: set both" in answer.err
    assert not (tmp_path / "new").exists()


@pytest.fixture
def old_instance(monkeypatch):
    """An embedded register as earlier versions made it: the application owns all of it."""
    monkeypatch.delenv("ACCREDIT_DATABASE_URL", raising=False)
    with tempfile.TemporaryDirectory(prefix="ac-", ignore_cleanup_errors=True) as folder:
        instance = Path(folder) / "instance"
        server = attach(instance, {"fsync": "off"})
        administration = server.url(SUPERUSER, SUPERUSER)
        create_database(administration, DATABASE, owner=APPLICATION_ROLE)
        engine = make_engine(server.url(DATABASE))
        upgrade(engine)
        added = text("INSERT INTO app_user (email, fs_uniquifier) VALUES (:email, 'k')")
        with engine.begin() as connection:
            connection.execute(added, {"email": ACCOUNT})
        engine.dispose()
        superuser = make_engine(administration)
        with superuser.begin() as connection:
            connection.execute(text(f"DROP ROLE {OWNER_ROLE}"))
        superuser.dispose()
        yield instance
        release(instance, patience=10)


def test_an_old_embedded_register_is_handed_to_its_owner_without_loss(accredit, old_instance):
    engine = make_engine(attach(old_instance).url(DATABASE))
    assert grants.excess(engine) == ["owns the database, tables or functions in it, or can become who does"]
    env = {"ACCREDIT_DATABASE_URL": "", "ACCREDIT_INSTANCE": str(old_instance)}
    assert ACCOUNT in accredit("user", "list", env=env).out, "until the upgrade it works as it did"
    answer = accredit("db", "upgrade", env=env)
    assert answer.code == 0, answer.err
    assert grants.excess(engine) == []
    assert ACCOUNT in accredit("user", "list", env=env).out
    with engine.connect() as connection, pytest.raises(ProgrammingError, match="must be owner"):
        connection.execute(text("ALTER TABLE audit_event DISABLE TRIGGER USER"))
    engine.dispose()


@pytest.mark.assurance
def test_an_embedded_register_lives_as_the_application(accredit, old_instance):
    env = {"ACCREDIT_DATABASE_URL": "", "ACCREDIT_INSTANCE": str(old_instance)}
    new = env | {"ACCREDIT_INSTANCE": str(old_instance.parent / "new")}
    kept = old_instance.parent / "kept.tar"
    for arguments in (("db", "upgrade"), ("db", "upgrade"), ("check",), ("verify",), ("backup", kept)):
        answer = accredit(*arguments, env=env)
        assert answer.code == 0, answer.err + answer.out
    answer = accredit("restore", kept, env=new)
    assert answer.code == 0, answer.err + answer.out
    assert ACCOUNT in accredit("user", "list", env=new).out
    assert accredit("db", "reset", "--yes", env=new).code == 0
    assert ACCOUNT not in accredit("user", "list", env=new).out


RECIPE = re.compile(r"(?:^    (?:CREATE (?:ROLE|DATABASE) |\\c |REASSIGN |ALTER SCHEMA ).*\n)+", re.MULTILINE)
"""The SQL of the page for operators: to make the two roles, and to part one that there was."""


@pytest.mark.assurance
@pytest.mark.parametrize("programs", other_versions(), ids=str)
def test_the_recipes_of_the_page_hold_on_a_server_of_ones_own(accredit, tmp_path, programs):
    make, part = RECIPE.findall(Path("docs/operations.md").read_text(encoding="utf-8"))
    with running(programs, tmp_path / "server") as server:

        def address(role, database="accredit"):
            parts = URL.create("postgresql", role, PASSWORD, "127.0.0.1", server.port, database)
            return parts.render_as_string(hide_password=False)

        def psql(script):
            done = subprocess.run(
                [client(0) / "psql", "--set=ON_ERROR_STOP=1", conninfo(address("postgres", "postgres"))],
                input=script.replace("'…'", sql.Literal(PASSWORD).as_string()),
                capture_output=True,
                text=True,
                check=False,
            )
            assert done.returncode == 0, done.stderr

        def run(*arguments, owner="", instance="old"):
            env = {"ACCREDIT_DATABASE_URL": address("accredit"), "ACCREDIT_OWNER_URL": owner}
            answer = accredit(*arguments, "--instance", tmp_path / instance, env=env)
            assert "Traceback" not in answer.err
            return answer

        def lives(instance, *arguments):
            answer = run(*arguments, owner=address(OWNER_ROLE), instance=instance)
            assert answer.code == 0, answer.err
            assert run("check", instance=instance).code == 0
            engine = make_engine(normalise_url(address("accredit")))
            assert grants.excess(engine) == []
            engine.dispose()

        psql("CREATE ROLE accredit LOGIN PASSWORD '…';\nCREATE DATABASE accredit OWNER accredit;")
        assert run("db", "upgrade").code == 0
        psql(part)
        assert "run accredit db upgrade" in run("check").err
        lives("old", "db", "upgrade")
        answer = run("backup", tmp_path / "kept.tar")
        assert answer.code == 0, answer.err
        psql("DROP DATABASE accredit;\nDROP ROLE accredit;\nDROP ROLE accredit_owner;")
        psql(make)
        lives("new", "restore", tmp_path / "kept.tar")
