"""`accredit restore`: a register comes back whole, into an empty place only, and does nothing old again."""

import io
import os
import signal
import stat
import subprocess
import sys
import tarfile
import time
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from passlib.totp import TOTP
from sqlalchemy import Engine, text

from core.backup import archive as archives
from core.backup import secret
from core.domain.clock import now
from core.domain.roles import Grant, Role
from core.embedded.server import EmbeddedServer, create_database, drop_database
from core.services.base.work import Actor, Work
from core.services.delivery.by_hand import resend
from core.storage import unfinished
from core.storage.engine import make_engine, session_factory
from core.storage.files import FileStore
from core.storage.grants import excess
from core.storage.migrate import head, revisions, unfit
from tests.backup.conftest import FACTOR_HOLDER, FACTOR_KEY, PASSWORD, Register, Run, below
from tests.cli.conftest import Answer
from tests.databases import OWNER
from tests.databases import keys as master_keys
from tests.web.filled import PASSWORD as THEIRS
from tests.web.sites import application

pytestmark = pytest.mark.database


@pytest.fixture
def empty(database_url: str) -> Engine:
    """An engine on the database to restore into."""
    return make_engine(database_url, master_keys())


def ask(engine: Engine, query: str) -> Any:
    with engine.connect() as connection:
        return connection.scalar(text(query))


def came_back(answer: Answer) -> bool:
    """Whether the register is there; it has faults of its own, being made up."""
    return answer.err == "" and "faults; see above" in answer.out


