"""What the site says of itself: whom to tell of a hole in it, and how far everybody can use it."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from flask import Blueprint, Response, abort, current_app, render_template, url_for
from markupsafe import escape

from core.domain.clock import SHANGHAI, now
from core.web.frame.config import Contact
from core.web.frame.doors import base_url
from core.web.frame.pipeline import reading

blueprint = Blueprint("about", __name__)
NOT_FOUND = 404
MEDIA = "text/plain; charset=utf-8"
NOT_FOR_ROBOTS = ("/admin/", "/my/", "/account/", "/inbox/", "/downloads/", "/login")
IN_SITEMAP = (
    "home",
    "public_programs.index",
    "comparison.page",
    "public_notices.index",
    "open_data.index",
    "about.accessibility",
)
SITEMAPS = "http://www.sitemaps.org/schemas/sitemap/0.9"
"""The name of the format, which nobody looks up."""


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


@blueprint.get("/robots.txt")
def robots_txt() -> Response:
    """What search engines are asked to leave out: whatever needs a login, and lists without end.

    A page that names a person is not among them: who may not read it would not find its `noindex` either.
    """
    lines = ("User-agent: *", *(f"Disallow: {path}" for path in NOT_FOR_ROBOTS))
    listed = (*lines, f"Sitemap: {base_url()}{url_for('.sitemap')}")
    return Response("".join(f"{line}\n" for line in listed), content_type=MEDIA)


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """The pages that may be found by search engines and name nobody: those of the rules."""
    addresses = [url_for(endpoint) for endpoint in IN_SITEMAP]
    for key, loaded in reading().catalogue.programs.items():
        addresses.append(url_for("public_programs.program", program=key))
        addresses += [
            url_for("public_programs.track", program=key, track=track.id) for track in loaded.program.tracks
        ]
    listed = "".join(f"<url><loc>{escape(base_url() + address)}</loc></url>" for address in addresses)
    return Response(
        f'<?xml version="1.0" encoding="UTF-8"?>\n<urlset xmlns="{SITEMAPS}">{listed}</urlset>\n',
        content_type="application/xml; charset=utf-8",
    )


@blueprint.get("/accessibility")
def accessibility() -> str:
    """The statement: what was tested and how, what is known not to work, and how to complain."""
    more: dict[str, Any] = {"contact": current_app.config["ACCESSIBILITY_CONTACT"]}
    return render_template("public/accessibility.html", **more)


def _end_of(contact: Contact) -> datetime:
    return datetime.combine(contact.until, time(23, 59, 59), SHANGHAI)
