"""The blueprints of the public site, registered, with its start page."""

from __future__ import annotations

from flask import Blueprint, Flask, render_template

BLUEPRINTS: tuple[Blueprint, ...] = ()


def init_app(app: Flask) -> None:
    """Register every blueprint of the public site."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)

    @app.get("/")
    def home() -> str:
        return render_template("public/home.html")
