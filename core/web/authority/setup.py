"""The blueprints of the authority's own pages, registered."""

from __future__ import annotations

from flask import Flask

from core.web.authority import completeness

BLUEPRINTS = (completeness.blueprint,)


def init_app(app: Flask) -> None:
    """Register them."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
