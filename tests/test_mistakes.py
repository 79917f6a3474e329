"""Mistakes that were made in this code base, or would undo a promise of it: each is found wherever it stands.

What a linter knows (the clock, print, text built into SQL) is ruff's; the state of a case is `test_house`'s.
"""

import ast
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests.traced import unmeasured

CORE = Path("core")
Found = Iterator[int]
"""The lines on which a mistake stands."""
RUNS_SQL = ("text", "execute", "exec_driver_sql", "scalar", "scalars")
SPREAD = ("args", "form", "values", "view_args")
"""What of a request somebody else has written."""


def name_of(call: ast.Call) -> str:
    """The last name of what is called."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def asks_a_request(node: ast.AST) -> bool:
    """Whether an expression is `request.args` or the like, or made of it."""
    return any(
        isinstance(part, ast.Attribute)
        and part.attr in SPREAD
        and isinstance(part.value, ast.Name)
        and part.value.id == "request"
        for part in ast.walk(node)
    )


def address_from_a_request(tree: ast.AST) -> Found:
    """`url_for(page, **request.args)`: `_external` and `_scheme` would come from whoever writes a link."""
    for call in calls(tree):
        if name_of(call) in ("url_for", "outside"):
            for keyword in call.keywords:
                if keyword.arg is None and asks_a_request(keyword.value):
                    yield call.lineno


def commit_in_between(tree: ast.AST) -> Found:
    """`session.commit()`: a service works within the one transaction of its caller (`work`)."""
    for call in calls(tree):
        if name_of(call) == "commit" and isinstance(call.func, ast.Attribute):
            yield call.lineno


def made_up_sql(tree: ast.AST) -> Found:
    """A statement put together of strings as it is run: what is put in must be a parameter."""
    for call in calls(tree):
        if name_of(call) in RUNS_SQL and call.args and is_put_together(call.args[0]):
            yield call.lineno


def is_put_together(node: ast.AST) -> bool:
    match node:
        case ast.JoinedStr():
            return any(isinstance(part, ast.FormattedValue) for part in node.values)
        case ast.BinOp(op=ast.Mod() | ast.Add(), left=left):
            return isinstance(left, ast.Constant | ast.JoinedStr) or is_put_together(left)
        case ast.Call(func=ast.Attribute(attr="format")):
            return True
        case ast.Call(func=ast.Attribute(attr="encode", value=value)):
            return is_put_together(value)
        case _:
            return False


def sql_as_text(tree: ast.AST) -> Found:
    """A statement of SQL among the pages: it stands beside its subject, in a service."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            first = node.value.lstrip()[:12].split(" ")
            if len(first) > 1 and first[0] in ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH"):
                yield node.lineno


def person_in_the_log(tree: ast.AST) -> Found:
    """`log.info("…", email=…)`: a line names a person by the id."""
    personal = {"email", "mobile", "id_number", "recipient", "address_of", "password", "body"}
    for call in calls(tree):
        function = call.func
        if not (isinstance(function, ast.Attribute) and getattr(function.value, "id", "") == "log"):
            continue
        named = {keyword.arg for keyword in call.keywords}
        read = {
            part.attr
            for keyword in call.keywords
            for part in ast.walk(keyword.value)
            if isinstance(part, ast.Attribute)
        }
        if (named | read) & personal:
            yield call.lineno


def silent_reading(tree: ast.AST) -> Found:
    """`request.args.get(…, type=int)` takes what it cannot read for nothing: `paging.asked` refuses it."""
    for call in calls(tree):
        if name_of(call) in ("get", "getlist") and any(keyword.arg == "type" for keyword in call.keywords):
            yield call.lineno


