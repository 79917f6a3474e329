"""The blueprint of the documents, registered."""

from __future__ import annotations

from flask import Flask

from core.web.documents import pages

BLUEPRINTS = (pages.blueprint,)


def init_app(app: Flask) -> None:
    """Register it."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
