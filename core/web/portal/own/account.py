"""One's own account: opened with a code, its password set anew, its addresses and wishes changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue
from flask_login import current_user
from flask_security.utils import login_user

from core.domain.errors import DomainError
from core.rules.phrases import SAVED
from core.rules.text import T
from core.services.base.work import Work
from core.services.entry import passwords
from core.services.people import accounts, users
from core.services.people.codes import Address
from core.storage.models.accounts import GuessKind
from core.storage.models.people import Digest
from core.web.forms.fields import FieldKind, PlainForm, Spec, make_form
from core.web.forms.shared import ADDRESS
from core.web.frame.bound import guessed
from core.web.frame.language import LANGUAGES, language, tr
from core.web.frame.pipeline import Done, attempt, complain, local_url, session

blueprint = Blueprint("account", __name__, url_prefix="/account")

CODE = Spec("code", T("验证码", "Code"), longest=20)
NAME = Spec("name", T("姓名", "Name"), longest=200)
SETTINGS = (
    NAME,
    Spec("language", T("语言", "Language"), FieldKind.CHOICE, options=lambda: list(LANGUAGES.items())),
    Spec(
        "wants_email", T("消息另发电子邮件", "Copies of messages by e-mail"), FieldKind.FLAG, required=False
    ),
    Spec(
        "wants_sms", T("消息另发短信", "Copies of messages by text message"), FieldKind.FLAG, required=False
    ),
    Spec(
        "digest",
        T("待办事项汇总邮件", "To-do summary by e-mail"),
        FieldKind.CHOICE,
        options=lambda: [(item.value, item.label) for item in Digest],
        hint=T(
            "每天（或每周一）8:00 发送；没有待办则不发送",
            "Sent at 8:00, daily or on Mondays; not sent when there is nothing to do",
        ),
    ),
)
FLOW, NEXT = "account_flow", "account_next"
"""In the session's cookie: which code is awaited for which address, and where the person was going."""
ASKS: dict[str, Callable[[Work, str], Address]] = {
    "sign_up": lambda w, given: accounts.ask_sign_up(w, given, language()),
    "reset": lambda w, given: accounts.ask_reset(w, given, language()),
    "address": accounts.ask_address,
}
SENT = T("验证码已发送，10 分钟内有效", "A code was sent; it is valid for 10 minutes")


@blueprint.route("/sign-up", methods=["GET", "POST"])
def sign_up() -> ResponseReturnValue:
    """Ask for a code for a new account."""
    if current_user.is_authenticated:
        return redirect(url_for("start"))
    return _asking("sign_up", "portal/account/sign_up.html", ".sign_up_code")


@blueprint.route("/sign-up/code", methods=["GET", "POST"])
def sign_up_code() -> ResponseReturnValue:
    """Open the account with the code, and log in."""
    address = _awaited("sign_up")
    if address is None:
        return redirect(url_for(".sign_up"))
    form = _code_form(CODE, NAME, _password())
    if request.method == "POST" and form.validate():
        values = form.values()
        number = _tried(
            "account.sign_up",
            lambda w: accounts.sign_up(w, address, **values, language=language()),
            form,
        )
        if number is not None:
            return _welcome(number.value)
    return _page("portal/account/sign_up_code.html", form, address=address)


@blueprint.route("/reset", methods=["GET", "POST"])
def reset() -> ResponseReturnValue:
    """Ask for a code with which a new password is set."""
    return _asking("reset", "portal/account/reset.html", ".reset_code")


@blueprint.route("/reset/code", methods=["GET", "POST"])
def reset_code() -> ResponseReturnValue:
    """Set the new password with the code."""
    address = _awaited("reset")
    if address is None:
        return redirect(url_for(".reset"))
    form = _code_form(CODE, _password())
    if request.method == "POST" and form.validate():
        values = form.values()
        number = _tried("account.reset", lambda w: accounts.reset_password(w, address, **values), form)
        if number is not None:
            cookie.pop(FLOW, None)
            flash(tr(T("密码已设置，请登录", "The password is set; log in with it")), "success")
            return redirect(url_for("security.login"), 303)
    return _page("portal/account/reset_code.html", form, address=address)


