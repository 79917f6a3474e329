"""The status: an accreditation with its rules, built where its row is found or locked, and passed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from core.domain.acts import Act
from core.domain.errors import NotFound
from core.domain.supervision.standing import Standing, SupervisionRules
from core.hooks.loaded import TrackRules
from core.services.base.access import allowed
from core.services.base.words import NOTHING_THERE
from core.services.base.work import Work
from core.storage.models import Accreditation


@dataclass(eq=False)
class Status:
    """An accreditation with the rules that it is under today, which are read once, when first asked for."""

    w: Work
    accreditation: Accreditation

    @property
    def id(self) -> int:
        """Of the accreditation."""
        return self.accreditation.id

    @cached_property
    def rules(self) -> TrackRules:
        """Those of its edition, with the overrides in force."""
        item = self.accreditation
        return self.w.rules(item.program, item.track, self.w.today, edition=item.edition)

    @cached_property
    def clauses(self) -> SupervisionRules:
        """What of the rules supervision works with, and the holiday table as it stands."""
        rules = self.rules
        return SupervisionRules(rules.procedure.term, rules.duties, rules.exits, self.w.calendar)

    @property
    def dates(self) -> Standing:
        """Its dates, for the years and periods that count from them."""
        item = self.accreditation
        return Standing(item.started_on, item.valid_from, item.valid_through, item.state.in_force)


def find(w: Work, accreditation_id: int) -> Status:
    """The status, for staff in whose scope it lies and members of its party; NotFound for all others."""
    found = w.session.get(Accreditation, accreditation_id)
    if found is None or not may_read(w, found):
        raise NotFound(NOTHING_THERE)
    return Status(w, found)


def may_read(w: Work, accreditation: Accreditation) -> bool:
    """Whether the actor may see the accreditation with all that belongs to it."""
    seen = allowed(w.actor, Act.ACCREDITATION_VIEW, *accreditation.place)
    return seen or accreditation.party_id in w.actor.parties
