"""Who came in, who left and who looked, entered as requests bring it about (`core.services.entry.record`)."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, cast

from flask import Flask, Response, request
from flask_login import current_user
from flask_login.signals import user_logged_out
from flask_security.core import UserMixin
from flask_security.recovery_codes import MfRecoveryCodesUtil
from flask_security.signals import password_changed, tf_disabled, tf_profile_changed

from core.domain.clock import now
from core.services.base.work import ANONYMOUS, Work
from core.services.entry import record
from core.services.entry.guesses import network
from core.services.people import users
from core.storage.engine import session_factory
from core.storage.models import User
from core.storage.models.accounts import AccessKind
from core.web.frame.bound import db
from core.web.frame.headers import STATIC
from core.web.frame.pipeline import session

UNFIT = HTTPStatus.UNPROCESSABLE_ENTITY
"""Of a page whose form was refused, and which shows all the rest."""


def note(kind: AccessKind, user: User) -> None:
    """Enter what a user does to the own account, in the request's own transaction."""
    record.note(Work(session(), ANONYMOUS, now()), kind, user.id)


def changed(kind: AccessKind, user: User) -> None:
    """Enter that a user has set another password or second factor, and write so to the user."""
    users.changed(Work(session(), ANONYMOUS, now()), user, kind)


class NotedRecoveryCodes(MfRecoveryCodesUtil):
    """Recovery codes; new ones are a change of the second factor."""

    def create_recovery_codes(self, user: UserMixin) -> list[str]:
        """New codes, in place of all that there were."""
        changed(AccessKind.FACTOR_CHANGED, cast(User, user))
        made: list[str] = super().create_recovery_codes(user)
        return made


def init_app(app: Flask) -> None:
    """Say to services from where a request comes, and enter what its answer shows before it is sent."""

    @app.before_request
    def from_where() -> None:
        if request.endpoint != STATIC:
            session().info[record.ADDRESS] = network(request.remote_addr)

    @app.after_request
    def keep(response: Response) -> Response:
        if request.endpoint == STATIC:
            return response
        shown = record.looks_of(session())
        entries = (
            shown if response.status_code < HTTPStatus.BAD_REQUEST or response.status_code == UNFIT else []
        )
        if response.status_code == HTTPStatus.FORBIDDEN and current_user.is_authenticated:
            entries = [record.forbidden(session(), current_user.id, now(), request.endpoint or "")]
        if entries:
            # Apart from the request, which may have been taken back; without its entry no answer leaves.
            with session_factory(db.engine).begin() as own:
                record.write(own, entries)
        return response

    def is_changed(kind: AccessKind) -> Any:
        def enter(_app: Flask, user: User, **_: object) -> None:
            changed(kind, user)

        return enter

    def left(_app: Flask, user: User, **_: object) -> None:
        note(AccessKind.LEFT, user)
        session().commit()

    # Signals forget whoever is held by nothing else.
    receivers = app.extensions["access"] = [
        (password_changed, is_changed(AccessKind.PASSWORD_CHANGED)),
        (tf_profile_changed, is_changed(AccessKind.FACTOR_CHANGED)),
        (tf_disabled, is_changed(AccessKind.FACTOR_CHANGED)),
        (user_logged_out, left),
    ]
    for signal, receiver in receivers:
        signal.connect(receiver, app)
