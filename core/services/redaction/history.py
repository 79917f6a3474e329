"""What was done to a document, as whoever may open it reads it: all of it for those who handle redactions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from core.domain.acts import Act
from core.services.base.work import Work
from core.services.people.parties import is_own
from core.services.redaction.documents import Document
from core.services.redaction.requests import open_request
from core.storage.models import Redaction, RedactionRequest, SealedOpening, User
from core.storage.models.holdings import RedactionKind


@dataclass(frozen=True, slots=True)
class Look:
    """One look at a sealed original."""

    at: datetime
    by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sealing:
    """One redaction; names, hashes and looks are for those who handle them, and empty for others."""

    id: int
    at: datetime
    kind: RedactionKind
    reason: str
    by: str
    sha256: str
    copy_sha256: str
    lifted_at: datetime | None
    lifted_by: str
    lifted_reason: str
    looks: tuple[Look, ...]
    may_lift: bool
    may_open: bool


@dataclass(frozen=True, slots=True)
class History:
    """The redactions of a document, the latest first, and what the actor may do now."""

    sealings: Sequence[Sealing]
    asked: RedactionRequest | None
    may_redact: bool
    may_ask: bool
    told_all: bool


def history(w: Work, document: Document) -> History:
    """What was done to a document that the actor has found."""
    own = is_own(w, document.party_id)
    told_all = document.reached(w, Act.REDACTION_VIEW) and not own
    may_lift, may_open, may_redact = (
        not own and document.reached(w, act) for act in (Act.SEAL_LIFT, Act.SEALED_OPEN, Act.DOCUMENT_REDACT)
    )
    query = select(Redaction).filter_by(**document.key).order_by(Redaction.id.desc())
    people = (
        joinedload(Redaction.by),
        joinedload(Redaction.lifted_by),
        selectinload(Redaction.openings).joinedload(SealedOpening.by),
    )
    rows = w.session.scalars(query.options(*people)).all()
    latest = next((item for item in rows if item.lifted_at is None), None)
    asked = open_request(w, document) if may_redact or document.party_id in w.actor.parties else None
    return History(
        [
            Sealing(
                item.id,
                item.at,
                item.kind,
                item.reason,
                _name(item.by, told_all),
                item.sha256 if told_all else "",
                item.copy_sha256 if told_all else "",
                item.lifted_at,
                _name(item.lifted_by, told_all),
                item.lifted_reason,
                tuple(Look(look.at, _name(look.by, told_all), look.reason) for look in item.openings)
                if told_all
                else (),
                may_lift and item is latest and item.by_id != w.actor.user_id,
                may_open and item.lifted_at is None,
            )
            for item in rows
        ],
        asked,
        may_redact,
        document.party_id in w.actor.parties and asked is None and document.stands,
        told_all,
    )


def _name(user: User | None, told_all: bool) -> str:
    return str(user) if user is not None and told_all else ""
