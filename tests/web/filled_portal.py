"""What the portal's own pages show: a message, a licence, an invitation, a party that asks to be verified."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from core.domain.clock import now
from core.storage.files import FileStore
from core.storage.models import Attachment, Invitation, OutboxMessage, Party
from core.storage.models.holdings import AttachmentPurpose
from core.storage.models.operations import MessageState

PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de"
    "0000000c4944415408d763f8ffff3f0005fe02fea7352d2c0000000049454e44ae426082"
)
TOKEN = "an-invitation-that-is-open"  # of the tests only


def own_pages(session: Session, store: FileStore, party_id: int, asking_id: int) -> dict[str, Any]:
    """Ids by name: of the organisation that the applicant acts for, and of a party that asks."""
    party = session.get_one(Party, party_id)
    session.get_one(Party, asking_id).verification_requested_at = now()
    message = OutboxMessage(
        key="welcome",
        event="account.verified",
        channel="email",
        party_id=party_id,
        recipient="a@example.cn",
        subject="主体核验通过",
        body=f"{party.name}：\n\n账号和主体已核验通过。",
        state=MessageState.SENT,
    )
    stored = store.put(PNG, at_most=10_000)
    licence = Attachment(
        purpose=AttachmentPurpose.LICENCE,
        party_id=party_id,
        filename="执照.png",
        content_type="image/png",
        size=stored.size,
        sha256=stored.sha256,
        uploaded_at=now(),
    )
    invitation = Invitation(
        party_id=party_id,
        address="guest@example.cn",
        token_hash=hashlib.sha256(TOKEN.encode()).hexdigest(),
        invited_at=now(),
        expires_at=now() + timedelta(days=14),
    )
    session.add_all([message, licence, invitation])
    session.flush()
    return {
        "own_message": message.id,
        "licence": licence.id,
        "invitation": TOKEN,
        "row_verifications": asking_id,
    }
