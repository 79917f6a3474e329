"""Numbers of people in a filled register: wherever one can stand, another one, and who may see it whole."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from core.domain.clock import now
from core.storage.models import (
    Application,
    Complaint,
    FactEntry,
    Invitation,
    Membership,
    Objection,
    OutboxMessage,
    Party,
    User,
)
from core.storage.models.applications import Provenance
from core.storage.models.operations import MessageState
from tests.services.factory import id_number

Owners = dict[str, frozenset[str]]
"""By number, the people of the register who may read it whole."""


def numbered(session: Session, people: Mapping[str, User], case_id: int, party_id: int) -> Owners:
    """Give everyone numbers of their own."""
    owners: Owners = {}
    names = {user.id: who for who, user in people.items()}

    def another(start: str, number: int, *who: str) -> str:
        made = f"{start}{number:0{11 - len(start)}d}"
        owners[made] = frozenset(who)
        return made

    for user in session.scalars(select(User)):
        user.mobile = another("139666", user.id, *(who for who in [names.get(user.id)] if who))
    members = [(row.party_id, names.get(row.user_id)) for row in session.scalars(select(Membership))]
    for party in session.scalars(select(Party)):
        own = [who for held_by, who in members if who is not None and held_by == party.id]
        party.mobile = another("139555", party.id, *own)
        party.phone = f"0531-{another('0531', 8_000_000 + party.id, *own)[4:]}转8"
        if party.id_number is not None:
            owners[party.id_number] = frozenset()
    for complaint in session.scalars(select(Complaint)):
        complaint.contact = f"家人 {another('139777', complaint.id)}"
    for objection in session.scalars(select(Objection)):
        objection.contact = f"家人 {another('139778', objection.id)}"
    own = [who for held_by, who in members if who is not None and held_by == party_id]
    for invitation in session.scalars(select(Invitation).where(Invitation.party_id == party_id)):
        session.add(_copied(invitation, another("139888", invitation.id, *own)))
    number = another("139889", 1)
    session.add(
        OutboxMessage(
            key="numbered",
            event="account.created",
            channel="sms",
            recipient=number,
            subject="账号已开通",
            body=f"系统管理员为您开通了账号 {number}。",
            state=MessageState.SENT,
        )
    )
    stated = {"mobile": another("139890", 1), "id_number": id_number()}
    owners[stated["id_number"]] = frozenset()
    application = session.get_one(Application, case_id)
    application.facts = application.facts | stated
    for name, value in stated.items():
        said = {"name": name, "value": value, "provenance": Provenance.CLAIMED, "at": now()}
        session.add(FactEntry(application_id=case_id, **said))
    return owners


def _copied(invitation: Invitation, address: str) -> Invitation:
    """The same invitation to a telephone."""
    return Invitation(
        party_id=invitation.party_id,
        address=address,
        token_hash=invitation.token_hash[::-1],
        invited_at=invitation.invited_at,
        expires_at=invitation.expires_at,
    )
