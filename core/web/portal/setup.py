"""The blueprints of the portal, registered, and the way in after a login."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, url_for
from flask.typing import ResponseReturnValue

from core.web.pipeline import current_actor
from core.web.policy import STAFF_ROLES
from core.web.portal import (
    account,
    application_facts,
    application_files,
    application_pages,
    attachments,
    diarytable,
    eligibility,
    members,
    own,
    party,
    roster,
    start,
)

# They add their pages to the blueprint of one's own applications.
_PAGES = (application_facts, application_files, application_pages)

BLUEPRINTS: tuple[Blueprint, ...] = (
    start.blueprint,
    attachments.blueprint,
    eligibility.blueprint,
    own.blueprint,
    roster.blueprint,
    account.blueprint,
    party.blueprint,
    members.blueprint,
    members.guests,
    diarytable.blueprint,
)


def init_app(app: Flask) -> None:
    """Register every blueprint of the portal."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    account.limit(app)

    @app.get("/start", endpoint="start")
    def enter() -> ResponseReturnValue:
        """To the dashboard of the administration, or to one's own pages."""
        staff = current_actor().has(*STAFF_ROLES)
        return redirect(url_for("admin.index" if staff else "my.index"))