def rebuilt(source: Path, target: Path, change: dict[str, Any]) -> Path:
    """The archive with other bytes in one place; None leaves a part out."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old.getmembers():
            data = old.extractfile(member).read()
            name = "files" if member.name.startswith("files/") else member.name
            if name in change:
                changed = change.pop(name)
                if changed is None:
                    continue
                data = changed(data)
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))
    return target


@pytest.fixture(scope="module")
def restored(accredit, archive: Path, pg_server: EmbeddedServer, tmp_path_factory):
    """The register brought back with its keys: the answer, the folder and the database."""
    name, administration = f"test_{uuid4().hex[:12]}", pg_server.url("postgres", "postgres")
    create_database(administration, name, owner=OWNER)
    folder = tmp_path_factory.mktemp("restored") / "instance"
    answer = accredit(
        *("restore", archive, "--instance", folder, "--keys", archive.with_name("keys")),
        env={"ACCREDIT_DATABASE_URL": pg_server.url(name), "ACCREDIT_OWNER_URL": pg_server.url(name, OWNER)},
    )
    engine = make_engine(pg_server.url(name), master_keys())
    yield answer, folder, engine
    engine.dispose()
    drop_database(administration, name)


def test_it_comes_back_whole_and_has_no_new_fault(restored, register: Register) -> None:
    answer, folder, engine = restored
    assert answer.err == ""
    assert ask(engine, "SELECT version_num FROM alembic_version") == head()
    store, back = FileStore.of(register.instance), FileStore.of(folder)
    with engine.connect() as connection:
        for sha256 in connection.scalars(text("SELECT sha256 FROM material_file")):
            assert back.intact(sha256)
            assert back.path(sha256).read_bytes() == store.path(sha256).read_bytes()


def test_it_comes_back_to_its_owner_and_the_application_has_its_rights(restored) -> None:
    _, _, engine = restored
    assert unfit(engine) is None
    assert excess(engine) == []


def test_verify_is_run_and_finds_what_it_finds_in_the_original(
    accredit: Run, restored, register: Register
) -> None:
    answer, _, _ = restored
    told = accredit("verify", "--instance", register.instance, env={"ACCREDIT_DATABASE_URL": register.url})
    before = [line for line in told.out.splitlines() if not line.startswith("note: ")]
    assert len(before) > 3, "the register is made up, and breaks rules of its own"
    assert answer.out.splitlines()[-len(before) - 1 :] == [*before, f"{len(before)} faults; see above"]
    assert answer.code == 1


def test_a_register_without_fault_comes_back_without_fault(
    accredit: Run, restore: Run, engine: Engine, database_url: str, tmp_path: Path
) -> None:
    url = engine.url.render_as_string(hide_password=False)
    env = {"ACCREDIT_DATABASE_URL": url}
    assert accredit("backup", tmp_path / "b.tar", "--instance", tmp_path, env=env).code == 0
    answer = restore(tmp_path / "b.tar", tmp_path / "new", database_url)
    assert answer.code == 0, answer.err + answer.out
    assert answer.out.endswith("未发现问题\n")


def test_waiting_messages_are_held_and_a_person_can_send_them(restored) -> None:
    _, _, engine = restored
    assert ask(engine, "SELECT count(*) FROM outbox_message WHERE state = 'pending'") == 0
    assert ask(engine, "SELECT count(*) FROM outbox_message WHERE secret <> ''") == 0
    assert ask(engine, "SELECT state FROM outbox_message WHERE key = 'went'") == "sent"
    assert "备份时待发" in ask(engine, "SELECT last_error FROM outbox_message WHERE key = 'waits'")
    number = ask(engine, "SELECT id FROM outbox_message WHERE key = 'waits'")
    lead = Actor(None, "lead", (Grant(Role.LEAD),))
    with session_factory(engine)() as session:
        assert resend(Work(session, lead, now()), number) == number
        assert session.scalar(text("SELECT state FROM outbox_message WHERE key = 'waits'")) == "pending"
        session.rollback()


def test_codes_invitations_jobs_exports_and_sessions_of_the_old_life_are_gone(
    restored, register: Register
) -> None:
    _, _, engine = restored
    for query in (
        "SELECT count(*) FROM verification_code WHERE used_at IS NULL",
        "SELECT count(*) FROM invitation "
        "WHERE cancelled_at IS NULL AND accepted_at IS NULL AND expires_at > now()",
        "SELECT count(*) FROM procrastinate_jobs",
        "SELECT count(*) FROM data_export",
        "SELECT count(*) FROM login_session",
    ):
        assert ask(register.engine, query), query
        assert ask(engine, query) == 0, query


def test_it_says_that_it_was_restored_when_and_from_what(restored, archive: Path) -> None:
    _, _, engine = restored
    made_at = archives.check(archive).made_at
    note = "SELECT changes->'made_at'->>1 FROM audit_event WHERE action = 'register.restore' AND subject = "
    note += "'job_run'"
    assert ask(engine, note) == made_at
    said = ask(engine, "SELECT message FROM job_run WHERE job = 'restore' AND state = 'done'")
    assert archive.name in said
    assert made_at in said


@pytest.fixture
def site(restored):
    _, folder, engine = restored
    with application(engine, folder) as app:
        app.config.update(WTF_CSRF_ENABLED=False)
        yield app


def test_old_sessions_are_dead_and_one_can_log_in(site: Flask, register: Register, restored) -> None:
    with application(register.engine, register.instance) as before:
        assert register.filled.browser(before, "officer").get("/admin/").status_code == 200
    assert register.filled.browser(site, "officer").get("/admin/").status_code == 302
    client = site.test_client()
    client.post("/login", data={"email": register.filled.emails["sysadmin"], "password": THEIRS})
    jobs = client.get("/admin/jobs/?lang=zh")
    assert jobs.status_code == 200
    assert "从备份恢复" in jobs.text
    messages = client.get("/admin/messages/?lang=en")
    assert "waited when the backup was made" in messages.text


def test_a_document_can_be_downloaded(site: Flask, register: Register) -> None:
    client = site.test_client()
    client.post("/login", data={"email": register.filled.emails["applicant"], "password": THEIRS})
    answer = client.get(f"/attachments/{register.filled.ids['licence']}")
    assert answer.status_code == 200
    assert answer.data.startswith(b"attachment ")


def test_with_the_keys_second_factors_work(site: Flask) -> None:
    assert enters(site)


def enters(app: Flask) -> bool:
    """Whether the holder of a second factor comes in by it; the code is that of the old register's secret."""
    client = app.test_client()
    client.post("/login", data={"email": FACTOR_HOLDER, "password": PASSWORD})
    client.post("/tf-validate", data={"code": TOTP(key=FACTOR_KEY).generate().token})
    return client.get("/account/settings").status_code == 200


