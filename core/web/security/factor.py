"""The second factor: who must have one, and where it is asked for again, without losing what was typed."""

from __future__ import annotations

from typing import Any, assert_never

from flask import Flask, current_app, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security.utils import logout_user
from werkzeug.datastructures import ImmutableMultiDict

from core.domain.clock import now
from core.domain.errors import FactorNeeded, TooMany
from core.domain.roles import STAFF
from core.rules.text import T
from core.services.people.rights import sessions
from core.storage.models.accounts import GuessKind
from core.web.frame.bound import db, guessed
from core.web.frame.config import FactorOf
from core.web.frame.language import tr
from core.web.frame.pipeline import complain, current_actor, session
from core.web.frame.policy import POLICY, Open
from core.web.security.sessions import current
from core.web.typed import unsent

FIELD, ASKED = "factor_code", "factor_asked"
"""What the page that asks for it sends beside what was typed: the code, and how the page was come by."""
VALID_SECONDS = 120
"""How far the clock of a telephone may be off, as at the login."""
LONGEST = 40
OWN = frozenset(
    {
        *("security.two_factor_setup", "security.two_factor_setup_validate"),
        *("security.two_factor_token_validation", "security.mf_recovery_codes", "security.change_password"),
        *("account.address", "account.address_code", "my_data.ask", "giving_up.index"),
    }
)
"""Pages on one's own account that ask for a fresh factor, also to be looked at."""
ASK = 401
SET_UP = T(
    "您的角色须使用双重验证：请先设置",
    "Your role asks for a second factor: set it up first",
)
SET_UP_FIRST = T(
    "您的角色须使用双重验证，尚未提交。请在新窗口设置，再回到本页点“再次提交”。",
    "Your role asks for a second factor, and this was not sent. Set it up in a new window, then come back to "
    "this page and press “Send once more”.",
)
KEPT = T("您的角色须使用双重验证，不能停用", "Your role asks for a second factor; it stays on")
ENDED = T(
    "验证码多次错误，本次登录已结束，尚未提交。请在新窗口重新登录，再回到本页点“再次提交”。",
    "The code was wrong too often: this login has ended, and this was not sent. Log in again in a new "
    "window, then come back to this page and press “Send once more”.",
)


def is_demanded() -> bool:
    """Whether whoever is logged in must have a second factor."""
    of: FactorOf = current_app.config["FACTOR_OF"]
    match of:
        case FactorOf.NOBODY:
            return False
        case FactorOf.EVERYONE:
            return bool(current_user.is_authenticated)
        case FactorOf.STAFF:
            return bool(current_user.is_authenticated) and current_actor().has(*STAFF)
        case _:
            assert_never(of)


def ask(_error: FactorNeeded | None = None, *, wrong: bool = False) -> ResponseReturnValue:
    """The page that asks for the second factor, and then does what was asked for."""
    db.session.rollback()
    if request.accept_mimetypes.best == "application/json":
        return {"error": "second factor needed"}, ASK
    sent, files = ([], []) if request.method != "POST" else (unsent.fields_again(), unsent.files_again())
    page = render_template(
        "security/factor.html",
        wrong=wrong,
        fields=sent,
        files=files,
        asked=request.form.get(ASKED, request.method) if wrong else request.method,
        target=request.full_path.rstrip("?"),
    )
    return page, ASK


def answer() -> ResponseReturnValue | None:
    """Take the code that comes with what was typed before, and let the request go on without it."""
    if request.method != "POST" or FIELD not in request.form or not current_user.is_authenticated:
        return None
    given, asked = request.form[FIELD].strip()[:LONGEST], request.form.get(ASKED, "")
    kept = [(name, text) for name, text in request.form.items(multi=True) if name not in (FIELD, ASKED)]
    found, data = current(), session()
    if not _is_right(given):
        ended = sessions.show_wrong_code(data, found)
        data.commit()
        if not ended:
            return ask(wrong=True)
        _leave_out(kept)
        logout_user()
        return unsent.held(ENDED, ASK, needs_login=True)
    sessions.show_factor(data, found, now())
    data.commit()
    g.factor_stale = False
    g.pop("actor", None)
    _leave_out(kept)
    # It was asked for before a page was shown: show it.
    return redirect(request.full_path.rstrip("?"), 303) if asked == "GET" else None


def _leave_out(kept: list[tuple[str, str]]) -> None:
    # What werkzeug has read of the body, and every form reads.
    request.__dict__["form"] = ImmutableMultiDict(kept)


def _is_right(code: str) -> bool:
    """Whether it is the authenticator's code, or a recovery code, which is spent by it."""
    security: Any = current_app.extensions["security"]
    user: Any = current_user._get_current_object()
    if not user.tf_totp_secret:
        return False
    digits = "".join(code.split())
    if digits.isdecimal() and digits.isascii():
        right: bool = security.totp_factory.verify_totp(
            token=digits, totp_secret=user.tf_totp_secret, user=user, window=VALID_SECONDS
        )
        return right
    codes = security.mf_recovery_codes_util

    def check() -> bool:
        # Two who bring it at once wait for each other, as at the login.
        session().refresh(user, ["mf_recovery_codes"], with_for_update={"key_share": True})
        return bool(codes.check_recovery_code(user, code) and codes.delete_recovery_code(user, code))

    try:
        return guessed(GuessKind.FACTOR, check, user.id)
    except TooMany as refused:
        complain(refused)
        return False


def own_account() -> ResponseReturnValue | None:
    """Ask for it before what concerns one's own way in, and keep it on where a role asks for it."""
    if request.endpoint not in OWN or not current_user.is_authenticated:
        return None
    if g.get("factor_stale"):
        return ask()
    if request.form.get("setup") == "disable" and is_demanded():
        flash(tr(KEPT), "danger")
        return redirect(url_for("security.two_factor_setup"), 303)
    return None


def set_up_first() -> ResponseReturnValue | None:
    """Nothing but the setting up is open to whoever must have a second factor, and has none yet."""
    open_to_all = POLICY.get(request.endpoint or "", Open.CLOSED) is Open.PUBLIC
    if open_to_all or request.endpoint is None or request.blueprint == "security":
        return None
    if not current_user.is_authenticated or current_user.tf_primary_method is not None or not is_demanded():
        return None
    if request.method == "POST":
        return unsent.held(SET_UP_FIRST, 403, needs=url_for("security.two_factor_setup"))
    flash(tr(SET_UP), "warning")
    return redirect(url_for("security.two_factor_setup"), 303)


def init_app(app: Flask) -> None:
    """Stand before the views; the answer comes first, and then what asks."""
    app.register_error_handler(FactorNeeded, ask)
    for step in (answer, own_account, set_up_first):
        app.before_request(step)
    app.jinja_env.globals["factor_demanded"] = is_demanded
