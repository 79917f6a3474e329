"""What a form has brought that could not be handed on: the page that says so keeps it, to be sent again."""

from __future__ import annotations

from html import escape
from typing import Any

from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Request

from core.rules.text import T

BROUGHT = "accredit.form"
"""Where `keep` leaves what it has read: a body is read once."""
MOST = 1 << 20
"""Characters of a form that is kept, which take a few times their number on the page."""
ADVICE = T(
    "您填写的内容保留在本页，请稍候片刻，再点击下面的按钮；所选文件需重新选择。",
    "What you have written is kept on this page: wait a moment, then press the button below. "
    "Files must be chosen again.",
)
AGAIN = T("再试一次", "Try again")


def keep(request: Request) -> None:
    """Remember what a request has brought, for whoever answers it when its application has failed."""
    request.environ[BROUGHT] = _brought(request)


def kept(environ: dict[str, Any]) -> str:
    """A form that sends the same once more; empty where there was none, or one that nobody should keep."""
    fields = environ[BROUGHT] if BROUGHT in environ else _brought(Request(environ))
    return "".join(_form(fields)) if fields else ""


def _brought(request: Request) -> list[tuple[str, str]]:
    if request.method != "POST":
        return []
    try:
        fields = list(request.form.items(multi=True))
    except (HTTPException, OSError, ValueError):
        return []  # cut off, or no form at all
    too_large = sum(len(name) + len(value) for name, value in fields) > MOST
    return [] if too_large or any("password" in name for name, _ in fields) else fields


def _form(fields: list[tuple[str, str]]) -> list[str]:
    return [
        # Without an address of its own it goes where it came from.
        f'<form method="post"><p lang="zh-CN">{escape(ADVICE.zh)}</p><p lang="en">{escape(ADVICE.en)}</p>',
        *(f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">' for name, value in fields),
        f'<button>{escape(AGAIN.zh)} / <span lang="en">{escape(AGAIN.en)}</span></button></form>',
    ]
