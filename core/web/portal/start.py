"""The first page of whoever acts for a party, or wants to."""

from __future__ import annotations

from flask import Blueprint, render_template

blueprint = Blueprint("my", __name__, url_prefix="/my")


@blueprint.get("/")
def index() -> str:
    """What waits for the parties that the user acts for."""
    return render_template("my/index.html")
