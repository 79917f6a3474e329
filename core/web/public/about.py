"""What the site says of itself: whom to tell of a hole in it, and how far everybody can use it."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template

from core.domain.clock import SHANGHAI, now
from core.web.frame.config import Contact
from core.web.frame.doors import base_url

blueprint = Blueprint("about", __name__)
NOT_FOUND = 404
MEDIA = "text/plain; charset=utf-8"


@blueprint.get("/.well-known/security.txt")
def security_txt() -> Response:
    """Whom to tell of a hole, after RFC 9116; nothing without a contact, or once its last day is over."""
    contact: Contact | None = current_app.config["SECURITY_CONTACT"]
    if contact is None or now() > (expires := _end_of(contact)):
        abort(NOT_FOUND)
    lines = (
        f"Contact: {contact.uri}",
        f"Expires: {expires.isoformat()}",
        "Preferred-Languages: zh, en",
        f"Canonical: {base_url()}/.well-known/security.txt",
    )
    return Response("".join(f"{line}\n" for line in lines), content_type=MEDIA)


@blueprint.get("/accessibility")
def accessibility() -> str:
    """The statement: what was tested and how, what is known not to work, and how to complain."""
    more: dict[str, Any] = {"contact": current_app.config["ACCESSIBILITY_CONTACT"]}
    return render_template("public/accessibility.html", **more)


def _end_of(contact: Contact) -> datetime:
    return datetime.combine(contact.until, time(23, 59, 59), SHANGHAI)
