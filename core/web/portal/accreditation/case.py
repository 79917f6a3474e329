"""One's own accreditation: the blueprint, and the case as its party sees it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, abort
from sqlalchemy import or_, select

from core.rules.obligations import Reverification
from core.rules.text import T
from core.services.attachments import party_files
from core.services.attachments.party_files import AttachmentView, Owner
from core.services.base.access import require_member
from core.services.duties.owed import Owed, owed
from core.services.duties.progress import term_left
from core.services.duties.reports import REPORTING
from core.storage.models import OutboxMessage, Rectification
from core.storage.models.holdings import AttachmentPurpose
from core.web.cases.accreditation import AccreditationCase, load
from core.web.frame.pipeline import reading

blueprint = Blueprint("my_accreditations", __name__, url_prefix="/my/accreditations")

MESSAGES = 8
"""Of an accreditation's page."""


@dataclass
class OwnAccreditation(AccreditationCase):
    """An accreditation as the members of its party see it; nothing is changed through it."""

    @cached_property
    def owed(self) -> list[Owed]:
        """What waits."""
        return owed(self.unit, [self.accreditation])

    @property
    def countdown(self) -> T:
        """How long there is to the end of the term."""
        return term_left(self.unit.today, self.accreditation.valid_through)

    @property
    def elapsed(self) -> tuple[int, int]:
        """Days of the term that are over, and all of them."""
        item = self.accreditation
        whole = (item.valid_through - item.valid_from).days + 1
        return min(max((self.unit.today - item.valid_from).days, 0), whole), whole

    @property
    def reverified(self) -> Reverification | None:
        """The duty by which the party's data are verified again, where the programme knows one."""
        duties = self.rules.duties
        return next((duty for duty in duties if isinstance(duty, Reverification)), None)

    @property
    def takes_reports(self) -> bool:
        """Whether a report is taken still."""
        return self.accreditation.state in REPORTING

    @cached_property
    def proofs(self) -> Mapping[Owner, tuple[AttachmentView, ...]]:
        """What was handed in with the answers to orders."""
        ids = [order.id for order in self.orders]
        return party_files.by_owner(self.unit, AttachmentPurpose.RECTIFICATION, ids)

    @cached_property
    def messages(self) -> Sequence[OutboxMessage]:
        """The newest messages about it, each once however many ways it went."""
        mine = or_(OutboxMessage.user_id.is_(None), OutboxMessage.user_id == self.unit.actor.user_id)
        query = select(OutboxMessage).where(
            OutboxMessage.accreditation_id == self.id,
            OutboxMessage.party_id == self.accreditation.party_id,
            mine,
        )
        found: dict[tuple[Any, ...], OutboxMessage] = {}
        newest = query.order_by(OutboxMessage.created_at.desc(), OutboxMessage.channel, OutboxMessage.id)
        for message in self.unit.session.scalars(newest.limit(MESSAGES * 4)):
            found.setdefault((message.event, message.created_at), message)
        return list(found.values())[:MESSAGES]


def own_accreditation(accreditation_id: int) -> OwnAccreditation:
    """The case for members of its party; for all others there is none."""
    unit = reading()
    case = load(unit, accreditation_id)
    require_member(unit, case.accreditation.party_id)
    return OwnAccreditation(unit, case.accreditation)


def own_order(case: OwnAccreditation, order_id: int) -> Rectification:
    """One of its orders; 404 for another's."""
    found = case.unit.session.get(Rectification, order_id)
    if found is None or found.accreditation_id != case.id:
        abort(404)
    return found
