"""Where one is logged in: each device with its address and times, and the way to end it."""

from __future__ import annotations

import re

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_security.utils import logout_user

from core.rules.text import T
from core.services.people.rights import sessions as kept
from core.web.frame.pipeline import attempt, reading
from core.web.security.sessions import current, lifetime

blueprint = Blueprint("my_sessions", __name__, url_prefix="/account/sessions")

BROWSERS = ("Edg", "OPR", "MicroMessenger", "Firefox", "Chrome", "Safari")
"""By what a browser says of itself, the more special first: most say to be like others, too."""
SYSTEMS = ("Android", "iPhone", "iPad", "HarmonyOS", "Windows", "Mac OS X", "Linux")
_NAMES = {
    "Edg": "Edge",
    "OPR": "Opera",
    "MicroMessenger": "微信 WeChat",
    "Mac OS X": "macOS",
}
UNKNOWN = T("未知设备", "Unknown device")


def device(said: str) -> str | T:
    """Browser and system in short, out of what the browser says of itself."""
    found = [
        next((name for name in names if re.search(rf"\b{name}\b", said)), None)
        for names in (BROWSERS, SYSTEMS)
    ]
    named = [_NAMES.get(name, name) for name in found if name]
    return " · ".join(named) if named else UNKNOWN


@blueprint.get("/")
def index() -> str:
    """Every session of one's own."""
    return render_template(
        "portal/account/sessions.html",
        sessions=kept.own(reading(), lifetime()),
        this=current().id,
        device=device,
    )


@blueprint.post("/<int:session_id>/end")
def end(session_id: int) -> ResponseReturnValue:
    """End one of them; this one by logging out."""
    if session_id == current().id:
        logout_user()
        return redirect(url_for("home"), 303)
    attempt(
        "session.end",
        lambda w: kept.end(w, session_id),
        done=T("该设备已退出登录", "That device is logged out"),
    )
    return redirect(url_for(".index"), 303)


@blueprint.post("/end-others")
def end_others() -> ResponseReturnValue:
    """End all but this one."""
    this = current().id
    attempt(
        "session.end_others",
        lambda w: kept.end_others(w, this),
        done=T("其他设备均已退出登录", "All other devices are logged out"),
    )
    return redirect(url_for(".index"), 303)
