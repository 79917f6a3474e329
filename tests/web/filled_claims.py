"""Claims: one before the authority, one whose proof is to be handed in, one that was accepted."""

from __future__ import annotations

from typing import Any

from sqlalchemy.orm import Session

from core.domain.clock import now, today
from core.storage.files import FileStore
from core.storage.models import Attachment, Party, PartyClaim, User
from core.storage.models.changes import ClaimState
from core.storage.models.holdings import AttachmentPurpose
from tests.web.filled_portal import PNG


def claimed(
    session: Session, store: FileStore, party_id: int, other_id: int, people: dict[str, User]
) -> dict[str, Any]:
    """Ids by name: the expert claims what the applicant acts for, and both claim another's party."""

    def claim(number: int, who: str, **more: Any) -> PartyClaim:
        party = session.get_one(Party, number)
        made = PartyClaim(
            party_id=number,
            user_id=people[who].id,
            name=party.name,
            region=party.region,
            uscc=party.uscc,
            mobile="13900139000",
            made_at=now(),
            **more,
        )
        session.add(made)
        session.flush()
        return made

    handed_in = {"handed_in_at": now(), "statement": "原联系人已离职"}
    open_one = claim(party_id, "expert", state=ClaimState.OPEN, told_on=today(), **handed_in)
    wanted = claim(other_id, "applicant")
    answered = {"state": ClaimState.ACCEPTED, "closed_at": now(), "answer": "授权书属实"}
    settled = claim(other_id, "expert", others_ended=True, **answered, **handed_in)
    stored = store.put(PNG, at_most=10_000)
    proof = Attachment(
        purpose=AttachmentPurpose.CLAIM,
        party_id=party_id,
        claim_id=open_one.id,
        filename="授权书.png",
        content_type="image/png",
        size=stored.size,
        sha256=stored.sha256,
        uploaded_by_id=people["expert"].id,
        uploaded_at=now(),
    )
    session.add(proof)
    session.flush()
    return {
        "claim": open_one.id,
        "own_claim": wanted.id,
        "claim_settled": settled.id,
        "claim_proof": proof.id,
        "row_claims": open_one.id,
    }