RULES: dict[Callable[[ast.AST], Found], tuple[str, dict[str, str]]] = {
    address_from_a_request: ("", {}),
    commit_in_between: (
        "services",
        {
            "services/base/work.py": "it is the unit of work",
            "services/daily_check/run.py": "the ledger of a run, which tells of it also where the run fails",
        },
    ),
    made_up_sql: (
        "",
        {
            "backup/disarming.py": "its own list of tables",
            "embedded/server.py": "identifiers, which psycopg quotes",
            "jobs/schedule.py": "the name of the channel",
            "storage/engine.py": "the name of the time zone",
            "storage/losing.py": "names of the models' tables",
            "storage/sealed/rows.py": "names of the models' tables",
            "storage/migrate.py": "a revision out of the scripts, in a statement without parameters",
            "storage/models/applications.py": "the closed states, in an index",
            "storage/processes/turns.py": "a time limit in whole milliseconds",
            "storage/unfinished.py": "its own note, in a statement without parameters",
            "storage/verify/derived.py": "names of the models' tables",
        },
    ),
    sql_as_text: ("web", {}),
    person_in_the_log: ("", {}),
    silent_reading: ("", {}),
}
"""Each with the folder of core that it is about, and the modules that may, each with its reason."""


@cache
def parsed(path: Path) -> ast.AST:
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
@unmeasured()
def test_no_module_makes_it(rule: Callable[[ast.AST], Found]) -> None:
    folder, may = RULES[rule]
    modules = sorted((CORE / folder).rglob("*.py"))
    assert len(modules) > 50
    made = {str(path.relative_to(CORE)) for path in modules if any(rule(parsed(path)))}
    assert made - set(may) == set(), rule.__doc__
    assert set(may) - made == set(), "take it off the list: it does so no more"


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        (address_from_a_request, "url_for('home', **request.args)"),
        (address_from_a_request, "url_for('home', page=2, **request.args.to_dict())"),
        (
            address_from_a_request,
            "redirect(flask.url_for(request.endpoint, **{**request.view_args, 'page': 1}))",
        ),
        (address_from_a_request, "outside('home', **dict(request.form))"),
        (commit_in_between, "w.session.commit()"),
        (commit_in_between, "db.session.commit()"),
        (made_up_sql, "session.execute(text(f'SELECT {column} FROM party'))"),
        (made_up_sql, "connection.exec_driver_sql('SELECT * FROM %s' % table)"),
        (made_up_sql, "session.scalar('SELECT 1 FROM ' + table)"),
        (made_up_sql, "connection.execute(QUERY.format(table=table))"),
        (made_up_sql, "connection.execute(f'LISTEN {channel}'.encode())"),
        (sql_as_text, "QUERY = 'SELECT id FROM party'"),
        (sql_as_text, "QUERY = '''\nWITH held AS (SELECT 1) SELECT 2'''"),
        (person_in_the_log, "log.info('login.failed', email=form.email.data)"),
        (person_in_the_log, "log.warning('message.not_sent', to=message.recipient)"),
        (person_in_the_log, "log.error('refused', party=[item.id_number for item in parties])"),
        (silent_reading, "request.args.get('page', 0, type=int)"),
        (silent_reading, "request.form.getlist('rowid', type=int)"),
        (silent_reading, "flask.request.values.get('year', type=lambda text: int(text))"),
    ],
)
def test_a_planted_one_is_found(rule: Callable[[ast.AST], Found], line: str) -> None:
    assert list(rule(ast.parse(line)))


@pytest.mark.parametrize(
    ("rule", "line"),
    [
        (address_from_a_request, "url_for('home', page=request.args.get('page'))"),
        (address_from_a_request, "url_for('home', **chosen)"),
        (commit_in_between, "work.commit_message"),
        (made_up_sql, "session.execute(text(QUERY), {'id': number})"),
        (made_up_sql, "connection.execute(sql.SQL('SELECT 1'))"),
        (sql_as_text, "T('选择', 'SELECTED cases')"),
        (person_in_the_log, "log.info('login.failed', user=user.id)"),
        (silent_reading, "paging.asked('page', 0)"),
        (silent_reading, "Column('name', type=Text)"),
    ],
)
def test_what_is_meant_well_is_left(rule: Callable[[ast.AST], Found], line: str) -> None:
    assert not list(rule(ast.parse(line)))
