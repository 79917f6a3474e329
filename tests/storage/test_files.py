"""The store of uploaded bytes: once each, whole or not at all, never changed."""

import hashlib
import io
from concurrent.futures import ThreadPoolExecutor

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
