"""The blueprint of the panels, registered with all its pages."""

from __future__ import annotations

from flask import Flask

from core.web.panels import assigning, deciding, progress, standing
from core.web.panels.rounds import blueprint

MODULES = (progress, assigning, standing, deciding)
"""Their pages belong to the blueprint."""


def init_app(app: Flask) -> None:
    """Register the blueprint."""
    app.register_blueprint(blueprint)
