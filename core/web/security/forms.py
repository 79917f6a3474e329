"""The login form with its lockout: counted in the database, for all processes, and silent on accounts."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Any, cast

from flask_security.babel import make_lazy_string
from flask_security.forms import IsString, LoginForm
from flask_security.utils import hash_password, verify_and_update_password
from wtforms import StringField
from wtforms.validators import ValidationError

from core.domain.clock import now
from core.rules.text import T
from core.services.base.work import SYSTEM, Work
from core.services.people.users import find_by_login
from core.storage.models import User
from core.web.frame.language import tr
from core.web.frame.pipeline import session

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


class LockingLoginForm(LoginForm):
    """E-mail or mobile number, and password; too many failures in a row lock the account for a time."""

    email: StringField = StringField(  # type: ignore[assignment]  # a number opens the account too
        make_lazy_string(tr, ADDRESS),
        render_kw={"autocomplete": "username"},
        validators=[IsString(), _address_given],
    )

    def validate(self, **kwargs: Any) -> bool:
        """Whether the person may enter; each failure is counted, each success forgets the failures."""
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
    """The user of that address and password, or None; the row is held, so that all guesses are counted."""
    data = session()
    moment = now()
    settings = Work(data, SYSTEM, moment)
    found = find_by_login(data, login)
    if found is None:
        _spend_time(password)
        data.rollback()
        return None
    user = data.get_one(User, found.id, with_for_update=True, populate_existing=True)
    if user.locked_until is not None and user.locked_until > moment:
        _spend_time(password)
        data.rollback()
        return None
    if user.active and user.password and verify_and_update_password(password, user):
        user.failed_logins, user.locked_until = 0, None
        data.commit()
        return user
    user.failed_logins += 1
    if user.failed_logins >= settings.operation("login_attempts"):
        user.failed_logins = 0
        user.locked_until = moment + timedelta(minutes=float(settings.operation("login_lock_minutes")))
    data.commit()
    return None


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
