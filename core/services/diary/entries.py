"""The diary of one party, entry by entry: recorded once however often it is sent, listed, looked at."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from core.domain.errors import Conflict, NotFound
from core.domain.supervision.enterprises import number_served
from core.services.attachments import party_files
from core.services.attachments.party_files import AttachmentView
from core.services.attachments.photos import Photo, add_photos
from core.services.base.access import require_member
from core.services.base.paging import FIRST, AnyRow, Page, Wish, page_of
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.diary import records as diary
from core.storage.files import FileStore
from core.storage.models import Accreditation, Campaign, ServiceRecord
from core.storage.models.holdings import AttachmentPurpose
from core.storage.models.register import RecordState, ServiceMode

DAY_ONE = 1
PHOTO = AttachmentPurpose.PHOTO


@dataclass(frozen=True, slots=True)
class RecordLine:
    """How an entry stands under one accreditation."""

    accreditation_id: int
    number: str
    program: str
    track: str
    state: RecordState
    rejection_reason: str
    function: str


@dataclass(frozen=True, slots=True)
class EntryLine:
    """An entry as a list shows it."""

    entry_id: UUID
    service_date: date
    title: str
    hours: Decimal
    enterprises: int
    photos: int
    records: tuple[RecordLine, ...]

    @property
    def editable(self) -> bool:
        """Whether it is a draft throughout."""
        return all(line.state is RecordState.DRAFT for line in self.records)

    @property
    def states(self) -> tuple[RecordState, ...]:
        """The states that it has, each once."""
        return tuple(dict.fromkeys(line.state for line in self.records))

    @property
    def function(self) -> str:
        """The service that it was, where one of the programmes names it."""
        return next((line.function for line in self.records if line.function), "")


@dataclass(frozen=True, slots=True)
class EntryView:
    """An entry with all that was written down."""

    line: EntryLine
    party_id: int
    mode: ServiceMode
    participants: int
    enterprises: tuple[Mapping[str, str], ...]
    satisfaction_pct: Decimal | None
    fee_cny: Decimal
    organized_by_authority: bool
    public_benefit: bool
    campaign_id: int | None
    campaign: str
    summary: str
    photos: tuple[AttachmentView, ...]

    @property
    def takes_photos(self) -> bool:
        """Whether photos may still be added or taken away: nothing of it is verified."""
        return RecordState.VERIFIED not in self.line.states


@dataclass(frozen=True, slots=True)
class Filter:
    """What of a diary is wanted; nothing given: all."""

    accreditation_id: int | None = None
    function: str = ""
    month: date | None = None
    """Any day of it."""
    state: RecordState | None = None


def record_entry(
    w: Work,
    party_id: int,
    entry_id: UUID,
    accreditation_ids: Iterable[int],
    data: Mapping[str, object],
    *,
    submit: bool,
    photos: Sequence[Photo] = (),
    store: FileStore,
) -> bool:
    """Record the entry of a form; False where it was reported before, and nothing is changed then.

    Sent a second time as a draft it is that draft, changed.
    """
    require_member(w, party_id)
    chosen = list(accreditation_ids)
    states = _states(w, party_id, entry_id)
    if not states:
        try:
            diary.add_entry(w, party_id, chosen, data, submit=submit, entry_id=entry_id)
        except Conflict:
            # Sent twice at once: the other one came first.
            states = _states(w, party_id, entry_id)
            if not states:
                raise
    if states == {RecordState.DRAFT}:
        diary.edit_entry(w, party_id, entry_id, data, accreditation_ids=chosen)
        if submit:
            diary.submit_entry(w, party_id, entry_id)
    elif states:
        return False
    add_photos(w, entry_id, photos, store)
    return True


def discard(w: Work, party_id: int, entry_id: UUID) -> None:
    """Throw a draft away with its photos."""
    shown = view(w, entry_id)
    for photo in shown.photos if shown.line.editable else ():
        party_files.remove(w, photo.id)
    diary.delete_entry(w, party_id, entry_id)


def party_of(w: Work, entry_id: UUID) -> int:
    """The actor's party whose entry it is; NotFound for all others."""
    query = (
        select(Accreditation.party_id)
        .join(ServiceRecord, ServiceRecord.accreditation_id == Accreditation.id)
        .where(ServiceRecord.entry_id == entry_id, Accreditation.party_id.in_(w.actor.parties))
    )
    found = w.session.scalar(query.limit(1))
    if found is None:
        raise NotFound(NOTHING_THERE)
    return found


