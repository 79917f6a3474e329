"""docs/plugins.md: what it shows works as it stands, and no hook is left out of it."""

import re
from pathlib import Path
from types import ModuleType

import pytest

from core.domain import facts
from core.hooks import specs
from core.hooks.catalogue import Catalogue, load_catalogue

PAGE = (Path(__file__).parents[2] / "docs" / "plugins.md").read_text(encoding="utf-8")
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


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_is_described_with_an_example(hook: str) -> None:
    (section,) = re.findall(rf"### `{hook}`\n(.*?)(?=\n##|\Z)", WRITING, re.DOTALL)
    assert f"@hookimpl\ndef {hook}(" in section


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
