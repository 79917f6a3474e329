"""Headers that keep a page to itself: nothing is loaded from, sent to or framed by another site."""

from __future__ import annotations

import secrets

from flask import Flask, Response, g, request

ONE_YEAR = 365 * 24 * 3600


def csp_nonce() -> str:
    """The nonce of this response's own inline scripts and styles."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(18)
    nonce: str = g.csp_nonce
    return nonce


def secure(response: Response) -> Response:
    """Add the headers; pages of the administration are never kept by a cache.

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
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


def init_app(app: Flask) -> None:
    """Send them with every response."""
    app.after_request(secure)
    app.jinja_env.globals["csp_nonce"] = csp_nonce