@blueprint.route("/settings", methods=["GET", "POST"])
def settings() -> ResponseReturnValue:
    """Name, language, addresses, and which messages come by which way."""
    user = users.by_id(session(), current_user.id)
    known = {spec.name: getattr(user, spec.name) for spec in SETTINGS} | {"digest": user.digest.value}
    form = make_form(SETTINGS, data=known)
    if request.method == "POST" and form.validate():
        values = form.values()
        wishes: dict[str, Any] = values | {"digest": Digest(values["digest"])}
        saved = attempt(
            "account.settings",
            lambda w: accounts.change_settings(w, **wishes),
            done=SAVED,
            form=form,
        )
        if saved is not None:
            chosen = {"lang": values["language"]} if values["language"] != language() else {}
            return redirect(url_for(".settings", **chosen), 303)
    return _page(
        "portal/account/settings.html", form, user=user, address_form=make_form([ADDRESS], bind=False)
    )


@blueprint.post("/address")
def address() -> ResponseReturnValue:
    """Ask for a code for another address to log in with."""
    return _asking("address", "portal/account/address.html", ".address_code")


@blueprint.route("/address/code", methods=["GET", "POST"])
def address_code() -> ResponseReturnValue:
    """Log in with the other address from now on."""
    given = _awaited("address")
    if given is None:
        return redirect(url_for(".settings"))
    form = _code_form(CODE)
    if request.method == "POST" and form.validate():
        code = form.values()["code"]
        if _tried("account.address", lambda w: accounts.confirm_address(w, given, code), form) is not None:
            cookie.pop(FLOW, None)
            flash(tr(T("登录账号已更新", "You log in with it from now on")), "success")
            return redirect(url_for(".settings"), 303)
    return _page("portal/account/address_code.html", form, address=given)


@blueprint.post("/again")
def again() -> ResponseReturnValue:
    """Send another code to the same address."""
    flow, given = cookie.get(FLOW) or ("", "")
    if flow not in ASKS:
        return redirect(url_for("security.login"))
    if flow == "address" and not current_user.is_authenticated:
        abort(403)
    attempt("account.ask", lambda w: _ask(w, flow, given), done=SENT)
    return redirect(url_for(f".{flow}_code"), 303)


def _ask(w: Work, flow: str, given: str) -> Address:
    """Ask for a code; whoever asks for many writes to strangers, wherever each of them goes."""
    guessed(GuessKind.CODE_ASKED, lambda: None)
    return ASKS[flow](w, given)


def _asking(flow: str, template: str, then: str) -> ResponseReturnValue:
    """The page that asks for an address; whatever the address is, the code's page comes next."""
    target = local_url(request.args.get("next"))
    if target is not None:
        cookie[NEXT] = target
    form = make_form([ADDRESS])
    if request.method == "POST" and form.validate():
        given = form.values()["address"]
        done = attempt("account.ask", lambda w: _ask(w, flow, given), done=SENT, form=form)
        if done is not None:
            cookie[FLOW] = (flow, done.value.value)
            return redirect(url_for(then), 303)
    return _page(template, form)


def _awaited(flow: str) -> str | None:
    """The address whose code is awaited in this browser."""
    known, given = cookie.get(FLOW) or ("", "")
    return str(given) if known == flow else None


def _password() -> Spec:
    """A new password, with what the installation asks of it."""
    label = T("密码", "Password")
    return Spec("password", label, FieldKind.PASSWORD, longest=passwords.LONGEST, hint=passwords.hint())


def _code_form(*specs: Spec) -> PlainForm:
    form = make_form(specs)
    form._fields["code"].render_kw = {
        "autocomplete": "one-time-code",
        "inputmode": "numeric",
        "maxlength": 6,
    }
    return form


def _tried(action: str, change: Callable[[Work], Any], form: PlainForm) -> Done[Any] | None:
    """What came of a code; one that was refused is told at its field, and the attempt is kept."""

    def refused(value: Any) -> bool:
        return isinstance(value, DomainError)

    done = attempt(action, lambda w: guessed(GuessKind.CODE, lambda: change(w), is_wrong=refused), form=form)
    if done is not None and isinstance(done.value, DomainError):
        complain(done.value, form)
        return None
    return done


def _welcome(user_id: int) -> ResponseReturnValue:
    """Into the new account, on to where the person was going."""
    cookie.pop(FLOW, None)
    target = cookie.pop(NEXT, None)
    flash(tr(T("账号已开通", "Your account is ready")), "success")
    if current_app.config["SECURITY_TWO_FACTOR_REQUIRED"]:
        return redirect(url_for("security.login", next=target), 303)
    login_user(users.by_id(session(), user_id), authn_via=["code"])
    return redirect(local_url(target) or url_for("start"), 303)


def _page(template: str, form: PlainForm, **more: Any) -> ResponseReturnValue:
    return render_template(template, form=form, **more), 422 if request.method == "POST" else 200