def test_without_the_keys_new_ones_are_made_and_what_is_lost_is_listed(
    restore: Run, archive: Path, database_url: str, tmp_path: Path, register: Register
) -> None:
    answer = restore(archive, tmp_path / "new", database_url)
    assert came_back(answer), answer.err
    assert "new secret keys were made" in answer.out
    assert f"  {FACTOR_HOLDER}\n" in answer.out
    key = tmp_path / "new" / "secret_key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert key.read_text() != register.key.read_text()
    engine = make_engine(database_url, master_keys())
    with application(engine, tmp_path / "new") as app:
        app.config.update(WTF_CSRF_ENABLED=False)
        assert not enters(app)
    engine.dispose()


def test_an_older_register_is_brought_up(
    accredit: Run, restore: Run, database_url: str, pg_server: EmbeddedServer, tmp_path: Path
) -> None:
    name, administration = f"test_{uuid4().hex[:12]}", pg_server.url("postgres", "postgres")
    create_database(administration, name, owner="accredit")
    env = {"ACCREDIT_DATABASE_URL": pg_server.url(name)}
    before = revisions()[-2]
    assert accredit("db", "upgrade", before, "--instance", tmp_path, env=env).code == 0
    answer = accredit("backup", tmp_path / "b.tar", "--instance", tmp_path, env=env)
    drop_database(administration, name)
    assert f"revision {before}" in answer.out, answer.err
    answer = restore(tmp_path / "b.tar", tmp_path / "new", database_url)
    assert answer.code == 0, answer.err + answer.out
    engine = make_engine(database_url, master_keys())
    assert ask(engine, "SELECT version_num FROM alembic_version") == head()
    assert ask(engine, "SELECT count(*) FROM region") > 3000
    engine.dispose()


REFUSED: dict[str, dict[str, Any]] = {
    "a document was changed": {"files": lambda data: data + b"!"},
    "a document is gone": {"files": None},
    "the dump was changed": {"database.sql.gz": lambda data: data[:-1] + b"!"},
    "no manifest": {"manifest.json": None},
    "newer": {"manifest.json": lambda data: data.replace(f'"{head()}"'.encode(), b'"9999"')},
    "another format": {"manifest.json": lambda data: data.replace(b'"format": 1', b'"format": 2')},
}
SAID = {
    "a document was changed": "damaged",
    "a document is gone": "damaged: the list of documents",
    "the dump was changed": "damaged: database.sql.gz",
    "no manifest": "not whole",
    "newer": "knows up to",
    "another format": "format 2",
}


@pytest.mark.parametrize("fault", REFUSED)
def test_what_is_not_whole_or_too_new_is_refused_before_anything_is_touched(
    restore: Run, archive: Path, empty: Engine, database_url: str, tmp_path: Path, fault: str
) -> None:
    source = rebuilt(archive, tmp_path / "b.tar", dict(REFUSED[fault]))
    answer = restore(source, tmp_path / "new", database_url)
    assert answer.code == 1
    assert SAID[fault] in answer.err
    assert not (tmp_path / "new").exists()
    assert ask(empty, "SELECT count(*) FROM pg_class WHERE relnamespace = 'public'::regnamespace") == 0
    assert not unfinished.unfinished(empty)


@pytest.mark.parametrize("kept", [0, 600, 30_000, -20_000, -1], ids=lambda kept: f"{kept} bytes")
def test_a_file_that_was_cut_off_is_refused(
    restore: Run, archive: Path, database_url: str, tmp_path: Path, kept: int
) -> None:
    (tmp_path / "b.tar").write_bytes(archive.read_bytes()[:kept])
    answer = restore(tmp_path / "b.tar", tmp_path / "new", database_url)
    if kept == -1:  # the end of a tar file is nothing but zeros
        assert came_back(answer), answer.err
        return
    assert answer.code == 1
    assert "b.tar" in answer.err
    assert "Traceback" not in answer.err
    assert not (tmp_path / "new").exists()


def test_the_keys_of_another_register_are_refused(
    restore: Run, archive: Path, database_url: str, tmp_path: Path
) -> None:
    (tmp_path / "keys").write_text("x" * 60)
    answer = restore(archive, tmp_path / "new", database_url, "--keys", tmp_path / "keys")
    assert answer.code == 1
    assert "not those of the register" in answer.err
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("content", ["", "short\n", "two words " * 6, "x" * 60 + "\nno key of a trail\n"])
def test_a_file_that_holds_no_keys_is_refused(
    restore: Run, archive: Path, database_url: str, tmp_path: Path, content: str
) -> None:
    (tmp_path / "keys").write_text(content)
    answer = restore(archive, tmp_path / "new", database_url, "--keys", tmp_path / "keys")
    assert answer.code == 1
    assert "holds no keys of a register" in answer.err


