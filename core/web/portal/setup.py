"""The blueprints of the portal, registered, and the way in after a login."""

from __future__ import annotations

from flask import Blueprint, Flask, redirect, url_for
from flask.typing import ResponseReturnValue

from core.web.pipeline import current_actor
from core.web.policy import STAFF_ROLES
from core.web.portal import (
    account,
    accredited,
    accredited_case,
    accredited_exits,
    accredited_reports,
    application_facts,
    application_files,
    application_pages,
    attachments,
    diary,
    diarytable,
    eligibility,
    inbox,
    members,
    own,
    party,
    roster,
    start,
)

# They add their pages to the blueprints of one's own applications, accreditations and diary.
_PAGES = (
    accredited,
    accredited_exits,
    accredited_reports,
    application_facts,
    application_files,
    application_pages,
    diarytable,
)

BLUEPRINTS: tuple[Blueprint, ...] = (
    start.blueprint,
    attachments.blueprint,
    eligibility.blueprint,
    own.blueprint,
    roster.blueprint,
    account.blueprint,
    party.blueprint,
    members.blueprint,
    inbox.blueprint,
    members.guests,
    accredited_case.blueprint,
    diary.blueprint,
)


def init_app(app: Flask) -> None:
    """Register every blueprint of the portal."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    account.limit(app)
    app.jinja_env.globals["unread_messages"] = inbox.unread

    @app.get("/start", endpoint="start")
    def enter() -> ResponseReturnValue:
        """To the dashboard of the administration, or to one's own pages."""
        staff = current_actor().has(*STAFF_ROLES)
        return redirect(url_for("admin.index" if staff else "my.index"))
