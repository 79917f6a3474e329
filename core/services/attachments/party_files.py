"""Files of a party beside its applications: the licence, photos of services, reports, statements, proofs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import IO, Any, ClassVar
from uuid import UUID

from sqlalchemy import and_, exists, func, or_, select

from core.domain.acts import Act
from core.domain.errors import NotFound, Refused
from core.domain.lifecycle.change_table import ChangeState
from core.rules.text import T
from core.services.base.access import require_member
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.entry.record import looked
from core.services.files.marks import Mark, marks, require_unsealed
from core.services.files.types import ALL, JPEG, PDF, PNG, FileType
from core.services.files.uploads import take
from core.services.people.parties import is_own, lock_party, reach
from core.services.supervision.locking import lock_own
from core.services.supervision.status import may_read
from core.storage.files import FileStore
from core.storage.models import (
    Accreditation,
    AnnualReport,
    Attachment,
    ChangeRequest,
    ExitCase,
    Party,
    PartyClaim,
    Rectification,
    Redaction,
    ServiceRecord,
    TakenIn,
)
from core.storage.models.accounts import Look
from core.storage.models.exits import OPEN_EXIT_STATES, ExitState
from core.storage.models.holdings import AttachmentPurpose
from core.storage.models.register import RecordState
from core.storage.models.supervision import RectificationState

MOST_FILES = 12
"""Of one purpose for one thing."""

Owner = int | UUID
"""What a file belongs to: the party of a licence, the entry of a photo, else the row's id."""

TYPES: Mapping[AttachmentPurpose, tuple[FileType, ...]] = {
    AttachmentPurpose.LICENCE: (PDF, JPEG, PNG),
    AttachmentPurpose.PHOTO: (JPEG, PNG),
    AttachmentPurpose.REPORT: ALL,
    AttachmentPurpose.STATEMENT: ALL,
    AttachmentPurpose.RECTIFICATION: ALL,
    AttachmentPurpose.CHANGE: ALL,
    AttachmentPurpose.CLAIM: (PDF, JPEG, PNG),
    AttachmentPurpose.FORMER: ALL,
}
_COLUMNS: Mapping[AttachmentPurpose, Any] = {
    AttachmentPurpose.LICENCE: Attachment.party_id,
    AttachmentPurpose.PHOTO: Attachment.entry_id,
    AttachmentPurpose.REPORT: Attachment.annual_report_id,
    AttachmentPurpose.STATEMENT: Attachment.exit_case_id,
    AttachmentPurpose.RECTIFICATION: Attachment.rectification_id,
    AttachmentPurpose.CHANGE: Attachment.change_request_id,
    AttachmentPurpose.CLAIM: Attachment.claim_id,
    AttachmentPurpose.FORMER: Attachment.taken_in_id,
}
OF_PARTY = (AttachmentPurpose.LICENCE, AttachmentPurpose.CHANGE, AttachmentPurpose.CLAIM)
"""What belongs to a party, or is about it, under whichever status."""
_CLOSED = T("此事项已办结，不能再增删文件", "this has been settled; its files stay as they are")


@dataclass(frozen=True, slots=True)
class AttachmentView:
    """One file as a page lists it."""

    id: int
    purpose: AttachmentPurpose
    filename: str
    content_type: str
    size: int
    uploaded_at: datetime
    sha256: str
    redacted: Mark | None = None
    store: ClassVar[str] = "attachments"

    @property
    def is_image(self) -> bool:
        """Whether a browser may show it as a picture."""
        return self.content_type in (PNG.media, JPEG.media)


def put(
    w: Work,
    purpose: AttachmentPurpose,
    owner: Owner,
    filename: str,
    data: bytes | IO[bytes],
    store: FileStore,
) -> int:
    """Hand in a file for what it belongs to, as a member of the party, while that is open. Returns its id.

    That of a claim is the claimant's.

    Invalid names what is wrong at `file`; a helper acts through `behalf.on_behalf`. One that is there
    already, byte for byte, is not handed in again: a form that was sent twice.
    """
    return keep(w, purpose, owner, _open_for_party(w, purpose, owner), filename, data, store)


def keep(
    w: Work,
    purpose: AttachmentPurpose,
    owner: Owner,
    party_id: int,
    filename: str,
    data: bytes | IO[bytes],
    store: FileStore,
) -> int:
    """Keep a file for what the caller has locked and may add to; Invalid and Refused as `put` says."""
    present = select(func.count()).where(_COLUMNS[purpose] == owner, *_present(purpose))
    if (w.session.scalar(present) or 0) >= MOST_FILES:
        raise Refused(
            T(f"至多 {MOST_FILES} 个文件", f"at most {MOST_FILES} files"),
            field="file",
            mend=T("请先移除不需要的文件", "remove one that is not needed"),
        )
    upload = take(filename, data, store, of=TYPES[purpose])
    require_unsealed(w.session, party_id, upload.sha256)
    alike = Attachment.sha256 == upload.sha256, Attachment.filename == upload.filename
    same = select(Attachment.id).where(_COLUMNS[purpose] == owner, *_present(purpose), *alike)
    if (there := w.session.scalar(same.limit(1))) is not None:
        return there
    new = Attachment(
        purpose=purpose,
        party_id=party_id,
        filename=upload.filename,
        content_type=upload.content_type,
        size=upload.size,
        sha256=upload.sha256,
        uploaded_by_id=w.actor.user_id,
        uploaded_at=w.now,
    )
    setattr(new, _COLUMNS[purpose].key, owner)
    w.session.add(new)
    w.session.flush()
    return new.id