def test_keys_from_before_the_trail_was_signed_are_taken(tmp_path: Path) -> None:
    (tmp_path / "keys").write_text("x" * 60 + "\n")
    secret.put(tmp_path, secret.read(tmp_path / "keys"))
    assert not (tmp_path / "trail_key").exists()


@pytest.mark.parametrize("there", ["secret_key", "trail_key", "person_keys", "files/ab/cd/file"])
def test_a_folder_in_use_is_left_alone(
    restore: Run, archive: Path, empty: Engine, database_url: str, tmp_path: Path, there: str
) -> None:
    path = tmp_path / "new" / there
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    answer = restore(archive, tmp_path / "new", database_url)
    assert answer.code == 1
    assert "not empty" in answer.err
    assert below(tmp_path / "new") == {there}
    assert not unfinished.unfinished(empty)


def test_a_database_in_use_is_left_alone(
    restore: Run, archive: Path, empty: Engine, database_url: str, tmp_path: Path
) -> None:
    with empty.begin() as connection:
        connection.execute(text("CREATE TABLE theirs (id int)"))
    answer = restore(archive, tmp_path / "new", database_url)
    assert answer.code == 1
    assert "not empty" in answer.err
    assert ask(empty, "SELECT count(*) FROM theirs") == 0
    assert not unfinished.unfinished(empty)
    assert below(tmp_path) == set()


COMMANDS = (
    ("verify",),
    ("check",),
    ("serve",),
    ("worker",),
    ("backup", "never.tar"),
    ("user", "list"),
)


def test_half_a_register_is_used_by_nobody_and_not_restored_into(
    accredit, restore: Run, archive: Path, empty: Engine, database_url: str, tmp_path: Path
) -> None:
    """A document that cannot be written stops it after the database was loaded."""
    folder = tmp_path / "new"
    folder.mkdir()
    (folder / "files").symlink_to("/proc/nowhere")
    answer = restore(archive, folder, database_url)
    assert answer.code == 1
    assert "half a register" in answer.err
    assert ask(empty, "SELECT count(*) FROM app_user") > 0
    for command in COMMANDS:
        said = accredit(*command, "--instance", folder, env={"ACCREDIT_DATABASE_URL": database_url})
        assert said.code == 1, command
        assert "half a register" in said.err, command
    again = restore(archive, tmp_path / "newer", database_url)
    assert again.code == 1
    assert "remove the instance folder" in again.err


def test_rows_that_did_not_arrive_are_told(
    restore: Run, archive: Path, empty: Engine, database_url: str, tmp_path: Path
) -> None:
    parties = archives.check(archive).tables["party"]

    def more(data: bytes) -> bytes:
        return data.replace(f'"party": {parties}'.encode(), f'"party": {parties + 1}'.encode())

    source = rebuilt(archive, tmp_path / "b.tar", {"manifest.json": more})
    answer = restore(source, tmp_path / "new", database_url)
    assert answer.code == 1
    assert f"party: {parties} rows of {parties + 1}" in answer.err
    assert unfinished.unfinished(empty)


def test_a_restore_that_was_killed_leaves_what_nobody_uses(
    restore: Run, archive: Path, empty: Engine, database_url: str, tmp_path: Path
) -> None:
    with empty.connect() as holder:
        holder.execute(text("CREATE TABLE party (id int)"))  # not committed: the load waits for it
        running = subprocess.Popen(
            [sys.executable, "-m", "core.cli", "restore", archive, "--instance", tmp_path / "new"],
            env=os.environ | {"ACCREDIT_DATABASE_URL": database_url},
        )
        while not unfinished.unfinished(empty) and running.poll() is None:
            time.sleep(0.02)
        running.kill()
        assert running.wait() == -signal.SIGKILL
    for folder in ("new", "newer"):
        answer = restore(archive, tmp_path / folder, database_url)
        assert answer.code == 1
        assert "half a register" in answer.err
        assert "restore again" in answer.err


def test_no_file_at_all_is_refused(restore: Run, database_url: str, tmp_path: Path) -> None:
    answer = restore(tmp_path / "none.tar", tmp_path / "new", database_url)
    assert answer.code == 1
    assert "cannot be read" in answer.err
