"""A register whose numbers are sealed is restored with its master keys alone."""

from pathlib import Path

import pytest

from core.backup.archive import Manifest
from core.backup.restoring import RestoreError, require_openable
from core.backup.secret import Keys
from core.storage.trail.keys import VARIABLE

SESSION = "s" * 43


@pytest.mark.parametrize(
    ("revision", "persons", "given", "there", "refused"),
    [
        ("0040", 1, None, False, True),
        ("0040", 1, Keys(SESSION), False, True),
        ("0040", 1, Keys(SESSION, persons=("k",)), False, False),
        ("0040", 1, None, True, False),
        ("0040", 0, None, False, False),
        ("0039", 1, None, False, False),
    ],
)
def test_keys_are_asked_for(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    revision: str,
    persons: int,
    given: Keys | None,
    there: bool,
    refused: bool,
) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "keys"))
    if there:
        (tmp_path / "keys").touch()
    manifest = Manifest(1, "0", revision, "18", "", "", {"person_key": persons}, "", 0, 0, "")
    if refused:
        with pytest.raises(RestoreError, match="--keys"):
            require_openable(manifest, tmp_path, given)
    else:
        require_openable(manifest, tmp_path, given)
