"""A form's token names the user whose page it stands on: nobody else sends what was typed there.

The name is within the signed token, so that a post tells its owner also after the session it came from ended.
"""

from __future__ import annotations

import secrets
from typing import Any

from flask import Blueprint, Flask, current_app, g, request, session
from flask_login import current_user
from flask_wtf.csrf import generate_csrf
from itsdangerous import BadData, URLSafeTimedSerializer

from core.services.files.uploads import LARGEST_FILE
from core.web.front.limits import MEGABYTE, MOST_FILED, MOST_UPLOADED

TOKEN = "csrf_token"  # noqa: S105  # the name of a field
SALT = "wtf-csrf-token"
"""Under which Flask-WTF signs its tokens."""
_MARK = "."
FORM_AROUND = MEGABYTE
"""Bytes that are left for the texts beside the files of a form."""

blueprint = Blueprint("typed", __name__)


def page_owner() -> str:
    """The id of the user for whom this page is drawn; empty for whoever is not logged in."""
    return str(current_user.id) if current_user.is_authenticated else ""


def owner_of(token: str) -> str | None:
    """Whose page a token was made for, also an old one; None for one that this site did not make."""
    try:
        raw = URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=SALT).loads(token)
    except BadData:
        return None
    return _owner(raw)


def _owner(raw: Any) -> str:
    return str(raw).partition(_MARK)[2]


@blueprint.get("/session")
def standing() -> dict[str, str]:
    """Who is logged in, with a fresh token for a form that has stood for long."""
    return {"user": page_owner(), "token": generate_csrf()}


def init_app(app: Flask) -> None:
    """Before the tokens are checked, see that the session's own belongs to its user."""
    app.register_blueprint(blueprint)
    app.jinja_env.globals.update(
        page_owner=page_owner,
        largest_file=LARGEST_FILE,
        most_sent=MOST_UPLOADED - FORM_AROUND,
        most_filed=MOST_FILED - FORM_AROUND,
    )

    @app.before_request
    def own_token() -> None:
        if request.endpoint in (None, "static") or request.blueprint == "health":
            return
        owner = page_owner()
        if _owner(session.get(TOKEN, "")) != owner:
            session.pop(TOKEN, None)
            g.pop(TOKEN, None)
        if owner and TOKEN not in session:
            session[TOKEN] = f"{secrets.token_hex(20)}{_MARK}{owner}"
