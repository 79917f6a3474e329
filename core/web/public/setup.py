"""The blueprints of the public site, registered."""

from __future__ import annotations

from flask import Blueprint, Flask

from core.web.public import (
    comparison,
    complaints,
    follow_up,
    home,
    notices,
    open_data,
    programs,
    register,
    verification,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    register.blueprint,
    verification.blueprint,
    notices.blueprint,
    follow_up.blueprint,
    complaints.blueprint,
    programs.blueprint,
    comparison.blueprint,
    open_data.blueprint,
)


def init_app(app: Flask) -> None:
    """Register every blueprint of the public site, and its start page."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.add_url_rule("/", "home", home.home)
