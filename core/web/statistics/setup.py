"""The blueprints of the statistics, registered."""

from __future__ import annotations

from flask import Flask

from core.rules.text import T
from core.web.admin import menu
from core.web.statistics import pages, public

BLUEPRINTS = (pages.blueprint, public.blueprint)
PUBLIC_ENTRY = menu.Entry("", T("统计", "Statistics"), "statistics_public.index", "statistics_public")


def init_app(app: Flask) -> None:
    """Register them, with a line in the public menu."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    if PUBLIC_ENTRY not in menu.PUBLIC:
        menu.PUBLIC.append(PUBLIC_ENTRY)