def remove(w: Work, attachment_id: int) -> None:
    """Take a file back, as a member of the party, while what it belongs to is open; the bytes are kept."""
    item = w.session.get(Attachment, attachment_id)
    if item is None:
        raise NotFound(NOTHING_THERE)
    _open_for_party(w, item.purpose, _owner_of(item))
    w.session.refresh(item)
    if item.removed_at is None:
        item.removed_at = w.now


def listed(w: Work, purpose: AttachmentPurpose, owner: Owner) -> tuple[AttachmentView, ...]:
    """The files of one thing, oldest first, for whoever may see it; else NotFound."""
    if not _may_see(w, purpose, owner):
        raise NotFound(NOTHING_THERE)
    return by_owner(w, purpose, [owner]).get(owner, ())


def by_owner(
    w: Work, purpose: AttachmentPurpose, owners: Iterable[Owner]
) -> dict[Owner, tuple[AttachmentView, ...]]:
    """The files of several things in one query; the caller has read each of them for the actor before."""
    return {owner: files for (_, owner), files in by_owners(w, {purpose: owners}).items()}


def by_owners(
    w: Work, wanted: Mapping[AttachmentPurpose, Iterable[Owner]]
) -> dict[tuple[AttachmentPurpose, Owner], tuple[AttachmentView, ...]]:
    """As `by_owner`, for things of several kinds in one query."""
    of = [
        and_(_COLUMNS[purpose].in_(numbers), *_present(purpose))
        for purpose, owners in wanted.items()
        if (numbers := list(owners))
    ]
    if not of:
        return {}
    items = w.session.scalars(select(Attachment).where(or_(*of)).order_by(Attachment.id)).all()
    redacted = marks(w.session, Redaction.attachment_id, [item.id for item in items])
    found: dict[tuple[AttachmentPurpose, Owner], tuple[AttachmentView, ...]] = {}
    for item in items:
        key = (item.purpose, _owner_of(item))
        found[key] = (*found.get(key, ()), _view(item, redacted.get(item.id)))
    return found


def open_file(w: Work, attachment_id: int, store: FileStore) -> tuple[AttachmentView, IO[bytes]]:
    """A file with its bytes, for members of the party and staff who may see what it belongs to."""
    item = w.session.get(Attachment, attachment_id)
    if item is None or item.removed_at is not None or not may_open(w, item):
        raise NotFound(NOTHING_THERE)
    under = next(iter(accreditations(w, item)), None)
    looked(
        w,
        Look.DOCUMENT,
        attachment_id,
        party_id=item.party_id,
        program=under.program if under is not None else None,
        region=under.region if under is not None else None,
        detail="attachment",
    )
    try:
        return _view(item), store.open(item.sha256)
    except FileNotFoundError:
        raise NotFound(
            T(f"文件“{item.filename}”已不在存储中", f"{item.filename} is gone from the store"),
            mend=T("请联系系统管理员从备份恢复", "have the administrator restore it from the backup"),
        ) from None


def may_open(w: Work, item: Attachment) -> bool:
    """Whether the actor may see what the file belongs to."""
    return _may_see(w, item.purpose, _owner_of(item))


def accreditations(w: Work, item: Attachment) -> list[Accreditation]:
    """What the file stands under; none for a file of the party itself."""
    if item.purpose in OF_PARTY:
        return []
    return _accreditations(w, item.purpose, _owner_of(item))


def _present(purpose: AttachmentPurpose) -> tuple[Any, ...]:
    return (Attachment.purpose == purpose, Attachment.removed_at.is_(None))


def _owner_of(item: Attachment) -> Owner:
    owner: Owner = getattr(item, _COLUMNS[item.purpose].key)
    return owner


def _may_see(w: Work, purpose: AttachmentPurpose, owner: Owner) -> bool:
    if purpose is AttachmentPurpose.CLAIM:
        return _may_see_claim(w, w.session.get(PartyClaim, owner))
    if purpose in OF_PARTY:
        party_id = _party_of(w, purpose, owner)
        reached = select(exists().where(Party.id == party_id, reach(w.actor, Act.PARTY_VIEW)))
        return party_id in w.actor.parties or bool(w.session.scalar(reached))
    return any(may_read(w, status) for status in _accreditations(w, purpose, owner))


