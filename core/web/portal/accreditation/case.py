"""One's own accreditation: the blueprint, and the case as its party sees it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from flask import Blueprint, abort

from core.rules.obligations import Reverification
from core.rules.text import T
from core.services.base.access import require_member
from core.services.base.paging import Page, page_in
from core.services.duties.owed import Owed, owed
from core.services.duties.progress import term_left
from core.services.duties.reports import REPORTING
from core.services.messaging import inbox
from core.services.supervision import accreditation_parts
from core.services.supervision.accreditation_parts import Part
from core.storage.models import OutboxMessage, Rectification
from core.web.cases.accreditation import AccreditationCase, load
from core.web.frame import paging
from core.web.frame.pipeline import reading

blueprint = Blueprint("my_accreditations", __name__, url_prefix="/my/accreditations")


@dataclass
class OwnAccreditation(AccreditationCase):
    """An accreditation as the members of its party see it; nothing is changed through it."""

    @cached_property
    def owed(self) -> Page[Owed]:
        """The page of what waits that the address asks for."""
        return page_in(owed(self.unit, [self.status]), paging.wish(name="owed"))

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
    def messages(self) -> Page[OutboxMessage]:
        """The page of messages about it that the address asks for."""
        return inbox.about(self.unit, self.accreditation, paging.wish(name="messages"))


def own_accreditation(accreditation_id: int) -> OwnAccreditation:
    """The case for members of its party; for all others there is none."""
    unit = reading()
    case = load(unit, accreditation_id)
    require_member(unit, case.accreditation.party_id)
    return OwnAccreditation(case.status)


def own_part(case: OwnAccreditation, part: Part, number: int) -> Any:
    """One of the things that belong to it; 404 for another's."""
    found = accreditation_parts.one(case.unit, case.id, part, number)
    if found is None:
        abort(404)
    return found


def own_order(case: OwnAccreditation, order_id: int) -> Rectification:
    """One of its orders; 404 for another's."""
    found: Rectification = own_part(case, Part.ORDERS, order_id)
    return found
