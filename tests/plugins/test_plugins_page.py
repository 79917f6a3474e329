"""docs/plugins.md: what it shows works as it stands, and no hook is left out of it."""

import importlib
import inspect
import re
import typing
from pathlib import Path
from types import ModuleType

import pytest

from core import plugin_api
from core.domain import facts
from core.hooks import specs
from core.hooks.catalogue import Catalogue, load_catalogue

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "plugins.md").read_text(encoding="utf-8")
WRITING, DERIVING = PAGE.split("## Deriving a programme")
HOOKS = [name for name, item in vars(specs).items() if hasattr(item, "accredit_spec")]


def module(part: str) -> ModuleType:
    """A module of all the Python shown in a part of the page."""
    shown = ModuleType("shown")
    exec("\n".join(re.findall(r"```python\n(.*?)```", part, re.DOTALL)), vars(shown))  # noqa: S102  # our own page
    return shown


def loaded(name: str, plugin: object) -> Catalogue:
    catalogue = load_catalogue([(name, plugin)])
    assert catalogue.problems == ()
    return catalogue


def section(hook: str) -> str:
    (found,) = re.findall(rf"### `{hook}`\n(.*?)(?=\n##|\Z)", WRITING, re.DOTALL)
    return str(found)


def said(hook: str) -> dict[str, str]:
    """The table that a hook's section begins with."""
    return dict(re.findall(r"^\| ([a-z ]+) \| (.+) \|$", section(hook), re.MULTILINE))


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_described_with_an_example(hook: str) -> None:
    assert f"@hookimpl\ndef {hook}(" in section(hook)


@pytest.mark.parametrize("hook", HOOKS)
def test_each_hook_says_its_arguments_who_calls_it_when_and_what_it_returns(hook: str) -> None:
    table, spec = said(hook), getattr(specs, hook)
    assert list(table) == ["arguments", "called", "returns", "a real one"]
    assert re.findall(r"`(\w+)`", table["arguments"]) == list(inspect.signature(spec).parameters)
    assert set(typing.get_type_hints(spec)) == {*inspect.signature(spec).parameters, "return"}
    caller, _, when = table["called"].partition(", ")
    assert caller.startswith("by ")
    assert when
    for name in re.findall(r"`([A-Z]\w+)`", table["returns"]):
        assert name in plugin_api.__all__, name


@pytest.mark.parametrize("hook", HOOKS)
def test_the_real_hook_that_is_named_returns_what_stands_in_its_file(hook: str) -> None:
    (path,) = re.findall(r"`((?:plugins|tests)/[\w/]+\.py)`", said(hook)["a real one"])
    if path.startswith("tests/"):
        assert f"def {hook}(" in (ROOT / path).read_text(encoding="utf-8")
        return
    folder, module = Path(path).with_suffix("").parts[1:]
    plugin = importlib.import_module(f"plugins.{folder}")
    track = plugin.program().tracks[0].id
    implemented = getattr(plugin, hook)
    given = {"track": track, "edition": plugin.program().editions[0].id}
    made = implemented(**{name: given[name] for name in inspect.signature(implemented).parameters})
    beside = vars(importlib.import_module(f"plugins.{folder}.{module}")).values()
    assert made
    assert any(made is value or (isinstance(value, dict) and made in value.values()) for value in beside)


def test_the_page_names_no_hook_that_there_is_not() -> None:
    assert re.findall(r"### `(\w+)`", WRITING) == HOOKS


def test_the_programme_built_on_the_page_loads() -> None:
    page = module(WRITING)
    program = loaded("seaport", page)["seaport"]
    rules = program.track_rules("body", "2026")
    assert [item.clause for item in rules.conditions] == ["3(1)", "3(2)", "3(3)", "3(4)"]
    ids = [parameter.id for parameter in rules.parameters()]
    assert {"3(2).smes_served_last_year", "7(2).service_hours"} <= set(ids)
    assert "8(2).service_hours" not in ids
    assert page.notify({"subject": "hello"})
    assert page.SENT == ["hello"]


def test_the_programme_derived_on_the_page_loads() -> None:
    program = loaded("dongchangfu", module(DERIVING).plugin)["dongchangfu"]
    conditions = program.track_rules("comprehensive", "2026").conditions
    (results,) = [item for item in conditions if item.clause == "8(3)"]
    assert facts.smes_served_last_year.at_least(40) in getattr(results.test, "terms")  # noqa: B009  # an AllOf
