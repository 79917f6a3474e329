"""The blueprint of the documents, registered."""

from __future__ import annotations

from flask import Flask

from core.services.papers.supervision import exits_written
from core.web.documents import pages
from core.web.documents.looking import LOOKED_AT

BLUEPRINTS = (pages.blueprint,)


def init_app(app: Flask) -> None:
    """Register it, and tell templates which letters there are, and which uploads are looked at."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.jinja_env.globals.update(exits_written=exits_written, looked_at=LOOKED_AT)
