"""The blueprints of the statistics, registered."""

from __future__ import annotations

from flask import Flask

from core.rules.text import T
from core.web.frame import menu
from core.web.statistics import pages, public

BLUEPRINTS = (pages.blueprint, public.blueprint)
MENU = (
    menu.Entry("work", T("统计", "Statistics"), "statistics.index", "statistics"),
    menu.Entry(menu.PUBLIC, T("统计", "Statistics"), "statistics_public.index", "statistics_public"),
)


def init_app(app: Flask) -> None:
    """Register them, with a line for the staff and one for everyone."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    menu.add(app, *MENU)
