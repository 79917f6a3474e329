"""Files that belong to nothing: found whatever they come of, and never one that anything has named."""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, delete, select, text

from core.domain.clock import moment
from core.domain.roles import Role
from core.services.applications import materials
from core.services.attachments import party_files
from core.services.base.work import SYSTEM, work
from core.services.files import unnamed
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import Attachment, AuditEvent, Base, DataExport, MaterialFile, User
from core.storage.models.holdings import AttachmentPurpose
from core.storage.models.operations import JobState
from core.storage.verify.derived import FILES
from tests.conftest import Begin, MakeActor
from tests.services.factory import make_party
from tests.services.journey import PDF, Town

WEEK = timedelta(days=7)


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore.of(tmp_path)


@pytest.fixture
def exports(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "exports")


def age(*stores: FileStore, days: float = 8) -> None:
    """Let everything in the stores be so old."""
    for store in stores:
        for path in store.root.rglob("*"):
            if path.is_file():
                at = store.moment() - days * 86_400
                os.utime(path, (at, at))


def names(engine: Engine, store: FileStore, exports: FileStore, older: timedelta = WEEK) -> set[str]:
    with session_factory(engine)() as session:
        return {file.path.name for file in unnamed.find(session, store, exports, older)}


def test_every_column_with_the_hash_of_a_file_counts_as_naming_it() -> None:
    hashes = {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if column.name.endswith("sha256")
    }
    missing = {
        (table, column)
        for table, column in hashes
        if not re.search(rf"\b{column}\b[^\n]* FROM {table}\b", FILES)
    }
    assert missing == {
        ("data_export", "sha256"),  # has a store of its own
        ("archive_package", "sha256"),  # of a package that is made anew when it is asked for
        ("left_file", "sha256"),  # of a file that nothing names any more, and that goes
        ("destruction_list", "sha256"),  # of what a list says, which stands in its rows
        ("audit_end", "sha256"),  # of a file that the operator keeps elsewhere
    }


def test_what_was_refused_or_only_looked_at_is_found_once_it_is_old(
    engine: Engine, store: FileStore, exports: FileStore
) -> None:
    assert names(engine, store, exports) == set(), "there are no folders yet"
    left = {at.put(data, at_most=99).sha256 for at, data in ((store, b"refused"), (exports, b"broken off"))}
    assert names(engine, store, exports) == set(), "a row may yet come"
    age(store, exports, days=6.99)
    assert names(engine, store, exports) == set()
    age(store, exports, days=7.01)
    assert names(engine, store, exports) == left
    assert names(engine, store, exports, timedelta(days=8)) == set()


def test_what_a_row_names_is_not_found_nor_what_one_has_named(
    engine: Engine, begin: Begin, make_actor: MakeActor, store: FileStore, exports: FileStore
) -> None:
    party = make_party(engine)
    member = make_actor(Role.APPLICANT, parties=[party])
    with begin(member, "2025-03-10T10:00") as w:
        number = party_files.put(w, AttachmentPurpose.LICENCE, party, "执照.pdf", PDF, store)
    age(store)
    assert names(engine, store, exports) == set()
    # The row goes: what is left of it is that the trail tells of it.
    with begin(SYSTEM, "2025-03-11T10:00") as w:
        w.session.delete(w.session.get_one(Attachment, number))
    with session_factory(engine)() as session:
        assert session.scalars(select(Attachment)).all() == []
    assert names(engine, store, exports) == set()


@pytest.mark.owner
def test_what_a_decision_was_taken_on_is_not_found(
    engine: Engine, town: Town, store: FileStore, exports: FileStore
) -> None:
    """Also where neither the document nor the trail of it is there any more."""
    case = town.start("liaocheng/specialized").reviewed().approve()
    with case.as_officer(5) as w:
        (row, *_) = materials.checklist(w, case.application_id)
    assert row.files
    with session_factory(engine)() as session, session.begin():
        session.execute(text("ALTER TABLE audit_event DISABLE TRIGGER USER"))
        session.execute(text("DELETE FROM audit_event"))
        session.execute(delete(MaterialFile.__table__))
    age(town.store)
    assert names(engine, town.store, exports) == set()


def test_an_export_is_named_by_its_own_row_alone(
    engine: Engine, store: FileStore, exports: FileStore
) -> None:
    stored = exports.put(b"rows", at_most=99)
    store.put(b"rows", at_most=99)
    with session_factory(engine)() as session, session.begin():
        user = User(email="a@example.cn", name="甲", fs_uniquifier="a")
        session.add(user)
        session.flush()
        session.add(
            DataExport(
                user_id=user.id,
                name="parties.export",
                file_format="csv",
                filename="主体.csv",
                asked_at=moment("2025-03-10T10:00"),
                finished_at=moment("2025-03-10T10:01"),
                state=JobState.DONE,
                sha256=stored.sha256,
                size=stored.size,
            )
        )
    age(store, exports)
    with session_factory(engine)() as session:
        (found,) = unnamed.find(session, store, exports, WEEK)
    assert found.store is store, "of the same bytes in the other store it says nothing"


def test_the_trail_tells_of_what_is_taken_away_and_does_not_name_it(
    engine: Engine, store: FileStore, exports: FileStore
) -> None:
    stored = store.put(b"refused", at_most=99)
    age(store)
    factory = session_factory(engine)
    with factory() as session:
        found = list(unnamed.find(session, store, exports, WEEK))
        with work(session, SYSTEM, moment("2025-03-10T10:00"), "files.remove") as w:
            unnamed.write_down(w.session, found)
    with factory() as session:
        told = session.scalars(select(AuditEvent).where(AuditEvent.subject == "file")).one()
        assert (told.action, told.subject_id) == ("files.remove", stored.sha256)
        assert told.changes == {"size": [stored.size, None]}
    # Stopped before the file went: the next time finds it again.
    assert names(engine, store, exports) == {stored.sha256}
    assert unnamed.take_away(found) == 1
    assert unnamed.take_away(found) == 0
    assert names(engine, store, exports) == set()
