"""Flask-Security set up: which of its views are on, where they are, and what it may use."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any, cast

from flask import Flask, abort, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security.core import Security
from flask_security.datastore import SQLAlchemyUserDatastore
from flask_security.signals import user_authenticated

from core.domain.clock import now
from core.services.base.work import SYSTEM, Work
from core.services.entry import passwords
from core.storage.models import Grant, User
from core.storage.models.accounts import AccessKind
from core.web.frame.bound import db, limiter
from core.web.frame.config import AppConfig, FactorOf, derived
from core.web.frame.pipeline import current_actor, session
from core.web.frame.policy import POLICY, Open
from core.web.security import access, factor, sessions
from core.web.security.forms import (
    BoundedChangeForm,
    BoundedLoginForm,
    BoundedRecoveryForm,
    BoundedVerifyForm,
    ByPolicy,
)
from core.web.security.texts import Texts
from core.web.security.totp import OnceOnlyTotp

LOGIN_RATE = "30 per minute"
"""Per address and process: hashing a password costs time. How often may be guessed, the database counts."""
GUESSED_AT = ("security.login", "security.two_factor_token_validation", "security.mf_recovery")
"""Views at which passwords and codes are tried."""
AFTER_CHANGE = "change"
"""How the library says that it lets whoever has changed the password stay."""
LONGEST = 2000
"""Characters of a text in one of its forms; no address and no password is longer."""


def init_app(app: Flask, config: AppConfig, key: str) -> None:
    """Configure and bind Flask-Security."""
    app.config.update(
        SECURITY_PASSWORD_SALT=derived(key, "password-salt"),
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  # the scheme's name
        # Argon2 salts by itself; hashed once, the command line can set passwords without the web's keys.
        SECURITY_PASSWORD_SINGLE_HASH=True,
        SECURITY_USER_IDENTITY_ATTRIBUTES=[{"email": {"mapper": _as_given, "case_insensitive": True}}],
        SECURITY_EMAIL_VALIDATOR_ARGS={"check_deliverability": False, "test_environment": True},
        SECURITY_JOIN_USER_ROLES=False,
        # Its tracking keeps addresses, which the register has no use for; `note_login` keeps the times.
        SECURITY_TRACKABLE=False,
        # `/verify` is where everyone verifies a certificate.
        SECURITY_VERIFY_URL="/confirm-password",
        SECURITY_CHANGEABLE=True,
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=False,
        SECURITY_REGISTERABLE=False,
        SECURITY_RECOVERABLE=False,
        SECURITY_USE_REGISTER_V2=True,
        SECURITY_TWO_FACTOR=True,
        SECURITY_TWO_FACTOR_REQUIRED=config.factor_of is FactorOf.EVERYONE,
        FACTOR_OF=config.factor_of,
        SECURITY_TWO_FACTOR_ENABLED_METHODS=["authenticator"],
        SECURITY_TWO_FACTOR_RESCUE_EMAIL=False,
        SECURITY_MULTI_FACTOR_RECOVERY_CODES=True,
        SECURITY_TOTP_SECRETS={"1": derived(key, "totp")},
        SECURITY_TOTP_ISSUER="accredit",
        SECURITY_FRESHNESS=timedelta(hours=1),
        SECURITY_FRESHNESS_GRACE_PERIOD=timedelta(minutes=10),
        SECURITY_RETURN_GENERIC_RESPONSES=False,
        SECURITY_CSRF_IGNORE_UNAUTH_ENDPOINTS=False,
        SECURITY_POST_LOGIN_VIEW="/start",
        SECURITY_POST_LOGOUT_VIEW="/",
        SECURITY_UNAUTHORIZED_VIEW=None,
        SECURITY_AUTO_LOGIN_AFTER_RESET=False,
        SECURITY_REDIRECT_VALIDATE_MODE=["regex"],
        # The cookie ends with the browser; how long a session lasts stands in the database.
        SECURITY_DEFAULT_REMEMBER_ME=False,
    )
    # The library types what it takes for its own classes; ours only look like them.
    security: Any = Security(
        app,
        SQLAlchemyUserDatastore(db, User, cast(Any, Grant)),
        login_form=BoundedLoginForm,
        verify_form=BoundedVerifyForm,
        change_password_form=BoundedChangeForm,
        mf_recovery_form=BoundedRecoveryForm,
        totp_cls=OnceOnlyTotp,
        password_util_cls=ByPolicy,
        mf_recovery_codes_util_cls=access.NotedRecoveryCodes,
    )
    # Its own is naive UTC, which the database would take for a time in Shanghai.
    security.datetime_factory = now
    texts = Texts()
    security.i18n_domain = texts
    app.jinja_env.globals["_fsdomain"] = texts.gettext
    limited: Any = limiter.shared_limit(LOGIN_RATE, "login", methods=["POST"])
    for endpoint in GUESSED_AT:
        app.view_functions[endpoint] = limited(app.view_functions[endpoint])

    user_authenticated.connect(note_login, app)
    sessions.init_app(app, config)
    # From where a request comes is known before anything is asked of it.
    access.init_app(app)
    factor.init_app(app)

    @security.unauthn_handler
    def unauthenticated(*_args: object, **_kwargs: object) -> ResponseReturnValue:
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))

    @app.before_request
    def plain_fields() -> None:
        """Its forms take short texts, and hold no field against its kind or length."""
        if request.blueprint == "security" and (
            request.files or any(len(text) > LONGEST for _, text in request.form.items(multi=True))
        ):
            abort(400)

    @app.before_request
    def replace_first() -> ResponseReturnValue | None:
        """Lead to another password first; what somebody sends is taken, for it would be lost on the way."""
        if (
            request.method != "GET"
            or request.blueprint == "security"
            or POLICY.get(request.endpoint or "") is Open.PUBLIC
            or not current_user.is_authenticated
            or current_user.password_due is None
        ):
            return None
        return redirect(url_for("security.change_password"))

    app.jinja_env.globals["password_hint"] = passwords.hint

    @app.before_request
    def sign_changes() -> None:
        """What Flask-Security itself writes is audited under the person's own name."""
        if request.blueprint == "security" and request.method == "POST":
            actor = current_actor()
            session().info["work"] = Work(
                session(), actor if actor.user_id else SYSTEM, now(), request.endpoint or ""
            )
            # Logging in changes who acts: read it anew afterwards.
            g.pop("actor", None)


def note_login(_app: Flask, user: User, authn_via: Sequence[str] | None = None, **_: object) -> None:
    """Keep when the user logged in, and when before that."""
    if AFTER_CHANGE not in (authn_via or ()):
        access.note(AccessKind.ENTERED, user)
    user.last_login_at, user.current_login_at = user.current_login_at, now()
    user.login_count = (user.login_count or 0) + 1
    session().commit()


def _as_given(identity: str) -> str:
    return identity.strip()
