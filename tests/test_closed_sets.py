"""Closed sets are read whole: a table names every member, and a match ends in `assert_never`.

A member that a reader passes over takes effect nowhere, and nobody is told. What is let go has its reason.
"""

import ast
import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cache
from pathlib import Path

import core
from core.services.base.work import OPERATION_DEFAULTS
from core.services.settings.values import OPERATIONS

CORE = Path(core.__file__).parent
SCRIPTS = ("__main__", "make_fonts")
"""Modules that do their work when they are imported."""
PARTS = {
    "core.rules.terms.UNITS": "kinds that have one unit alone",
    "core.domain.profile._READERS": "codes are read by what the register knows of them",
    "core.domain.lifecycle.finding._GUARDS_OF_FEATURES": "guards that only some procedures have",
    "core.domain.lifecycle.application_table._OPTIONAL_STATES": "states that only some procedures have",
    "core.services.applications.guards._CHECKS": "guards of applications",
    "core.services.supervision.guards.CHECKS": "guards of accreditations",
    "core.demo.people.associations.NAMES": "recommenders that are entered by name",
    "core.services.recommenders.lists.KEPT_BY": "recommenders that have a list",
    "core.storage.sealed.rows._NEWEST": "kinds of which every register has some",
    "core.services.messaging.inbox.APPLICATIONS": "messages about applications",
    "core.services.messaging.texts.accounts.ACCOUNTS": "a part of all texts",
    "core.services.messaging.texts.applications.EXPORTS": "a part of all texts",
    "core.services.messaging.texts.applications.SUPERVISION": "a part of all texts",
    "core.services.messaging.texts.applications.CHANGES": "a part of all texts",
    "core.services.messaging.texts.applications.CLAIMS": "a part of all texts",
    "core.services.messaging.texts.applications.DOCUMENTS": "a part of all texts",
    "core.services.messaging.texts.applications.TRAIL": "a part of all texts",
    "core.services.messaging.texts.applications.DECIDING": "a part of all texts",
    "core.services.deciding.acts.OF_ACTION": "moves that wait to be issued",
    "core.services.granting.starting._MOVES": "moves that are one call each",
    "core.web.forms.fields._REPAIRED": "inputs of texts",
    "core.web.cases.accreditation._PARTS": "files that stand on the page of an accreditation",
    "core.web.portal.accreditation.reports.KINDS": "the kinds of the figures of a report",
}
"""Tables over a part of a set."""
OPEN = {
    "domain/reading.py plain": "any cell",
    "documents/pdf.py _printable": "any data of a template",
    "plugin_derive.py _renamed": "any part of a clause",
    "services/base/evidence.py show": "any value of a message",
    "services/exports/streaming.py _text": "any cell",
    "services/own_data/sections.py said": "any value of a download",
    "services/own_data/sections.py _plain": "any value of a download",
    "services/exports/streaming.py _write": "any cell",
    "services/files/sheet_errors.py _write": "any cell",
    "logs.py _discreet": "any value of a line",
    "services/files/books/ods.py _value": "any kind of cell that a file names",
    "web/system/trail.py _value": "any column of the trail",
    "services/files/books/xlsx.py _value": "any kind of cell that a file names",
    "services/files/sheets.py write_cell": "any cell",
    "services/granting/tables.py _cell": "any fact of a column",
    "services/papers/base.py deliver": "a format as it was asked for",
    "storage/trail/changes.py _canonical": "any JSON",
    "storage/trail/changes.py plain_value": "any value of a column",
    "storage/trail/chain.py _canonical": "any JSON",
    "services/review/recommenders_queue.py _due": "a wish of the address",
    "services/review/tasks.py listed": "a wish of the address",
    "web/forms/began.py _plain": "any value that a form begins with",
}
"""Matches over what is no closed set."""


@cache
def tables() -> dict[str, list[Enum]]:
    """The tables of core over enumerations of its own, by module and name, with their keys."""
    found: dict[int, tuple[str, list[Enum]]] = {}
    for item in pkgutil.walk_packages(core.__path__, "core."):
        if item.name.rpartition(".")[2] in SCRIPTS:
            continue
        for name, table in vars(importlib.import_module(item.name)).items():
            keys = [key for key in _keys(table) if type(key).__module__.startswith("core.")]
            if keys:
                found.setdefault(id(table), (f"{item.name}.{name}", keys))
    return dict(found.values())


def _keys(table: object) -> list[Enum]:
    """What a table is by: the keys of a mapping, or the firsts of a tuple of pairs."""
    rows: list[object] = []
    if isinstance(table, Mapping):
        rows = list(table)
    elif isinstance(table, tuple) and all(isinstance(row, tuple) and len(row) > 1 for row in table):
        rows = [row[0] for row in table]
    return [row for row in rows if isinstance(row, Enum)]


def test_a_table_over_a_closed_set_names_every_member() -> None:
    assert len(tables()) > 40
    missing = {
        name: sorted(
            str(member) for kind in {type(key) for key in keys} for member in kind if member not in keys
        )
        for name, keys in tables().items()
    }
    left = {name: members for name, members in missing.items() if members}
    assert set(left) == set(PARTS), left


def matches(node: ast.AST, name: str) -> Iterator[tuple[str, ast.Match]]:
    """Every match below a node, with the function that it stands in."""
    for child in ast.iter_child_nodes(node):
        inner = child.name if isinstance(child, ast.FunctionDef) else name
        if isinstance(child, ast.Match):
            yield inner, child
        yield from matches(child, inner)


def closes(match: ast.Match) -> bool:
    """Whether its last case is `case _: assert_never(…)`."""
    last = match.cases[-1]
    return ast.unparse(last.pattern) == "_" and ast.unparse(last.body[0]).startswith("assert_never(")


def test_a_match_over_a_closed_set_ends_in_assert_never() -> None:
    left = {
        f"{path.relative_to(CORE).as_posix()} {function}"
        for path in CORE.rglob("*.py")
        for function, match in matches(ast.parse(path.read_text(encoding="utf-8")), "")
        if not closes(match)
    }
    assert left == set(OPEN)


def test_every_setting_of_the_register_has_its_title() -> None:
    assert set(OPERATIONS) == set(OPERATION_DEFAULTS)
