"""Giving one's own account up: what stands in the way, what goes and what stays, and the password again."""

from __future__ import annotations

from typing import cast

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security.utils import logout_user
from wtforms import PasswordField

from core.domain.clock import now
from core.rules.text import T
from core.services.exports.long_ones import KEPT
from core.services.keeping import erasing, nightly
from core.storage.engine import session_factory
from core.storage.models import User
from core.web.forms.fields import FieldKind, Spec, make_form
from core.web.frame.bound import db
from core.web.frame.language import tr
from core.web.frame.pipeline import attempt, reading
from core.web.security.forms import retyped

blueprint = Blueprint("giving_up", __name__, url_prefix="/account/give-up")

PASSWORD = Spec("password", T("密码", "Password"), FieldKind.PASSWORD, longest=200)


@blueprint.route("/", methods=["GET", "POST"])
def index() -> ResponseReturnValue:
    """The page, and what it asks for."""
    form = make_form([PASSWORD])
    field = cast(PasswordField, form._fields["password"])
    if (
        request.method == "POST"
        and form.validate()
        and retyped(form, field, cast(User, current_user))
        and attempt("account.give_up", erasing.give_up, form=form) is not None
    ):
        nightly.forget_given_up(session_factory(db.engine), now())
        logout_user()
        flash(tr(T("账号已注销", "Your account is gone")), "success")
        return redirect(url_for("home"), 303)
    page = render_template(
        "portal/account/give_up.html", form=form, obstacles=erasing.obstacles(reading()), kept=KEPT
    )
    return page, 422 if request.method == "POST" else 200
