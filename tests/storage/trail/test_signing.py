"""The key of the trail: made once, read by its owner alone, replaced without forgetting what it signed."""

import stat
from pathlib import Path
from threading import Thread

import pytest

from core.storage.trail.signing import (
    KEY_FILE,
    SigningKeyError,
    is_signed,
    known_keys,
    public_key,
    renew,
    signer_of,
)


def test_the_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    instance = tmp_path / "instance"
    assert known_keys(instance) == frozenset()
    first = signer_of(instance)
    assert signer_of(instance) == first
    assert known_keys(instance) == {first.public}
    assert stat.S_IMODE((instance / KEY_FILE).stat().st_mode) == 0o600
    assert [path.name for path in instance.iterdir()] == [KEY_FILE], "nothing half is left"


def test_processes_that_start_at_once_have_one_key(tmp_path: Path) -> None:
    found = []
    threads = [Thread(target=lambda: found.append(signer_of(tmp_path))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1


def test_a_signature_holds_for_these_values_this_purpose_and_this_key(tmp_path: Path) -> None:
    signer, other = signer_of(tmp_path), signer_of(tmp_path / "other")
    values = {"number": 7, "hash": "ab"}
    signature = signer.sign("anchor", values)
    assert is_signed("anchor", {"hash": "ab", "number": 7}, signer.public, signature)
    assert not is_signed("anchor", {**values, "number": 8}, signer.public, signature)
    assert not is_signed("end", values, signer.public, signature)
    assert not is_signed("anchor", values, other.public, signature)
    for wrong in ("", "?", signature[:-4], "A" * 88):
        assert not is_signed("anchor", values, signer.public, wrong)
        assert not is_signed("anchor", values, wrong, signature)


def test_a_new_key_knows_those_before_it(tmp_path: Path) -> None:
    first = signer_of(tmp_path)
    second = renew(tmp_path)
    third = renew(tmp_path)
    assert signer_of(tmp_path) == third
    assert third.known == (third.public, second.public, first.public)
    assert known_keys(tmp_path) == {first.public, second.public, third.public}
    assert stat.S_IMODE((tmp_path / KEY_FILE).stat().st_mode) == 0o600
    assert len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize("content", ["", "key\n", "AAAA\n", "é\n", "A" * 43 + "=\nno public key\n"])
def test_a_file_that_holds_no_key_is_named_and_not_replaced(tmp_path: Path, content: str) -> None:
    (tmp_path / KEY_FILE).write_text(content, encoding="utf-8")
    with pytest.raises(SigningKeyError, match=KEY_FILE):
        signer_of(tmp_path)
    assert (tmp_path / KEY_FILE).read_text(encoding="utf-8") == content


def test_a_public_key_is_read_as_it_is_printed(tmp_path: Path) -> None:
    public = signer_of(tmp_path).public
    assert public_key(public) == public
    with pytest.raises(ValueError):  # noqa: PT011  # whatever says that it is none
        public_key(public[:-4])
