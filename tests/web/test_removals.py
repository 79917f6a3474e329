"""Each protection is held by a test of the gate: with the protection out, that test fails."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.web.removals import REMOVALS, Removal

ROOT = Path(__file__).parents[2]
PARTS = ("core", "plugins", "migrations", "tests", "pyproject.toml")
FAILED = 1
"""How pytest ends when tests have failed, and not when it could not run them."""


def test_each_protection_stands_where_it_is_said_to() -> None:
    wrong = [
        item.name for item in REMOVALS if (ROOT / item.module).read_text("utf-8").count(item.protects) != 1
    ]
    assert wrong == []
    assert len({item.name for item in REMOVALS}) == len(REMOVALS) >= 20


def test_each_is_held_by_a_test_that_is_there() -> None:
    for item in REMOVALS:
        file, _, name = item.test.partition("::")
        assert f"def {name}" in (ROOT / file).read_text("utf-8"), item.test


@pytest.fixture(scope="module")
def copied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The code, to take protections out of."""
    folder = tmp_path_factory.mktemp("code")
    for part in PARTS:
        given = ROOT / part
        if given.is_dir():
            shutil.copytree(given, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(given, folder / part)
    yield folder
    shutil.rmtree(folder)


@pytest.mark.assurance
@pytest.mark.parametrize("removal", REMOVALS, ids=lambda item: item.name)
def test_without_the_protection_its_test_fails(copied: Path, removal: Removal) -> None:
    module = copied / removal.module
    whole = module.read_text("utf-8")
    module.write_text(whole.replace(removal.protects, removal.without), "utf-8")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", removal.test],
            cwd=copied,
            env={**os.environ, "PYTHONPATH": str(copied), "ACCREDIT_EXAMPLES": "1"},
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        module.write_text(whole, "utf-8")
    assert done.returncode == FAILED, f"{removal.test} does not notice:\n{done.stdout[-2000:]}"
    print(f"\n{removal.name}: {removal.test}")  # noqa: T201  # the table for assurance
