"""A party gives its status back."""

from __future__ import annotations

from core.domain.errors import Invalid
from core.domain.lifecycle.states import Action
from core.domain.supervision.standing import EventKind
from core.rules.text import T
from core.services.base.words import unkept
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.services.supervision.living_through import check_now
from core.services.supervision.locking import lock_own
from core.services.supervision.moving import advance
from core.services.supervision.timeline import note, unused


def withdraw(w: Work, accreditation_id: int, reason: str = "") -> None:
    """The party leaves at its own request, as of today; a pending exit case is decided all the same."""
    accreditation = lock_own(w, accreditation_id).accreditation
    errors = unkept(reason, "reason")
    if errors:
        raise Invalid(errors)
    move = advance(w, accreditation, Action.WITHDRAW)
    evidence = {"reason": reason.strip()} if reason.strip() else {}
    title, clause = T("自愿退出", "Voluntary withdrawal"), accreditation.ended_clause
    period = unused(w, accreditation, EventKind.WITHDRAWN, clause, w.today.isoformat())
    note(w, accreditation, EventKind.WITHDRAWN, clause, period, title, evidence)
    notify(
        w,
        move.message,
        key=f"withdrawn/{accreditation.id}/{period}",
        accreditation_id=accreditation.id,
        values={},
    )
    check_now(w, accreditation.id)
