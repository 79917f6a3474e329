"""A proposed exit takes effect: the status ends, a ban may follow, the party is told; one way for all."""

from __future__ import annotations

from datetime import date

from core.domain.lifecycle.states import Action
from core.domain.messages import MessageEvent
from core.domain.supervision.standing import EventKind
from core.rules.periods import period_end
from core.rules.text import T
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.services.supervision.guards import Inputs
from core.services.supervision.moving import advance
from core.services.supervision.timeline import enter
from core.storage.models import Accreditation, Ban, ExitCase
from core.storage.models.exits import ExitState

UNANSWERED = MessageEvent.EXIT_REVOKED
"""The message of a case that took effect by itself, since no objection came in time."""


def revoke(
    w: Work, accreditation: Accreditation, case: ExitCase, on: date, *, by_itself: bool = False
) -> None:
    """Uphold the case as of `on`: also for a status that expired or was given back in the meantime.

    `by_itself`: its time to object is over, and nobody decides.
    """
    case.state = ExitState.UPHELD
    case.decided_on = on
    move = advance(w, accreditation, Action.REVOKE, Inputs(exit_case=case), on=on, by_itself=by_itself)
    title = T(case.title_zh, case.title_en)
    enter(w, accreditation, EventKind.REVOKED, case.clause, case.period, title, case.evidence, on)
    told: dict[str, object] = {"clause": case.clause, "title": title}
    notify(
        w,
        UNANSWERED if by_itself else move.message,
        key=f"revoked/{case.id}",
        accreditation_id=accreditation.id,
        exit_case_id=case.id,
        values=told if by_itself else {**told, "reason": case.decision_reason},
    )
    if case.ban_years:
        through = period_end(on, years=case.ban_years)
        w.session.add(
            Ban(
                party_id=accreditation.party_id,
                program=accreditation.program,
                clause=case.clause,
                starts_on=on,
                through=through,
                exit_case_id=case.id,
            )
        )
        notify(
            w,
            MessageEvent.BAN,
            key=f"ban/{case.id}",
            accreditation_id=accreditation.id,
            exit_case_id=case.id,
            values={"clause": case.clause, "starts_on": on, "through": through},
        )
