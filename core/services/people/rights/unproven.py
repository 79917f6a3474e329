"""Whoever registered a party as their own is believed for what they bring, until it is looked at."""

from __future__ import annotations

from sqlalchemy import exists, or_, select

from core.domain.messages import MessageEvent
from core.services.base.work import Work
from core.services.messaging.writing import notify
from core.services.people import invitations
from core.services.people.rights import sessions
from core.storage.models import Accreditation, Membership, Party, PartyClaim
from core.storage.models.changes import GOING
from core.storage.one_party import ids_of


def suspend(w: Work, party: Party) -> None:
    """Let nobody act any more for a locked party whose own account registered it and nobody looked at.

    A status that others bring to it is not theirs to see or to keep. They are told, and claim the party with
    proof; what they had filled in stays with it. An officer's verification, or a status that the party ever
    held, is a look at it.
    """
    theirs = ids_of(party.id)
    looked_at = or_(
        exists().where(Party.id.in_(theirs), Party.verified_at.is_not(None)),
        exists().where(Accreditation.party_id.in_(theirs)),
    )
    query = select(Membership).join(Membership.party)
    query = query.where(Membership.party_id.in_(theirs), Party.registered_by_id.is_not(None), ~looked_at)
    acting = w.session.scalars(query.order_by(Membership.id).with_for_update(of=Membership)).all()
    if not acting:
        return
    invitations.cancel_open(w, party.id)
    for item in acting:
        _let_claim(w, party, item)


def _let_claim(w: Work, party: Party, item: Membership) -> None:
    user = item.user
    going = exists().where(
        PartyClaim.party_id == party.id, PartyClaim.user_id == user.id, PartyClaim.state.in_(GOING)
    )
    if not w.session.scalar(select(going)):
        w.session.add(
            PartyClaim(
                party_id=party.id,
                user_id=user.id,
                name=party.name,
                region=party.region,
                uscc=party.uscc,
                id_number=party.id_number,
                made_at=w.now,
            )
        )
    w.session.delete(item)
    w.session.flush()
    sessions.end_all(user)
    notify(
        w,
        MessageEvent.CLAIM_WANTED,
        key=f"{MessageEvent.CLAIM_WANTED}/{party.id}/{user.id}/{w.now.isoformat()}",
        user_id=user.id,
        values={"organisation": party.name},
    )
