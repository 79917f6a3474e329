"""A request for a change as a page shows it: what becomes what, the proof, and what will follow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from core.domain.lifecycle.change_table import ChangeState
from core.domain.lifecycle.states import IN_FORCE
from core.rules.text import T
from core.services.attachments import party_files
from core.services.attachments.party_files import AttachmentView
from core.services.base.work import Work
from core.services.changes.deciding import accepts_code, may_correct, may_decide, may_revoke
from core.services.changes.effects import stays_behind
from core.services.changes.telling import pairs
from core.storage.models import Accreditation, ChangeRequest
from core.storage.models.changes import Vouched
from core.storage.models.holdings import AttachmentPurpose
from core.storage.one_party import ids_of


@dataclass(frozen=True, slots=True)
class Shown:
    """A request with all that a page tells of it."""

    request: ChangeRequest
    pairs: list[tuple[Vouched, T, T]]
    """Each field with its old and its new value."""
    proofs: tuple[AttachmentView, ...]
    held: tuple[Accreditation, ...]
    """The statuses in force that it touches."""
    left_behind: tuple[str, ...]
    """Programmes whose territory the party leaves: their supervision stays where it is."""
    to_answer: bool
    """Whether the actor may answer it now."""
    to_revoke: bool
    """Whether it is the acceptance of a code that the actor may withdraw now."""
    to_correct: bool
    """Whether it ended the party, and the actor may correct that now."""

    @property
    def is_open(self) -> bool:
        """Whether it waits for its answer."""
        return self.request.state is ChangeState.OPEN


def shown(w: Work, requests: Sequence[ChangeRequest]) -> list[Shown]:
    """Requests of one party that were found for the actor before."""
    if not requests:
        return []
    numbers = [request.id for request in requests]
    files = party_files.by_owner(w, AttachmentPurpose.CHANGE, numbers)
    query = select(Accreditation).where(
        Accreditation.party_id.in_(ids_of(requests[0].party_id)), Accreditation.state.in_(IN_FORCE)
    )
    held = tuple(w.session.scalars(query.order_by(Accreditation.id)))
    return [_shown(w, request, files.get(request.id, ()), held) for request in requests]


def _shown(
    w: Work, request: ChangeRequest, files: tuple[AttachmentView, ...], held: tuple[Accreditation, ...]
) -> Shown:
    is_open = request.state is ChangeState.OPEN
    away = {
        item.program
        for item in held
        if request.region is not None and stays_behind(w, item.program, request.region)
    }
    return Shown(
        request,
        pairs(w, request),
        files,
        held if is_open else (),
        tuple(sorted(away)) if is_open else (),
        is_open and may_decide(w, request),
        accepts_code(request) and may_revoke(w, request),
        may_correct(w, request),
    )
