"""What everyone sees of a redaction: a copy, since when and why; and which bytes are sealed."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import exists, select
from sqlalchemy.orm import Session

from core.domain.clock import local_date
from core.domain.errors import Invalid
from core.rules.text import T
from core.storage.models import Redaction
from core.storage.models.holdings import RedactionKind
from core.storage.one_party import ids_of


@dataclass(frozen=True, slots=True)
class Mark:
    """On a document in whose place a redacted copy stands."""

    on: date
    kind: RedactionKind
    reason: str


def marks(session: Session, column: Any, ids: Collection[int]) -> dict[int, Mark]:
    """The marks of documents, by id; `column` is the one of `Redaction` that names them."""
    if not ids:
        return {}
    query = select(column, Redaction).where(column.in_(ids), Redaction.lifted_at.is_(None))
    return {
        number: Mark(local_date(item.at), item.kind, item.reason)
        for number, item in session.execute(query.order_by(Redaction.id))
    }


def require_unsealed(session: Session, party_id: int, sha256: str) -> None:
    """Invalid at `file` for bytes of the party that were sealed: they do not come back as another document.

    What was handed in at the wrong place may be handed in at the right one.
    """
    sealed = exists().where(
        Redaction.sha256 == sha256,
        Redaction.party_id.in_(ids_of(party_id)),
        Redaction.lifted_at.is_(None),
        Redaction.kind != RedactionKind.WRONG_DOCUMENT,
    )
    if session.scalar(select(sealed)):
        raise Invalid(
            {
                "file": T(
                    "该文件已被封存，请上传遮盖后的副本", "this file has been sealed; hand in a redacted copy"
                )
            }
        )
