"""A proposed exit takes effect: the status ends, a ban may follow, the party is told; one way for all."""

from __future__ import annotations

from datetime import date

from core.domain.lifecycle.states import AccreditationState
from core.domain.supervision.standing import EventKind
from core.rules.periods import period_end
from core.rules.text import T
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.storage.models import Accreditation, Ban, ExitCase, RegisterEvent
from core.storage.models.supervision import ExitState


def revoke(w: Work, accreditation: Accreditation, case: ExitCase, on: date) -> None:
    """Uphold the case as of `on`: also for a status that expired or was given back in the meantime."""
    case.state = ExitState.UPHELD
    case.decided_on = on
    accreditation.state = AccreditationState.REVOKED
    accreditation.ended_on = on if accreditation.ended_on is None else accreditation.ended_on
    accreditation.ended_clause = case.clause
    w.session.add(
        RegisterEvent(
            accreditation_id=accreditation.id,
            kind=EventKind.REVOKED,
            happened_on=on,
            clause=case.clause,
            period=case.period,
            title_zh=case.title_zh,
            title_en=case.title_en,
            evidence=dict(case.evidence),
        )
    )
    told: dict[str, object] = {"clause": case.clause, "title": T(case.title_zh, case.title_en)}
    decided = {"reason": case.decision_reason} if case.decision_reason else {}
    notify(
        w,
        "exit.upheld" if decided else "exit.revoked",
        key=f"revoked/{case.id}",
        accreditation_id=accreditation.id,
        exit_case_id=case.id,
        values={**told, **decided},
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
            "ban",
            key=f"ban/{case.id}",
            accreditation_id=accreditation.id,
            exit_case_id=case.id,
            values={"clause": case.clause, "starts_on": on, "through": through},
        )
