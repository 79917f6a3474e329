"""The drill: a register that is in use is put away and brought back, on every kind and version of server.

Every row of every table is held against the original; then people work on what came back.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from passlib.totp import TOTP
from sqlalchemy import Engine

from core.embedded.server import database_url as embedded_url
from core.embedded.server import normalise_url, release
from core.storage.engine import make_engine, session_factory
from core.storage.files import FileStore
from core.storage.verify import faults
from tests.backup.conftest import (
    FACTOR_HOLDER,
    FACTOR_KEY,
    PASSWORD,
    Register,
    Run,
    below,
    everything,
)
from tests.backup.servers import Server, other_versions, running
from tests.cli.conftest import Answer
from tests.databases import keys
from tests.web.filled import PASSWORD as THEIRS
from tests.web.sites import application

pytestmark = pytest.mark.database
OLDER, *SYSTEMS = other_versions()
EMPTIED = {
    *("procrastinate_jobs", "procrastinate_events", "procrastinate_workers"),
    *("data_export", "login_session"),
}
GOES_ON = {"audit_link"}
"""The chain of the trail, which the restore seals; `verify` holds it."""
CHANGED = {
    "app_user": {"fs_uniquifier"},
    "outbox_message": {"state", "last_error", "secret"},
    "verification_code": {"used_at"},
    "invitation": {"cancelled_at"},
}
"""What is meant to differ: columns by table."""
ADDED = {
    "job_run": lambda row: row["job"] in ("restore", "backup"),
    "audit_event": lambda row: row["action"] == "register.restore",
}
"""Rows that the restore writes, and the backup after it was made."""


@dataclass(frozen=True)
class Place:
    """Where a register can be brought back."""

    url: str
    """Empty for the embedded server of the folder."""
    instance: Path

    @contextmanager
    def engine(self) -> Iterator[Engine]:
        """An engine on the register's database; an embedded server stops with the block."""
        made = make_engine(normalise_url(self.url) if self.url else embedded_url(self.instance), keys())
        try:
            yield made
        finally:
            made.dispose()
            release(self.instance)


@pytest.fixture(autouse=True)
def no_server_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ACCREDIT_DATABASE_URL", raising=False)


@pytest.fixture(scope="module")
def older(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server of one's own, two versions behind the embedded one."""
    with running(OLDER, tmp_path_factory.mktemp("older") / "server") as server:
        yield server


def test_to_a_new_embedded_server(register: Register, archive: Path, restore: Run, tmp_path: Path) -> None:
    place = Place("", tmp_path / "new")
    came = restore(archive, place.instance, "", "--keys", archive.with_name("keys"))
    with place.engine() as engine:
        holds(register, engine, place, came)
        people_work(register, engine, place.instance)


def test_to_an_older_server_of_ones_own_and_back(
    register: Register, archive: Path, restore: Run, accredit: Run, older: Server, tmp_path: Path
) -> None:
    keys, again = archive.with_name("keys"), tmp_path / "again.tar"
    there, back = Place(older.new_database(), tmp_path / "there"), Place("", tmp_path / "back")
    with there.engine() as engine:
        holds(register, engine, there, restore(archive, there.instance, there.url, "--keys", keys))
        env = {"ACCREDIT_DATABASE_URL": there.url}
        answer = accredit("backup", again, "--instance", there.instance, env=env)
        assert answer.code == 0, answer.err + answer.out
        people_work(register, engine, there.instance)
    came = restore(again, back.instance, "", "--keys", keys)
    with back.engine() as engine:
        holds(register, engine, back, came)
        people_work(register, engine, back.instance)


@pytest.mark.assurance
@pytest.mark.slow
def test_to_every_other_version_that_is_on_this_machine_and_back(
    register: Register, archive: Path, restore: Run, accredit: Run, tmp_path: Path
) -> None:
    assert SYSTEMS, "no server of the system's own: install postgresql, then run make assurance again"
    for number, programs in enumerate(SYSTEMS):
        folder = tmp_path / str(number)
        folder.mkdir()
        with running(programs, folder / "server") as server:
            test_to_an_older_server_of_ones_own_and_back(register, archive, restore, accredit, server, folder)


def holds(register: Register, engine: Engine, place: Place, answer: Answer) -> None:
    """Hold what came back against the original, row by row and file by file."""
    assert "faults; see above" in answer.out, answer.err + answer.out
    assert as_restored(everything(engine)) == as_restored(everything(register.engine))
    named = {path for path in below(place.instance / "files") if "incoming" not in path}
    assert named
    assert named <= below(register.instance / "files")
    for key in ("secret_key", "trail_key"):
        assert (place.instance / key).read_text() == (register.instance / key).read_text()
    with session_factory(engine)() as session, session_factory(register.engine)() as original:
        found = list(faults(session, FileStore.of(place.instance)))
        # The documents of the original were put in their place past the trail.
        states = [
            {fault for fault in each if fault.check == "audit.state"} for each in (found, faults(original))
        ]
    assert states[0] == states[1]
    assert not {fault.check for fault in found} & {
        "audit.chain", "audit.unsealed", "audit.row", "audit.value", "audit.key",
        "material.file", "material.size",
    }  # fmt: skip


def as_restored(rows: dict[str, list[str]]) -> dict[str, list[dict]]:
    """The rows without what a restore is meant to change."""
    kept = {}
    for table, lines in rows.items():
        if table in EMPTIED | GOES_ON:
            continue
        found = [json.loads(line) for line in lines]
        added = ADDED.get(table, lambda _: False)
        left_out = CHANGED.get(table, set())
        kept[table] = [
            {name: value for name, value in row.items() if name not in left_out}
            for row in found
            if not added(row) and not (table == "audit_event" and row["subject"] == "data_export")
        ]
        kept[table].sort(key=lambda row: json.dumps(row, sort_keys=True))
    return kept


def people_work(register: Register, engine: Engine, instance: Path) -> None:
    """The public looks, an administrator logs in, a second factor works, a document comes."""
    with application(engine, instance) as app:
        app.config.update(WTF_CSRF_ENABLED=False)
        assert app.test_client().get("/").status_code == 200
        assert register.filled.browser(app, "sysadmin").get("/admin/").status_code == 302
        client = app.test_client()
        client.post("/login", data={"email": register.filled.emails["applicant"], "password": THEIRS})
        answer = client.get(f"/attachments/{register.filled.ids['licence']}")
        assert answer.data.startswith(b"attachment ")
        holder = app.test_client()
        holder.post("/login", data={"email": FACTOR_HOLDER, "password": PASSWORD})
        holder.post("/tf-validate", data={"code": TOTP(key=FACTOR_KEY).generate().token})
        assert holder.get("/account/settings").status_code == 200