def view(w: Work, entry_id: UUID) -> EntryView:
    """One entry for members of its party."""
    party_id = party_of(w, entry_id)
    rows = list(
        w.session.scalars(
            select(ServiceRecord)
            .join(ServiceRecord.accreditation)
            .where(ServiceRecord.entry_id == entry_id, Accreditation.party_id == party_id)
            .order_by(ServiceRecord.accreditation_id)
        )
    )
    first = rows[0]
    # A campaign belongs to one programme; the entry has it where one of its records has.
    campaign_id = next((row.campaign_id for row in rows if row.campaign_id is not None), None)
    campaign = w.session.get(Campaign, campaign_id) if campaign_id is not None else None
    photos = party_files.by_owner(w, PHOTO, [entry_id]).get(entry_id, ())
    return EntryView(
        line=_lines(w, party_id, [entry_id], {entry_id: len(photos)})[0],
        party_id=party_id,
        mode=first.mode,
        participants=first.participants,
        enterprises=tuple(first.enterprises),
        satisfaction_pct=first.satisfaction_pct,
        fee_cny=first.fee_cny,
        organized_by_authority=any(row.organized_by_authority for row in rows),
        public_benefit=first.public_benefit,
        campaign_id=campaign_id,
        campaign=campaign.title if campaign is not None else "",
        summary=first.summary,
        photos=photos,
    )


def entries(w: Work, party_id: int, wanted: Filter, wish: Wish = FIRST) -> Page[EntryLine]:
    """A page of the entries, the latest first, each once however many accreditations it counts for."""
    require_member(w, party_id)
    conditions = _conditions(party_id, wanted)
    base = select(ServiceRecord.entry_id).join(ServiceRecord.accreditation).where(*conditions)
    newest = (func.max(ServiceRecord.service_date).desc(), func.max(ServiceRecord.id).desc())
    page = page_of(w, base.group_by(ServiceRecord.entry_id).order_by(*newest), wish)
    photos = {entry: len(found) for entry, found in party_files.by_owner(w, PHOTO, page.rows).items()}
    return page.told(_lines(w, party_id, page.rows, photos))


def _conditions(party_id: int, wanted: Filter) -> list[ColumnElement[bool]]:
    conditions = [Accreditation.party_id == party_id]
    if wanted.accreditation_id is not None:
        conditions.append(ServiceRecord.accreditation_id == wanted.accreditation_id)
    if wanted.function:
        conditions.append(ServiceRecord.function == wanted.function)
    if wanted.month is not None:
        year, month = wanted.month.year, wanted.month.month
        last = date(year, month, monthrange(year, month)[1])
        conditions.append(ServiceRecord.service_date.between(date(year, month, DAY_ONE), last))
    if wanted.state is not None:
        conditions.append(ServiceRecord.state == wanted.state)
    return conditions


def _states(w: Work, party_id: int, entry_id: UUID) -> set[RecordState]:
    query = select(ServiceRecord.state).join(ServiceRecord.accreditation)
    query = query.where(ServiceRecord.entry_id == entry_id, Accreditation.party_id == party_id)
    return set(w.session.scalars(query))


def _lines(
    w: Work, party_id: int, ids: Sequence[UUID], photos: Mapping[party_files.Owner, int]
) -> list[EntryLine]:
    """The entries in the order of their ids."""
    query = (
        select(
            ServiceRecord.entry_id,
            ServiceRecord.service_date,
            ServiceRecord.title,
            ServiceRecord.hours,
            ServiceRecord.enterprise_keys,
            ServiceRecord.state,
            ServiceRecord.rejection_reason,
            ServiceRecord.function,
            Accreditation.id,
            Accreditation.number,
            Accreditation.program,
            Accreditation.track,
        )
        .join(ServiceRecord.accreditation)
        .where(ServiceRecord.entry_id.in_(ids), Accreditation.party_id == party_id)
        .order_by(Accreditation.id)
    )
    found: dict[UUID, list[AnyRow]] = {}
    for row in w.session.execute(query):
        found.setdefault(row.entry_id, []).append(row)
    return [_line(found[entry], photos.get(entry, 0)) for entry in ids]


def _line(rows: Sequence[AnyRow], photos: int) -> EntryLine:
    first = rows[0]
    served = number_served(first.enterprise_keys)
    records = tuple(
        RecordLine(row.id, row.number, row.program, row.track, row.state, row.rejection_reason, row.function)
        for row in rows
    )
    return EntryLine(first.entry_id, first.service_date, first.title, first.hours, served, photos, records)
