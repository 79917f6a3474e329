"""The page of a stored document, registered."""

from __future__ import annotations

from flask import Flask

from core.rules.text import T
from core.web.frame import menu
from core.web.redaction import pages

MENU = (
    menu.Entry(
        "register",
        T("遮盖请求", "Requests to redact"),
        "redactions.index",
        "redactions",
        pages.any_asked,
        place=menu.LAST,
    ),
)


def init_app(app: Flask) -> None:
    """Register it."""
    app.register_blueprint(pages.blueprint)
    menu.add(app, *MENU)
