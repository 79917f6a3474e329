"""Which of the parties that the user acts for a page is about: the one of the address, else a likely one."""

from __future__ import annotations

from dataclasses import dataclass

from flask import abort

from core.services.applications.own import own_parties
from core.services.base.work import Work
from core.services.duties.owed import held_by
from core.storage.models import Accreditation, Party
from core.web.frame import paging


@dataclass(frozen=True, slots=True)
class OwnParty:
    """The party that a page is about, with those there are to change to, and its accreditations."""

    party: Party | None
    parties: tuple[Party, ...]
    statuses: tuple[Accreditation, ...]

    @property
    def in_force(self) -> list[Accreditation]:
        """The accreditations that are held today."""
        return [status for status in self.statuses if status.state.in_force]


def own_party(unit: Work, party_id: int | None = None) -> OwnParty:
    """The party of the address (`?party=`) or the given one; 404 for one that the user does not act for.

    Where none is named: one that holds something in force, else that ever held something, else the first.
    """
    parties = own_parties(unit)
    held = held_by(unit, [party.id for party in parties])
    wish = party_id if party_id is not None else paging.asked("party", None)
    if wish is None:
        wish = held[0].party_id if held else parties[0].id if parties else None
    party = next((item for item in parties if item.id == wish), None)
    if party is None and wish is not None:
        abort(404)
    return OwnParty(party, tuple(parties), tuple(row for row in held if row.party_id == wish))
