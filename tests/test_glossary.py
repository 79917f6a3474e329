"""The glossary has every label of the field as screens show it, and no other."""

import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

import core.domain
import core.rules
from core.domain.lifecycle.finding import accreditation_moves, moves
from core.hooks.catalogue import catalogue
from core.rules.text import T

PAGE = Path("docs/glossary.md").read_text(encoding="utf-8")
NO_WORDS_OF_THE_FIELD = frozenset({"Kind", "Op"})
"""Enumerations of which a label would only explain how a form or a sentence is made."""

Rows = set[tuple[str, str, str]]


def labelled() -> Iterator[type[StrEnum]]:
    """The enumerations of rules and domain whose members carry their label."""
    for package in (core.rules, core.domain):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for item in vars(importlib.import_module(found.name)).values():
                own = isinstance(item, type) and issubclass(item, StrEnum) and item.__module__ == found.name
                if own and isinstance(getattr(next(iter(item)), "label", None), T):
                    yield item


LABELLED = [kind for kind in labelled() if kind.__name__ not in NO_WORDS_OF_THE_FIELD]


def shown(heading: str) -> Rows:
    """The lines of the table under a heading."""
    found = re.search(rf"^### {heading}.*?\n(.*?)(?=^##|\Z)", PAGE, re.DOTALL | re.MULTILINE)
    assert found, f"docs/glossary.md has no table under '### {heading}'"
    return set(re.findall(r"^\| `(\w+)` \| (.+?) \| (.+?) \|$", found[1], re.MULTILINE))


def table(rows: Rows) -> str:
    """What the page should show."""
    return "\n".join(
        ("docs/glossary.md should have:", *(f"| `{a}` | {b} | {c} |" for a, b, c in sorted(rows)))
    )


def test_states_and_roles_are_among_them() -> None:
    assert {"ApplicationState", "AccreditationState", "Role"} <= {kind.__name__ for kind in LABELLED}


@pytest.mark.parametrize("kind", LABELLED)
def test_an_enumeration_stands_with_its_labels(kind: Any) -> None:
    wanted = {(item.value, item.label.zh, item.label.en) for item in kind}
    assert shown(f"`{kind.__name__}`") == wanted, table(wanted)


@pytest.mark.parametrize(
    ("heading", "moves_of"),
    [("Moves of applications", moves), ("Moves of accreditations", accreditation_moves)],
)
def test_moves_stand_with_their_titles(heading: str, moves_of: Callable[..., Any]) -> None:
    procedures = [
        rules.procedure for loaded in catalogue().programs.values() for rules in loaded.rules.values()
    ]
    made = [move for procedure in procedures for move in moves_of(procedure)]
    wanted = {(move.action.value, move.title.zh, move.title.en) for move in made}
    assert shown(heading) == wanted, table(wanted)
