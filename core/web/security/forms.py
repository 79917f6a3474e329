"""The forms at which a password or a code is guessed: bounded for all processes, and silent on accounts."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import Any, cast

import wtforms
from flask_login import current_user
from flask_security.babel import make_lazy_string
from flask_security.forms import ChangePasswordForm, Form, IsString, LoginForm, VerifyForm
from flask_security.password_util import PasswordUtil
from flask_security.recovery_codes import MfRecoveryForm
from flask_security.utils import get_message, hash_password, verify_and_update_password, verify_password
from wtforms import PasswordField, StringField
from wtforms.validators import ValidationError

from core.domain.clock import now
from core.domain.errors import TooMany
from core.rules.text import T
from core.services.entry import passwords
from core.services.people.users import find_by_login
from core.storage.models import User
from core.storage.models.accounts import GuessKind
from core.web.frame.bound import guessed
from core.web.frame.language import tr
from core.web.frame.pipeline import complain, session

REFUSED = T(
    "邮箱/手机号或密码不正确；多次输错后账号会暂时锁定，请稍后再试",
    "The e-mail address, mobile number or password is wrong; after several failures an account is "
    "locked for a while, so try again later",
)
"""One answer for every failure, so that nobody learns which accounts there are or which are locked."""


ADDRESS = T("电子邮箱或手机号码", "E-mail address or mobile number")


def _address_given(_form: object, field: StringField) -> None:
    if not (field.data or "").strip():
        raise ValidationError(tr(T("请填写电子邮箱或手机号码", "Give your e-mail address or mobile number")))


class BoundedLoginForm(LoginForm):
    """E-mail or mobile number, and password; too many failures shut the account to where they come from."""

    email: StringField = StringField(  # type: ignore[assignment]  # a number opens the account too
        make_lazy_string(tr, ADDRESS),
        render_kw={"autocomplete": "username"},
        validators=[IsString(), _address_given],
    )

    def validate(self, **kwargs: Any) -> bool:
        """Whether the person may enter."""
        # The form's own fields first (CSRF, required, length), without the library's checks of the account.
        if not super(LoginForm, self).validate(**kwargs):
            return False
        user = enter(self.email.data or "", self.password.data or "")
        if user is None:
            self.form_errors.append(tr(REFUSED))
            return False
        # Nobody is remembered: a session ends, on every device.
        self.remember.data = False
        self.user = user
        self.ifield = self.email
        self.user_authenticated = True
        return True


def enter(login: str, password: str) -> User | None:
    """The user of that address and password, or None."""
    data = session()
    found = find_by_login(data, login)

    def check() -> User | None:
        if found is None or not found.active or not found.password:
            _spend_time(password)
            return None
        if not verify_and_update_password(password, found):
            return None
        found.password_due = passwords.due(found, password, now())
        return found

    try:
        user = guessed(GuessKind.PASSWORD, check, found.id if found is not None else None)
    except TooMany:
        _spend_time(password)
        user = None
    # A hash of an older scheme was replaced, or the password has to be.
    data.commit()
    return user


def retyped(form: wtforms.Form, field: PasswordField, user: User) -> bool:
    """Whether the password that a user types again is right, by the bounds of the login; else said there."""
    typed = unicodedata.normalize("NFKD", field.data or "")
    try:
        right = guessed(GuessKind.PASSWORD, lambda: verify_password(typed, user.password or ""), user.id)
    except TooMany as refused:
        complain(refused, form)
        return False
    if not right:
        field.errors = [*field.errors, get_message("INVALID_PASSWORD")[0]]
    return right


class BoundedVerifyForm(VerifyForm):
    """The password again, before what needs a fresh login."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether it is right."""
        if not Form.validate(self, **kwargs):
            return False
        return retyped(self, self.password, cast(User, self.user))


class BoundedChangeForm(ChangePasswordForm):
    """A new password, with the one that there is."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether the present one is right, and the new one may be."""
        if current_user.password and self.password.data and not retyped(self, self.password, current_user):
            return False
        if not super().validate(**kwargs):
            return False
        # What follows sets the other password, within the same transaction.
        passwords.replacing(session(), current_user, now())
        return True


class ByPolicy(PasswordUtil):
    """What a new password must be, by the installation's policy."""

    def validate(self, password: str, is_register: bool, **kwargs: Any) -> tuple[list[str] | None, str]:
        """What is wrong with it, in the language of the page, and the password as it is hashed."""
        del is_register
        user, typed = cast(User, kwargs["user"]), self.normalize(password)
        wrong = passwords.errors(typed, passwords.own_words(user), passwords.used_by(session(), user))
        return [tr(why) for why in wrong.values()] or None, typed


class BoundedRecoveryForm(MfRecoveryForm):
    """A recovery code in place of the second factor."""

    def validate(self, **kwargs: Any) -> bool:
        """Whether it is one of those that are left; two who bring it at once wait for each other."""
        user = cast(User, self.user)

        def check() -> bool:
            session().refresh(user, ["mf_recovery_codes"], with_for_update={"key_share": True})
            return bool(super(BoundedRecoveryForm, self).validate(**kwargs))

        try:
            return guessed(GuessKind.FACTOR, check, user.id)
        except TooMany as refused:
            complain(refused, self)
            return False


def _spend_time(password: str) -> None:
    """Take as long as a real check, so that the time does not tell whether there is an account."""
    verify_and_update_password(password, cast(Any, _Nobody()))


class _Nobody:
    """Stands in for the account that is not there."""

    @property
    def password(self) -> str:
        return _hash_of_nothing()


@lru_cache(maxsize=1)
def _hash_of_nothing() -> str:
    hashed: str = hash_password("no such account")
    return hashed
