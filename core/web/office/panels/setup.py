"""The blueprint of the panels, registered with all its pages."""

from __future__ import annotations

from flask import Flask

from core.rules.text import T
from core.web.frame import menu
from core.web.office.panels import assigning, deciding, progress, standing
from core.web.office.panels.progress import blueprint

MODULES = (progress, assigning, standing, deciding)
"""Their pages belong to the blueprint."""
MENU = (menu.Entry("intake", T("评审组织", "Panels"), "panels.index", "panels"),)


def init_app(app: Flask) -> None:
    """Register the blueprint."""
    app.register_blueprint(blueprint)
    menu.add(app, *MENU)
