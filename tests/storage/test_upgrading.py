"""The code of the oldest compatible version works on the newest schema; what a new revision must declare."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from sqlalchemy import Engine, event, text
from sqlalchemy.exc import OperationalError

from core.storage import migrate
from core.storage.engine import make_engine
from tests.databases import OWNER, NewDatabase
from tests.storage.long_locks import long_locks

ROOT = Path(__file__).parents[2]
PARTS = ("core", "plugins", "migrations", "tests", "pyproject.toml")
SINCE, BEFORE = "0031", "0029"
"""Revisions after this one say whether older code minds them."""
PLUGIN = """
import os, subprocess, sys
from core.storage import migrate

def upgrade(engine, revision="head", *, application=None):
    newer = os.environ["NEWER"]
    url = engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-m", "tests.storage.ahead", url, application]
    subprocess.run(command, cwd=newer, env={**os.environ, "PYTHONPATH": newer}, check=True)
    assert migrate.current(engine) == "9999"
    assert migrate.unfit(engine) is None

migrate.upgrade = upgrade
"""
LIVED = {
    "a list, its search and its export": "tests/web/lists/test_lists.py",
    "cases from the draft to the register": "tests/services/test_journeys.py"
    "::test_a_case_goes_from_draft_to_the_register",
    "the daily check": "tests/services/daily_check/test_run.py",
}
"""Tests of the older version, which it must pass on the newer schema."""


@pytest.fixture
def blank(database_url: str) -> Iterator[Engine]:
    """An engine on an empty database."""
    made = make_engine(database_url)
    yield made
    made.dispose()


def git(*asked: str) -> str:
    """What git says of this repository's history."""
    done = subprocess.run(["git", "-C", str(ROOT), *asked], capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"the older version comes from the history of git: {done.stderr}"
    return done.stdout


def baseline() -> str:
    """The commit that brought the oldest revision whose code may work on the newest schema."""
    assert git("rev-parse", "--is-shallow-repository").strip() == "false", (
        "the history is shallow, and the oldest compatible version is not in it: git fetch --unshallow"
    )
    (file,) = (migrate.SCRIPTS / "versions").glob(f"{migrate.floor()}_*.py")
    asked = ("log", "--first-parent", "-m", "--diff-filter=A", "--format=%H")
    found = git(*asked, "--", str(file.relative_to(ROOT))).split()
    assert found, f"{file.name} is in no commit yet"
    return found[-1]


def test_the_oldest_compatible_version_is_in_the_history() -> None:
    there = git("ls-tree", "-r", "--name-only", baseline())
    assert f"migrations/versions/{migrate.floor()}_" in there
    for test in LIVED.values():
        assert test.partition("::")[0] in there


@pytest.mark.assurance
@pytest.mark.parametrize("test", LIVED.values(), ids=list(LIVED))
def test_the_oldest_compatible_version_works_on_the_newest_schema(tmp_path: Path, test: str) -> None:
    older = tmp_path / "older"
    older.mkdir()
    archive = tmp_path / "older.tar"
    git(
        "archive",
        "--output",
        str(archive),
        baseline(),
        "core",
        "plugins",
        "migrations",
        "tests",
        "pyproject.toml",
    )
    with tarfile.open(archive) as packed:
        packed.extractall(older, filter="data")
    (older / "newer.py").write_text(PLUGIN, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "newer", "-p", "no:cacheprovider", test],
        cwd=older,
        env={**os.environ, "PYTHONPATH": str(older), "NEWER": str(ROOT), "ACCREDIT_EXAMPLES": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-1000:]


def wrong_declarations(revisions: list[ModuleType], released: str | None) -> list[str]:
    """Revisions that do not say whether older code minds them, or take away too early.

    `released`: the newest revision of the last release. What takes something away names in `AFTER` the
    expanding revision that put something in its place, which a release must have had.
    """
    wrong = []
    for module in revisions:
        additive, after = getattr(module, "ADDITIVE", None), getattr(module, "AFTER", None)
        if not isinstance(additive, bool):
            wrong.append(f"{module.revision}: ADDITIVE = True if older code does not mind it, else False")
        elif not additive and released is not None and (after is None or after > released):
            wrong.append(f"{module.revision}: AFTER names no revision that a release has had ({released})")
    return wrong


def made_up(revision: str, **declared: object) -> ModuleType:
    """A revision that declares something."""
    module = ModuleType(revision)
    vars(module).update(revision=revision, **declared)
    return module


@pytest.mark.parametrize(
    ("declared", "released", "fits"),
    [
        ({}, None, False),
        ({"ADDITIVE": True}, "0040", True),
        ({"ADDITIVE": False}, None, True),
        ({"ADDITIVE": False}, "0040", False),
        ({"ADDITIVE": False, "AFTER": "0039"}, "0040", True),
        ({"ADDITIVE": False, "AFTER": "0040"}, "0040", True),
        ({"ADDITIVE": False, "AFTER": "0041"}, "0040", False),
    ],
)
def test_what_a_revision_declares(declared: dict[str, object], released: str | None, fits: bool) -> None:
    assert (wrong_declarations([made_up("0050", **declared)], released) == []) is fits


def test_each_new_revision_says_whether_older_code_minds_it() -> None:
    new = [module for module in migrate.modules() if module.revision > SINCE]
    assert wrong_declarations(new, migrate.RELEASED) == []


LOCKS = (
    ("CREATE INDEX ix ON party (name)", True),
    ("CREATE INDEX CONCURRENTLY ix ON party (name)", False),
    ("CREATE UNIQUE INDEX CONCURRENTLY ix ON party (name)", False),
    ("ALTER TABLE party ADD COLUMN more TEXT", False),
    ("ALTER TABLE party ADD COLUMN more TEXT NOT NULL", True),
    ("ALTER TABLE party ADD COLUMN more TEXT DEFAULT '' NOT NULL", False),
    ("ALTER TABLE party ADD CONSTRAINT few CHECK (id > 0)", True),
    ("ALTER TABLE party ADD CONSTRAINT few CHECK (id > 0) NOT VALID", False),
    ("ALTER TABLE party VALIDATE CONSTRAINT few", False),
    ("ALTER TABLE party ADD CONSTRAINT fk FOREIGN KEY(a) REFERENCES b (id)", True),
    ("ALTER TABLE party ADD CONSTRAINT fk FOREIGN KEY(a) REFERENCES b (id) NOT VALID", False),
    ("ALTER TABLE party ADD CONSTRAINT uq UNIQUE (name)", True),
    ("ALTER TABLE party ADD CONSTRAINT uq UNIQUE USING INDEX ix", False),
    ("ALTER TABLE party ALTER COLUMN name SET NOT NULL", True),
    ("ALTER TABLE party ALTER COLUMN name TYPE TEXT", True),
    ("ALTER TABLE party DROP COLUMN name", True),
    ("ALTER TABLE party RENAME name TO title", True),
    ("ALTER TABLE party DROP CONSTRAINT few", False),
    ("DROP TABLE party", True),
    ("UPDATE party SET name = name", True),
    ("UPDATE alembic_version SET version_num = '0050'", False),
)


@pytest.mark.parametrize(("statement", "waits"), LOCKS)
def test_what_keeps_a_serving_site_waiting(statement: str, waits: bool) -> None:
    assert bool(list(long_locks([statement]))) is waits
    of_its_own = ["CREATE TABLE party (id INTEGER)", statement]
    if not statement.startswith("DROP TABLE"):
        assert list(long_locks(of_its_own)) == []


def test_expanding_revisions_keep_nobody_waiting(blank: Engine) -> None:
    """Those newer than the first that were held to it; an older one shows that it is looked at."""
    said: list[str] = []

    @event.listens_for(blank, "before_cursor_execute")
    def _note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    migrate.upgrade(blank, BEFORE)
    wrong: dict[str, list[str]] = {}
    for module in migrate.modules():
        if module.revision > BEFORE:
            said.clear()
            migrate.upgrade(blank, module.revision)
            wrong[module.revision] = list(long_locks(said))
    assert any("annual_report" in line for line in wrong["0030"])
    held = [it.revision for it in migrate.modules() if it.revision > SINCE and getattr(it, "ADDITIVE", False)]
    assert {number: wrong[number] for number in held if wrong[number]} == {}


LATER = """
from alembic import op
from core.storage.ddl import unlocked

revision = "9999"
down_revision = "{head}"
ADDITIVE = True

def upgrade():
    with unlocked() as options:
        op.create_index("ix_party_later", "party", ["email"], **options)

def downgrade():
    with unlocked() as options:
        op.drop_index("ix_party_later", "party", **options)
"""
MADE = text("SELECT count(*) FROM pg_indexes WHERE indexname = 'ix_party_later'")


def test_an_index_is_made_while_the_site_works_on_its_table(
    new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copytree(migrate.SCRIPTS, tmp_path / "migrations")
    later = tmp_path / "migrations" / "versions" / "9999_later.py"
    later.write_text(LATER.format(head=migrate.head()), "utf-8")
    oldest = migrate.floor()
    monkeypatch.setattr(migrate, "SCRIPTS", tmp_path / "migrations")
    migrate._scripts.cache_clear()
    try:
        with new_database(OWNER) as engine, engine.connect() as site:
            migrate.upgrade(engine)
            noted = site.scalar(text("SELECT obj_description('alembic_version'::regclass)"))
            assert (migrate.current(engine), noted) == ("9999", oldest)
            assert (
                site.scalar(text("SELECT count(*) FROM pg_indexes WHERE indexname = 'ix_party_later'")) == 1
            )
            site.rollback()
            migrate.downgrade(engine, "-1")
            assert (
                site.scalar(text("SELECT count(*) FROM pg_indexes WHERE indexname = 'ix_party_later'")) == 0
            )
    finally:
        migrate._scripts.cache_clear()


@pytest.mark.parametrize(("tries", "passes"), [(1, False), (2, True)])
def test_a_migration_does_not_queue_behind_a_long_transaction(
    new_database: NewDatabase, monkeypatch: pytest.MonkeyPatch, tries: int, passes: bool
) -> None:
    """It gives way after a while and tries again; others are not kept waiting behind it."""
    monkeypatch.setattr(migrate, "LOCK_TIMEOUT", "50ms")
    monkeypatch.setattr(migrate, "TRIES", tries)
    with new_database(OWNER) as engine:
        below = migrate.revisions()[-2]
        migrate.downgrade(engine, below, lose=True)
        with engine.connect() as holder:
            holder.execute(text("LOCK TABLE alembic_version IN SHARE MODE"))
            seen: list[int] = []

            def gives_way(number: int) -> None:
                seen.append(number)
                holder.rollback()

            monkeypatch.setattr(migrate, "_again", gives_way)
            if passes:
                migrate.upgrade(engine)
                assert migrate.current(engine) == migrate.head()
            else:
                with pytest.raises(OperationalError):
                    migrate.upgrade(engine)
                assert migrate.current(engine) == below
        assert seen == ([1] if passes else [])
