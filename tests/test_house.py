"""Rules of the house that no linter knows."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.traced import unmeasured

ROOT = Path(__file__).parents[1]
KEPT = ("Application", "Accreditation")
"""The models whose state only a move of the lifecycle changes."""
STATES = tuple(f"{name}State" for name in KEPT)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
ADVANCE = [
    ("core/services/applications/moving.py", "advance"),
    ("core/services/changes/moving.py", "advance"),
    ("core/services/supervision/moving.py", "advance"),
]


def state_changes(source: str) -> Iterator[tuple[int, str]]:
    """Line and function of whatever may change the state of an application or an accreditation.

    An assignment to `.state` is another model's where its value names members of another enumeration only.
    """
    tree = ast.parse(source)
    inside = {
        node: function.name
        for function in ast.walk(tree)
        if isinstance(function, FUNCTIONS)
        for node in ast.walk(function)
    }
    values = {
        (inside.get(node, ""), target.id): node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.stmt | ast.expr):
            continue
        name = inside.get(node, "")
        for value in assigned(node):
            known = values.get((name, value.id), value) if isinstance(value, ast.Name) else value
            if not of_another(known):
                yield node.lineno, name
        if isinstance(node, ast.Call) and (set_by_name(node) or updated(node)):
            yield node.lineno, name


def assigned(node: ast.AST) -> Iterator[ast.expr]:
    """The values that a statement assigns to an attribute `state`."""
    match node:
        case ast.Assign(targets=targets, value=value):
            pairs = [pair for target in targets for pair in unpacked(target, value)]
        case (
            ast.AnnAssign(target=target, value=ast.expr() as value)
            | ast.AugAssign(target=target, value=value)
        ):
            pairs = [(target, value)]
        case _:
            return
    yield from (
        value for target, value in pairs if isinstance(target, ast.Attribute) and target.attr == "state"
    )


def unpacked(target: ast.expr, value: ast.expr) -> Iterator[tuple[ast.expr, ast.expr]]:
    """Each target with its value; with the whole one where it cannot be told which is whose."""
    if not isinstance(target, ast.Tuple | ast.List):
        yield target, value
        return
    values = value.elts if isinstance(value, ast.Tuple | ast.List) else []
    if len(values) != len(target.elts):
        values = [value] * len(target.elts)
    for each, given in zip(target.elts, values, strict=True):
        yield from unpacked(each, given)


def of_another(value: ast.expr) -> bool:
    """Whether a value is a member of an enumeration of other states, or a choice between such."""
    match value:
        case ast.IfExp(body=body, orelse=orelse):
            return of_another(body) and of_another(orelse)
        case ast.Attribute(value=ast.Name(id=name)):
            return name.endswith("State") and name not in STATES
        case _:
            return False


def set_by_name(call: ast.Call) -> bool:
    """`setattr(thing, "state", …)`; of a name unknown here, on a thing that is called like a model."""
    match call:
        case ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Constant(value=name), _]):
            return bool(name == "state")
        case ast.Call(func=ast.Name(id="setattr"), args=[ast.Name(id=thing), *_]):
            return thing.capitalize() in KEPT
        case _:
            return False


def updated(call: ast.Call) -> bool:
    """`update(Model)….values(state=…)`, also with a dictionary, and `UPDATE model SET … state`."""
    if any(isinstance(arg, ast.Constant) and sets_in_sql(str(arg.value)) for arg in call.args):
        return True
    if not (isinstance(call.func, ast.Attribute) and call.func.attr in ("values", "update")):
        return False
    named = {key.arg for key in call.keywords}
    for argument in call.args:
        if isinstance(argument, ast.Dict):
            named |= {
                str(key.value) if isinstance(key, ast.Constant) else getattr(key, "attr", None)
                for key in argument.keys
            }
    return "state" in named and any(
        isinstance(inner, ast.Call)
        and isinstance(inner.func, ast.Name)
        and inner.func.id in ("update", "query")
        and any(isinstance(arg, ast.Name) and arg.id in KEPT for arg in inner.args)
        for inner in ast.walk(call.func)
    )


def sets_in_sql(text: str) -> bool:
    """Whether a statement in SQL sets the state of one of the tables."""
    said = text.lower().split()
    return any(
        [first, table, then] == ["update", name.lower(), "set"] and "state" in said[place:]
        for place, (first, table, then) in enumerate(zip(said, said[1:], said[2:], strict=False))
        for name in KEPT
    )


@unmeasured()
def test_only_one_function_each_changes_the_state_of_applications_changes_and_accreditations():
    # The domain has no models: its replay keeps a state of its own.
    paths = [path for path in (ROOT / "core").rglob("*.py") if ROOT / "core/domain" not in path.parents]
    assert len(paths) > 100
    found = [
        (path.relative_to(ROOT).as_posix(), function)
        for path in sorted(paths)
        for _, function in state_changes(path.read_text(encoding="utf-8"))
    ]
    assert found == ADVANCE


@pytest.mark.parametrize(
    "line",
    [
        "application.state = ApplicationState.REJECTED",
        "held.state = AccreditationState.EXPIRED",
        "held.state = move.target",
        "held.state, held.ended_on = move.target, None",
        "(held.state, held.ended_on) = ending(held)",
        "held.state = ExitState.UPHELD if odd else AccreditationState.REVOKED",
        "held.state: AccreditationState = found",
        "target = AccreditationState.EXPIRED; held.state = target",
        "setattr(held, 'state', target)",
        "setattr(accreditation, field, value)",
        "session.execute(update(Accreditation).where(old).values(state=target))",
        "session.execute(update(Application).values({'state': target}))",
        "session.execute(update(Application).values({Application.state: target}))",
        "session.execute(text('UPDATE accreditation SET version = 2, state = :new'))",
    ],
)
def test_any_other_way_is_found(line):
    assert list(state_changes(f"def end(held):\n    {line}\n")) == [(2, "end")]


@pytest.mark.parametrize(
    "line",
    [
        "case.state = ExitState.UPHELD",
        "found.state = RectificationState.PASSED if passed else RectificationState.FAILED",
        "target = RecordState.VERIFIED; record.state = target",
        "setattr(party, field, value)",
        "made = Accreditation(state=AccreditationState.ACTIVE)",
        "session.execute(update(JobRun).values(state=JobState.STOPPED))",
        "session.execute(update(Accreditation).values(next_due_on=due))",
        "session.execute(select(Accreditation).where(Accreditation.state == target))",
    ],
)
def test_other_states_and_first_ones_are_not_meant(line):
    assert list(state_changes(f"def end(held):\n    {line}\n")) == []


MOST_MODULES = 14
"""Of one folder: more are never changed together."""


OF_NO_CASE = frozenset({"message", "about", "package"})
"""A message and a package for the archive have a programme and a division, and no recommender."""


def asked_without_recommender(source: str) -> list[int]:
    """Lines that ask what somebody may do to a case by its programme and division alone."""
    asking = {"allowed", "require", "covers", "roles"}
    found = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        parts = [item for item in node.args if isinstance(item, ast.Attribute)]
        owners = {item.attr: ast.unparse(item.value) for item in parts}
        whole = owners.get("program") is not None and owners.get("program") == owners.get("region")
        if name in asking and whole and owners["program"] not in OF_NO_CASE:
            found.append(node.lineno)
    return found


def test_whoever_asks_about_a_case_asks_with_its_recommender() -> None:
    asked = {
        str(path.relative_to(ROOT)): lines
        for path in sorted((ROOT / "core").rglob("*.py"))
        if (lines := asked_without_recommender(path.read_text(encoding="utf-8")))
    }
    assert asked == {}, "pass `*case.place`: of several recommenders only the case's own may"


@pytest.mark.parametrize(
    "line", ["allowed(w.actor, act, item.program, item.region)", "w.actor.roles(a.b.program, a.b.region)"]
)
def test_a_question_without_recommender_is_found(line: str) -> None:
    assert asked_without_recommender(line) == [1]
    assert asked_without_recommender("require(w, act, *item.place)") == []


def test_no_folder_holds_more_modules_than_one_looks_over() -> None:
    folders = [folder for folder in (ROOT / "core").rglob("*") if folder.is_dir()]
    crowded = {
        str(folder.relative_to(ROOT)): len(list(folder.glob("*.py"))) - 1
        for folder in [ROOT / "core", *folders]
        if len(list(folder.glob("*.py"))) - 1 > MOST_MODULES
    }
    assert crowded == {}, "split by what changes together"
