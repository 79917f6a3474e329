"""What a request must be before any page reads it, and the one address that links from elsewhere lead to.

A link in a mail or in a code is opened by somebody else: it is never made of what a request says the site
is called. So the installation says it, and a request under another name is refused.
"""

from __future__ import annotations

from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import structlog
from flask import Flask, Request, Response, abort, current_app, request, url_for

log = structlog.get_logger(__name__)

MISDIRECTED, UNSUPPORTED = 421, 415
FORMS = ("", "application/x-www-form-urlencoded", "multipart/form-data")
"""What a body may be: no page of this site reads another."""


def base_url() -> str:
    """The address of this site as others see it, without a slash at its end.

    Without one only this machine is answered, and what is made then leads back to it.
    """
    configured: str = current_app.config["BASE_URL"]
    return configured or request.url_root.rstrip("/")


def outside(endpoint: str, **values: Any) -> str:
    """The address of a page for a mail or a code."""
    return base_url() + url_for(endpoint, **values)


def is_loopback(host: str) -> bool:
    """Whether a name or an address is this machine's own."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


class FormRequest(Request):
    """A request whose body is a form, whatever it calls itself."""

    @property
    def is_json(self) -> bool:
        """No: a library would read it, and it may be nested without end."""
        return False


def init_app(app: Flask) -> None:
    """Stand before everything else that looks at a request."""
    app.request_class = FormRequest

    @app.before_request
    def known_host() -> Response | None:
        host = _host_name(request.host)
        if host == urlsplit(current_app.config["BASE_URL"]).hostname or is_loopback(host):
            return None
        mend = "set ACCREDIT_BASE_URL to the address that people open, and have the proxy pass the host on"
        log.warning("request.unknown_host", host=request.host[:200], mend=mend)
        text = "本站不以此地址提供服务\nThis site is not served under this address\n"
        return Response(text, MISDIRECTED, content_type="text/plain; charset=utf-8")

    @app.before_request
    def a_form() -> None:
        if request.mimetype not in FORMS:
            abort(UNSUPPORTED)


def _host_name(host: str) -> str:
    """The name without its port; nothing for what is none."""
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return ""
