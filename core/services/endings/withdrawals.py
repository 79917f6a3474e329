"""A party gives its status back."""

from __future__ import annotations

from core.domain.errors import Invalid
from core.domain.lifecycle.states import Action
from core.domain.roles import Role
from core.domain.supervision.standing import EventKind
from core.rules.text import T
from core.services.base.words import unkept
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.services.supervision.living_through import check_now
from core.services.supervision.status import end, for_party, make_move, note, rules_of


def withdraw(w: Work, accreditation_id: int, reason: str = "") -> None:
    """The party leaves at its own request, as of today; a pending exit case is decided all the same."""
    accreditation = for_party(w, accreditation_id)
    errors = unkept(reason, "reason")
    if errors:
        raise Invalid(errors)
    make_move(w, accreditation, Action.WITHDRAW, frozenset({Role.APPLICANT}))
    clause = rules_of(w, accreditation).procedure.term.withdrawal_clause
    end(accreditation, accreditation.state, w.today, clause)
    evidence = {"reason": reason.strip()} if reason.strip() else {}
    title = T("自愿退出", "Withdrawn at the party's request")
    note(w, accreditation, EventKind.WITHDRAWN, clause, w.today.isoformat(), title, evidence)
    notify(
        w,
        "withdrawn",
        key=f"withdrawn/{accreditation.id}/{w.today}",
        accreditation_id=accreditation.id,
        values={},
    )
    check_now(w, accreditation.id)
