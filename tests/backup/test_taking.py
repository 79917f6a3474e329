"""`accredit backup`: one whole file, of one moment, without the keys; or nothing."""

import gzip
import hashlib
import json
import os
import re
import resource
import signal
import stat
import subprocess
import sys
import tarfile
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, func, select, text
from sqlalchemy import table as table_of

from core.backup import archive as archives
from core.backup import taking
from core.domain.clock import now
from core.embedded import clients
from core.embedded.server import conninfo
from core.services.files import unnamed
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.migrate import head
from core.storage.models import Attachment
from core.storage.models.holdings import AttachmentPurpose
from core.storage.verify.derived import FILES
from tests.backup.conftest import Register, Run, below
from tests.databases import keys as master_keys
from tests.services.factory import make_party

pytestmark = pytest.mark.database


def manifest_of(path: Path) -> dict:
    with tarfile.open(path) as tar:
        member = tar.extractfile("manifest.json")
        assert member is not None
        return json.load(member)


def test_the_manifest_tells_what_is_in_it(register: Register, archive: Path) -> None:
    told = manifest_of(archive)
    assert told["revision"] == head()
    assert all(told[name] for name in ("product", "made_at", "postgresql"))
    with register.engine.connect() as connection:
        for table in ("party", "app_user", "audit_event", "outbox_message"):
            assert told["tables"][table] == connection.scalar(
                select(func.count()).select_from(table_of(table))
            )
    assert told["missing"] == []


def test_every_document_that_the_register_names_is_in_it_under_its_hash(
    register: Register, archive: Path
) -> None:
    with register.engine.connect() as connection:
        wanted = {row.sha256 for row in connection.execute(text(FILES))}
    assert len(wanted) > 3
    with tarfile.open(archive) as tar:
        found = {name.removeprefix("files/") for name in tar.getnames() if name.startswith("files/")}
        for name in found:
            assert hashlib.sha256(tar.extractfile(f"files/{name}").read()).hexdigest() == name
    assert found == wanted


def test_the_keys_are_apart_and_nobody_else_reads_them(register: Register, archive: Path) -> None:
    keys = archive.with_name("keys")
    secret = register.key.read_text()
    persons = "".join(f"persons {key}\n" for key in master_keys().read())
    assert keys.read_text() == secret + persons + (register.instance / "trail_key").read_text()
    for key in master_keys().read():
        assert key.encode() not in archive.read_bytes()
    assert stat.S_IMODE(keys.stat().st_mode) == 0o600
    assert stat.S_IMODE(archive.stat().st_mode) == 0o600
    with tarfile.open(archive) as tar:
        assert tar.getnames()[0] == "database.sql.gz"
        assert tar.getnames()[-1] == "manifest.json"
    assert secret.encode() not in archive.read_bytes()
    assert secret not in json.dumps(manifest_of(archive))


def test_it_says_what_it_did(backup: Run, tmp_path: Path) -> None:
    answer = backup(tmp_path / "b.tar")
    assert answer.code == 0, answer.err
    assert re.search(
        rf"b\.tar: \d+ bytes, revision {head()}, \d+ rows in \d+ tables, \d+ documents", answer.out
    )
    assert "keys are not in it" in answer.out
    assert below(tmp_path) == {"b.tar"}


def test_the_ledger_of_jobs_tells_of_it_and_it_has_not_itself_in_it(
    register: Register, backup: Run, tmp_path: Path
) -> None:
    def noted() -> list[tuple[str, int]]:
        query = "SELECT state, (counts->>'bytes')::bigint FROM job_run WHERE job = 'backup' ORDER BY id"
        with register.filled.engine.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    before = noted()
    target = tmp_path / "noted.tar"
    assert backup(target).code == 0
    assert noted() == [*before, ("done", target.stat().st_size)]
    assert manifest_of(target)["tables"]["job_run"] == rows_of(register, "job_run") - 1


def rows_of(register: Register, table: str) -> int:
    with register.filled.engine.connect() as connection:
        found: int = connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one()  # noqa: S608  # ours
        return found


@pytest.mark.parametrize("taken", ["b.tar", "keys"])
def test_nothing_is_written_over(backup: Run, tmp_path: Path, taken: str) -> None:
    (tmp_path / taken).write_text("mine")
    answer = backup(tmp_path / "b.tar", "--keys", tmp_path / "keys")
    assert answer.code == 1
    assert taken in answer.err
    assert "written over" in answer.err
    assert below(tmp_path) == {taken}
    assert (tmp_path / taken).read_text() == "mine"


def test_a_file_that_came_meanwhile_is_not_written_over(tmp_path: Path) -> None:
    draft, target = tmp_path / "draft", tmp_path / "target"
    draft.write_text("backup")
    target.write_text("mine")
    with pytest.raises(taking.TakingError, match="new file"):
        taking._appear(draft, target)
    assert target.read_text() == "mine"


def test_a_folder_that_is_not_there_is_named(backup: Run, tmp_path: Path) -> None:
    answer = backup(tmp_path / "none" / "b.tar")
    assert answer.code == 1
    assert f"no folder {tmp_path / 'none'}" in answer.err


