"""Breaking the glass: what is done to accounts on the machine itself, past the screens, is told to others."""

from __future__ import annotations

from sqlalchemy import select

from core.domain.errors import Invalid, NotAllowed
from core.domain.identifiers import mask_mobile
from core.domain.messages import MessageEvent
from core.domain.roles import Role
from core.rules.text import T
from core.services.base.access import NOT_ALLOWED
from core.services.base.words import unwritten
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.services.people import users
from core.storage.models import Grant, User

TOLD = (Role.SYSADMIN, Role.AUDITOR)
LONGEST_REASON = 500


def has_administrator(w: Work) -> bool:
    """Whether somebody can administer the register today, by an account with a password."""
    query = (
        select(Grant.id)
        .join(Grant.user)
        .where(Grant.role == Role.SYSADMIN, Grant.held_on(w.today), User.active, User.password.is_not(None))
    )
    return w.session.scalar(query.limit(1)) is not None


def set_password(w: Work, user_id: int, password: str, reason: str) -> None:
    """Give an account a password on the machine: its owner, and all who look over accounts, are told."""
    _on_the_machine(w)
    user = users.locked(w, user_id)
    if errors := unwritten(reason, "reason", longest=LONGEST_REASON):
        raise Invalid(errors)
    users.replace_password(w, user, password)
    tell(w, T(f"更换密码（{reason.strip()}）", f"password changed ({reason.strip()})"), user_id)


def tell(w: Work, what: T, user_id: int) -> None:
    """Write to every administrator and auditor what was done to an account on the machine, and by whom."""
    _on_the_machine(w)
    user = w.session.get_one(User, user_id)
    over = select(User.id).join(User.grants).where(User.active, Grant.role.in_(TOLD), Grant.held_on(w.today))
    for told in w.session.scalars(over.distinct().order_by(User.id)).all():
        notify(
            w,
            MessageEvent.ACCOUNT_CHANGED_ON_MACHINE,
            key=f"machine/{user_id}/{w.action}/{w.now.isoformat()}/{told}",
            user_id=told,
            values={"what": what, "login": user.email or mask_mobile(user.mobile), "by": w.actor.name},
        )


def _on_the_machine(w: Work) -> None:
    if not w.actor.system:
        raise NotAllowed(NOT_ALLOWED)
