"""A sound plugin broken in one place, and what is said about it."""

from dataclasses import replace
from types import SimpleNamespace

import plugins.jilin
from core.hooks.catalogue import REQUIRED_HOOKS, load_catalogue
from core.plugin_api import (
    T,
    hookimpl,
)

JILIN = plugins.jilin
GOOD = ("good", JILIN)
TITLE = T("条件", "Condition")


def broken(**hooks):
    """The Jilin plugin under another id, with the given hooks instead of its own (None: none)."""
    parts = {hook: getattr(JILIN, hook) for hook in REQUIRED_HOOKS}
    parts["program"] = hookimpl(lambda: replace(JILIN.program(), id="other", extra_facts=()))
    for name, hook in hooks.items():
        parts[name] = hook and hookimpl(hook)
    return SimpleNamespace(**{name: hook for name, hook in parts.items() if hook is not None})


def complaints(**hooks):
    """What is said about a plugin broken so; the plugin beside it must work."""
    found = load_catalogue([("broken", broken(**hooks)), GOOD])
    assert list(found.programs) == ["jilin"]
    assert found.problems
    assert {problem.plugin for problem in found.problems} == {"broken"}
    return [str(problem) for problem in found.problems]
