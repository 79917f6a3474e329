"""The store of uploaded bytes: once each, whole or not at all, never changed."""

import fcntl
import hashlib
import io
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from core.storage.files import FileStore, TooLargeError


@pytest.fixture
def store(tmp_path):
    return FileStore(tmp_path / "files")


def everything(store):
    return [path for path in store.root.rglob("*") if path.is_file()]


def test_bytes_are_found_under_their_hash_and_stored_once(store):
    first = store.put(b"abc", at_most=10)
    second = store.put(io.BytesIO(b"abc"), at_most=10)
    assert first == second
    assert first.sha256 == hashlib.sha256(b"abc").hexdigest()
    assert (first.size, first.head) == (3, b"abc")
    assert store.exists(first.sha256)
    with store.open(first.sha256) as file:
        assert file.read() == b"abc"
    assert everything(store) == [store.path(first.sha256)]


def test_large_files_are_streamed_and_their_head_is_short(store):
    data = bytes(range(256)) * 16_384
    stored = store.put(io.BytesIO(data), at_most=len(data))
    assert (stored.size, stored.head) == (len(data), data[: FileStore.HEAD])
    assert store.intact(stored.sha256)


def test_too_many_bytes_leave_nothing_behind(store):
    with pytest.raises(TooLargeError):
        store.put(b"abcd", at_most=3)
    with pytest.raises(TooLargeError):
        store.put(io.BytesIO(b"x" * 3_000_000), at_most=2_999_999)
    assert everything(store) == []


def test_a_source_that_fails_leaves_nothing_behind(store):
    class Broken(io.BytesIO):
        def read(self, size=-1):
            raise OSError("connection lost")

    with pytest.raises(OSError, match="connection lost"):
        store.put(Broken(), at_most=10)
    assert everything(store) == []


def test_changed_and_missing_bytes_are_noticed(store):
    stored = store.put(b"abc", at_most=10)
    path = store.path(stored.sha256)
    path.chmod(0o600)
    path.write_bytes(b"abd")
    assert not store.intact(stored.sha256)
    path.unlink()
    assert not store.intact(stored.sha256)
    assert not store.exists(stored.sha256)
    with pytest.raises(FileNotFoundError):
        store.open(stored.sha256)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "g" * 64, "a" * 63])
def test_only_hashes_name_files(store, name):
    with pytest.raises(ValueError, match="is not a SHA-256"):
        store.path(name)


def test_the_same_file_from_many_at_once(store):
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: store.put(b"same" * 50_000, at_most=1_000_000).sha256, range(32)))
    (sha256,) = found
    assert store.intact(sha256)
    assert everything(store) == [store.path(sha256)]


A_WHILE = 1000.0


def aged(path, seconds):
    """Let a file be so old."""
    at = path.stat().st_mtime - seconds
    os.utime(path, (at, at))


def test_what_nobody_has_handed_in_since_a_moment_is_listed_and_goes(store):
    old, young = (store.path(store.put(data, at_most=9).sha256) for data in (b"old", b"young"))
    broken_off = store.root / "incoming" / "tmp-of-a-process-that-was-killed"
    broken_off.write_bytes(b"half")
    foreign = old.with_name("notes.txt")
    foreign.write_bytes(b"not ours")
    for path in (old, broken_off, foreign):
        aged(path, A_WHILE)
    since = store.moment() - A_WHILE / 2
    assert {*store.older(since)} == {broken_off, old}
    for path in (broken_off, old):
        assert store.take_away(path, older=since)
        assert not store.take_away(path, older=since), "twice"
    assert not store.take_away(young, older=since)
    assert {*everything(store)} == {young, foreign}
    assert young.stat().st_mode & 0o777 == 0o440


def test_a_moment_is_below_at_and_above_a_files_own(store):
    path = store.path(store.put(b"abc", at_most=9).sha256)
    at = path.stat().st_mtime
    assert not store.take_away(path, older=at - 1)
    assert not store.take_away(path, older=at)
    assert store.take_away(path, older=at + 1)


def test_what_is_handed_in_again_is_as_new(store):
    stored = store.put(b"abc", at_most=9)
    path = store.path(stored.sha256)
    aged(path, A_WHILE)
    assert store.put(b"abc", at_most=9) == stored
    since = store.moment() - A_WHILE / 2
    assert [*store.older(since)] == []
    assert not store.take_away(path, older=since)
    assert store.intact(stored.sha256)


def test_what_is_handed_in_while_it_is_taken_away_is_there(store):
    """The upload waits for whoever takes the old file away, and then puts its own into the place."""
    stored = store.put(b"abc", at_most=9)
    path = store.path(stored.sha256)
    aged(path, A_WHILE)
    with ThreadPoolExecutor(1) as pool:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            upload = pool.submit(store.put, b"abc", at_most=9)
            while not waits_for(path) and not upload.done():
                time.sleep(0.01)
            assert not upload.done()
            path.unlink()
        assert upload.result(60) == stored
    assert store.intact(stored.sha256)


def waits_for(path):
    """Whether somebody waits for the lock of a file, by the system's own list."""
    inode = f":{path.stat().st_ino} "
    locks = Path("/proc/locks").read_text("ascii").splitlines()
    return any("->" in line and inode in line for line in locks)


def test_a_file_that_another_took_the_place_of_stays(store):
    """Of two who take away the second finds that the place has a new file."""
    path = store.path(store.put(b"abc", at_most=9).sha256)
    aged(path, A_WHILE)
    since = store.moment() - A_WHILE / 2
    with ThreadPoolExecutor(1) as pool:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            second = pool.submit(store.take_away, path, older=since)
            while not waits_for(path) and not second.done():
                time.sleep(0.01)
            path.unlink()
            store.put(b"abc", at_most=9)
        assert not second.result(60)
    assert path.is_file()
