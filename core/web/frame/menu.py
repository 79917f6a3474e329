"""The menus of the staff, by group, and of the public site: each audience adds its own lines."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, request, url_for

from core.rules.text import T
from core.web.frame.policy import may_enter

GROUPS: dict[str, T] = {
    "mine": T("我的事项", "Mine"),
    "work": T("工作", "Work"),
    "intake": T("申报与评审", "Intake"),
    "register": T("登记", "Register"),
    "supervision": T("监督管理", "Supervision"),
    "system": T("系统", "System"),
}
PUBLIC = "public"
"""The group of the public site's own lines."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the menu."""

    group: str
    title: T
    endpoint: str
    blueprint: str
    """Whose pages belong to the line, by names of blueprints and of single pages; empty: only its own."""
    when: Callable[[], object] | None = None
    """Whether there is anything behind it for this user."""
    place: int = 0
    """Where in its group: pages of work come first, then lists (`LIST`), and of one place who came first."""


LINES = "menu"
LIST, LAST = 1, 2


def add(app: Flask, *entries: Entry) -> None:
    """Give the site these lines."""
    app.extensions.setdefault(LINES, []).extend(entries)


def init_app(app: Flask) -> None:
    """Let the frame's templates ask for the menus."""
    app.jinja_env.globals.update(menu=menu, public_menu=public_menu)


def _lines(group: str) -> list[Entry]:
    mine = [entry for entry in current_app.extensions.get(LINES, []) if entry.group == group]
    return sorted(mine, key=lambda entry: entry.place)


def public_menu() -> list[tuple[T, str, bool]]:
    """The public site's lines: title, address, whether it is open now."""
    return [(entry.title, url_for(entry.endpoint), _is_open(entry)) for entry in _lines(PUBLIC)]


def menu() -> list[tuple[T, list[tuple[T, str, bool]]]]:
    """The groups with the lines that the user may open: title, address, whether it is open now."""
    shown = []
    for key, title in GROUPS.items():
        lines = [
            (entry.title, url_for(entry.endpoint), _is_open(entry))
            for entry in _lines(key)
            if may_enter(entry.endpoint) and (entry.when is None or entry.when())
        ]
        if lines:
            shown.append((title, lines))
    return shown


def _is_open(entry: Entry) -> bool:
    if not entry.blueprint:
        return request.endpoint == entry.endpoint
    return not {request.blueprint, request.endpoint}.isdisjoint(entry.blueprint.split())
