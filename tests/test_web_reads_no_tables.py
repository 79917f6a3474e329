"""The web asks services: no module of it writes a query, but for the lists that are declared by columns."""

import ast
from pathlib import Path

import pytest

WEB = Path("core/web")
QUERIES = ("lists/", "office/lists/", "system/lists.py", "system/access.py", "exports/")
"""The scoped lists, whose columns and filters are columns of tables, and what streams them."""


def imports_sqlalchemy(source: str) -> bool:
    """Whether a module imports it, anywhere in it."""
    for node in ast.walk(ast.parse(source)):
        names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
        names += [node.module or ""] if isinstance(node, ast.ImportFrom) and node.level == 0 else []
        if any(name.partition(".")[0] == "sqlalchemy" for name in names):
            return True
    return False


def queriers() -> set[str]:
    """The modules of the web that write queries and should not."""
    modules = {str(path.relative_to(WEB)): path for path in WEB.rglob("*.py")}
    assert modules, "run the tests from the root of the repository"
    return {
        name
        for name, path in modules.items()
        if not name.startswith(QUERIES) and imports_sqlalchemy(path.read_text(encoding="utf-8"))
    }


def test_the_web_writes_no_queries() -> None:
    assert queriers() == set(), "move the query into the service that knows what it means"


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import sqlalchemy", True),
        ("import sqlalchemy.orm as orm", True),
        ("from sqlalchemy.orm import Session", True),
        ("def f():\n    from sqlalchemy import select", True),
        ("from flask_sqlalchemy import SQLAlchemy", False),
        ("import sqlalchemy_utils", False),
        ("from . import sqlalchemy", False),
        ("from core.services.base.paging import Page", False),
    ],
)
def test_what_counts_as_an_import(source: str, found: bool) -> None:
    assert imports_sqlalchemy(source) is found
