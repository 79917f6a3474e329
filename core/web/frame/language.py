"""The language of a page: `?lang=`, then the cookie, then the user's own, else Chinese."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Flask, Response, g, has_request_context, request
from flask_login import current_user

from core.rules.text import T
from core.web.frame.headers import ONE_YEAR

LANGUAGES = {"zh": "中文", "en": "English"}
DEFAULT = "zh"
COOKIE = "lang"
_LOCALES = {"zh": "zh_Hans_CN", "en": "en"}


def language() -> str:
    """`zh` or `en`, settled once a request."""
    if not has_request_context():
        return DEFAULT
    if "language" not in g:
        own = getattr(current_user, "language", None)
        wishes = (request.args.get("lang"), request.cookies.get(COOKIE), own)
        g.language = next((wish for wish in wishes if wish in LANGUAGES), DEFAULT)
    chosen: str = g.language
    return chosen


def locale() -> str:
    """The name under which Babel knows the language."""
    return _LOCALES[language()]


def t(zh: str, en: str) -> str:
    """The text in the language of the page."""
    return en if language() == "en" else zh


def tr(text: T) -> str:
    """A text of the domain in the language of the page."""
    return text.get(language())


def remember(response: Response) -> Response:
    """Keep a language chosen with `?lang=`."""
    wish = request.args.get("lang")
    if wish in LANGUAGES:
        response.set_cookie(
            COOKIE, wish, max_age=ONE_YEAR, samesite="Lax", secure=request.is_secure, httponly=True
        )
    response.headers.setdefault("Content-Language", "en" if language() == "en" else "zh-CN")
    return response


def switch_url(wish: str) -> str:
    """This page in the other language."""
    args = request.args.to_dict(flat=False) | {"lang": [wish]}
    return f"{request.path}?{urlencode(args, doseq=True)}"


def init_app(app: Flask) -> None:
    """Give templates their words."""
    app.after_request(remember)
    app.jinja_env.globals.update(t=t, language=language, languages=LANGUAGES, switch_url=switch_url)
    app.jinja_env.filters["tr"] = tr
