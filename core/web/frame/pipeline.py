"""The one way from a request to a change: who acts, when, in one transaction; refusals become messages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Generic, TypeVar
from urllib.parse import urlsplit

import structlog
from flask import flash, g, request
from flask_login import current_user
from wtforms import Form

from core.domain.clock import local_date, now
from core.domain.errors import Conflict, DomainError, Invalid, NotAllowed, NotFound, NotKept
from core.rules.text import T
from core.services.base.work import ANONYMOUS, Actor, Work, work
from core.services.people import users
from core.storage.engine import Session
from core.storage.processes.absence import tells_of_trouble
from core.web.frame.bound import clocks, db
from core.web.frame.language import tr

R = TypeVar("R")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Done(Generic[R]):
    """A change that was made, with what the service returned."""

    value: R


def session() -> Session:
    """The session of this request."""
    current: Session = db.session()
    return current


def current_actor() -> Actor:
    """The logged-in user with grants and memberships, read once a request."""
    if "actor" not in g:
        known = current_user.is_authenticated
        found = users.actor_for(session(), current_user.id, local_date(now())) if known else ANONYMOUS
        # A page is only looked at: what it shows may be asked for by who may do it.
        stale = request.method == "POST" and g.get("factor_stale", False)
        g.actor = replace(found, stale=True) if stale else found
    actor: Actor = g.actor
    return actor


NOT_KEPT = T(
    "系统暂时无法保存，您的操作没有生效", "The register could not keep this, and nothing of it took effect"
)
LATER = T(
    "请稍后再次提交；仍不成功的，请联系系统管理员",
    "send it again in a while; if that fails too, tell the administrator",
)


@contextmanager
def run(action: str) -> Iterator[Work]:
    """One transaction of the logged-in user, for one action.

    Refused while this process's clock is off; NotKept where database or disk refuse it.
    """
    actor = current_actor()
    try:
        with work(session(), actor, now(), action) as unit:
            clocks.hold(unit.session)
            yield unit
    except Exception as error:
        if not tells_of_trouble(error):
            raise
        log.error("request.not_kept", action=action, exc_info=error)
        raise NotKept(NOT_KEPT, mend=LATER) from error


def reading(action: str = "view") -> Work:
    """A unit to read with: nothing is committed."""
    return Work(session(), current_actor(), now(), action)


def attempt(
    action: str, change: Callable[[Work], R], *, done: T | None = None, form: Form | None = None
) -> Done[R] | None:
    """Make a change; None when it was refused, with the reason flashed and the form's fields marked.

    What may not be seen or done at all goes on to the error pages.
    """
    try:
        with run(action) as unit:
            value = change(unit)
    except (NotAllowed, NotFound):
        raise
    except DomainError as error:
        complain(error, form)
        return None
    if done is not None:
        flash(tr(done), "success")
    return Done(value)


def complain(error: DomainError, form: Form | None = None) -> None:
    """Tell the person what was refused: at the fields where the form has them, else above the page."""
    if isinstance(error, Conflict):
        # The page may offer the form no more: what was typed is shown beside the reason.
        g.show_typed = True
    named = error.errors if isinstance(error, Invalid) else {error.field: error.text}
    for name, reason in named.items():
        # One of several that a field lists is told at the field.
        fields = form._fields if form is not None else {}
        field = fields.get(name, fields.get(name.partition(".")[0]))
        if field is not None:
            field.errors = [*field.errors, tr(at_field(name, reason))]
        else:
            flash(tr(reason), "danger")
    if form is not None and any(field.errors for field in form):
        ask_to_correct()


def at_field(name: str, why: T) -> T:
    """A reason as it is said at its field, where it need not name it."""
    _, mark, rest = why.zh.partition(f"（{name}）：")
    return T(rest if mark else why.zh, why.en.removeprefix(f"{name}: "))


def ask_to_correct() -> None:
    """Say above the page that something below is marked."""
    flash(tr(T("请更正标出的内容", "Please correct what is marked")), "danger")


def local_url(target: str | None) -> str | None:
    """The address if it stays on this site, else None: `//evil`, `https:evil` and back-slashes do not."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return None
    parts = urlsplit(target)
    printable = all(character > " " and character != "\\" for character in target)
    return target if printable and not parts.scheme and not parts.netloc else None
