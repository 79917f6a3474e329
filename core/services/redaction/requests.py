"""What a party asks: that a document of its own be redacted, carried out with the redaction or declined."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, and_, or_, select

from core.domain.acts import Act
from core.domain.errors import NotFound, Refused
from core.domain.messages import MessageEvent
from core.rules.text import T
from core.services.base.access import require_anywhere, require_member, scope
from core.services.base.decided import already
from core.services.base.words import NOTHING_THERE, written
from core.services.base.work import Actor, Work
from core.services.messaging.writing import notify
from core.services.people.parties import reach
from core.services.redaction.documents import Document, Kind, about, find, locked
from core.storage.models import Party, Redaction, RedactionRequest
from core.storage.models.holdings import RedactionKind

MOST_LISTED = 200


def ask(w: Work, kind: Kind, document_id: int, why: RedactionKind, reason: str) -> int:
    """Ask, as a member of the party, that a document of its own be redacted. Returns the request's id."""
    document = find(w, kind, document_id)
    require_member(w, document.party_id)
    text = written(reason)
    locked(w, document)
    if open_request(w, document) is not None:
        raise Refused(T("已提出过请求，请等待答复", "this was asked already; please wait for the answer"))
    program, region, _ = document.places[0] if document.places else (None, None, None)
    asked = RedactionRequest(
        **document.key,
        party_id=document.party_id,
        program=program,
        region=region,
        kind=why,
        reason=text,
        asked_by_id=w.actor.user_id,
        asked_at=w.now,
    )
    w.session.add(asked)
    w.session.flush()
    return asked.id


def find_request(w: Work, request_id: int) -> Document:
    """The document that a request is about, for whoever may open it."""
    asked = w.session.get(RedactionRequest, request_id)
    if asked is None:
        raise NotFound(NOTHING_THERE)
    named = about(w, asked)
    return find(w, named.kind, named.id)


def decline(w: Work, request_id: int, answer: str) -> None:
    """Let a document stand as it is, and tell the party why."""
    document = find_request(w, request_id)
    asked = w.session.get_one(RedactionRequest, request_id)
    document.require(w, Act.DOCUMENT_REDACT)
    text = written(answer)
    w.session.refresh(asked, with_for_update=True)
    if asked.answered_at is not None:
        raise already(w, asked, column="answered_at")
    asked.answered_at, asked.answered_by_id, asked.answer = w.now, w.actor.user_id, text
    notify(
        w,
        MessageEvent.REDACTION_DECLINED,
        key=f"{MessageEvent.REDACTION_DECLINED}/{asked.id}",
        party_id=document.party_id,
        values=document.told | {"reason": text},
    )


def carried_out(w: Work, document: Document, redaction: Redaction) -> None:
    """Answer an open request by the redaction that was made."""
    asked = open_request(w, document)
    if asked is not None:
        asked.answered_at, asked.answered_by_id, asked.redaction_id = w.now, w.actor.user_id, redaction.id


def open_request(w: Work, document: Document) -> RedactionRequest | None:
    """What is asked of a document and not answered yet."""
    query = select(RedactionRequest).filter_by(**document.key).where(RedactionRequest.answered_at.is_(None))
    return w.session.scalar(query)


def requested(actor: Actor) -> ColumnElement[bool]:
    """Open requests that the actor may answer."""
    act = Act.DOCUMENT_REDACT
    in_scope = scope(actor, act, RedactionRequest.program, RedactionRequest.region)
    of_party = RedactionRequest.party_id.in_(select(Party.id).where(reach(actor, act)))
    reached = or_(
        and_(RedactionRequest.program.is_not(None), in_scope),
        and_(RedactionRequest.program.is_(None), of_party),
    )
    return and_(RedactionRequest.answered_at.is_(None), reached)


def any_waiting(w: Work) -> bool:
    """Whether the actor may answer one."""
    return bool(w.session.scalar(select(select(RedactionRequest.id).where(requested(w.actor)).exists())))


def waiting(w: Work) -> Sequence[tuple[RedactionRequest, Document]]:
    """The open requests that the actor may answer, the oldest first, with their documents."""
    require_anywhere(w, Act.DOCUMENT_REDACT)
    query = (
        select(RedactionRequest).where(requested(w.actor)).order_by(RedactionRequest.id).limit(MOST_LISTED)
    )
    return [(asked, about(w, asked)) for asked in w.session.scalars(query)]
