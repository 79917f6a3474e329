"""A stored document of either kind, found for whoever may open it, with what it belongs to."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from sqlalchemy import exists, select

from core.domain.acts import Act
from core.domain.errors import NotAllowed, NotFound, Refused
from core.domain.lifecycle.guards import Guard
from core.domain.roles import Place
from core.rules.text import T
from core.services.applications import materials
from core.services.applications.case import Case
from core.services.attachments import party_files
from core.services.base.access import NOT_ALLOWED, allowed, require_fresh
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.files.marks import Mark, marks
from core.services.files.types import ALL, FileType
from core.services.people.parties import is_own, reach
from core.storage.models import Application, Attachment, MaterialFile, Party, Redaction, RedactionRequest
from core.storage.models.holdings import AttachmentPurpose


class Kind(StrEnum):
    """Where a document is kept; its value stands in addresses."""

    MATERIAL = "materials"
    ATTACHMENT = "attachments"

    @property
    def label(self) -> T:
        """What people call it, in either language."""
        return _KIND_LABELS[self]


_KIND_LABELS = {
    Kind.MATERIAL: T("申报材料", "Material"),
    Kind.ATTACHMENT: T("其他附件", "Other attachment"),
}

R = TypeVar("R", MaterialFile, Attachment)


@dataclass(frozen=True)
class Document:
    """A stored file with its party and the programmes and divisions that it is looked at under."""

    kind: Kind
    row: MaterialFile | Attachment
    title: T
    party_id: int
    home: int
    """Of the application, the first accreditation or the party that it is listed with."""
    places: tuple[Place, ...]
    """None for a document of the party itself."""

    @property
    def id(self) -> int:
        """Of its row."""
        return self.row.id

    @property
    def is_photo(self) -> bool:
        """Whether it is kept as a picture made anew."""
        return isinstance(self.row, Attachment) and self.row.purpose is AttachmentPurpose.PHOTO

    @property
    def types(self) -> Collection[FileType]:
        """The types that it may have."""
        return party_files.TYPES[self.row.purpose] if isinstance(self.row, Attachment) else ALL

    @property
    def stands(self) -> bool:
        """Whether it was neither replaced nor taken back."""
        return (self.row.removed_at if isinstance(self.row, Attachment) else self.row.replaced_at) is None

    def reached(self, w: Work, act: Act) -> bool:
        """Whether the actor's roles cover the act on it."""
        if self.places:
            return any(allowed(w.actor, act, *place) for place in self.places)
        return bool(w.session.scalar(select(exists().where(Party.id == self.party_id, reach(w.actor, act)))))

    def require(self, w: Work, act: Act) -> None:
        """Refuse the act unless the actor's roles cover it, and the party is not the actor's own."""
        if not self.reached(w, act):
            raise NotAllowed(NOT_ALLOWED)
        require_fresh(w, act)
        if is_own(w, self.party_id):
            raise Refused(Guard.NOT_OWN.reason)

    def mark(self, w: Work) -> Mark | None:
        """What everyone sees of its redaction."""
        return marks(w.session, self.column, [self.id]).get(self.id)

    @property
    def column(self) -> object:
        """The column of `Redaction` that names it."""
        return Redaction.material_id if self.kind is Kind.MATERIAL else Redaction.attachment_id

    @property
    def told(self) -> dict[str, object]:
        """What messages say of it."""
        return {"document": self.title} | ({"program": self.places[0][0]} if self.places else {})

    @property
    def key(self) -> dict[str, int]:
        """It as a row names it that is about it."""
        return {"material_id" if self.kind is Kind.MATERIAL else "attachment_id": self.id}


def find(w: Work, kind: Kind, document_id: int) -> Document:
    """A document, for whoever may open it; one that was taken back, for whoever handles redactions."""
    document = get(w, kind, document_id)
    row = document.row
    if isinstance(row, MaterialFile):
        seen = materials.may_open(w, row.application)
    else:
        seen = party_files.may_open(w, row)
    if not seen or not (document.stands or document.reached(w, Act.REDACTION_VIEW)):
        raise NotFound(NOTHING_THERE)
    return document


def get(w: Work, kind: Kind, document_id: int) -> Document:
    """A document, whoever asks."""
    row: MaterialFile | Attachment | None
    if kind is Kind.MATERIAL:
        row = w.session.get(MaterialFile, document_id)
    else:
        row = w.session.get(Attachment, document_id)
    if row is None:
        raise NotFound(NOTHING_THERE)
    return _of(w, row)


def about(w: Work, item: Redaction | RedactionRequest) -> Document:
    """The document that a redaction, or a request for one, is about; whoever asks."""
    if item.material_id is not None:
        return get(w, Kind.MATERIAL, item.material_id)
    assert item.attachment_id is not None  # noqa: S101  # a constraint: it is one of the two
    return get(w, Kind.ATTACHMENT, item.attachment_id)


def locked(w: Work, document: Document) -> None:
    """Lock its row, and read it as it now stands."""
    w.session.refresh(document.row, with_for_update=True)


def twins(w: Work, document: Document) -> Iterator[Document]:
    """Other documents with the same bytes, locked, that the actor may redact too."""
    sha256 = document.row.sha256
    rows: list[MaterialFile | Attachment] = [*_same(w, MaterialFile, sha256), *_same(w, Attachment, sha256)]
    for row in rows:
        found = _of(w, row)
        own = is_own(w, found.party_id)
        if row is not document.row and not own and found.reached(w, Act.DOCUMENT_REDACT):
            yield found


def _same(w: Work, table: type[R], sha256: str) -> Sequence[R]:
    query = select(table).where(table.sha256 == sha256).order_by(table.id).with_for_update()
    return w.session.scalars(query.execution_options(populate_existing=True)).all()


def _of(w: Work, row: MaterialFile | Attachment) -> Document:
    if isinstance(row, MaterialFile):
        application = row.application
        title = _title(w, application, row)
        return Document(Kind.MATERIAL, row, title, application.party_id, application.id, (application.place,))
    statuses = party_files.accreditations(w, row)
    places = tuple(status.place for status in statuses)
    home = statuses[0].id if statuses else row.party_id
    return Document(Kind.ATTACHMENT, row, row.purpose.label, row.party_id, home, places)


def _title(w: Work, application: Application, row: MaterialFile) -> T:
    asked = {item.key: item.title for item in Case(w, application).checklist}
    return asked.get(row.key, T(row.key, row.key))
