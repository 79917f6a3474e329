"""Whoever complained or objected: who they are, each look kept, and what is written to them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import IO, assert_never

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from core.domain import identifiers
from core.domain.acts import Act
from core.domain.errors import Invalid, MalformedError, NotFound, Refused
from core.domain.identifiers.telephones import first_mobile, telephones
from core.domain.lifecycle.guards import Guard
from core.domain.messages import MessageEvent
from core.domain.roles import Place
from core.rules.text import T
from core.services.base.access import allowed, require
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.services.files.types import JPEG, PDF, PNG
from core.services.files.uploads import MEGABYTE, take
from core.services.messaging.writing import Recipient, notify
from core.services.people.parties import is_own
from core.storage.files import FileStore
from core.storage.models import Application, Complaint, FilerLook, FilingFile, NoticeItem, Objection
from core.storage.models.operations import MessageChannel

MOST_LOOKS = 50
MOST_FILES = 5
LARGEST = 5 * MEGABYTE
TYPES = (PDF, JPEG, PNG)
Sent = tuple[str, IO[bytes]]
"""A file as it was sent: its name and its bytes."""
_PARTED = re.compile(r"[\s,，;；、/]+|[^\s:：,，]*[:：]")


class Filing(StrEnum):
    """What somebody filed."""

    COMPLAINT = "complaint"
    OBJECTION = "objection"

    @property
    def label(self) -> T:
        """Its name for a screen and a message."""
        return _LABELS[self]


_LABELS = {Filing.COMPLAINT: T("投诉", "Complaint"), Filing.OBJECTION: T("公示异议", "Objection to a notice")}


@dataclass(frozen=True, slots=True)
class Filer:
    """Who filed, how to reach them, where the case is handled, and who has looked so far."""

    name: str
    contact: str
    content: str
    accreditation_id: int | None
    application_id: int | None
    looks: Sequence[tuple[str, datetime]]
    files: Sequence[FilingFile]


def look(w: Work, kind: Filing, filing_id: int) -> Filer:
    """Who filed, for whoever decides on it and has no part in the party; the look is kept.

    A recommender or an auditor may not.
    """
    row, place = _row(w, kind, filing_id)
    act = Act.COMPLAINT_DECIDE if kind is Filing.COMPLAINT else Act.OBJECTION_DECIDE
    reads = Act.COMPLAINT_VIEW if kind is Filing.COMPLAINT else Act.NOTICE_VIEW
    if not allowed(w.actor, reads, *place):
        raise NotFound(NOTHING_THERE)
    require(w, act, *place)
    about = row.accreditation if isinstance(row, Complaint) else row.notice_item.application
    if is_own(w, about.party_id):
        raise Refused(Guard.NOT_OWN.reason)
    column = FilerLook.complaint_id if kind is Filing.COMPLAINT else FilerLook.objection_id
    before = w.session.scalars(
        select(FilerLook)
        .options(joinedload(FilerLook.by))
        .where(column == filing_id)
        .order_by(FilerLook.id.desc())
        .limit(MOST_LOOKS)
    )
    looks = [(str(item.by or ""), item.at) for item in before]
    found = list(
        w.session.scalars(select(FilingFile).where(_file_of(kind) == filing_id).order_by(FilingFile.id))
    )
    made = FilerLook(by_id=w.actor.user_id, at=w.now)
    setattr(made, column.key, filing_id)
    w.session.add(made)
    w.session.flush()
    if isinstance(row, Complaint):
        return Filer(row.complainant, row.contact, row.content, row.accreditation_id, None, looks, found)
    return Filer(row.objector, row.contact, row.content, None, row.notice_item.application_id, looks, found)


def attach(w: Work, kind: Filing, filing_id: int, files: Iterable[Sent], store: FileStore) -> int:
    """Keep the files that came with a filing: how many are new; Invalid at `files` names what is wrong.

    One that is there already, byte for byte, is not kept again: a form that was sent twice.
    """
    column = _file_of(kind)
    sent = list(files)
    if len(sent) > MOST_FILES:
        raise Invalid({"files": T(f"至多 {MOST_FILES} 个文件", f"at most {MOST_FILES} files")})
    there = set(w.session.scalars(select(FilingFile.sha256).where(column == filing_id)))
    new = 0
    for filename, data in sent:
        try:
            upload = take(filename, data, store, of=TYPES, at_most=LARGEST)
        except Invalid as error:
            why = error.text
            raise Invalid({"files": T(f"“{filename}”：{why.zh}", f"{filename}: {why.en}")}) from error
        if upload.sha256 in there:
            continue
        made = FilingFile(
            filename=upload.filename,
            content_type=upload.content_type,
            size=upload.size,
            sha256=upload.sha256,
            uploaded_at=w.now,
        )
        setattr(made, column.key, filing_id)
        w.session.add(made)
        there.add(upload.sha256)
        new += 1
    w.session.flush()
    return new


def open_file(w: Work, file_id: int, store: FileStore) -> tuple[FilingFile, IO[bytes]]:
    """A file that came with a filing, for whoever decides on it; that is a look, too."""
    item = w.session.get(FilingFile, file_id)
    if item is None:
        raise NotFound(NOTHING_THERE)
    if item.complaint_id is not None:
        look(w, Filing.COMPLAINT, item.complaint_id)
    elif item.objection_id is not None:
        look(w, Filing.OBJECTION, item.objection_id)
    return item, store.open(item.sha256)


def _file_of(kind: Filing) -> InstrumentedAttribute[int | None]:
    return FilingFile.complaint_id if kind is Filing.COMPLAINT else FilingFile.objection_id


def _row(w: Work, kind: Filing, filing_id: int) -> tuple[Complaint | Objection, Place]:
    match kind:
        case Filing.COMPLAINT:
            complaint = w.session.get(Complaint, filing_id)
            if complaint is not None:
                return complaint, complaint.accreditation.place
        case Filing.OBJECTION:
            objection = w.session.get(Objection, filing_id)
            if objection is not None:
                item: NoticeItem = objection.notice_item
                application: Application = item.application
                return objection, application.place
        case _:
            assert_never(kind)
    raise NotFound(NOTHING_THERE)


def reached_at(contact: str) -> Recipient | None:
    """The e-mail address or mobile number in what was given as a contact; None where there is none."""
    for part in [contact, *_PARTED.split(contact)]:
        for channel, read in (
            (MessageChannel.EMAIL, identifiers.email),
            (MessageChannel.SMS, _mobile),
        ):
            try:
                return Recipient(channel, read(part), "zh", contact)
            except MalformedError:
                continue
    return None


def _mobile(contact: str) -> str:
    """The first mobile number among those that are given."""
    return identifiers.mobile(first_mobile(telephones(contact)))


def tell_received(w: Work, kind: Filing, filing_id: int, contact: str, code: str) -> bool:
    """Send the follow-up code to whoever filed, where they gave an address; whether it was written."""
    to = reached_at(contact)
    if to is not None:
        notify(
            w,
            MessageEvent.FILING_RECEIVED,
            key=f"{MessageEvent.FILING_RECEIVED}/{kind}/{filing_id}",
            to=to,
            secret=code,
            values={"kind": kind.label},
        )
    return to is not None


def tell_decided(w: Work, kind: Filing, filing_id: int, contact: str) -> None:
    """Tell whoever filed that it was decided; what, they see by their code alone."""
    if (to := reached_at(contact)) is not None:
        key = f"{MessageEvent.FILING_DECIDED}/{kind}/{filing_id}/{w.now.isoformat()}"
        notify(w, MessageEvent.FILING_DECIDED, key=key, to=to, values={"kind": kind.label})


def tell_reopened(w: Work, kind: Filing, filing_id: int, contact: str) -> None:
    """Tell whoever filed that what was decided on it holds no more; how it stands, they see by their code."""
    if (to := reached_at(contact)) is not None:
        key = f"{MessageEvent.FILING_REOPENED}/{kind}/{filing_id}/{w.now.isoformat()}"
        notify(w, MessageEvent.FILING_REOPENED, key=key, to=to, values={"kind": kind.label})
