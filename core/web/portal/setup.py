"""The blueprints of the portal, registered, and the way in after a login."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from core.web.pipeline import current_actor
from core.web.policy import STAFF_ROLES

my = Blueprint("my", __name__, url_prefix="/my")
"""The first page of whoever acts for a party, or wants to."""

BLUEPRINTS: tuple[Blueprint, ...] = (my,)


@my.get("/")
def index() -> str:
    """What waits for the parties that the user acts for."""
    return render_template("my/index.html")


def init_app(app: Flask) -> None:
    """Register every blueprint of the portal."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)

    @app.get("/start")
    def start() -> ResponseReturnValue:
        """To the dashboard of the administration, or to one's own pages."""
        staff = current_actor().has(*STAFF_ROLES)
        return redirect(url_for("admin.index" if staff else "my.index"))
