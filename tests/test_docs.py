"""Every file, module, address and target of make that the documentation names is there."""

import importlib
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from core.domain.profile import parse_facts
from core.rules.text import T

ROOT = Path(__file__).parents[1]
PAGES = sorted(
    str(path.relative_to(ROOT))
    for path in (
        *ROOT.glob("*.md"),
        *ROOT.glob("docs/**/*.md"),
        *ROOT.glob("findings/*.md"),
        *ROOT.glob("tests/**/*.md"),
    )
)
TOP = frozenset({"core", "plugins", "tests", "docs", "migrations", "benchmarks", "findings"})
INNER = frozenset(path.name for path in (ROOT / "core").iterdir() if path.is_dir())
"""Folders of core, which the pages may name without it: `services/base/work.py`."""
SOURCE = frozenset({".py", ".typ", ".html", ".md", ".toml", ".sh", ".yaml"})
PLACEHOLDER = re.compile(r"NNNN|[A-Z]{2,}")
"""What a page leaves open: `plugins/PROGRAM/exits.py`."""


def shown(page: str) -> str:
    """What a page sets as code: fenced and indented blocks, and what stands between back-ticks."""
    text = (ROOT / page).read_text(encoding="utf-8")
    fences = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    text = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    lines = re.findall(r"^ {4}(\S.*)$", text, re.MULTILINE)
    return "\n".join((*fences, *lines, *re.findall(r"`([^`]+)`", text)))


def paths(page: str) -> Iterator[str]:
    """The paths of the repository that a page names."""
    for found in re.findall(r"(?<![\w/.$~-])(?:[\w*-]+/)*[\w*-]+(?:\.[a-z]+|/)?(?![\w/-])", shown(page)):
        first, *rest = found.split("/")
        if (rest and first in TOP | INNER) or Path(found).suffix in SOURCE:
            yield found


@cache
def everything() -> frozenset[str]:
    """Every file and folder of the repository, from its root."""
    folders = [ROOT / name for name in TOP if (ROOT / name).is_dir()]
    files = [path for folder in folders for path in folder.rglob("*") if "__pycache__" not in path.parts]
    return frozenset(str(path.relative_to(ROOT)) for path in (*folders, *files, *ROOT.glob("*.*")))


def there(path: str) -> bool:
    """Whether the path is there: from the root, from core, or anywhere if it is the end of one."""
    first, *rest = path.rstrip("/").split("/")
    begin = r"(?:core/)?" if rest and first in TOP | INNER else r"(?:.*/)?"
    pattern = re.escape(path.rstrip("/")).replace(r"\*", "[^/]*")
    wanted = re.compile(begin + PLACEHOLDER.sub("[^/]*", pattern))
    return any(wanted.fullmatch(known) for known in everything())


@pytest.mark.parametrize("name", PAGES)
def test_the_paths_of_a_page_are_there(name: str) -> None:
    assert [path for path in paths(name) if not there(path)] == []


@pytest.mark.parametrize("name", PAGES)
def test_the_modules_of_a_page_are_there(name: str) -> None:
    for module in re.findall(r"\bcore(?:\.\w+)+", shown(name)):
        assert resolved(module), module


def resolved(name: str) -> bool:
    """Whether a dotted name is a module, or what a module has."""
    module, _, attribute = name.rpartition(".")
    try:
        importlib.import_module(name)
    except ModuleNotFoundError:
        return bool(module) and hasattr(importlib.import_module(module), attribute)
    return True


@pytest.mark.parametrize("name", PAGES)
def test_the_targets_of_make_are_there(name: str) -> None:
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    named = set(re.findall(r"(?:^|\$ )make\s+([a-z]+)", shown(name), re.MULTILINE))
    assert named - targets == set()


@pytest.mark.parametrize("name", PAGES)
def test_the_links_of_a_page_lead_somewhere(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)\)", text):
        assert "://" in target or (ROOT / name).parent.joinpath(target).exists(), target


@pytest.mark.parametrize("package", ["core.services", "core.web"])
def test_the_order_of_packages_is_that_of_its_contract(package: str) -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    (contract,) = [item for item in contracts["contracts"] if item.get("containers") == [package]]
    page = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    (table,) = re.findall(rf"^\| `{package.replace('.', '/')}/` .*\n((?:\|.*\n)+)", page, re.MULTILINE)
    rows = [re.findall(r"`(\w+)(?:\.py)?`", row.split("|")[1]) for row in table.splitlines()[1:]]
    assert rows == [re.findall(r"\w+", layer) for layer in contract["layers"]]


def test_every_page_is_reached_from_the_first() -> None:
    reached, waiting = set(), ["README.md"]
    while waiting:
        page = waiting.pop()
        reached.add(page)
        text = (ROOT / page).read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#\s]+\.md)\)", text):
            led = (ROOT / page).parent.joinpath(target).resolve()
            if led.is_relative_to(ROOT) and (found := str(led.relative_to(ROOT))) not in reached:
                waiting.append(found)
    assert {page for page in PAGES if not page.startswith("tests/")} - reached == set()


def test_the_great_message_is_a_real_one() -> None:
    page = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    ((zh, en),) = re.findall(r"^\| great \| (.+) · `(.+)` \|$", page, re.MULTILINE)
    assert parse_facts({"satisfaction_pct": 104}).errors["satisfaction_pct"] == T(zh, en)
