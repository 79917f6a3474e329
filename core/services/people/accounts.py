"""Accounts that people open and keep themselves: by an e-mail address or a mobile number that is their own.

What needs a code returns what stands against it instead of raising it: a failed attempt must be kept.
"""

from __future__ import annotations

from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from core.domain.errors import Conflict, DomainError, Invalid, NotAllowed, Refused
from core.domain.folding import repaired
from core.domain.messages import MessageEvent
from core.rules.phrases import LOG_IN_FIRST
from core.rules.text import T
from core.services.base.words import unwritten
from core.services.base.work import Work
from core.services.entry import passwords
from core.services.messaging.writing import Recipient, notify
from core.services.people.codes import Address, issue, read_address, spend
from core.services.people.users import (
    LANGUAGES,
    LONGEST_NAME,
    find_by_login,
    hash_password,
    replace_password,
)
from core.storage.models import User
from core.storage.models.accounts import CodePurpose
from core.storage.models.people import Digest

_TAKEN = T("该邮箱或手机号已有账号", "This e-mail address or number has an account already")


def ask_sign_up(w: Work, given: str, language: str = "zh") -> Address:
    """Send a code to an address that is to open an account; one that has an account is told so instead."""
    address = read_address(given)
    taken = find_by_login(w.session, address.value) is not None
    issue(
        w,
        CodePurpose.SIGN_UP,
        address,
        language=_known(language),
        instead=MessageEvent.ACCOUNT_EXISTS if taken else None,
    )
    return address


def sign_up(
    w: Work, given: str, code: str, *, name: str, password: str, language: str = "zh"
) -> int | DomainError:
    """Open an account without any role, with the code sent to its address; returns the user's id."""
    address = read_address(given)
    errors = unwritten(name, "name", longest=LONGEST_NAME) | passwords.errors(password, (address.value, name))
    if errors:
        raise Invalid(errors)
    refusal = spend(w, CodePurpose.SIGN_UP, address, code)
    if refusal is not None:
        return refusal
    if find_by_login(w.session, address.value) is not None:
        raise Conflict(_TAKEN)
    user = User(
        email=address.value if address.by_email else None,
        mobile="" if address.by_email else address.value,
        confirmed_at=w.now if address.by_email else None,
        mobile_confirmed_at=None if address.by_email else w.now,
        name=repaired(name),
        language=_known(language),
        password=hash_password(password),
        password_set_at=w.now,
        fs_uniquifier=uuid4().hex,
    )
    try:
        with w.session.begin_nested():
            w.session.add(user)
    except IntegrityError as error:
        raise Conflict(_TAKEN) from error
    return user.id


def ask_reset(w: Work, given: str, language: str = "zh") -> Address:
    """Send a code with which a new password is set; to an address without an account, a message says so."""
    address = read_address(given)
    user = find_by_login(w.session, address.value)
    usable = user is not None and user.active
    issue(
        w,
        CodePurpose.RESET_PASSWORD,
        address,
        language=user.language if user is not None else _known(language),
        instead=None if usable else MessageEvent.ACCOUNT_UNKNOWN,
    )
    return address


def reset_password(w: Work, given: str, code: str, password: str) -> int | DomainError:
    """Set a new password with the code sent to the account's address; open sessions and a lockout end."""
    address = read_address(given)
    if errors := passwords.errors(password, (address.value,)):
        raise Invalid(errors)
    refusal = spend(w, CodePurpose.RESET_PASSWORD, address, code)
    if refusal is not None:
        return refusal
    found = find_by_login(w.session, address.value)
    if found is None or not found.active:
        raise Refused(T("没有可用的账号", "There is no account to use"), field="code")
    user = w.session.get_one(User, found.id, with_for_update=True, populate_existing=True)
    replace_password(w, user, password)
    if address.by_email and user.confirmed_at is None:
        user.confirmed_at = w.now
    return user.id


def ask_address(w: Work, given: str) -> Address:
    """Send a code to an address that the user wants to log in with."""
    user, address = _own(w), read_address(given)
    holder = find_by_login(w.session, address.value)
    if holder is not None and holder.id == user.id and _confirmed(user, address):
        raise Refused(T("您已在用它登录", "you log in with it already"), field="address")
    taken = holder is not None and holder.id != user.id
    issue(
        w,
        CodePurpose.CONFIRM_ADDRESS,
        address,
        language=user.language,
        user_id=user.id,
        instead=MessageEvent.ACCOUNT_EXISTS if taken else None,
    )
    return address


def confirm_address(w: Work, given: str, code: str) -> DomainError | None:
    """Log in with the address from now on; it takes the place of the one before, which is told."""
    user, address = _own(w), read_address(given)
    refusal = spend(w, CodePurpose.CONFIRM_ADDRESS, address, code, user_id=user.id)
    if refusal is not None:
        return refusal
    holder = find_by_login(w.session, address.value)
    if holder is not None and holder.id != user.id:
        raise Conflict(_TAKEN)
    before = user.email if address.by_email else user.mobile
    if before and before != address.value:
        notify(
            w,
            MessageEvent.ACCOUNT_ADDRESS_CHANGED,
            key=f"address/{user.id}/{w.now.isoformat()}",
            to=Recipient(address.channel, before, user.language, str(user), user.id),
            values={"login": address.value},
        )
    try:
        with w.session.begin_nested():
            if address.by_email:
                user.email, user.confirmed_at = address.value, w.now
            else:
                user.mobile, user.mobile_confirmed_at = address.value, w.now
    except IntegrityError as error:
        raise Conflict(_TAKEN) from error
    return None


def change_settings(
    w: Work, *, name: str, language: str, wants_email: bool, wants_sms: bool, digest: Digest
) -> None:
    """The user's own name, language, and which messages come by which way."""
    user = _own(w)
    errors = unwritten(name, "name", longest=LONGEST_NAME)
    if language not in LANGUAGES:
        errors["language"] = T("应为 zh 或 en", "give zh or en")
    if digest is not Digest.NONE and user.email is None:
        errors["digest"] = T("请先添加电子邮箱", "add an e-mail address first")
    if errors:
        raise Invalid(errors)
    user.name, user.language = repaired(name), language
    user.wants_email, user.wants_sms, user.digest = wants_email, wants_sms, digest


def _own(w: Work) -> User:
    """The user who acts, locked."""
    if w.actor.user_id is None:
        raise NotAllowed(LOG_IN_FIRST)
    query = select(User).where(User.id == w.actor.user_id).with_for_update()
    return w.session.scalars(query.execution_options(populate_existing=True)).one()


def _confirmed(user: User, address: Address) -> bool:
    return (user.confirmed_at if address.by_email else user.mobile_confirmed_at) is not None


def _known(language: str) -> str:
    return language if language in LANGUAGES else LANGUAGES[0]
