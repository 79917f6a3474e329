"""A status that stands again, since what had ended it has fallen: one way for all of them."""

from __future__ import annotations

from core.domain.lifecycle.states import Action
from core.domain.supervision.standing import EventKind
from core.rules.text import T
from core.services.base.work import Work
from core.services.supervision.living_through import check_now
from core.services.supervision.moving import advance, resume
from core.services.supervision.timeline import note
from core.storage.models import Accreditation


def restore(w: Work, held: Accreditation, kind: EventKind, period: str, title: T) -> None:
    """Let a locked status stand again; one whose term is over meanwhile has ended by that."""
    ended_on = held.ended_on
    over = w.today > held.valid_through
    advance(w, held, Action.RESTORE_EXPIRED if over else Action.RESTORE, by_itself=True)
    note(w, held, kind, "", period, title)
    if over:
        note_expiry(w, held)
    else:
        resume(w, held, ended_on)
    check_now(w, held.id)


def note_expiry(w: Work, held: Accreditation) -> None:
    """Write into the timeline that the term had run out by the time at which the status was given back."""
    title, through = T("认定有效期届满", "The term has ended"), held.valid_through.isoformat()
    note(w, held, EventKind.EXPIRED, held.ended_clause, through, title, {"valid_through": through})