def _may_see_claim(w: Work, claim: PartyClaim | None) -> bool:
    """Whether the actor claims the party, or looks into claims of it; whoever acts for it does neither."""
    if claim is None:
        return False
    if claim.user_id == w.actor.user_id:
        return True
    reached = exists().where(Party.id == claim.party_id, reach(w.actor, Act.CLAIM_VIEW))
    return not is_own(w, claim.party_id) and bool(w.session.scalar(select(reached)))


def _party_of(w: Work, purpose: AttachmentPurpose, owner: Owner) -> int | None:
    """The party whose own file it is; None where there is no such thing."""
    if purpose is AttachmentPurpose.LICENCE:
        return w.session.scalar(select(Party.id).where(Party.id == owner))
    if purpose is AttachmentPurpose.CLAIM:
        return w.session.scalar(select(PartyClaim.party_id).where(PartyClaim.id == owner))
    return w.session.scalar(select(ChangeRequest.party_id).where(ChangeRequest.id == owner))


def _accreditations(w: Work, purpose: AttachmentPurpose, owner: Owner) -> list[Accreditation]:
    """What the thing belongs to; an entry of the diary may stand under several."""
    query = select(Accreditation).order_by(Accreditation.id)
    if purpose is AttachmentPurpose.PHOTO:
        rows = select(ServiceRecord.accreditation_id).where(ServiceRecord.entry_id == owner)
    elif purpose is AttachmentPurpose.REPORT:
        rows = select(AnnualReport.accreditation_id).where(AnnualReport.id == owner)
    elif purpose is AttachmentPurpose.STATEMENT:
        rows = select(ExitCase.accreditation_id).where(ExitCase.id == owner)
    elif purpose is AttachmentPurpose.FORMER:
        rows = select(TakenIn.accreditation_id).where(TakenIn.id == owner)
    else:
        rows = select(Rectification.accreditation_id).where(Rectification.id == owner)
    return list(w.session.scalars(query.where(Accreditation.id.in_(rows))))


def _open_for_party(w: Work, purpose: AttachmentPurpose, owner: Owner) -> int:
    """The party whose file it is, with the thing locked; Refused where that is settled."""
    if purpose in OF_PARTY:
        party_id = _party_of(w, purpose, owner)
        if party_id is None:
            raise NotFound(NOTHING_THERE)
        if purpose is not AttachmentPurpose.CLAIM:
            require_member(w, party_id)
        elif w.session.get_one(PartyClaim, owner).user_id != w.actor.user_id:
            raise NotFound(NOTHING_THERE)
        party = lock_party(w, party_id)
        if not _is_open(w, purpose, owner):
            raise Refused(_CLOSED)
        return party.id
    numbers = [status.id for status in _accreditations(w, purpose, owner)]
    if not numbers:
        raise NotFound(NOTHING_THERE)
    parties = {lock_own(w, number).accreditation.party_id for number in numbers}
    if not _is_open(w, purpose, owner):
        raise Refused(_CLOSED)
    return parties.pop()


def _is_open(w: Work, purpose: AttachmentPurpose, owner: Owner) -> bool:
    """Whether the party's word on the thing may still be added to."""
    if purpose is AttachmentPurpose.LICENCE:
        return True
    if purpose is AttachmentPurpose.FORMER:
        return False  # the authority keeps them
    if purpose is AttachmentPurpose.CHANGE:
        asked = w.session.get_one(ChangeRequest, owner, populate_existing=True)
        return asked.state is ChangeState.OPEN
    if purpose is AttachmentPurpose.CLAIM:
        return w.session.get_one(PartyClaim, owner, populate_existing=True).state.going
    if purpose is AttachmentPurpose.PHOTO:
        verified = exists().where(
            ServiceRecord.entry_id == owner, ServiceRecord.state == RecordState.VERIFIED
        )
        return not w.session.scalar(select(verified))
    if purpose is AttachmentPurpose.REPORT:
        report = w.session.get_one(AnnualReport, owner, populate_existing=True)
        return report.accepted_at is None and report.returned_on is None
    if purpose is AttachmentPurpose.RECTIFICATION:
        order = w.session.get_one(Rectification, owner, populate_existing=True)
        return order.state is RectificationState.OPEN
    case = w.session.get_one(ExitCase, owner, populate_existing=True)
    appealed = case.appealed_on is not None and case.appeal_decided_on is None
    return case.state in OPEN_EXIT_STATES or (case.state is ExitState.UPHELD and appealed)


def _view(item: Attachment, redacted: Mark | None = None) -> AttachmentView:
    return AttachmentView(
        item.id,
        item.purpose,
        item.filename,
        item.content_type,
        item.size,
        item.uploaded_at,
        item.sha256,
        redacted,
    )
