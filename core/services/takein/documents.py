"""Documents of statuses that were taken in: the old certificate or decision, as files beside the status."""

from __future__ import annotations

from collections.abc import Iterable
from typing import IO

from sqlalchemy import select

from core.domain.acts import Act
from core.domain.errors import NotFound
from core.services.attachments import party_files
from core.services.attachments.party_files import AttachmentView
from core.services.base.naming import NUMBER_KEY, number_among
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.supervision.locking import lock_for
from core.storage.files import FileStore
from core.storage.models import Accreditation, Attachment, TakenIn
from core.storage.models.holdings import AttachmentPurpose

FORMER = AttachmentPurpose.FORMER


def attach(w: Work, accreditation_id: int, filename: str, data: bytes | IO[bytes], store: FileStore) -> int:
    """Keep a file beside a status that was taken in; one that is there, byte for byte, is that one."""
    status = lock_for(w, accreditation_id, Act.TAKE_IN)
    origin = origin_of(w, status.id)
    if origin is None:
        raise NotFound(NOTHING_THERE)
    return party_files.keep(w, FORMER, origin.id, status.accreditation.party_id, filename, data, store)


def remove(w: Work, attachment_id: int) -> int:
    """Take a file back that was put there by mistake; its bytes are kept. Returns the status's id."""
    item = w.session.get(Attachment, attachment_id)
    if item is None or item.purpose is not FORMER:
        raise NotFound(NOTHING_THERE)
    origin = w.session.get_one(TakenIn, item.taken_in_id)
    lock_for(w, origin.accreditation_id, Act.TAKE_IN)
    w.session.refresh(item)
    if item.removed_at is None:
        item.removed_at = w.now
    return origin.accreditation_id


def origin_of(w: Work, accreditation_id: int) -> TakenIn | None:
    """Where a status was taken in from; the caller has read it for the actor."""
    return w.session.scalar(select(TakenIn).where(TakenIn.accreditation_id == accreditation_id))


def files_of(w: Work, taken_in_id: int) -> tuple[AttachmentView, ...]:
    """The documents of a status that was taken in, oldest first; the caller has read it for the actor."""
    return party_files.by_owner(w, FORMER, [taken_in_id]).get(taken_in_id, ())


def by_number(w: Work, program: str, numbers: Iterable[str]) -> dict[str, int]:
    """Which statuses of a programme were taken in under the numbers, by what numbers are compared by."""
    query = (
        select(NUMBER_KEY, Accreditation.id)
        .join(TakenIn, TakenIn.accreditation_id == Accreditation.id)
        .where(Accreditation.program == program, number_among(numbers))
    )
    return {row[0]: row[1] for row in w.session.execute(query)}
