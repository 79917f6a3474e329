"""The blueprints of the authority's own pages, registered."""

from __future__ import annotations

from flask import Flask

from core.rules.text import T
from core.web.admin import menu
from core.web.authority import completeness, holidays, nominating

NOMINATING = menu.Entry(
    "register",
    T("推荐与表彰", "Put forward"),
    "nominating.index",
    "nominating",
    nominating.listed,
)

BLUEPRINTS = (completeness.blueprint, nominating.blueprint, holidays.blueprint)


def init_app(app: Flask) -> None:
    """Register them."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if NOMINATING not in menu.ENTRIES:
        menu.ENTRIES.append(NOMINATING)
