"""How many parties an account registers or claims on a day, and how many of its claims wait at a time."""

from __future__ import annotations

from datetime import datetime, time

from sqlalchemy import ColumnElement, func, select, text

from core.domain.clock import SHANGHAI
from core.domain.errors import Refused
from core.rules.periods import DAY
from core.rules.text import T
from core.services.base.work import OPEN_CLAIMS, REGISTRATIONS_A_DAY, Work
from core.storage.models import Party, PartyClaim
from core.storage.models.changes import GOING


def hold(w: Work) -> None:
    """Refuse an account that has reached a bound; what it registers at once waits for this work's end.

    It counts what was claimed like what was registered, and is asked before anything is looked up: so it
    tells nothing of the register.
    """
    me = w.actor.user_id
    w.session.execute(
        text("SELECT pg_advisory_xact_lock(hashtextextended(:key, 0))"), {"key": f"registering/{me}"}
    )
    day = datetime.combine(w.today, time(), SHANGHAI)
    made = _number(w, Party, Party.registered_by_id == me, Party.created_at >= day)
    made += _number(w, PartyClaim, PartyClaim.user_id == me, PartyClaim.made_at >= day)
    most = int(w.operation(REGISTRATIONS_A_DAY))
    if made >= most:
        tomorrow = w.today + DAY
        raise Refused(
            T(
                f"每个账号一天至多登记、认领 {most} 个主体，今天已满",
                f"an account registers or claims at most {most} parties a day, and has done so today",
            ),
            mend=T(
                f"请自 {tomorrow} 起再办理；确需更多的，请联系认定机关",
                f"go on from {tomorrow}; where more are needed, ask the authority",
            ),
        )
    waiting = _number(w, PartyClaim, PartyClaim.user_id == me, PartyClaim.state.in_(GOING))
    bound = int(w.operation(OPEN_CLAIMS))
    if waiting >= bound:
        raise Refused(
            T(
                f"每个账号至多有 {bound} 项认领待答复，已满",
                f"at most {bound} claims of an account wait for an answer at a time, and as many do",
            ),
            mend=T(
                "请等待答复，或在“我的主体”中撤回不需要的认领",
                "wait for an answer, or take back one that is not needed under “Who I act for”",
            ),
        )


def _number(w: Work, kind: type[Party | PartyClaim], *which: ColumnElement[bool]) -> int:
    return w.session.scalar(select(func.count()).select_from(kind).where(*which)) or 0
