"""`accredit db`: a register made, described, emptied and taken away again."""

import psycopg
import pytest

from core.embedded.server import conninfo
from core.storage.migrate import head, revisions


@pytest.fixture
def register(accredit, database_url, tmp_path):
    """Runs a command on an empty database of the test's own."""

    def run(*arguments, **options):
        return accredit(
            *arguments, "--instance", tmp_path, env={"ACCREDIT_DATABASE_URL": database_url}, **options
        )

    return run


@pytest.fixture
def ask(database_url):
    """One value out of the test's database."""

    def query(statement):
        with psycopg.connect(conninfo(database_url)) as connection:
            return connection.execute(statement).fetchone()[0]

    return query


def test_an_empty_database_comes_up_with_divisions_and_holidays(register, ask):
    assert register("db", "current").out.startswith("empty")
    answer = register("db", "upgrade")
    assert answer.code == 0, answer.err
    assert register("db", "current").out == f"{head()} (the newest)\n"
    assert ask("SELECT count(*) FROM region") > 3000
    assert ask("SELECT count(*) FROM holiday_day") > 100


def test_a_second_upgrade_writes_nothing(register):
    register("db", "upgrade")
    answer = register("db", "upgrade")
    assert answer.code == 0
    assert "0 divisions and 0 holiday days" in answer.out


def test_the_schema_goes_up_and_down_to_a_revision(register):
    first = revisions()[0]
    assert register("db", "upgrade", first).code == 0
    assert register("db", "current").out.startswith(f"{first} (the newest is {head()})")
    register("db", "upgrade")
    answer = register("db", "downgrade", "base", "--lose")
    assert answer.code == 0, answer.err
    assert register("db", "current").out.startswith("empty")


def test_going_down_is_refused_with_what_would_be_lost(register, ask):
    register("db", "upgrade")
    answer = register("db", "downgrade", "base")
    assert answer.code == 1
    number = ask("SELECT count(*) FROM region")
    assert f"region {number}" in answer.err
    assert "accredit backup" in answer.err
    assert "--lose" in answer.err
    assert "Traceback" not in answer.err
    assert register("db", "current").out.startswith(head())


def test_a_reset_empties_database_and_documents(register, ask, tmp_path):
    register("db", "upgrade")
    ask("INSERT INTO app_user (email, fs_uniquifier) VALUES ('a@example.cn', 'a') RETURNING id")
    document = tmp_path / "files" / "ab" / "document"
    document.parent.mkdir(parents=True)
    document.write_text("scan")
    anchors = tmp_path / "anchors.jsonl"
    anchors.write_text("{}")
    assert register("db", "reset", stdin="n\n").code == 1
    assert document.exists()
    answer = register("db", "reset", "--yes")
    assert answer.code == 0, answer.err
    assert ask("SELECT count(*) FROM app_user") == 0
    assert ask("SELECT count(*) FROM region") > 3000
    assert not document.exists()
    assert not anchors.exists()


@pytest.mark.parametrize("command", [["check"], ["verify"], ["user", "list"]], ids=" ".join)
def test_work_on_a_database_of_another_schema_is_refused_with_the_mend(register, command):
    answer = register(*command)
    assert answer.code == 1
    assert "accredit db upgrade" in answer.err
    assert "Traceback" not in answer.err


def test_a_server_that_does_not_answer_is_named_in_one_line(accredit, tmp_path):
    env = {"ACCREDIT_DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}
    answer = accredit("db", "current", "--instance", tmp_path, env=env)
    assert answer.code == 1
    assert "127.0.0.1" in answer.err
    assert "Traceback" not in answer.err


def test_without_an_address_a_server_starts_below_the_instance_folder_and_stops(accredit, tmp_path):
    instance = tmp_path / "register"
    env = {"ACCREDIT_DATABASE_URL": "", "ACCREDIT_INSTANCE": str(instance)}
    assert accredit("db", "upgrade", env=env).code == 0
    assert accredit("db", "current", env=env).out == f"{head()} (the newest)\n"
    assert (instance / "postgres" / "PG_VERSION").exists()
    assert not (instance / "postgres" / "postmaster.pid").exists()