@pytest.mark.parametrize(
    "room", [2000, 40_000, 90_000], ids=["in the dump", "at its end", "in the documents"]
)
def test_a_full_disk_leaves_nothing(register: Register, tmp_path: Path, room: int) -> None:
    """Files may have so many bytes and no more: what a full disk does, at a place of our choice."""

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    done = subprocess.run(
        [sys.executable, "-m", "core.cli", "backup", tmp_path / "b.tar", "--instance", register.instance],
        env=os.environ | {"ACCREDIT_DATABASE_URL": register.url},
        preexec_fn=bounded,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_backup_that_is_told_to_end_leaves_nothing(register: Register, tmp_path: Path) -> None:
    with psycopg.connect(conninfo(register.url)) as holder:
        holder.execute("LOCK TABLE party IN ACCESS EXCLUSIVE MODE")  # it waits in the middle
        running = subprocess.Popen(
            [sys.executable, "-m", "core.cli", "backup", tmp_path / "b.tar", "--instance", register.instance],
            env=os.environ | {"ACCREDIT_DATABASE_URL": register.url},
        )
        while not list(tmp_path.iterdir()) and running.poll() is None:
            time.sleep(0.02)
        running.send_signal(signal.SIGTERM)
        assert running.wait(60) == 1
    assert list(tmp_path.iterdir()) == []


def test_one_that_is_told_to_end_as_it_makes_its_folder_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = os.mkdir

    def told(*args: Any, **kwargs: Any) -> None:
        made(*args, **kwargs)
        raise SystemExit

    monkeypatch.setattr(os, "mkdir", told)
    with pytest.raises(SystemExit), taking._aside(tmp_path / "b.tar"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_document_that_is_damaged_is_named_and_the_rest_is_kept(
    register: Register, backup: Run, tmp_path: Path
) -> None:
    store = FileStore.of(register.instance)
    with register.engine.connect() as connection:
        sha256 = connection.scalar(text("SELECT min(sha256) FROM attachment"))
    path = store.path(sha256)
    whole = path.read_bytes()
    path.chmod(0o600)
    try:
        path.write_bytes(whole + b"!")
        answer = backup(tmp_path / "b.tar")
    finally:
        path.write_bytes(whole)
    assert answer.code == 1
    assert f"missing: the document {sha256}" in answer.out
    assert manifest_of(tmp_path / "b.tar")["missing"] == [sha256]
    assert archives.check(tmp_path / "b.tar").files > 3


def test_what_a_row_has_named_is_never_taken_away() -> None:
    """A backup takes documents after the database: one that the snapshot names must still be there then."""
    removing = {
        path.as_posix()
        for path in Path("core").rglob("*.py")
        if re.search(
            r"store\.take_away\(|files\(\)\.take_away\(|rmtree\([^)]*FOLDER",
            path.read_text(encoding="utf-8"),
        )
    }
    # Exports have a store of their own, what belongs to nothing was never named, emptying is asked for, and
    # what a list destroys goes a day after its rows.
    assert removing == {
        "core/services/exports/long_ones.py",
        "core/services/files/unnamed.py",
        "core/services/keeping/destroying.py",
        "core/cli/database.py",
    }


def test_what_is_written_meanwhile_is_not_in_it(
    register: Register, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The dump and the counts are of one moment, whatever happens between."""
    dump = clients.dump

    def busy(*arguments: object) -> None:
        with register.engine.begin() as connection:
            connection.execute(
                text("INSERT INTO region (code, name, name_en) VALUES ('999999', 'came meanwhile', '')")
            )
        dump(*arguments)

    monkeypatch.setattr(taking, "dump", busy)
    with register.engine.connect() as connection:
        before = connection.scalar(text("SELECT count(*) FROM region"))
    try:
        taken = taking.take(register.url, register.instance, tmp_path / "b.tar", None, now())
        assert taken.manifest.tables["region"] == before
        with archives.opened_dump(tmp_path / "b.tar") as packed:
            assert b"came meanwhile" not in gzip.decompress(packed.read())
    finally:
        with register.engine.begin() as connection:
            connection.execute(text("DELETE FROM region WHERE code = '999999'"))


def test_a_file_whose_row_goes_meanwhile_is_in_it_though_others_are_taken_away(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The snapshot names it: it was named, and the trail tells of that."""
    store, target = FileStore.of(tmp_path), tmp_path / "b.tar"
    named, refused = (store.put(data, at_most=99) for data in (b"named", b"refused"))
    for stored in (named, refused):
        path = store.path(stored.sha256)
        os.utime(path, (0, 0))
    with session_factory(engine)() as session, session.begin():
        row = Attachment(
            purpose=AttachmentPurpose.LICENCE,
            party_id=make_party(engine),
            filename="执照.pdf",
            content_type="application/pdf",
            size=named.size,
            sha256=named.sha256,
            uploaded_at=now(),
        )
        session.add(row)
    dump = clients.dump

    def busy(*arguments: object) -> None:
        with session_factory(engine)() as session, session.begin():
            session.delete(session.get_one(Attachment, row.id))
        with session_factory(engine)() as session:
            found = unnamed.find(session, store, FileStore(tmp_path / "exports"), timedelta(days=7))
            assert unnamed.take_away([*found]) == 1
        dump(*arguments)

    monkeypatch.setattr(taking, "dump", busy)
    url = engine.url.render_as_string(hide_password=False)
    assert taking.take(url, tmp_path, target, None, now()).manifest.missing == ()
    assert archives.check(target).files == 1
    assert not store.exists(refused.sha256)


def test_an_empty_database_is_refused(accredit: Run, database_url: str, tmp_path: Path) -> None:
    answer = accredit(
        "backup",
        tmp_path / "b.tar",
        "--instance",
        tmp_path / "i",
        env={"ACCREDIT_DATABASE_URL": database_url},
    )
    assert answer.code == 1
    assert "empty" in answer.err
    assert not (tmp_path / "b.tar").exists()
