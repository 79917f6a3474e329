"""The session of a browser: found by the key in its cookie, begun at the login, ended at the logout."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, current_app, g, request
from flask import session as cookie
from flask_login import user_logged_out
from flask_security.signals import tf_profile_changed, user_authenticated
from flask_security.utils import set_request_attr

from core.domain.clock import now
from core.services.base.work import Work
from core.services.people.rights import sessions
from core.services.people.rights.sessions import Lifetime
from core.storage.engine import Session
from core.storage.models import LoginSession, User
from core.web.frame.bound import db
from core.web.frame.config import AppConfig
from core.web.frame.pipeline import current_actor, session

KEY = "login_key"
"""In the cookie: what the session is found by."""
WITH_FACTOR = ("security.two_factor_token_validation", "security.mf_recovery")
"""Where a login ends by the second factor, or by a code in its place."""
CHANGED = "change"
"""How a login is said to have come about that follows on a change of the password."""


def lifetime() -> Lifetime:
    """How long sessions last here."""
    found: Lifetime = current_app.config["LOGIN_LIFETIME"]
    return found


def fresh_within() -> timedelta:
    """How long a second factor serves for what asks for a fresh one."""
    found: timedelta = current_app.config["FACTOR_SERVES"]
    return found


def load(mark: str) -> User | None:
    """The user of the session that the cookie names; None for one that was ended."""
    key = cookie.get(KEY)
    if not key or not mark:
        return None
    found = sessions.find(session(), key, now(), lifetime())
    if found is None or not found.user.active or found.user.fs_uniquifier != mark:
        return None
    _stand_in(found)
    set_request_attr("fs_authn_via", "session")
    set_request_attr("fs_paa", cookie.get("fs_paa", 0))
    # Apart from the request's own work, which may come to nothing.
    with Session(db.engine) as apart:
        if sessions.seen(apart, found, now()):
            apart.commit()
    return found.user


def current() -> LoginSession:
    """The session of whoever is logged in."""
    found: LoginSession = g.login_session
    return found


def _stand_in(found: LoginSession) -> None:
    g.login_session = found
    held = found.user.tf_primary_method is not None
    g.factor_stale = held and not sessions.is_fresh(found, now(), fresh_within())


def begin(_app: Flask, user: User, authn_via: list[str] | None = None, **_: object) -> None:
    """Keep that the user has logged in here."""
    data = session()
    shown_at = current().factor_at if "login_session" in g else None
    if old := cookie.get(KEY):
        sessions.end_key(data, old)
    changed = CHANGED in (authn_via or ())
    if changed:
        sessions.end_all(user)
    shown = request.remote_addr or "", request.user_agent.string
    made, cookie[KEY] = sessions.begin(data, user.id, now(), lifetime(), address=shown[0], device=shown[1])
    if request.endpoint in WITH_FACTOR:
        made.factor_at = now()
    elif changed:
        made.factor_at = shown_at
    data.commit()
    _stand_in(made)


def end(_app: Flask, **_: object) -> None:
    """The browser has logged out: its cookie opens nothing any more, wherever there is a copy of it."""
    if key := cookie.pop(KEY, None):
        sessions.end_key(session(), key)
        session().commit()


def note_factor(_app: Flask, **_: object) -> None:
    """A second factor was set up, and shown with that; whoever came in by another, or none, does so anew."""
    if "login_session" in g:
        w = Work(session(), current_actor(), now())
        sessions.show_factor(w.session, current(), w.now)
        sessions.end_others(w, current().id)


def by_no_token(_request: object) -> None:
    """Nobody: the tokens that the library hands out are ended by no logout, and ask for no fresh factor."""


def init_app(app: Flask, config: AppConfig) -> None:
    """Take the place of the library's own loaders, which believe any cookie and any token of this site."""
    app.config.update(
        LOGIN_LIFETIME=Lifetime(
            timedelta(minutes=config.session_idle_minutes), timedelta(hours=config.session_hours)
        ),
        FACTOR_SERVES=timedelta(minutes=config.factor_minutes),
    )
    manager: Any = app.login_manager  # type: ignore[attr-defined]  # set by the library
    manager.user_loader(load)
    manager.request_loader(by_no_token)
    user_authenticated.connect(begin, app)
    user_logged_out.connect(end, app)
    tf_profile_changed.connect(note_factor, app)
