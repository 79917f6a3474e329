"""The blueprints of the recommenders' screens, registered."""

from __future__ import annotations

from flask import Flask

from core.web.recommending import bulk, evaluation, inspections, proposals
from core.web.recommending.queue import blueprint as queue

BLUEPRINTS = (queue, inspections.blueprint, proposals.blueprint)
MODULES = (bulk, evaluation)
"""Their pages belong to the queue's blueprint."""


def init_app(app: Flask) -> None:
    """Register every blueprint."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
