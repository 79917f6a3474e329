"""`accredit files unnamed`: listed, taken away only where one says so, and the trail tells who did."""

import os

import pytest
from sqlalchemy import text

from core.storage.files import FileStore

DAY = 86_400


@pytest.fixture
def register(accredit, engine, tmp_path):
    """Runs a command on a migrated database of the test's own."""
    url = engine.url.render_as_string(hide_password=False)

    def run(*arguments):
        return accredit(*arguments, "--instance", tmp_path, env={"ACCREDIT_DATABASE_URL": url})

    return run


@pytest.fixture
def store(tmp_path):
    return FileStore.of(tmp_path)


def lain(store, data, days):
    """The path of a file that has lain for so many days."""
    path = store.path(store.put(data, at_most=99).sha256)
    at = store.moment() - days * DAY
    os.utime(path, (at, at))
    return path


def test_files_that_belong_to_nothing_are_listed_noted_and_taken_away(register, store, engine, tmp_path):
    assert register("files", "unnamed").out == "0 files, 0 bytes\n"
    old, young = lain(store, b"refused", 8), lain(store, b"of today", 0)
    place = old.relative_to(tmp_path).as_posix()
    answer = register("files", "unnamed")
    assert answer.code == 0, answer.err
    assert answer.out.splitlines()[0].split("\t")[1:] == ["7", place]
    assert answer.out.splitlines()[1:] == ["1 files, 7 bytes"]
    assert register("files", "unnamed", "--json").lines[0]["file"] == place
    verified = register("verify", "--lang", "en")
    assert verified.code == 0
    assert "note: file.unnamed: files *: 1 of 7 bytes are named by nothing" in verified.out
    assert old.exists(), "nothing goes that nobody has asked for"
    assert (
        register("files", "unnamed", "--older-than", "9", "--remove").out == "0 files, 0 bytes, 0 removed\n"
    )
    assert register("files", "unnamed", "--remove").out.endswith("1 files, 7 bytes, 1 removed\n")
    assert not old.exists()
    assert young.exists()
    with engine.connect() as connection:
        told = connection.execute(text("SELECT actor, action, subject, subject_id FROM audit_event")).one()
    assert told[0].startswith("command line (")
    assert told[1:] == ("files.remove", "file", old.name)
    assert register("files", "unnamed", "--remove").out == "0 files, 0 bytes, 0 removed\n"
    assert register("verify", "--lang", "en").out == "no fault found\n"


def test_what_may_belong_to_an_upload_that_runs_is_not_asked_for(register, store):
    path = lain(store, b"looked at", 1.9)
    answer = register("files", "unnamed", "--older-than", "1", "--remove")
    assert answer.code == 2
    assert "--older-than" in answer.err
    assert register("files", "unnamed", "--older-than", "2").out == "0 files, 0 bytes\n"
    assert path.exists()
