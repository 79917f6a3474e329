"""Each need of a process by name: met, not met, and what does not answer in time."""

import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine, create_engine, text

from core.domain import clock
from core.storage.processes import readiness
from core.storage.processes.clocks import Clocks
from core.storage.processes.readiness import MEGABYTE, NEEDS, Readiness, least_room
from core.storage.trail.keys import KeyFile
from core.storage.trail.signing import signer_of
from core.storage.unfinished import NOTE
from tests.databases import as_owner

Monkey = pytest.MonkeyPatch


@pytest.fixture
def instance(tmp_path: Path, monkeypatch: Monkey) -> Path:
    """A folder with every key, of the site's start and of later."""
    monkeypatch.setenv("ACCREDIT_PERSON_KEYS", str(tmp_path / "person_keys"))
    monkeypatch.setattr(readiness, "FRESH_SECONDS", 0.0)
    (tmp_path / "secret_key").write_text("of sessions\n")
    signer_of(tmp_path)
    KeyFile.of(tmp_path).read()
    return tmp_path


@pytest.fixture
def ready(instance: Path, engine: Engine) -> Iterator[Readiness]:
    """What tells of that folder, and of the test's database."""
    made = Readiness(instance, engine, Clocks(), must_have=[instance / "secret_key"])
    yield made
    made.close()


def failing(ready: Readiness) -> set[str]:
    """The needs that are not met."""
    return {name for name, met in ready.ask().items() if not met}


def test_a_register_in_order_is_ready(ready: Readiness) -> None:
    assert ready.ask() == dict.fromkeys(NEEDS, True)


@pytest.mark.parametrize("name", ["secret_key", "trail_key", "person_keys"])
@pytest.mark.parametrize("how", ["gone", "empty"])
def test_a_key_that_was_there_must_stay(ready: Readiness, instance: Path, name: str, how: str) -> None:
    assert failing(ready) == set()
    if how == "gone":
        (instance / name).unlink()
    else:
        (instance / name).chmod(0o600)
        (instance / name).write_text("")
    assert failing(ready) == {"keys"}
    assert how == "empty" or not (instance / name).exists(), "asking must not make a new one"


@pytest.mark.parametrize("name", ["trail_key", "person_keys"])
def test_what_is_no_key_is_not_ready(ready: Readiness, instance: Path, name: str) -> None:
    (instance / name).write_text("no key\n")
    assert failing(ready) == {"keys"}


def test_before_their_first_need_the_trails_keys_may_be_missing(ready: Readiness, instance: Path) -> None:
    for name in ("trail_key", "person_keys"):
        (instance / name).unlink()
    assert failing(ready) == set()


def test_a_store_that_cannot_be_written_to_is_not_ready(ready: Readiness, instance: Path) -> None:
    (instance / "files").write_text("a file where the folder should be")
    assert failing(ready) == {"files"}


@pytest.mark.parametrize(("free", "lacks"), [(9, {"room"}), (10, set()), (11, set())])
def test_room_below_the_bound_is_too_little(
    instance: Path, engine: Engine, monkeypatch: Monkey, free: int, lacks: set[str]
) -> None:
    monkeypatch.setenv("ACCREDIT_LEAST_ROOM_MB", "10")
    monkeypatch.setattr(readiness, "room", lambda _: free * MEGABYTE)
    ready = Readiness(instance, engine, Clocks())
    assert failing(ready) == lacks
    ready.close()


@pytest.mark.parametrize("value", ["-1", "1.5", "much", "５"])
def test_a_bound_that_cannot_be_read_is_named(value: str) -> None:
    with pytest.raises(ValueError, match="ACCREDIT_LEAST_ROOM_MB"):
        least_room({"ACCREDIT_LEAST_ROOM_MB": value})


def test_a_clock_that_is_off_is_not_ready(ready: Readiness, monkeypatch: Monkey) -> None:
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(minutes=6))
    assert failing(ready) == {"clock"}
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(minutes=4))
    assert failing(ready) == set()


def test_a_database_that_cannot_be_reached_fails_with_all_that_it_should_tell(
    instance: Path, monkeypatch: Monkey
) -> None:
    away = create_engine("postgresql+psycopg://nobody@127.0.0.1:9/none")
    ready = Readiness(instance, away, Clocks())
    assert failing(ready) == {"database", "not_restoring", "version", "clock"}
    ready.close()


@pytest.mark.own_database
def test_a_database_of_another_version_or_half_restored_is_not_served(
    second_engine: Engine, instance: Path
) -> None:
    ready = Readiness(instance, second_engine, Clocks())
    assert failing(ready) == set()
    with as_owner(second_engine) as owner, owner.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        connection.execute(text("COMMENT ON TABLE alembic_version IS '9999'"))
    assert failing(ready) == {"version"}
    with as_owner(second_engine) as owner, owner.begin() as connection:
        name = connection.scalar(text("SELECT current_database()"))
        connection.execute(text(f"COMMENT ON DATABASE \"{name}\" IS '{NOTE}'"))
    assert failing(ready) == {"version", "not_restoring"}
    ready.close()


def test_what_hangs_is_told_as_not_met_and_asked_once(ready: Readiness, monkeypatch: Monkey) -> None:
    go_on, asked = Event(), []

    def hangs(_: object) -> bool:
        asked.append(1)
        return go_on.wait(60)

    monkeypatch.setattr(readiness, "PATIENCE_SECONDS", 0.2)
    monkeypatch.setattr(readiness, "unfinished", hangs)
    for _ in range(3):
        assert {"not_restoring", "version", "clock"} <= failing(ready)
    assert len(asked) == 1
    go_on.set()
    monkeypatch.setattr(readiness, "PATIENCE_SECONDS", 60)
    monkeypatch.setattr(readiness, "unfinished", lambda _: False)
    deadline = time.monotonic() + 60
    while failing(ready):
        assert time.monotonic() < deadline


def test_an_answer_is_given_again_for_a_second(ready: Readiness, instance: Path, monkeypatch: Monkey) -> None:
    monkeypatch.setattr(readiness, "FRESH_SECONDS", 3600.0)
    assert failing(ready) == set()
    (instance / "secret_key").unlink()
    assert failing(ready) == set()
    monkeypatch.setattr(readiness, "FRESH_SECONDS", 0.0)
    assert failing(ready) == {"keys"}
