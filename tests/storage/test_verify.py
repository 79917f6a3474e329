"""A register that was lived with has no fault; what is changed behind its back is found, by its check."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from core.hooks.catalogue import Catalogue, catalogue
from core.rules.text import T
from core.storage.engine import session_factory
from core.storage.files import FileStore
from core.storage.models import MaterialFile
from core.storage.verify import CHECKS, Fault, by_rules, derived, faults
from core.storage.verify.columns import BY_TRAIL
from core.storage.verify.derived import hearings
from tests.storage.conftest import LivedRegister
from tests.storage.planted import PLANTED, plant


@pytest.fixture(scope="module")
def engine(lived_register: LivedRegister) -> Iterator[Engine]:
    """An engine on the lived register, as its owner: faults are planted past triggers."""
    with lived_register.copy() as made:
        yield made


@pytest.fixture
def store(lived_register: LivedRegister) -> FileStore:
    """The uploaded files of that register."""
    return lived_register.store


@pytest.fixture
def lived(engine: Engine) -> Iterator[Session]:
    """A session on the lived register; what a test changes is taken back."""
    with session_factory(engine)() as session:
        yield session
        session.rollback()


def test_a_register_that_was_lived_with_has_no_fault(lived: Session, store: FileStore) -> None:
    assert [str(fault) for fault in faults(lived, store)] == []
    states = set(lived.scalars(text("SELECT DISTINCT state FROM accreditation")))
    assert states == {"active", "rectifying", "expired", "revoked", "withdrawn"}


def test_the_checks_have_names_of_their_own() -> None:
    assert len({check.name for check in CHECKS}) == len(CHECKS) >= 30


@pytest.mark.parametrize("name", PLANTED)
def test_a_planted_fault_is_found(lived: Session, name: str) -> None:
    expected, statements = PLANTED[name]
    for statement in statements:
        plant(lived.connection(), statement)
    day = derived.day_of(lived)
    found = [*derived.trail(lived, day, ()), *by_rules(lived, day, catalogue())]
    assert {fault.check for fault in found} == expected - BY_TRAIL, found
    assert all(fault.message.zh and "{" not in str(fault) for fault in found)


def test_every_check_was_seen_to_find_something() -> None:
    seen = set().union(*(expected for expected, _ in PLANTED.values()))
    assert {check.name for check in CHECKS} - seen == {"application.open_once"}


def test_a_second_open_application_is_found(lived: Session) -> None:
    connection = lived.connection()
    connection.execute(text("DROP INDEX uq_application_open"))
    connection.execute(
        text("""INSERT INTO application (program, track, edition, party_id, call_id, region)
        SELECT program, track, edition, party_id, call_id, region FROM application WHERE state = 'draft'""")
    )
    assert [fault.check for fault in faults(lived)] == ["audit.row", "application.open_once"]


def leave_open(lived: Session, told_on: str) -> None:
    one = "(SELECT min(id) FROM exit_case WHERE state = 'proposed')"
    statement = f"UPDATE exit_case SET told_on = :day, objection_until = NULL WHERE id = {one}"  # noqa: S608  # no one else's words
    lived.execute(text(statement), {"day": told_on})


@pytest.mark.parametrize(
    ("told_on", "today", "last"),
    [
        ("2026-12-23", "2026-12-30", "2026-12-30"),
        ("2026-12-23", "2026-12-31", None),
        ("2026-12-24", "2026-12-31", "2026-12-31"),
        ("2026-12-25", "2026-12-31", None),
        ("2026-05-06", "2026-05-20", "2026-05-27"),
    ],
)
def test_a_last_day_left_open_is_found_where_the_tables_tell_it(
    lived: Session, told_on: str, today: str, last: str | None
) -> None:
    """The tables end with 2026; what was over before it was known is counted from today."""
    leave_open(lived, told_on)
    found = list(hearings(lived, date.fromisoformat(today)))
    assert [fault.check for fault in found] == ["exit.undated"] * (last is not None)
    assert last is None or last in found[0].message.en


def test_a_last_day_is_counted_by_the_number_that_was_set(lived: Session) -> None:
    leave_open(lived, "2026-12-24")
    for value, day in (("9", "2026-12-25"), ("5", "2026-12-24"), ("8", "2026-12-01")):
        lived.execute(
            text("""INSERT INTO setting_override (program, track, kind, name, value, effective_on, reason)
            VALUES ('', '', 'operation', 'objection_working_days', :value, :day, '测试')"""),
            {"value": value, "day": day},
        )
    assert "2026-12-31" in next(hearings(lived, date(2026, 12, 24))).message.en


def test_a_file_that_is_gone_changed_or_of_another_size_is_found(
    lived: Session, store: FileStore, tmp_path: Path
) -> None:
    application = lived.scalar(text("SELECT min(id) FROM application"))
    kept = {name: store.put(name.encode(), at_most=100) for name in ("fine", "gone", "changed", "sized")}
    for name, stored in kept.items():
        lived.add(
            MaterialFile(
                application_id=application, key=name, filename=name, content_type="text/plain",
                size=stored.size + (name == "sized"), sha256=stored.sha256,
                uploaded_at=datetime(2024, 3, 1, tzinfo=UTC),
            )
        )  # fmt: skip
    lived.flush()
    store.path(kept["gone"].sha256).unlink()
    changed = store.path(kept["changed"].sha256)
    changed.chmod(0o640)
    changed.write_bytes(b"other")
    keys = {file.id: file.key for file in lived.scalars(select(MaterialFile))}
    of_files = [fault for fault in faults(lived, store) if fault.check not in BY_TRAIL]
    found = {(fault.check, keys[int(fault.subject_id)]) for fault in of_files}
    assert found == {("material.file", "gone"), ("material.file", "changed"), ("material.size", "sized")}
    assert [fault for fault in faults(lived) if fault.check not in BY_TRAIL] == []


def test_programmes_that_are_not_loaded_are_told(lived: Session) -> None:
    found = list(faults(lived, known=Catalogue({})))
    assert {fault.check for fault in found} == {"accreditation.program"}
    assert str(found[0]).startswith("accreditation.program: accreditation ")


def test_a_fault_says_what_it_is_in_both_languages() -> None:
    fault = Fault("x.y", "party", "7", T("不好", "is bad"))
    assert str(fault) == "x.y: party 7: 不好 / is bad"
