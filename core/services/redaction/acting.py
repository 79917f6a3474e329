"""A redacted copy put in a document's place, the seal on the original, lifted or looked behind."""

from __future__ import annotations

from typing import IO

from sqlalchemy import select

from core.domain.acts import Act
from core.domain.errors import NotFound, Refused
from core.domain.messages import MessageEvent
from core.rules.text import T
from core.services.base.access import require_second
from core.services.base.decided import already
from core.services.base.words import NOTHING_THERE, written
from core.services.base.work import Work
from core.services.files.uploads import Upload
from core.services.messaging.writing import notify
from core.services.redaction.copies import Copy
from core.services.redaction.documents import Document, Kind, about, find, locked, twins
from core.services.redaction.requests import carried_out
from core.storage.files import FileStore
from core.storage.models import Redaction, SealedOpening
from core.storage.models.holdings import RedactionKind

REDACTED = T("该文件刚刚被他人遮盖或恢复", "Someone else has just redacted or restored this document")
_LIFTED = T("封存已解除，请直接打开文件", "the seal was lifted; open the document itself")


def redact(
    w: Work,
    kind: Kind,
    document_id: int,
    copy: Copy,
    store: FileStore,
    *,
    why: RedactionKind,
    reason: str,
    seen: str,
) -> int:
    """Put a redacted copy in the place of a document, in whatever state its case is. Returns how many got it.

    Other documents with the same bytes that the actor may redact get it too, save where only the place was
    wrong. `seen` is the hash of what was looked at: Conflict where it is no longer what stands there.
    """
    document = find(w, kind, document_id)
    document.require(w, Act.DOCUMENT_REDACT)
    text = written(reason)
    same = [document]
    if why is not RedactionKind.WRONG_DOCUMENT:
        # All of them in one order, the document among them: two officers never wait for each other.
        same += twins(w, document)
    locked(w, document)
    if document.row.sha256 != seen:
        raise already(w, document.row, REDACTED, column="sha256")
    upload = copy.taken(store, same, _sealed(w, document))
    for item in same:
        _replace(w, item, upload, why, text)
    return len(same)


def lift(w: Work, redaction_id: int, reason: str) -> None:
    """Put a sealed original back, as a second person, where it was sealed by mistake."""
    redaction, document = _found(w, redaction_id)
    document.require(w, Act.SEAL_LIFT)
    text = written(reason)
    locked(w, document)
    w.session.refresh(redaction, with_for_update=True)
    if redaction.lifted_at is not None:
        raise already(w, redaction, column="lifted_at")
    require_second(w, T("封存须由另一人解除", "a seal is lifted by a second person"), redaction.by_id)
    if _sealed(w, document)[-1] != redaction:
        raise Refused(
            T("该文件此后又被遮盖", "the document was redacted again since"),
            mend=T("请先解除较晚的封存", "lift the later seal first"),
        )
    redaction.lifted_at, redaction.lifted_by_id, redaction.lifted_reason = w.now, w.actor.user_id, text
    original = Upload(redaction.filename, redaction.content_type, redaction.size, redaction.sha256)
    _put(document, original)
    _tell(w, MessageEvent.DOCUMENT_RESTORED, document, redaction, text)


def open_sealed(w: Work, redaction_id: int, reason: str, store: FileStore) -> tuple[str, IO[bytes]]:
    """A sealed original with its name, and the look at it on record before its bytes are given out."""
    redaction, document = _found(w, redaction_id)
    document.require(w, Act.SEALED_OPEN)
    text = written(reason)
    if redaction.lifted_at is not None:
        raise Refused(_LIFTED)
    try:
        stream = store.open(redaction.sha256)
    except FileNotFoundError:
        raise NotFound(
            T("原件已不在存储中", "the original is gone from the store"),
            mend=T("请联系系统管理员从备份恢复", "have the administrator restore it from the backup"),
        ) from None
    w.session.add(SealedOpening(redaction_id=redaction.id, reason=text, by_id=w.actor.user_id, at=w.now))
    return redaction.filename, stream


def find_sealed(w: Work, redaction_id: int) -> Document:
    """The document in front of a seal, for whoever may open it."""
    return _found(w, redaction_id)[1]


def _found(w: Work, redaction_id: int) -> tuple[Redaction, Document]:
    redaction = w.session.get(Redaction, redaction_id)
    if redaction is None:
        raise NotFound(NOTHING_THERE)
    named = about(w, redaction)
    return redaction, find(w, named.kind, named.id)


def _sealed(w: Work, document: Document) -> list[Redaction]:
    """What lies sealed behind a document, the latest last."""
    query = select(Redaction).filter_by(**document.key).where(Redaction.lifted_at.is_(None))
    return list(w.session.scalars(query.order_by(Redaction.id)))


def _replace(w: Work, document: Document, upload: Upload, why: RedactionKind, reason: str) -> None:
    row = document.row
    redaction = Redaction(
        **document.key,
        party_id=document.party_id,
        kind=why,
        reason=reason,
        filename=row.filename,
        content_type=row.content_type,
        size=row.size,
        sha256=row.sha256,
        copy_filename=upload.filename,
        copy_content_type=upload.content_type,
        copy_size=upload.size,
        copy_sha256=upload.sha256,
        by_id=w.actor.user_id,
        at=w.now,
    )
    w.session.add(redaction)
    _put(document, upload)
    w.session.flush()
    carried_out(w, document, redaction)
    _tell(w, MessageEvent.DOCUMENT_REDACTED, document, redaction, reason)


def _put(document: Document, upload: Upload) -> None:
    # Its judgement stays: what is covered is no other proof.
    row = document.row
    row.filename, row.content_type = upload.filename, upload.content_type
    row.size, row.sha256 = upload.size, upload.sha256


def _tell(w: Work, event: MessageEvent, document: Document, redaction: Redaction, reason: str) -> None:
    notify(
        w,
        event,
        key=f"{event}/{redaction.id}",
        party_id=document.party_id,
        values=document.told | {"kind": redaction.kind.label, "reason": reason},
    )
