"""Headers of every answer: a page keeps to itself, and is not kept; what a page is drawn with is kept.

Nothing is loaded from, sent to or framed by another site. Style sheets and scripts stand at addresses that
change with their content, so that a browser asks for each once.
"""

from __future__ import annotations

import hashlib
import secrets
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from flask import Flask, Response, current_app, g, request

ONE_YEAR = 365 * 24 * 3600
STATIC, VERSION = "static", "v"


def csp_nonce() -> str:
    """The nonce of this response's own inline scripts and styles."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    nonce: str = g.csp_nonce
    return nonce


def keep(response: Response, how: str) -> None:
    """Let an answer be kept as `how` says, a Cache-Control; any other is kept by nobody."""
    response.headers["Cache-Control"] = how
    g.kept = response


def unlisted() -> None:
    """Ask search engines to leave the page of this request out: it names a natural person."""
    g.unlisted = True


def secure(response: Response) -> Response:
    """Add the headers; an answer that `keep` was not called for is never kept, whatever it is made of.

    The administration's lists are own templates without inline handlers, so that script attributes stay
    forbidden there too.
    """
    nonce = csp_nonce()
    response.headers.setdefault(
        "Content-Security-Policy",
        "; ".join(
            (
                "default-src 'self'",
                f"script-src 'self' 'nonce-{nonce}'",
                "script-src-attr 'none'",
                f"style-src 'self' 'nonce-{nonce}'",
                "img-src 'self' data:",
                "object-src 'none'",
                "base-uri 'none'",
                "form-action 'self'",
                "frame-ancestors 'none'",
            )
        ),
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("X-Frame-Options", "DENY")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
    if request.is_secure:
        response.headers.setdefault("Strict-Transport-Security", f"max-age={ONE_YEAR}")
    if g.get("unlisted"):
        response.headers["X-Robots-Tag"] = "noindex"
    if request.endpoint != STATIC:
        if g.get("kept") is not response:
            response.headers["Cache-Control"] = "no-store"
    elif response.status_code == HTTPStatus.OK and request.args.get(VERSION) == _version(
        request.view_args or {}
    ):
        response.headers["Cache-Control"] = f"public, max-age={ONE_YEAR}, immutable"
    return response


def _with_version(endpoint: str, values: dict[str, Any]) -> None:
    """Name the content in the address of a static file."""
    if endpoint == STATIC and (version := _version(values)) is not None:
        values.setdefault(VERSION, version)


def _version(values: dict[str, Any]) -> str | None:
    path = Path(str(current_app.static_folder), str(values.get("filename")))
    return _digest(path) if path.is_file() else None


@cache
def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:12]


def init_app(app: Flask) -> None:
    """Send them with every response."""
    app.after_request(secure)
    app.url_defaults(_with_version)
    app.jinja_env.globals.update(csp_nonce=csp_nonce)
